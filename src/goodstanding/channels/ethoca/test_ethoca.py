"""Ethoca: an alert, its clock where one is told, and no act."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from goodstanding.channels.ethoca import Config, channel
from goodstanding.channels.ethoca.drill import drill
from goodstanding.channels.ethoca.parse import parse
from goodstanding.contract import Incoming, ParsedNotice, Reference, Unreadable

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
BODY = (FIXTURES / "alert__customer_dispute.json").read_bytes()


def arrived(body: bytes) -> Incoming:
    return Incoming(origin="webhook", body=body, received_at=NOW)


def changed(**changes: Any) -> bytes:
    return json.dumps(json.loads(BODY) | changes).encode()


def one(body: bytes) -> ParsedNotice:
    (notice,) = parse(arrived(body))
    assert isinstance(notice, ParsedNotice)
    return notice


def fixture(name: str) -> ParsedNotice:
    return one((FIXTURES / f"{name}.json").read_bytes())


def test_an_alert_is_an_alert_of_its_type() -> None:
    for name, category in (("alert__customer_dispute", ""), ("alert__confirmed_fraud", "fraudulent")):
        notice = fixture(name)
        assert (notice.kind, notice.stage, notice.reason_category) == ("pre_dispute_alert", "alert", category)
        assert notice.ruling is None


def test_twenty_four_hours_run_from_a_moment_that_is_told() -> None:
    notice = fixture("alert__customer_dispute")
    assert notice.respond_by
    assert notice.respond_by.at == datetime(2026, 11, 6, 14, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "submitted", ["2026-11-05", "2026-11-05T14:14:00", "yesterday", "9999-12-31T23:59:59Z", "", None]
)
def test_without_a_moment_only_the_rule_is_told(submitted: str | None) -> None:
    """A date, or a clock time without its zone, starts no clock of hours."""
    notice = one(changed(dateSubmitted=submitted))
    assert notice.respond_by is None
    assert notice.facts["deadline_rule"] == "within 24 hours of alert receipt"


def test_an_amount_without_its_currency_is_left_unread() -> None:
    notice = fixture("alert__no_currency")
    assert notice.amount is None
    assert notice.unread == ("transactionAmount",)


def test_unknown_words_are_shown_as_they_stand() -> None:
    notice = fixture("alert__unknown_words")
    assert notice.reason
    assert (notice.reason.code, notice.status, notice.reason_category) == ("MOONLIGHT", "MOONLIGHT", "")
    assert notice.unread == ("hologram.hue",)


def test_a_list_is_one_notice_each_and_a_bad_one_is_not_half_read() -> None:
    assert len(list(parse(arrived((FIXTURES / "alerts__two.json").read_bytes())))) == 2
    assert list(parse(arrived(b'{"alerts": []}'))) == []
    with pytest.raises(Unreadable, match="alertId"):
        parse(arrived(json.dumps({"alerts": [json.loads(BODY), {"alertType": "X"}]}).encode()))


def test_delivered_twice_is_one_event() -> None:
    assert one(BODY).event_ref == one(changed(customerName="A. Example")).event_ref
    assert one(BODY).event_ref != one(changed(transactionAmount="86.41")).event_ref


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"alertId": None}, "alertId"), ({"alertId": "a b"}, "alertId"), ({"alertType": ""}, "alertType"), ({"transactionCurrency": "dollars"}, "transactionCurrency")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(changed(**changes)))


def test_a_drill_is_read_and_marked() -> None:
    notice = one(drill(Config(), NOW).body)
    assert (notice.test, notice.facts["drill"], len(notice.case_ref)) == (True, "true", 25)
    assert Reference(type="order", value="GS-1001") in notice.references


def test_nothing_is_called_proven_and_nothing_is_sent() -> None:
    assert (channel.verify, channel.submit, channel.writes) == (None, None, ())
