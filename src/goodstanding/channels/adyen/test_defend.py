"""Asking Adyen what a dispute takes, and answering it, against a fake that keeps state."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pikepdf
import pytest
from tests.fakes.adyen import KEY, FakeAdyen

from goodstanding.channels.adyen import channel
from goodstanding.channels.adyen.defend import rehearse, requirements, submit
from goodstanding.channels.adyen.documents import ANY_PROOF, LIMITS
from goodstanding.channels.adyen.probe import probe
from goodstanding.contract import (
    Bundle,
    Exhibit,
    Grant,
    ParsedNotice,
    Reference,
    Refused,
    Requirement,
    Unavailable,
)


@pytest.fixture
def adyen() -> Iterator[FakeAdyen]:
    with FakeAdyen() as fake:
        yield fake


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def pdf(pages: int = 1) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def exhibit(kind: str, content: bytes = b"jpeg", media_type: str = "image/jpeg") -> Exhibit:
    return Exhibit(
        id=kind,
        kind=kind,
        title=kind,
        media_type=media_type,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def bundle(case_ref: str, **changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": case_ref, "stage": "dispute", "reason": None, "network": "visa", "amount": None, "references": (), "language": "en",
        "reply_text": "The parcel was delivered.", "exhibits": (), "document": pdf(), "digest": "d1",
    }  # fmt: skip
    return Bundle(**values | changes)


def refusal(code: str, act: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args)
    assert caught.value.code == code, caught.value
    return caught.value


# --- requirements ---


def test_requirements_of_all_reasons_are_merged(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open({
        "GoodsNotReturned": {"TIDorInvoice": "Optional", "GoodsNotReturned": "Required", "Common": "Required"},
        "Supply": {"TIDorInvoice": "Optional", "DefenseMaterial": "OneOrMore", "Common": "Required"},
    })  # fmt: skip
    found = list(requirements(Reference(type="case", value=case.ref), adyen.config(), http))
    assert [(item.code, item.need) for item in found] == [
        ("TIDorInvoice", "helpful"), ("GoodsNotReturned", "any_of"), ("Common", "required"), ("DefenseMaterial", "any_of"),
    ]  # fmt: skip
    assert found[3].evidence == ANY_PROOF
    assert found[0] == Requirement(
        code="TIDorInvoice", need="helpful", evidence=("ev.receipt_invoice", "ev.order_record"), label="GoodsNotReturned: Optional; Supply: Optional"
    )  # fmt: skip


def test_no_defence_possible_asks_for_nothing(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    case.open = False
    assert list(requirements(Reference(type="case", value=case.ref), adyen.config(), http)) == []
    assert [item.code for item in rehearse(bundle(case.ref), adyen.config(), http)] == ["not_defendable"]


# --- choosing, planning, checking ---


def test_rehearsing_supplies_nothing(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    assert list(rehearse(bundle(case.ref), adyen.config(), http)) == []
    assert {request.path.rpartition("/")[2] for request in adyen.requests} == {"retrieveApplicableDefenseReasons"}


@pytest.mark.parametrize(
    ("reasons", "fields", "code", "used"),
    [
        ({"A": {"X": "Required"}, "B": {"Y": "Required"}}, {}, "defense_reason_needed", ""),
        ({"A": {"X": "Required"}, "B": {"Y": "Required"}}, {"adyen_defense_reason": "B"}, "", "B"),
        ({"A": {"X": "Required"}, "B": {"Y": "Required"}}, {"adyen_defense_reason": "C"}, "unknown_defense_reason", ""),
        ({"A": {"X": "Required"}}, {}, "", "A"),
        ({"A": {"X": "Required"}, "SupplyDefenseMaterial": {"DefenseMaterial": "Required"}}, {}, "", "SupplyDefenseMaterial"),
    ],
)  # fmt: skip
def test_a_specific_reason_is_a_persons_choice(
    adyen: FakeAdyen,
    http: httpx.Client,
    reasons: dict[str, dict[str, str]],
    fields: dict[str, str],
    code: str,
    used: str,
) -> None:
    case = adyen.open(reasons)
    if code:
        refusal(code, submit, bundle(case.ref, fields=fields), adyen.config(), http)
        assert not case.defended
    else:
        assert submit(bundle(case.ref, fields=fields), adyen.config(), http).raw["defense_reason"] == used


def test_exhibits_fill_their_own_type_and_the_document_the_rest(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    document = pdf(3)
    submit(bundle(case.ref, document=document, exhibits=(exhibit("ev.receipt_invoice"),)), adyen.config(), http)
    assert case.defended == [("SupplyDefenseMaterial", {"DefenseMaterial": document, "TIDorInvoice": b"jpeg"})]


def test_the_document_goes_along_even_where_exhibits_fill_every_type(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open({"GoodsNotReturned": {"GoodsNotReturned": "Required"}})
    document = pdf(2)
    submit(bundle(case.ref, document=document, exhibits=(exhibit("ev.no_return"),)), adyen.config(), http)
    assert case.defended == [("GoodsNotReturned", {"GoodsNotReturned": document})]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": b"%PDF" + b"x" * 2_000_000}, "file_too_large"),
        ({"document": b""}, "document_missing"),
        ({"document": b"", "exhibits": ()}, "nothing_to_send"),
        ({"network": "mastercard", "document": pdf(20)}, "too_many_pages"),
        ({"stage": "inquiry", "document": pdf(5)}, "too_many_pages"),
        ({"document": b"", "exhibits": (exhibit("ev.receipt_invoice", media_type="image/png"),)}, "media_type"),
        ({"network": "discover", "document": b"", "exhibits": (exhibit("ev.receipt_invoice", b"x" * 3_000_001),)}, "file_too_large"),
    ],
)  # fmt: skip
def test_what_adyen_would_not_take_is_said_before(
    adyen: FakeAdyen, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    case = adyen.open()
    package = bundle(case.ref, **changes)
    assert code in [item.code for item in rehearse(package, adyen.config(), http)]
    with pytest.raises(Refused):
        submit(package, adyen.config(), http)
    assert not case.supplied and not case.defended


def test_limits_at_the_edge_pass(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    assert list(rehearse(bundle(case.ref, document=b"%PDF" + b"x" * 1_999_996), adyen.config(), http)) == []
    assert list(rehearse(bundle(case.ref, network="mastercard", document=pdf(19)), adyen.config(), http)) == []
    assert LIMITS.source.startswith("https://docs.adyen.com/")


def test_an_exhibit_of_a_type_that_adyen_refuses_is_left_to_the_document(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    submit(bundle(case.ref, exhibits=(exhibit("ev.receipt_invoice", media_type="image/webp"),)), adyen.config(), http)
    assert set(case.defended[0][1]) == {"DefenseMaterial"}


# --- sending ---


def test_a_whole_life(adyen: FakeAdyen, http: httpx.Client) -> None:
    config = adyen.config()
    case = adyen.open()
    receipt = submit(bundle(case.ref), config, http)
    assert (receipt.state, receipt.reference) == ("accepted", case.ref)
    adyen.reverse(case)
    adyen.charge_again(case)
    adyen.pre_arbitrate(case)
    assert submit(bundle(case.ref, stage="pre_arbitration", digest="d2"), config, http).state == "accepted"
    adyen.tell(case, "PREARBITRATION_WON")
    told: list[ParsedNotice] = []
    assert channel.verify
    for incoming in adyen.webhooks:
        channel.verify(incoming, config, None)
        told += [notice for notice in channel.parse(incoming) if isinstance(notice, ParsedNotice)]
    assert [(notice.kind, notice.stage, notice.ruling.result if notice.ruling else "") for notice in told] == [
        ("chargeback", "dispute", ""),
        ("chargeback", "", ""),
        ("dispute_result", "dispute", "won"),
        ("dispute_result", "pre_arbitration", "lost"),
        ("chargeback", "pre_arbitration", ""),
        ("chargeback", "", ""),
        ("dispute_result", "pre_arbitration", "won"),
    ]
    assert len({notice.event_ref for notice in told}) == len(told)


def test_two_hundred_with_success_false_is_a_refusal(adyen: FakeAdyen, http: httpx.Client) -> None:
    error = refusal("not_accepted", submit, bundle("UNKNOWN0001"), adyen.config(), http)
    assert "Dispute not found" in str(error)
    case = adyen.open()
    body = b'{"disputeServiceResult": {"success": false, "errorMessage": "too late"}}'
    adyen.fail("defendDispute", 200, body=body)
    assert "too late" in str(refusal("not_accepted", submit, bundle(case.ref), adyen.config(), http))
    assert not case.defended


@pytest.mark.parametrize(
    "body", [b"{}", b'{"disputeServiceResult": {}}', b'{"disputeServiceResult": {"success": "true"}}', b"[]", b"<html>"]
)
def test_an_answer_that_says_nothing_is_no_success(adyen: FakeAdyen, http: httpx.Client, body: bytes) -> None:
    case = adyen.open()
    adyen.fail("defendDispute", 200, body=body)
    assert submit(bundle(case.ref), adyen.config(), http).state == "unknown"
    adyen.fail("supplyDefenseDocument", 200, body=body)
    with pytest.raises(Unavailable):
        submit(bundle(adyen.open().ref), adyen.config(), http)


def test_documents_of_an_older_package_do_not_go_out(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    case.supplied = {"TIDorInvoice": b"old", "GoodsOrServicesProvided": b"by hand"}
    submit(bundle(case.ref), adyen.config(), http)
    assert set(case.defended[0][1]) == {"DefenseMaterial"}


def test_an_upload_that_adyen_does_not_show_is_not_sent_on(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    adyen.fail("supplyDefenseDocument", 200, body=b'{"disputeServiceResult": {"success": true}}')
    refusal("not_satisfied", submit, bundle(case.ref), adyen.config(), http)
    assert not case.defended


@pytest.mark.parametrize(
    "failure", [{"hang_up": True}, {"hang_up": True, "after": True}, {"status": 503}, {"status": 500, "after": True}]
)
def test_a_lost_last_answer_is_unknown(adyen: FakeAdyen, http: httpx.Client, failure: dict[str, Any]) -> None:
    case = adyen.open()
    adyen.fail("defendDispute", **failure)
    receipt = submit(bundle(case.ref), adyen.config(), http)
    assert (receipt.state, receipt.reference, receipt.raw["defense_reason"]) == (
        "unknown",
        case.ref,
        "SupplyDefenseMaterial",
    )
    assert len(case.defended) == (1 if failure.get("after") else 0)


def test_the_same_package_twice_is_one_defence(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    submit(bundle(case.ref), adyen.config(), http)
    refusal("not_defendable", submit, bundle(case.ref), adyen.config(), http)
    assert len(case.defended) == 1
    (sent,) = adyen.asked("defendDispute")
    assert sent.headers["idempotency-key"].startswith("goodstanding-")


def test_nothing_is_ever_accepted(adyen: FakeAdyen, http: httpx.Client) -> None:
    case = adyen.open()
    list(requirements(Reference(type="case", value=case.ref), adyen.config(), http))
    list(rehearse(bundle(case.ref), adyen.config(), http))
    submit(bundle(case.ref), adyen.config(), http)
    probe(adyen.config(), http)
    assert not adyen.asked("accept")


@pytest.mark.parametrize(
    ("status", "headers", "kind", "code", "wait"),
    [
        (429, {"Retry-After": "7"}, Unavailable, "rate_limited", 7.0),
        (429, {}, Unavailable, "rate_limited", 5.0),
        (503, {"Retry-After": "60"}, Unavailable, "http_503", 60.0),
        (500, {"Retry-After": "soon"}, Unavailable, "http_500", None),
        (401, {}, Refused, "key_invalid", None),
        (403, {}, Refused, "permission_missing", None),
        (422, {}, Refused, "http_422", None),
    ],
)  # fmt: skip
def test_trouble(
    adyen: FakeAdyen, http: httpx.Client, status: int, headers: dict[str, str], kind: Any, code: str, wait: float | None
) -> None:
    adyen.fail("retrieve", status, headers=headers)
    with pytest.raises(kind) as caught:
        list(requirements(Reference(type="case", value="A1"), adyen.config(), http))
    assert caught.value.code == code
    assert getattr(caught.value, "retry_after", None) == wait


def test_time_outs_and_dead_addresses(adyen: FakeAdyen, http: httpx.Client) -> None:
    def late(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("late", request=request)

    with httpx.Client(transport=httpx.MockTransport(late)) as slow, pytest.raises(Unavailable) as caught:
        list(requirements(Reference(type="case", value="A1"), adyen.config(), slow))
    assert caught.value.code == "timeout"
    with pytest.raises(Unavailable) as caught:
        list(requirements(Reference(type="case", value="A1"), adyen.config(api_base="http://127.0.0.1:9"), http))
    assert caught.value.code == "no_connection"


def test_errors_hold_neither_key_nor_address(adyen: FakeAdyen, http: httpx.Client) -> None:
    said = f'{{"errorCode": "702", "message": "bad key {KEY} of jo@example.com"}}'
    adyen.fail("retrieve", 422, body=said.encode())
    error = refusal("702", requirements, Reference(type="case", value="A1"), adyen.config(), http)
    assert KEY not in str(error) and "example.com" not in str(error)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"api_key": ""}, "no_key"),
        ({"api_key": "short"}, "key_malformed"),
        ({"merchant_account": ""}, "no_merchant_account"),
    ],
)
def test_a_connection_that_only_listens_is_told_what_is_missing(
    adyen: FakeAdyen, http: httpx.Client, changes: dict[str, str], code: str
) -> None:
    refusal(code, submit, bundle("A1"), dataclasses.replace(adyen.config(), **changes), http)
    assert adyen.requests == []


def test_references_cannot_leave_their_field(adyen: FakeAdyen, http: httpx.Client) -> None:
    refusal("bad_identifier", submit, bundle("../accept"), adyen.config(), http)
    assert adyen.requests == []


# --- what the key allows ---


@pytest.mark.parametrize(
    ("roles", "dangerous", "missing"),
    [
        (["API dispute management"], (), ()),
        (["Merchant Report role"], (), ("API dispute management",)),
        (["API dispute management", "Merchant PAL Webservice role"], ("Merchant PAL Webservice role",), ()),
        (["API dispute management", "Checkout webservice role"], ("Checkout webservice role",), ()),
        (["API dispute management", "Management API—API credentials read and write"], ("Management API—API credentials read and write",), ()),
        (["API dispute management", "Management API—Account read"], (), ()),
        (["API dispute management", "Store payout detail and submit payout"], ("Store payout detail and submit payout",), ()),
        (["API dispute management", "A role of tomorrow"], ("A role of tomorrow",), ()),
    ],
)  # fmt: skip
def test_roles_are_read_not_tried(
    adyen: FakeAdyen, http: httpx.Client, roles: list[str], dangerous: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    adyen.roles[KEY] = roles
    grant = probe(adyen.config(), http)
    assert grant == Grant(
        permissions=tuple(roles), dangerous=dangerous, missing=missing, account="Invented", test_mode=True
    )
    assert [f"{request.method} {request.path}" for request in adyen.requests] == ["GET /v3/me"]


def test_a_wrong_merchant_account_is_named(adyen: FakeAdyen, http: httpx.Client) -> None:
    assert probe(adyen.config(merchant_account="Other"), http).missing == ("merchant account Other",)


def test_without_a_key_nothing_is_asked(adyen: FakeAdyen, http: httpx.Client) -> None:
    assert probe(adyen.config(api_key=""), http) == Grant(test_mode=True)
    assert adyen.requests == []


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, b"{}", "roles_unknown"),
        (404, b"{}", "roles_unknown"),
        (200, b"{}", "roles_unknown"),
        (401, b"{}", "key_invalid"),
    ],
)
def test_roles_that_are_not_told_are_not_called_safe(
    adyen: FakeAdyen, http: httpx.Client, status: int, body: bytes, code: str
) -> None:
    adyen.fail("/v3/me", status, body=body)
    refusal(code, probe, adyen.config(), http)
