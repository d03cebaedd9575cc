"""Fields of short messages in many senders' manners: what is stated is found, what is not stated stays empty."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from goodstanding.reading.fields import Extraction, Known, extract
from goodstanding.reading.organisations import organisations
from goodstanding.reading.result import FIELDS

ROWS = yaml.safe_load((Path(__file__).parent / "dev_fields.yaml").read_text(encoding="utf-8"))
TODAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ORGANISATIONS = {item.id: item for item in organisations()}
LEAST = 0.95


def taken(row: dict[str, Any]) -> Extraction:
    organisation = ORGANISATIONS[row["org"]] if "org" in row else None
    return extract(row["t"], Known(row["k"], row["l"], organisation, TODAY))


def same(name: str, found: str, stated: str) -> bool:
    """As a person would compare: sums by number, the words of a term whichever way they are cut."""
    one, two = (" ".join(item.split()).casefold() for item in (found, stated))
    if name == "deadline_rule":
        short, long = sorted((one, two), key=len)
        return short in long and len(short) >= 3 and re.findall(r"\d+", short) == re.findall(r"\d+", long)
    if name == "amount":
        return float(one) == float(two)
    return one.lstrip("#") == two.lstrip("#")


def faults(name: str) -> tuple[int, int, int, list[str]]:
    """How often the field is stated, found and given, and what went wrong."""
    stated = right = given = 0
    wrong: list[str] = []
    for row in ROWS:
        wanted = row["f"].get(name)
        got = taken(row).fields.get(name)
        if wanted is None and name in row.get("free", ()):
            continue
        stated += wanted is not None
        given += got is not None
        accepted = [item for item in (wanted, row.get("alt", {}).get(name)) if item is not None]
        good = got is not None and any(same(name, got.value, item) for item in accepted)
        right += good
        if not good and (wanted is not None or got is not None):
            wrong.append(f"{row['k']} {row['l']}: {got.value if got else None!r} for {wanted!r} in {row['t'][:60]!r}")
    return stated, right, given, wrong


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_stated_is_found(name: str) -> None:
    stated, right, given, wrong = faults(name)
    assert right >= LEAST * stated, "\n".join(wrong)
    assert right >= 0.98 * given, "\n".join(wrong)


def test_no_deadline_is_wrong() -> None:
    for row in ROWS:
        got = taken(row).fields.get("deadline")
        assert got is None or got.value == row["f"].get("deadline"), row["t"]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['k']}-{row['l']}-{index}" for index, row in enumerate(ROWS)])
def test_spans_are_exact(row: dict[str, Any]) -> None:
    for field in taken(row).fields.values():
        assert field.span is not None
        assert row["t"][field.span[0] : field.span[1]] == field.raw
