"""Verifi: what relays pass on is read or handed on, and no clock is made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from goodstanding.channels.verifi import Config, channel
from goodstanding.channels.verifi.drill import drill
from goodstanding.channels.verifi.parse import TYPES, parse
from goodstanding.contract import Incoming, Letter, ParsedNotice, Reference, Unreadable

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
BODY = (FIXTURES / "alert__dispute.json").read_bytes()


def arrived(body: bytes) -> Incoming:
    return Incoming(origin="webhook", body=body, received_at=NOW)


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(BODY) | changes).encode()


def one(body: bytes) -> ParsedNotice:
    (notice,) = parse(arrived(body))
    assert isinstance(notice, ParsedNotice)
    return notice


@pytest.mark.parametrize("word", TYPES)
def test_no_type_has_a_deadline(word: str) -> None:
    """Verifi's window is unconfirmed."""
    notice = one(changed(alert_type=word))
    assert (notice.kind, notice.respond_by, notice.ruling) == ("pre_dispute_alert", None, None)
    assert "deadline_rule" not in notice.facts
    assert notice.reason
    assert (notice.reason.scheme, notice.reason.code) == ("ethoca" if word.startswith("ETHOCA") else "verifi", word)


def test_stages_and_what_is_done_already() -> None:
    assert one(changed(alert_type="DISPUTE")).stage == "alert"
    assert one(changed(alert_type="ORDER_INQUIRY")).stage == "inquiry"
    assert one(changed(alert_type="FRAUD_NOTICE")).reason_category == "fraudulent"
    assert one(changed(alert_type="RDR")).facts["actionable"] == "false"
    assert one(changed(alert_type="DISPUTE")).facts["actionable"] == "true"


def test_an_unknown_type_is_named_and_none_at_all_is_a_letter() -> None:
    with pytest.raises(Unreadable, match="MOONLIGHT"):
        parse(arrived(changed(alert_type="MOONLIGHT")))
    (letter,) = parse(arrived((FIXTURES / "letter__no_type.json").read_bytes()))
    assert isinstance(letter, Letter)
    assert letter.media_type == "application/json"


def test_a_form_says_the_same_as_json() -> None:
    form = one((FIXTURES / "alert__as_a_form.txt").read_bytes())
    assert form.event_ref == one(BODY).event_ref
    assert form.facts["statement_descriptor"] == "LANTERN LANE"


@pytest.mark.parametrize("body", [b"hello", b"a=1&b=2", b"alert_type", b"\xff=1&alert_type=DISPUTE", b"<xml/>"])
def test_what_is_neither_json_nor_an_alerts_form_is_named(body: bytes) -> None:
    with pytest.raises(Unreadable, match="body"):
        parse(arrived(body))


def test_an_amount_without_its_currency_is_left_unread() -> None:
    notice = one((FIXTURES / "alert__no_currency.json").read_bytes())
    assert (notice.amount, notice.unread) == (None, ("amount",))


def test_delivered_twice_is_one_event_and_another_type_is_another() -> None:
    assert one(BODY).event_ref == one(changed(descriptor="x")).event_ref
    assert one(BODY).event_ref != one(changed(alert_type="RDR")).event_ref


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"alert_id": "a b"}, "alert_id"), ({"alert_id": None}, "alert_id"), ({"currency": "dollars"}, "currency"), ({"alert_type": "\n"}, "alert_type")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(changed(**changes)))


def test_a_drill_is_read_and_marked() -> None:
    notice = one(drill(Config(), NOW).body)
    assert (notice.test, notice.facts["drill"]) == (True, "true")
    assert Reference(type="order", value="GS-1001") in notice.references


def test_nothing_is_called_proven_and_nothing_is_sent() -> None:
    assert (channel.verify, channel.submit, channel.writes) == (None, None, ())
