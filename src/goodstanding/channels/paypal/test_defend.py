"""Reading PayPal, and answering where it offers to take an answer, against a fake that keeps state."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.fakes.paypal import READ, SECRET, WRITE, FakePayPal

from goodstanding.channels.paypal import channel
from goodstanding.channels.paypal.defend import rehearse, requirements, submit
from goodstanding.channels.paypal.evidence import LIMITS, TYPE_OF, carrier, carriers, plan
from goodstanding.channels.paypal.read import fetch, is_dangerous, lookup, probe
from goodstanding.contract import (
    Bundle,
    Exhibit,
    Incoming,
    ParsedNotice,
    Reference,
    Refused,
    Requirement,
    Unavailable,
)


@pytest.fixture
def paypal() -> Iterator[FakePayPal]:
    with FakePayPal() as fake:
        yield fake


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def exhibit(kind: str, content: bytes = b"jpeg", media_type: str = "image/jpeg", filename: str = "") -> Exhibit:
    digest = hashlib.sha256(content).hexdigest()
    return Exhibit(
        id=kind, kind=kind, title=kind, media_type=media_type, content=content, sha256=digest, filename=filename
    )


def bundle(case_ref: str, **changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": case_ref, "stage": "dispute", "reason": None, "network": "", "amount": None, "references": (), "language": "en",
        "reply_text": "The parcel was delivered.", "exhibits": (), "document": b"%PDF-1.4 whole", "digest": "d1",
    }  # fmt: skip
    return Bundle(**values | changes)


def case(ref: str) -> Reference:
    return Reference(type="case", value=ref, system="paypal")


def read(incoming: Incoming) -> ParsedNotice:
    (notice,) = channel.parse(incoming)
    assert isinstance(notice, ParsedNotice)
    return notice


def refusal(code: str, act: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args)
    assert caught.value.code == code, caught.value
    return caught.value


# --- reading ---


def test_a_partial_event_leads_to_the_whole_dispute(paypal: FakePayPal, http: httpx.Client) -> None:
    made = paypal.open()
    event = {"id": "WH-1", "event_type": "CUSTOMER.DISPUTE.CREATED", "resource": {"dispute_id": made["dispute_id"]}}
    (pointer,) = channel.parse(
        Incoming(origin="webhook", body=str(event).replace("'", '"').encode(), received_at=paypal.now)
    )
    notice = read(lookup(pointer.reference, paypal.config(), http))  # type: ignore[union-attr]
    assert (notice.case_ref, notice.references[1].value, str(notice.amount)) == (
        made["dispute_id"],
        "1FAKESELLER0",
        "45.90 USD",
    )


def test_lookup_by_payment(paypal: FakePayPal, http: httpx.Client) -> None:
    paypal.open()
    newest = paypal.open()
    found = read(lookup(Reference(type="payment", value="1FAKESELLER1"), paypal.config(), http))
    assert found.case_ref == newest["dispute_id"]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [("case", "PP-NONE", "RESOURCE_NOT_FOUND"), ("case", "../../oauth2", "bad_identifier"), ("payment", "1NONE", "resource_missing"), ("payment", "a b", "bad_identifier"), ("order", "GS-1", "bad_reference")],
)  # fmt: skip
def test_lookup_of_what_is_not_there(paypal: FakePayPal, http: httpx.Client, kind: str, value: str, code: str) -> None:
    refusal(code, lookup, Reference(type=kind, value=value), paypal.config(), http)


def test_fetch_walks_all_pages_reads_each_and_follows_no_host(paypal: FakePayPal, http: httpx.Client) -> None:
    made = [paypal.open()["dispute_id"] for _ in range(120)]
    found = [read(incoming).case_ref for incoming in fetch(paypal.config(), http, paypal.now - timedelta(days=1))]
    assert sorted(found) == sorted(made)
    assert len(paypal.asked("GET /v1/customer/disputes$")) == 3


def test_fetch_gives_what_changed_since_and_the_same_state_once(paypal: FakePayPal, http: httpx.Client) -> None:
    paypal.open()
    paypal.now += timedelta(days=2)
    fresh = paypal.open()
    first = [read(incoming) for incoming in fetch(paypal.config(), http, paypal.now - timedelta(days=1))]
    again = [read(incoming) for incoming in fetch(paypal.config(), http, paypal.now - timedelta(days=1))]
    assert [notice.case_ref for notice in first] == [fresh["dispute_id"]]
    assert first == again
    assert read(lookup(case(fresh["dispute_id"]), paypal.config(), http)).event_ref == first[0].event_ref


def test_fetch_asks_for_no_more_than_paypal_keeps(paypal: FakePayPal, http: httpx.Client) -> None:
    list(fetch(paypal.config(), http, datetime(2020, 1, 1, tzinfo=UTC)))
    asked = paypal.asked("GET /v1/customer/disputes$")[0].query
    assert "update_time_after=" in asked and "2020" not in asked.split("page_size")[0]


# --- what the app may do ---


@pytest.mark.parametrize(
    ("scopes", "dangerous", "missing"),
    [
        ([READ], 0, ()),
        ([READ, WRITE, "openid"], 0, ()),
        ([WRITE], 0, (READ,)),
        ([READ, "https://uri.paypal.com/services/payments/refund"], 1, ()),
        ([READ, "https://uri.paypal.com/services/payments/payment/authcapture"], 1, ()),
        ([READ, "https://uri.paypal.com/payments/payouts"], 1, ()),
        ([READ, "https://api.paypal.com/v1/payments/.*", "https://uri.paypal.com/services/invoicing"], 2, ()),
    ],
)
def test_scopes_are_read_not_tried(
    paypal: FakePayPal, http: httpx.Client, scopes: list[str], dangerous: int, missing: tuple[str, ...]
) -> None:
    paypal.scopes = scopes
    grant = probe(paypal.config(), http)
    assert (grant.permissions, len(grant.dangerous), grant.missing, grant.test_mode) == (
        tuple(scopes),
        dangerous,
        missing,
        True,
    )
    assert [request.path for request in paypal.requests] == ["/v1/oauth2/token"]


def test_reading_scopes_of_other_matters_are_harmless() -> None:
    for scope in (
        "https://uri.paypal.com/services/reporting/search/read",
        "https://uri.paypal.com/services/applications/webhooks",
        "openid",
    ):
        assert not is_dangerous(scope)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": ""}, "no_key"),
        ({"client_secret": ""}, "no_key"),
        ({"client_secret": "bad\nsecret"}, "no_key"),
        ({"client_secret": "another-secret-0001"}, "key_invalid"),
    ],
)
def test_credentials_that_cannot_work(
    paypal: FakePayPal, http: httpx.Client, changes: dict[str, str], code: str
) -> None:
    refusal(code, probe, dataclasses.replace(paypal.config(), **changes), http)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "code", "wait"),
    [
        (429, {"Retry-After": "7"}, Unavailable, "rate_limited", 7.0),
        (429, {}, Unavailable, "rate_limited", 10.0),
        (503, {}, Unavailable, "http_503", None),
        (401, {}, Refused, "key_invalid", None),
        (403, {}, Refused, "permission_missing", None),
        (400, {}, Refused, "http_400", None),
    ],
)  # fmt: skip
def test_trouble(
    paypal: FakePayPal,
    http: httpx.Client,
    status: int,
    headers: dict[str, str],
    kind: Any,
    code: str,
    wait: float | None,
) -> None:
    paypal.fail("GET", status, headers=headers)
    with pytest.raises(kind) as caught:
        lookup(case("PP-1"), paypal.config(), http)
    assert (caught.value.code, getattr(caught.value, "retry_after", None)) == (code, wait)


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"dispute_id": "PP-OTHER"}'])
def test_an_answer_that_is_not_the_dispute(paypal: FakePayPal, http: httpx.Client, body: bytes) -> None:
    paypal.fail("GET", 200, body=body)
    with pytest.raises(Unavailable):
        lookup(case("PP-1"), paypal.config(), http)


def test_time_outs_and_dead_addresses(paypal: FakePayPal, http: httpx.Client) -> None:
    paypal.fail("GET", hang_up=True)
    with pytest.raises(Unavailable) as caught:
        lookup(case("PP-1"), paypal.config(), http)
    assert caught.value.code == "unreachable"
    with pytest.raises(Unavailable) as caught:
        lookup(case("PP-1"), paypal.config(api_base="http://127.0.0.1:9"), http)
    assert caught.value.code == "no_connection"


def test_errors_hold_neither_secret_nor_address(paypal: FakePayPal, http: httpx.Client) -> None:
    body = f'{{"name": "VALIDATION_ERROR", "message": "secret {SECRET} of jo@example.com", "details": [{{"issue": "bad id"}}]}}'
    paypal.fail("GET", 422, body=body.encode())
    error = refusal("VALIDATION_ERROR", lookup, case("PP-1"), paypal.config(), http)
    assert SECRET not in str(error) and "example.com" not in str(error) and "bad id" in str(error)


# --- requirements and rehearsal ---


def test_requirements_are_what_paypal_asks_for_first(paypal: FakePayPal, http: httpx.Client) -> None:
    asked = [
        {
            "evidence_type": "PROOF_OF_FULFILLMENT",
            "source": "REQUESTED_FROM_SELLER",
            "action_info": {"mandatory": True},
        },
        {"evidence_type": "TYPE_OF_TOMORROW", "source": "REQUESTED_FROM_SELLER"},
        {"evidence_type": "PROOF_OF_DAMAGE", "source": "REQUESTED_FROM_BUYER"},
    ]
    made = paypal.open(evidences=asked)
    found = list(requirements(case(made["dispute_id"]), paypal.config(), http))
    assert found[0] == Requirement(
        code="PROOF_OF_FULFILLMENT", need="required", evidence=("ev.delivery_full_address", "ev.tracking_partial"), label="PayPal asks for it"
    )  # fmt: skip
    assert [(item.code, item.need) for item in found[1:3]] == [
        ("TYPE_OF_TOMORROW", "any_of"),
        ("PROOF_OF_DELIVERY_SIGNATURE", "helpful"),
    ]
    assert "PROOF_OF_DAMAGE" not in [item.code for item in found]


def test_where_paypal_offers_nothing_nothing_is_asked_or_sent(paypal: FakePayPal, http: httpx.Client) -> None:
    """Only the links count: the status says that the seller should answer, and yet there is no way."""
    made = paypal.open(rels=("accept_claim", "send_message", "make_offer", "escalate"))
    ref = made["dispute_id"]
    assert list(requirements(case(ref), paypal.config(), http)) == []
    assert [item.code for item in rehearse(bundle(ref), paypal.config(), http)] == ["not_offered"]
    error = refusal("not_offered", submit, bundle(ref), paypal.config(), http)
    assert "accept_claim, escalate, make_offer, send_message" in str(error)
    assert paypal.sent == [] and not paypal.asked("POST /v1/customer")


def test_rehearsing_sends_nothing(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open()["dispute_id"]
    assert list(rehearse(bundle(ref), paypal.config(), http)) == []
    assert not paypal.asked("POST /v1/customer")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": b"x" * 10_000_000}, "file_too_large"),
        ({"document": b"", "exhibits": (exhibit("ev.signature_pod", media_type="image/tiff"),)}, "media_type"),
        ({"document": b"", "exhibits": tuple(exhibit(kind, bytes([n]) * 9_000_000) for n, kind in enumerate(("ev.signature_pod", "ev.receipt_invoice", "ev.order_record", "ev.refund_policy", "ev.product_page", "ev.service_doc")))}, "files_too_large"),
        ({"document": b"", "exhibits": (exhibit("ev.customer_comm"),)}, "left_out"),
        ({"document": b"", "reply_text": ""}, "nothing_to_send"),
        ({"document": b"", "reply_text": "x" * 2001}, "text_too_long"),
    ],
)  # fmt: skip
def test_what_paypal_would_not_take_is_said_before(
    paypal: FakePayPal, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    ref = paypal.open()["dispute_id"]
    assert code in [item.code for item in rehearse(bundle(ref, **changes), paypal.config(), http)]
    with pytest.raises(Refused):
        submit(bundle(ref, **changes), paypal.config(), http)
    assert paypal.sent == []


def test_files_at_the_limit_pass_and_copies_too_many_stay_in_the_document(
    paypal: FakePayPal, http: httpx.Client
) -> None:
    ref = paypal.open()["dispute_id"]
    kinds = ("ev.signature_pod", "ev.receipt_invoice", "ev.order_record", "ev.refund_policy", "ev.product_page")
    many = tuple(exhibit(kind, bytes([n]) * 9_000_000) for n, kind in enumerate(kinds))
    package = bundle(ref, document=b"x" * 9_999_999, exhibits=many)
    assert list(rehearse(package, paypal.config(), http)) == []
    assert [file.name for file in plan(package).files] == [f"evidence-{ref}.pdf"]
    assert LIMITS.source.startswith("https://developer.paypal.com/")


# --- sending ---


def test_evidence_goes_as_json_and_files(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open(evidences=[{"evidence_type": "MERCHANT_RESPONSE", "source": "REQUESTED_FROM_SELLER"}])[
        "dispute_id"
    ]
    package = bundle(
        ref,
        exhibits=(exhibit("ev.signature_pod", b"sig", filename="签收 单.jpg"), exhibit("ev.customer_comm", b"chat")),
        fields={
            "tracking_number": "LB123CN, LB124CN",
            "carrier": "云途物流",
            "tracking_url": "https://t.example/LB123CN",
        },
        references=(Reference(type="refund", value="5REFUND"),),
    )
    assert submit(package, paypal.config(), http).state == "accepted"
    ((_, act, given, files),) = paypal.sent
    assert act == "provide-evidence"
    parcel = {"carrier_name": "YUNEXPRESS", "tracking_url": "https://t.example/LB123CN"}
    name = f"evidence-{ref}.pdf"
    assert given == {
        "evidences": [
            {"evidence_type": "PROOF_OF_FULFILLMENT", "evidence_info": {"tracking_info": [{**parcel, "tracking_number": "LB123CN"}, {**parcel, "tracking_number": "LB124CN"}]}},
            {"evidence_type": "PROOF_OF_REFUND", "evidence_info": {"refund_ids": ["5REFUND"]}},
            {"evidence_type": "PROOF_OF_DELIVERY_SIGNATURE", "documents": [{"name": "signature_pod.jpg"}]},
            {"evidence_type": "MERCHANT_RESPONSE", "notes": "The parcel was delivered.", "documents": [{"name": name}]},
        ]
    }  # fmt: skip
    assert files == {"file1:signature_pod.jpg": b"sig", f"file2:{name}": b"%PDF-1.4 whole"}


def test_a_reply_too_long_for_a_note_is_in_the_document() -> None:
    (entry,) = plan(bundle("PP-1", reply_text="x" * 2001)).evidences
    assert entry["evidence_type"] == "OTHER" and entry["notes"].startswith("Please see")
    (entry,) = plan(bundle("PP-1", reply_text="x" * 2000)).evidences
    assert entry["notes"] == "x" * 2000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("DE_DPD_DELISTACK", " DE_DPD_DELISTACK"), (" DE_DPD_DELISTACK", " DE_DPD_DELISTACK"), ("ups", "UPS"), ("Royal Mail", "ROYAL_MAIL"), ("4PX", "FOUR_PX_EXPRESS"),
        ("顺丰速运", "SF_EXPRESS"), ("云途", "YUNEXPRESS"), ("CN-EMS", "CN_EMS"), ("燕文航空挂号", "YANWEN"), ("A carrier of tomorrow", "OTHER"), ("", "OTHER"),
    ],
)  # fmt: skip
def test_carriers_are_of_paypals_closed_list(name: str, code: str) -> None:
    assert carrier(name) == code
    assert code == "OTHER" or code in carriers().values()


def test_a_carrier_outside_the_list_is_named() -> None:
    (entry, _) = plan(bundle("PP-1", fields={"tracking_number": "A1", "carrier": "Novel Post"})).evidences
    (parcel,) = entry["evidence_info"]["tracking_info"]
    assert (parcel["carrier_name"], parcel["carrier_name_other"]) == ("OTHER", "Novel Post")


def test_a_whole_life(paypal: FakePayPal, http: httpx.Client) -> None:
    config = paypal.config()
    ref = paypal.open(stage="INQUIRY", rels=("send_message",), status="OPEN", seller_response_due_date=None)[
        "dispute_id"
    ]
    told = [read(lookup(case(ref), config, http))]
    refusal("not_offered", submit, bundle(ref), config, http)
    paypal.escalate(ref)
    told.append(read(lookup(case(ref), config, http)))
    assert submit(bundle(ref), config, http).state == "accepted"
    told.append(read(lookup(case(ref), config, http)))
    paypal.decide(ref, "RESOLVED_BUYER_FAVOUR", appealable=True)
    told.append(read(lookup(case(ref), config, http)))
    assert submit(bundle(ref, stage="appeal", digest="d2"), config, http).raw["way"] == "appeal"
    paypal.decide(ref, "RESOLVED_SELLER_FAVOUR")
    told.append(read(lookup(case(ref), config, http)))
    assert [
        (notice.kind, notice.stage, notice.status, notice.ruling and (notice.ruling.result, notice.ruling.final))
        for notice in told
    ] == [
        ("refund_dispute", "inquiry", "OPEN", None),
        ("refund_dispute", "dispute", "WAITING_FOR_SELLER_RESPONSE", None),
        ("refund_dispute", "dispute", "UNDER_REVIEW", None),
        ("dispute_result", "dispute", "RESOLVED", ("lost", False)),
        ("dispute_result", "dispute", "RESOLVED", ("won", True)),
    ]
    assert len({notice.event_ref for notice in told}) == len(told)
    assert [act for _, act, _, _ in paypal.sent] == ["provide-evidence", "appeal"]


def test_two_hundred_with_an_error_inside_is_a_refusal(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open()["dispute_id"]
    paypal.fail("provide-evidence", 200, body=b'{"name": "VALIDATION_ERROR", "message": "file rejected"}')
    assert "file rejected" in str(refusal("VALIDATION_ERROR", submit, bundle(ref), paypal.config(), http))


def test_an_answer_of_success_that_the_dispute_does_not_show_is_unknown(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open()["dispute_id"]
    paypal.fail("provide-evidence", 200, body=b'{"links": []}')
    assert submit(bundle(ref), paypal.config(), http).state == "unknown"


@pytest.mark.parametrize(
    ("failure", "state"),
    [({"hang_up": True, "after": True}, "accepted"), ({"hang_up": True}, "unknown"), ({"status": 500, "after": True}, "accepted"), ({"status": 503}, "unknown"), ({"status": 200, "body": b"", "after": True}, "accepted")],
)  # fmt: skip
def test_a_lost_answer_is_looked_up(
    paypal: FakePayPal, http: httpx.Client, failure: dict[str, Any], state: str
) -> None:
    ref = paypal.open()["dispute_id"]
    paypal.fail("provide-evidence", **failure)
    assert submit(bundle(ref), paypal.config(), http).state == state
    assert len(paypal.sent) == (1 if failure.get("after") else 0)


def test_slowed_down_before_sending_is_tried_again_later(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open()["dispute_id"]
    paypal.fail("provide-evidence", 429, headers={"Retry-After": "3"})
    with pytest.raises(Unavailable) as caught:
        submit(bundle(ref), paypal.config(), http)
    assert caught.value.retry_after == 3.0
    assert submit(bundle(ref), paypal.config(), http).state == "accepted"


def test_sending_twice_is_sending_once(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open()["dispute_id"]
    submit(bundle(ref), paypal.config(), http)
    refusal("not_offered", submit, bundle(ref), paypal.config(), http)
    paypal.offer(ref, "provide_evidence")
    submit(bundle(ref), paypal.config(), http)
    assert len(paypal.sent) == 1


def test_nothing_else_is_ever_done(paypal: FakePayPal, http: httpx.Client) -> None:
    ref = paypal.open()["dispute_id"]
    list(requirements(case(ref), paypal.config(), http))
    submit(bundle(ref), paypal.config(), http)
    probe(paypal.config(), http)
    assert {request.path.rpartition("/")[2] for request in paypal.asked("POST")} == {"token", "provide-evidence"}


def test_every_type_named_is_mapped_for_the_checklist() -> None:
    from goodstanding.channels.paypal.defend import _EVIDENCE

    assert set(TYPE_OF.values()) <= set(_EVIDENCE)
