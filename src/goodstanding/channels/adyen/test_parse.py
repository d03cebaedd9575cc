"""What Adyen's items say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from goodstanding.channels.adyen.parse import parse
from goodstanding.channels.adyen.vocabulary import EVENTS, OPENED, OTHER_MATTERS, RULED
from goodstanding.contract import Incoming, Letter, Money, ParsedNotice, Reason, Unreadable

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DUE = "2026-10-23T09:12:33+02:00"


def item(event: str = "CHARGEBACK", more: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    data = {"chargebackReasonCode": "13.1", "chargebackSchemeCode": "visa", "defensePeriodEndsAt": DUE}
    return {
        "additionalData": {**data, **(more or {})}, "amount": {"currency": "EUR", "value": 1000}, "eventCode": event,
        "eventDate": "2026-10-05T09:12:33+02:00", "merchantReference": "GS-1", "pspReference": "D1", "success": "true", **changes,
    }  # fmt: skip


def incoming(*items: Any, live: Any = "true") -> Incoming:
    body = {"live": live, "notificationItems": [{"NotificationRequestItem": entry} for entry in items]}
    return Incoming(origin="webhook", body=json.dumps(body).encode(), received_at=NOW)


def read(*args: Any, **kwargs: Any) -> ParsedNotice:
    (notice,) = parse(incoming(item(*args, **kwargs)))
    assert isinstance(notice, ParsedNotice)
    return notice


@pytest.mark.parametrize(
    ("event", "kind", "stage"), [(event, *said) for event, said in OPENED.items() if event != "REQUEST_FOR_INFORMATION"]
)
def test_events_that_open_or_continue(event: str, kind: str, stage: str) -> None:
    notice = read(event)
    assert (notice.kind, notice.stage, notice.ruling) == (kind, stage, None)


@pytest.mark.parametrize(("event", "result", "final"), [(event, said[0], said[1]) for event, said in RULED.items()])
def test_events_that_decide(event: str, result: str, final: bool) -> None:
    notice = read(event)
    assert (notice.kind, notice.respond_by) == ("dispute_result", None)
    assert notice.ruling and (notice.ruling.result, notice.ruling.final) == (result, final)


def test_a_reversed_chargeback_is_provisional() -> None:
    ruling = read("CHARGEBACK_REVERSED", {"disputeStatus": "Pending"}).ruling
    assert ruling and (ruling.result, ruling.final) == ("won", False)


def test_the_six_events_missing_from_adyens_own_list_are_known() -> None:
    assert {
        "PREARBITRATION_ACCEPTED", "PREARBITRATION_DECLINED", "PREARBITRATION_ISSUER_WITHDRAWN", "SCHEME_ARBITRATION",
        "SCHEME_ARBITRATION_WON", "SCHEME_ARBITRATION_LOST",
    } <= EVENTS  # fmt: skip
    assert not EVENTS & OTHER_MATTERS


def test_white_space_around_a_reason_code_is_not_part_of_it() -> None:
    assert read(more={"chargebackReasonCode": " 4853", "chargebackSchemeCode": "mc"}).reason == Reason(
        scheme="mastercard", code="4853"
    )


@pytest.mark.parametrize(
    ("success", "ruled"), [("true", True), ("false", False), (True, True), (False, False), ("TRUE", True)]
)
def test_success_is_a_word_not_a_truth(success: Any, ruled: bool) -> None:
    """The text "false" is not true: an event that did not succeed decides nothing."""
    notice = read("CHARGEBACK_REVERSED", success=success)
    assert (notice.ruling is not None) == ruled
    assert (notice.facts.get("adyen_success") == "false") == (not ruled)


def test_a_request_for_information_may_have_no_deadline_and_none_is_invented() -> None:
    notice = read("REQUEST_FOR_INFORMATION", additionalData={"hmacSignature": "x"})
    assert (notice.kind, notice.stage, notice.respond_by, notice.reason) == ("pre_dispute_alert", "inquiry", None, None)
    due = read("REQUEST_FOR_INFORMATION", {"disputeStatus": "Unresponded"}).respond_by
    assert due and due.at == datetime(2026, 10, 23, 7, 12, 33, tzinfo=UTC)
    assert due.raw == DUE


@pytest.mark.parametrize(
    ("event", "more", "asked"),
    [
        ("CHARGEBACK", {}, True),
        ("CHARGEBACK", {"defendable": "true", "disputeStatus": "Undefended"}, True),
        ("CHARGEBACK", {"defendable": "false"}, False),
        ("CHARGEBACK", {"autoDefended": "true"}, False),
        ("CHARGEBACK", {"disputeStatus": "Responded"}, False),
        ("CHARGEBACK", {"defensePeriodEndsAt": ""}, False),
        ("CHARGEBACK", {"defendable": "", "autoDefended": ""}, True),
        ("INFORMATION_SUPPLIED", {}, False),
        ("DISPUTE_DEFENSE_PERIOD_ENDED", {}, False),
        ("PREARBITRATION_OPEN", {}, True),
    ],
)
def test_a_date_is_asked_for_only_where_adyen_waits(event: str, more: dict[str, str], asked: bool) -> None:
    assert (read(event, more).respond_by is not None) == asked


def test_a_date_without_offset_is_not_guessed() -> None:
    with pytest.raises(Unreadable, match="defensePeriodEndsAt"):
        read(more={"defensePeriodEndsAt": "2026-10-23T09:12:33"})


@pytest.mark.parametrize(
    ("status", "result"),
    [("Lost", "lost"), ("Accepted", "accepted"), ("Expired", "expired"), ("", "expired"), ("Novel", "expired")],
)
def test_how_a_defence_period_ended(status: str, result: str) -> None:
    ruling = read("DISPUTE_DEFENSE_PERIOD_ENDED", {"disputeStatus": status}).ruling
    assert ruling and ruling.result == result


def test_the_end_of_a_request_for_information_is_no_loss() -> None:
    data = {"rfiReasonCode": "6342", "rfiSchemeCode": "amex", "disputeStatus": "Expired"}
    notice = read("DISPUTE_DEFENSE_PERIOD_ENDED", additionalData=data)
    assert notice.ruling and (notice.ruling.result, notice.stage) == ("closed", "inquiry")
    assert read("REQUEST_FOR_INFORMATION", additionalData=data).ruling is None


def test_documents_supplied_do_not_turn_an_inquiry_into_a_chargeback() -> None:
    for data in ({"rfiReasonCode": "6342", "rfiSchemeCode": "amex"}, {"disputeStatus": "Responded"}):
        notice = read("INFORMATION_SUPPLIED", additionalData=data)
        assert (notice.kind, notice.stage) == ("pre_dispute_alert", "inquiry")
    assert read("INFORMATION_SUPPLIED", {"disputeStatus": "Pending"}).kind == "chargeback"


def test_what_is_told_at_any_stage_moves_the_case_to_none() -> None:
    assert {
        read(event).stage for event in ("INFORMATION_SUPPLIED", "ISSUER_COMMENTS", "DISPUTE_DEFENSE_PERIOD_ENDED")
    } == {""}


@pytest.mark.parametrize(
    ("currency", "minor", "major"),
    [("EUR", 1234, "12.34"), ("JPY", 1234, "1234"), ("KWD", 1234, "1.234"), ("CLP", 1200, "12"), ("ISK", 279000, "2790"), ("IDR", 5000, "5000"), ("CVE", 70, "70")],
)  # fmt: skip
def test_amounts_are_in_adyens_minor_units(currency: str, minor: int, major: str) -> None:
    assert read(amount={"currency": currency, "value": minor}).amount == Money(Decimal(major), currency)


@pytest.mark.parametrize(
    ("code", "network"),
    [("mc", "mastercard"), ("visa", "visa"), ("cup", "unionpay"), ("amex", "amex"), ("novel_scheme", "novel_scheme")],
)
def test_networks(code: str, network: str) -> None:
    assert read(more={"chargebackSchemeCode": code}).network == network


@pytest.mark.parametrize(
    ("method", "scheme", "kind"),
    [("klarna_account", "", "refund_dispute"), ("afterpaytouch", "", "refund_dispute"), ("paypal", "", "refund_dispute"), ("sepadirectdebit", "", "chargeback"), ("klarna", "visa", "chargeback")],
)  # fmt: skip
def test_claims_in_a_wallets_own_process_are_no_chargebacks(method: str, scheme: str, kind: str) -> None:
    assert read(more={"chargebackSchemeCode": scheme}, paymentMethod=method).kind == kind


def test_references_for_matching() -> None:
    notice = read(more={"arn": "7400", "capturePspReference": "C1", "shopperReference": "s1"}, originalReference="P1")
    assert {(ref.type, ref.value) for ref in notice.references} == {
        ("case", "D1"), ("payment", "P1"), ("charge", "C1"), ("order", "GS-1"), ("arn", "7400"), ("customer", "s1"),
    }  # fmt: skip


def test_the_same_event_delivered_twice_or_late_has_the_same_name() -> None:
    first, again = read(), read(more={"disputeStatus": "Undefended"})
    later = read(eventDate="2026-10-06T09:12:33+02:00")
    assert first.event_ref == again.event_ref == "D1:CHARGEBACK:2026-10-05T09:12:33+02:00"
    assert later.event_ref != first.event_ref
    reversed_first = [read("CHARGEBACK_REVERSED", eventDate="2026-11-02T00:00:00Z"), read()]
    assert [
        notice.occurred_at for notice in sorted(reversed_first, key=lambda notice: notice.occurred_at or NOW)
    ] == sorted(notice.occurred_at for notice in reversed_first if notice.occurred_at)


def test_the_issuers_words_are_shown() -> None:
    notice = read(
        "ISSUER_COMMENTS",
        {
            "issuerComments.type": "chargeback",
            "issuerComments.whatWasNotReceived": "lamp",
            "issuerComments.explanation": "never came",
        },
    )
    assert notice.text == "explanation: never came\nwhatWasNotReceived: lamp"
    assert (notice.facts["case_type"], notice.unread) == ("chargeback", ())


@pytest.mark.parametrize(("live", "test"), [("true", False), ("false", True), (False, True), (None, False)])
def test_test_only_where_adyen_says_so(live: Any, test: bool) -> None:
    (notice,) = parse(incoming(item(), live=live))
    assert isinstance(notice, ParsedNotice)
    assert notice.test == test


def test_other_matters_answer_nothing() -> None:
    assert list(parse(incoming(*(item(event) for event in OTHER_MATTERS)))) == []


def test_an_unknown_event_alone_is_named() -> None:
    with pytest.raises(Unreadable, match="'CHARGEBACK_OF_TOMORROW'") as caught:
        parse(incoming(item("CHARGEBACK_OF_TOMORROW")))
    assert caught.value.code == "unknown_event"


def test_an_unreadable_item_does_not_take_its_neighbours_along() -> None:
    good, letter = parse(incoming(item(), item(amount={"currency": "EUR", "value": []})))
    assert isinstance(good, ParsedNotice) and isinstance(letter, Letter)
    assert b"item 2: amount.value: expected a whole number" in letter.raw


def test_fields_that_no_one_knows_are_reported() -> None:
    notice = read(more={"novel.field": "1", "metadata.shop": "2"}, alsoNew=1)
    assert notice.unread == ("alsoNew", "additionalData.novel/field")


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "empty"), (b"\xff\xfe", "not_utf8"), (b"[]", "not_an_object"), (b"{}", "not_a_webhook"), (b"x" * (4 * 2**20 + 1), "too_large"), (b'{"a":' * 100 + b"1" + b"}" * 100, "too_deep")],
)  # fmt: skip
def test_unreadable_says_what_is_wrong(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(Incoming(origin="webhook", body=body, received_at=NOW))
    assert caught.value.code == code


def test_too_many_items() -> None:
    with pytest.raises(Unreadable, match="501 items"):
        parse(incoming(*[item()] * 501))
