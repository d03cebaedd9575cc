"""What PayPal's events and disputes say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from goodstanding.channels.paypal.parse import as_event, parse
from goodstanding.channels.paypal.vocabulary import CATEGORY, RULED
from goodstanding.contract import Due, Incoming, ParsedNotice, Pointer, Reason, Reference, Unreadable

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def dispute(**changes: Any) -> dict[str, Any]:
    made = {
        "dispute_id": "PP-R-1", "update_time": "2026-10-05T09:12:33.000Z", "reason": "UNAUTHORISED", "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": {"currency_code": "USD", "value": "45.90"}, "dispute_life_cycle_stage": "CHARGEBACK", "dispute_channel": "INTERNAL",
        "seller_response_due_date": "2026-10-15T09:12:33.000Z",
        "links": [{"href": "https://api-m.paypal.com/v1/customer/disputes/PP-R-1/provide-evidence", "rel": "provide_evidence", "method": "POST"}],
    }  # fmt: skip
    return {name: value for name, value in (made | changes).items() if value is not None}


def incoming(value: Any) -> Incoming:
    return Incoming(origin="lookup", body=json.dumps(value).encode(), received_at=NOW)


def read(**changes: Any) -> ParsedNotice:
    (notice,) = parse(incoming(as_event(dispute(**changes), "lookup")))
    assert isinstance(notice, ParsedNotice)
    return notice


@pytest.mark.parametrize("event", ["CREATED", "UPDATED", "RESOLVED"])
def test_an_event_is_partial_and_only_points(event: str) -> None:
    (pointer,) = parse(incoming({"id": "WH-1", "event_type": f"CUSTOMER.DISPUTE.{event}", "resource": dispute()}))
    assert pointer == Pointer(
        reference=Reference(type="case", value="PP-R-1", system="paypal"),
        event_ref="WH-1",
        reason=f"CUSTOMER.DISPUTE.{event}",
    )


@pytest.mark.parametrize(
    ("channel", "stage", "kind", "ours"),
    [
        ("INTERNAL", "INQUIRY", "refund_dispute", "inquiry"),
        ("INTERNAL", "CHARGEBACK", "refund_dispute", "dispute"),
        ("EXTERNAL", "INQUIRY", "pre_dispute_alert", "inquiry"),
        ("EXTERNAL", "CHARGEBACK", "chargeback", "dispute"),
        ("EXTERNAL", "PRE_ARBITRATION", "chargeback", "pre_arbitration"),
        ("EXTERNAL", "ARBITRATION", "chargeback", "arbitration"),
        ("ALERT", "CHARGEBACK", "pre_dispute_alert", "alert"),
        ("NEW_CHANNEL", "NEW_STAGE", "refund_dispute", ""),
        (None, None, "refund_dispute", ""),
    ],
)
def test_the_channel_tells_a_banks_chargeback_from_paypals_claim(
    channel: str | None, stage: str | None, kind: str, ours: str
) -> None:
    notice = read(dispute_channel=channel, dispute_life_cycle_stage=stage)
    assert (notice.kind, notice.stage) == (kind, ours)


@pytest.mark.parametrize(("code", "result"), [*RULED.items(), ("OUTCOME_OF_TOMORROW", "closed")])
def test_outcomes(code: str, result: str) -> None:
    notice = read(status="RESOLVED", dispute_outcome={"outcome_code": code}, links=[])
    assert notice.kind == "dispute_result" and notice.respond_by is None
    assert notice.ruling and (notice.ruling.result, notice.ruling.final) == (result, True)
    assert notice.facts["paypal_outcome"] == code


def test_an_outcome_that_may_be_appealed_is_not_final() -> None:
    links = [{"href": "https://api-m.paypal.com/x", "rel": "appeal"}]
    for changes in ({"links": links}, {"links": [], "dispute_state": "APPEALABLE"}):
        ruling = read(status="RESOLVED", dispute_outcome={"outcome_code": "RESOLVED_BUYER_FAVOUR"}, **changes).ruling
        assert ruling and not ruling.final


def test_resolved_without_an_outcome_is_closed() -> None:
    ruling = read(status="RESOLVED").ruling
    assert ruling and ruling.result == "closed"


@pytest.mark.parametrize(
    ("status", "asked"),
    [("WAITING_FOR_SELLER_RESPONSE", True), ("OPEN", True), ("OTHER", True), ("NEW", True), ("UNDER_REVIEW", False), ("WAITING_FOR_BUYER_RESPONSE", False), ("RESOLVED", False)],
)  # fmt: skip
def test_a_date_is_asked_for_only_where_paypal_waits(status: str, asked: bool) -> None:
    due = read(status=status).respond_by
    assert due == (
        Due(at=datetime(2026, 10, 15, 9, 12, 33, tzinfo=UTC), raw="2026-10-15T09:12:33.000Z") if asked else None
    )


def test_without_the_field_no_date_is_computed() -> None:
    assert read(seller_response_due_date=None).respond_by is None


def test_what_may_be_done_is_what_the_links_offer() -> None:
    links = [{"rel": rel, "href": "https://api-m.paypal.com/x"} for rel in ("self", "send_message", "accept-claim")]
    facts = read(links=links).facts
    assert (facts["paypal_offers"], facts["response_allowed"]) == ("accept_claim, send_message", "false")
    assert "response_allowed" not in read().facts


@pytest.mark.parametrize(("reason", "category"), [*CATEGORY.items(), ("OTHER", ""), ("REASON_OF_TOMORROW", "")])
def test_reasons(reason: str, category: str) -> None:
    notice = read(reason=reason)
    assert (notice.reason, notice.reason_category) == (Reason(scheme="paypal", code=reason), category)


def test_the_banks_code_is_kept_beside_paypals_word() -> None:
    assert read(dispute_channel="EXTERNAL", external_reason_code="10.4").facts["network_reason_code"] == "10.4"


@pytest.mark.parametrize(
    ("currency", "value", "shown"),
    [("USD", "45.9", "45.90 USD"), ("JPY", "12800", "12800 JPY"), ("TND", "1.234", "1.234 TND")],
)
def test_amounts_are_in_major_units(currency: str, value: str, shown: str) -> None:
    assert str(read(dispute_amount={"currency_code": currency, "value": value}).amount) == shown


def test_references_for_matching() -> None:
    transaction = {
        "seller_transaction_id": "S1",
        "buyer_transaction_id": "B1",
        "invoice_number": "GS-1",
        "custom": "GS-1",
    }
    long = {"seller_transaction_id": "S2", "custom": '{"cart": "a long text of the shop"}'}
    notice = read(disputed_transactions=[transaction, long])
    assert {(ref.type, ref.value) for ref in notice.references} == {
        ("case", "PP-R-1"), ("payment", "S1"), ("charge", "B1"), ("invoice", "GS-1"), ("order", "GS-1"), ("payment", "S2"),
    }  # fmt: skip


def test_the_same_state_read_twice_is_the_same_event_and_a_change_is_another() -> None:
    assert read().event_ref == read(messages=[{"content": "x", "posted_by": "BUYER"}]).event_ref
    states: list[dict[str, Any]] = [
        {},
        {"status": "UNDER_REVIEW"},
        {"update_time": "2026-10-06T09:12:33.000Z"},
        {"links": []},
    ]
    assert len({read(**changes).event_ref for changes in states}) == 4


def test_the_sandbox_is_seen_by_its_addresses() -> None:
    assert read(links=[{"rel": "self", "href": "https://api.sandbox.paypal.com/v1/customer/disputes/PP-R-1"}]).test
    assert not read().test


def test_other_matters_answer_nothing_and_unknown_disputes_are_named() -> None:
    assert list(parse(incoming({"id": "WH-1", "event_type": "PAYMENT.SALE.COMPLETED", "resource": {}}))) == []
    for event in ("CUSTOMER.DISPUTE.OF.TOMORROW", "no event at all"):
        with pytest.raises(Unreadable, match=event) as caught:
            parse(incoming({"id": "WH-1", "event_type": event, "resource": {}}))
        assert caught.value.code == "unknown_event"


@pytest.mark.parametrize(
    ("value", "said"),
    [({}, "event_type"), ({"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED"}, "resource.dispute_id"), (as_event(dispute(dispute_id="../x"), "lookup"), "dispute_id"), (as_event(dispute(seller_response_due_date="2026-10-15"), "lookup"), "seller_response_due_date")],
)  # fmt: skip
def test_unreadable_names_the_field(value: Any, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        parse(incoming(value))
