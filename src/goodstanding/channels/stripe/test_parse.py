"""What is understood of Stripe's events. Golden files and mutations are checked by the suite over all channels."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.channels.mutation import problems

from goodstanding.channels.stripe.parse import parse
from goodstanding.contract import Incoming, Money, ParsedNotice, Pointer, Reason, Reference, Unreadable

FOLDER = Path(__file__).parent / "fixtures"


def arrived(body: bytes) -> Incoming:
    return Incoming(origin="webhook", body=body, received_at=datetime(2026, 11, 1, tzinfo=UTC))


def fixture(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    return loaded


def one(event: dict[str, Any]) -> ParsedNotice:
    (notice,) = parse(arrived(json.dumps(event).encode()))
    assert isinstance(notice, ParsedNotice)
    return notice


def changed(name: str, **changes: Any) -> dict[str, Any]:
    """A fixture with fields of its dispute replaced: ``status="won"``, ``evidence_details__due_by=0``."""
    event = fixture(name)
    for path, value in changes.items():
        holder = event["data"]["object"]
        *way, last = path.split("__")
        for step in way:
            holder = holder[step]
        holder[last] = value
    return event


@pytest.mark.parametrize(
    ("currency", "minor", "major"),
    [
        ("usd", 8640, "86.40"), ("jpy", 12800, "12800"), ("kwd", 25750, "25.750"), ("isk", 70000, "700"), ("ugx", 50000, "500"),
        ("mga", 5000, "5000"), ("clp", 990, "990"), ("eur", 0, "0"),
    ],
)  # fmt: skip
def test_amounts_are_in_stripes_minor_units(currency: str, minor: int, major: str) -> None:
    notice = one(changed("charge.dispute.created__product_not_received", amount=minor, currency=currency))
    assert notice.amount == Money(Decimal(major), currency)


@pytest.mark.parametrize(
    ("status", "kind", "stage", "result"),
    [
        ("warning_needs_response", "pre_dispute_alert", "inquiry", None),
        ("warning_under_review", "pre_dispute_alert", "inquiry", None),
        ("warning_closed", "dispute_result", "inquiry", "closed"),
        ("needs_response", "chargeback", "dispute", None),
        ("under_review", "chargeback", "dispute", None),
        ("appeal_needs_response", "chargeback", "appeal", None),
        ("appeal_under_review", "chargeback", "appeal", None),
        ("won", "dispute_result", "dispute", "won"),
        ("lost", "dispute_result", "dispute", "lost"),
        ("prevented", "dispute_result", "alert", "prevented"),
        ("charge_refunded", "dispute_result", "dispute", "closed"),
        ("escalated_to_mars", "chargeback", "dispute", None),
    ],
)
def test_status_says_kind_stage_and_ruling(status: str, kind: str, stage: str, result: str | None) -> None:
    notice = one(changed("charge.dispute.created__product_not_received", status=status))
    assert (notice.kind, notice.stage, notice.status) == (kind, stage, status)
    assert (notice.ruling.result if notice.ruling else None) == result


@pytest.mark.parametrize(("case_type", "stage"), [("inquiry", "inquiry"), ("block", "alert"), ("resolution", "alert")])
def test_case_type_before_funds_are_taken_is_an_alert(case_type: str, stage: str) -> None:
    event = changed("charge.dispute.created__product_not_received", payment_method_details__card__case_type=case_type)
    assert (one(event).kind, one(event).stage) == ("pre_dispute_alert", stage)
    event = changed("charge.dispute.funds_withdrawn__visa", payment_method_details__card__case_type=case_type)
    assert (one(event).kind, one(event).stage) == ("chargeback", "dispute")


def test_a_date_is_asked_for_only_where_stripe_waits() -> None:
    created = one(fixture("charge.dispute.created__product_not_received"))
    assert created.respond_by and created.respond_by.at == datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC)
    for due_by in (0, None, -1):
        notice = one(changed("charge.dispute.created__product_not_received", evidence_details__due_by=due_by))
        assert notice.respond_by is None
        assert notice.facts["response_allowed"] == "false"
    sent = one(fixture("charge.dispute.updated__under_review"))
    assert sent.respond_by is None
    assert sent.facts["evidence_due_by"] == "2026-11-04T23:59:59+00:00"
    assert one(fixture("radar.early_fraud_warning.created__stolen_card")).respond_by is None


def test_lost_may_still_be_appealed_but_not_twice() -> None:
    lost = one(fixture("charge.dispute.closed__lost"))
    assert lost.ruling and not lost.ruling.final
    again = one(
        changed(
            "charge.dispute.closed__lost", evidence__appeal={"card": {"reason_for_filing": "x", "supporting_files": []}}
        )
    )
    assert again.ruling and again.ruling.final
    won = one(fixture("charge.dispute.closed__won"))
    assert won.ruling and won.ruling.final


def test_reason_is_the_networks_code_where_there_is_one() -> None:
    assert one(fixture("charge.dispute.created__product_not_received")).reason == Reason(scheme="visa", code="13.1")
    assert one(fixture("charge.dispute.created__klarna")).reason == Reason(scheme="klarna", code="goods_not_received")
    assert one(fixture("charge.dispute.created__api_2019")).reason == Reason(scheme="stripe", code="duplicate")
    co_branded = changed(
        "charge.dispute.created__product_not_received", payment_method_details__card__network="cartes_bancaires"
    )
    assert one(co_branded).reason == Reason(scheme="cartes_bancaires", code="13.1")
    unknown = changed(
        "charge.dispute.created__product_not_received",
        payment_method_details__card__network="unknown",
        payment_method_details__card__brand="unknown",
    )
    assert one(unknown).reason == Reason(scheme="stripe", code="product_not_received")
    assert one(unknown).facts["network_reason_code"] == "13.1"


def test_an_unknown_reason_is_passed_on_and_filed_nowhere() -> None:
    event = changed("charge.dispute.created__api_2019", reason="abducted_by_aliens")
    assert one(event).reason == Reason(scheme="stripe", code="abducted_by_aliens")
    assert one(event).reason_category == ""


def test_expanded_charge_gives_order_refund_and_cardholder() -> None:
    notice = one(fixture("dispute__exported_with_charge"))
    assert Reference(type="order", value="2016") in notice.references
    assert {(ref.type, ref.value) for ref in notice.references} >= {
        ("charge", "ch_3Invented0016"),
        ("refund", "re_3Invented0016"),
    }
    assert notice.facts["card_last4"] == "4444"
    assert notice.parties[0].email == "robin@example.com"
    assert notice.test is True


def test_live_unless_stripe_says_otherwise() -> None:
    event = fixture("charge.dispute.created__product_not_received")
    del event["livemode"], event["data"]["object"]["livemode"]
    assert one(event).test is False


def test_a_list_answers_every_dispute() -> None:
    dispute = fixture("dispute__exported_with_charge")
    listed = {"object": "list", "data": [dispute, {**dispute, "id": "dp_2"}], "has_more": False, "url": "/v1/disputes"}
    assert [
        answer.case_ref for answer in parse(arrived(json.dumps(listed).encode())) if isinstance(answer, ParsedNotice)
    ] == ["dp_1Invented0016", "dp_2"]


def test_the_same_state_read_twice_is_the_same_event() -> None:
    dispute = fixture("dispute__exported_with_charge")
    assert one(dispute).event_ref == one({**dispute, "evidence": {"uncategorized_text": "staged by us"}}).event_ref
    assert one(dispute).event_ref != one({**dispute, "status": "under_review"}).event_ref


def test_thin_event_points_to_the_dispute() -> None:
    (pointer,) = parse(arrived((FOLDER / "v1.charge.dispute.created__thin.json").read_bytes()))
    assert pointer == Pointer(
        reference=Reference(type="case", value="dp_1Invented0001", system="stripe"),
        event_ref="evt_1Invented0099",
        reason="v1.charge.dispute.created",
    )


@pytest.mark.parametrize(
    "event_type",
    ["charge.succeeded", "issuing_dispute.created", "payout.failed", "v2.core.event_destination.ping", "review.opened"],
)
def test_other_matters_answer_nothing(event_type: str) -> None:
    assert not list(parse(arrived(json.dumps({"object": "event", "id": "evt_1", "type": event_type}).encode())))


@pytest.mark.parametrize("event_type", ["charge.dispute.teleported", "radar.new_thing.created", "hologram.created"])
def test_unknown_events_are_named(event_type: str) -> None:
    for body in (
        {"object": "event", "id": "evt_1", "type": event_type},
        {"object": "v2.core.event", "id": "evt_1", "type": event_type},
    ):
        with pytest.raises(Unreadable, match=event_type):
            list(parse(arrived(json.dumps(body).encode())))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"\xff\xfe{}", "not_utf8"), ("{}".encode("utf-16"), "not_utf8"), (b"{", "not_json"),
        (b'{"a": NaN}', "not_json"), (b'{"a": ' + b"9" * 5000 + b"}", "not_json"), (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "too_deep"), (b"[]", "not_an_object"), (b"{}", "not_an_event"), (b" " * 5_000_000 + b"{}", "too_large"),
        (b'{"object":"event","id":"evt_1","type":"<script>"}', "unknown_event"), (b"\xef\xbb\xbf{}", "not_an_event"),
        (b'{"object":"list","data":[{"object":"charge"}]}', "not_an_event"),
    ],
)  # fmt: skip
def test_unreadable_says_what_is_wrong(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(parse(arrived(body)))
    assert caught.value.code == code


def test_missing_fields_are_named_by_their_path() -> None:
    for path, value in (
        ("status", None),
        ("id", ""),
        ("amount", "12.5"),
        ("currency", "dollars"),
        ("status", "a b"),
        ("id", "x" * 300),
    ):
        with pytest.raises(Unreadable, match=f"data.object.{path}"):
            one(changed("charge.dispute.created__product_not_received", **{path: value}))


def test_fields_that_no_one_knows_are_reported() -> None:
    event = changed("charge.dispute.created__product_not_received", hologram={"colour": "blue"})
    assert one(event).unread == ("data.object.hologram.colour",)
    assert one(fixture("charge.dispute.created__product_not_received")).unread == ()


def test_nul_and_lone_surrogates_do_not_reach_the_database() -> None:
    body = json.dumps(changed("charge.dispute.created__product_not_received", metadata={"order_id": "A\x00B"})).encode()
    body = body.replace(b'"product_not_received"', b'"odd\\ud800"')
    (notice,) = parse(arrived(body))
    assert not problems(notice)
    assert Reference(type="order", value="A\ufffdB") in notice.references  # type: ignore[union-attr]


def test_of_a_wide_payload_only_so_much_is_reported_unread() -> None:
    """Linear in its size: a quadratic reading would not end in a day."""
    event = changed("charge.dispute.created__product_not_received", metadata={f"k{n}": "v" for n in range(100_000)})
    assert len(one(event).unread) == 200
