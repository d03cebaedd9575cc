"""Kinds of invented messages with a known sender, by the figures that matter: which kind, and how often a person is asked."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
import yaml

from goodstanding.reading import Tools, read
from goodstanding.reading.classify.head import load_head
from goodstanding.reading.result import KINDS, Reading

MESSAGES: dict[str, list[list[str]]] = yaml.safe_load(
    Path(__file__).with_name("dev_kinds.yaml").read_text(encoding="utf-8")
)
RECEIVER = "mx.shop.example"
GRAVE = {"regulator", "chargeback", "legal_threat"}
_ABOUT_THE_KIND = {"weak_cue", "close_kinds", "topical", "no_cue", "rules_and_model_disagree", "model_unsure"}


def mail(sender: str, subject: str, body: str) -> bytes:
    message = EmailMessage()
    message["Received"] = f"from x by {RECEIVER}; Tue, 24 Nov 2026 08:00:00 +0000"
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["Authentication-Results"] = f"{RECEIVER}; dmarc=pass header.from={domain}"
    message["From"], message["Subject"], message["Date"] = sender, subject, "Tue, 24 Nov 2026 08:00:00 +0000"
    message.set_content(body)
    return message.as_bytes()


def readings(tools: Tools) -> list[tuple[str, Reading]]:
    return [
        (kind, read(mail(sender, subject, body), receivers=(RECEIVER,), tools=tools))
        for kind, rows in MESSAGES.items()
        for _, _, sender, subject, body in rows
    ]


def asks(reading: Reading) -> bool:
    return bool(_ABOUT_THE_KIND & set(reading.needs_human))


def macro_f1(found: list[tuple[str, Reading]]) -> float:
    total = 0.0
    for kind in KINDS:
        both = sum(wanted == kind == got.kind for wanted, got in found)
        either = sum((wanted == kind) + (got.kind == kind) for wanted, got in found)
        total += 2 * both / max(1, either)
    return total / len(KINDS)


@pytest.fixture(scope="module", params=["rules", "rules and head"])
def found(request: pytest.FixtureRequest) -> Any:
    return readings(Tools(head=load_head() if request.param == "rules and head" else None))


def test_every_kind_and_language_is_there() -> None:
    assert set(MESSAGES) == set(KINDS)
    assert min(len(rows) for rows in MESSAGES.values()) >= 20
    assert {row[0] for rows in MESSAGES.values() for row in rows} == {
        "en",
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "pl",
        "ja",
        "zh",
    }


def test_the_kind_is_right(found: list[tuple[str, Reading]]) -> None:
    assert macro_f1(found) >= 0.94


def test_a_person_is_seldom_asked(found: list[tuple[str, Reading]]) -> None:
    assert sum(asks(got) for _, got in found) / len(found) <= 0.2


def test_what_goes_without_a_person_is_right(found: list[tuple[str, Reading]]) -> None:
    wrong = [
        (wanted, got.kind, got.subject)
        for wanted, got in found
        if not asks(got) and wanted != got.kind and {wanted, got.kind} & GRAVE
    ]
    assert len(wrong) <= 2, wrong
