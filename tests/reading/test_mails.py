"""Whole mails through the front door: kind, authority and the fields that were written down for each."""

from __future__ import annotations

from datetime import UTC, datetime
from email.header import Header
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
import yaml

from goodstanding.reading import read

MAILS = yaml.safe_load((Path(__file__).parent / "mails.yaml").read_text(encoding="utf-8"))
TODAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
RECEIVERS = ("mx.shop.example",)


def build(row: dict[str, Any]) -> bytes:
    """A mail as the receiving host stores it."""
    name, address = parseaddr(row["from"])
    domain = (address or row["from"]).rpartition("@")[2]
    shown = f"{Header(name, 'utf-8').encode()} <{address}>" if name and not name.isascii() else row["from"]
    host = row.get("results_host", "mx.shop.example")
    lines = [
        f"Authentication-Results: {host}; {row['results']} header.from={domain}",
        f"Received: from out.{domain} (out.{domain} [192.0.2.7]) by mx.shop.example with ESMTPS; Tue, 24 Nov 2026 07:00:00 +0000",
        f"From: {shown}",
        "To: owner@shop.example",
        f"Subject: {Header(row['subject'], 'utf-8').encode()}",
        "Date: Tue, 24 Nov 2026 07:00:00 +0000",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
    ]
    return "\r\n".join(lines).encode() + b"\r\n" + row["body"].replace("\n", "\r\n").encode()


@pytest.mark.parametrize("row", MAILS, ids=[row["id"] for row in MAILS])
def test_mail(row: dict[str, Any]) -> None:
    reading = read(build(row), receivers=RECEIVERS, received_at=TODAY)
    wanted = {"kind": row["kind"], "authority": row["authority"], **row["fields"]}
    found = {
        "kind": reading.kind,
        "authority": reading.authority,
        **{name: reading.value(name) for name in row["fields"]},
    }
    assert found == wanted, (reading.scores, reading.needs_human)
    assert set(row.get("needs", ())) <= set(reading.needs_human)
    for field in reading.fields.values():
        assert field.span is not None
        assert reading.text[field.span[0] : field.span[1]] == field.raw
