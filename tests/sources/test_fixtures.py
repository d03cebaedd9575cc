"""Each source's fixtures: what is read from them, and from 500 damaged variants of each."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from tests.channels.mutation import mutations

import goodstanding.sources
from goodstanding.contract import PARCEL_STATES, Incoming, Order, ParcelNews, Reader, Unreadable
from goodstanding.sources import sources

FOLDER = Path(goodstanding.sources.__file__).parent
FIXTURES = sorted(path for path in FOLDER.glob("*/fixtures/*.json") if not path.name.endswith(".expected.json"))
EACH = pytest.mark.parametrize("path", FIXTURES, ids=[f"{p.parent.parent.name}-{p.stem}" for p in FIXTURES])


def read(name: str, body: bytes) -> list[Order | ParcelNews]:
    parse = sources()[name].parse
    if parse is not None:
        return list(parse(Incoming(origin="webhook", body=body, received_at=datetime(2026, 11, 20, tzinfo=UTC))))
    module = importlib.import_module(f"goodstanding.sources.{name}.read")
    return [module.order_of(Reader.of_json(body))]


@EACH
def test_golden(path, request):
    found = msgspec.to_builtins(read(path.parent.parent.name, path.read_bytes()), str_keys=True)
    expected = path.with_name(f"{path.stem}.expected.json")
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--golden"):
        expected.write_text(text, encoding="utf-8")
        pytest.skip("golden file rewritten")
    assert expected.read_text(encoding="utf-8") == text


@EACH
def test_damaged_it_answers_or_says_what_it_tripped_over(path):
    for body in mutations(path.read_bytes(), 500):
        try:
            found: Iterable[Order | ParcelNews] = read(path.parent.parent.name, body)
        except Unreadable as error:
            assert str(error)
            continue
        for item in found:
            assert type(item) in (Order, ParcelNews)
            moments = [getattr(item, name, None) for name in ("ordered_at", "paid_at", "shipped_at", "delivered_at")]
            assert all(moment.tzinfo for moment in moments if moment)
            if isinstance(item, ParcelNews):
                assert item.state in ("", *PARCEL_STATES)
            msgspec.json.encode(item)


def test_every_fixture_has_its_origin():
    assert all((path.parent / "ORIGIN.md").exists() for path in FIXTURES)
