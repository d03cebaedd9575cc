"""Reading Braintree, and answering a dispute, against a fake that keeps state."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from tests.fakes.braintree import PRIVATE, FakeBraintree

from goodstanding.channels.braintree import channel
from goodstanding.channels.braintree.defend import rehearse, requirements, submit
from goodstanding.channels.braintree.evidence import LIMITS, plan
from goodstanding.channels.braintree.read import fetch, is_dangerous, lookup, probe
from goodstanding.contract import Bundle, Exhibit, Incoming, ParsedNotice, Reference, Refused, Unavailable


@pytest.fixture
def braintree() -> Iterator[FakeBraintree]:
    with FakeBraintree() as fake:
        yield fake


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


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
        "reply_text": "The parcel & its label: delivered <2 Nov>.", "exhibits": (), "document": b"%PDF-1.4 whole", "digest": "d1",
    }  # fmt: skip
    return Bundle(**values | changes)


def case(ref: str) -> Reference:
    return Reference(type="case", value=ref, system="braintree")


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


def test_what_is_read_is_the_event_that_was_told(braintree: FakeBraintree, http: httpx.Client) -> None:
    made = braintree.open()
    told = read(braintree.webhooks[-1])
    assert read(lookup(case(made["id"]), braintree.config(), http)) == told
    assert [read(incoming) for incoming in fetch(braintree.config(), http, braintree.now - timedelta(days=1))] == [told]


def test_lookup_by_payment(braintree: FakeBraintree, http: httpx.Client) -> None:
    braintree.open()
    made = braintree.open()
    assert read(lookup(Reference(type="payment", value="faketrans1"), braintree.config(), http)).case_ref == made["id"]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [("case", "none", "resource_missing"), ("case", "../../accept", "bad_identifier"), ("payment", "none", "resource_missing"), ("order", "GS-1", "bad_reference")],
)  # fmt: skip
def test_lookup_of_what_is_not_there(
    braintree: FakeBraintree, http: httpx.Client, kind: str, value: str, code: str
) -> None:
    refusal(code, lookup, Reference(type=kind, value=value), braintree.config(), http)


def test_fetch_walks_all_pages_and_looks_back(braintree: FakeBraintree, http: httpx.Client) -> None:
    braintree.page_size = 3
    old = braintree.open(**{"received-date": "2026-06-01"})
    ancient = braintree.open(**{"received-date": "2025-06-01"})
    made = [braintree.open()["id"] for _ in range(7)]
    found = [read(incoming).case_ref for incoming in fetch(braintree.config(), http, braintree.now)]
    assert sorted(found) == sorted([*made, old["id"]])
    assert ancient["id"] not in found
    assert len(braintree.asked("advanced_search")) == 3


# --- what the key may do ---


@pytest.mark.parametrize(
    ("right", "dangerous"),
    [
        ("View Disputes", False), ("Add Dispute Evidence", False), ("Manage Disputes", False), ("Download Transactions with Masked Payment Data", False), ("View Reports", False),
        ("Create Sales", True), ("Credit Previous Transactions (Refunds)", True), ("Submit Sales for Settlement", True), ("Void Transactions", True), ("Manage Escrow", True),
        ("Manage Customers and Payment Methods (Add/Edit/Delete)", True), ("Manage Users", True), ("Refund Disputes", True), ("A right of tomorrow", True),
    ],
)  # fmt: skip
def test_rights_by_their_names(right: str, dangerous: bool) -> None:
    assert is_dangerous(right) == dangerous


def test_rights_are_read_not_tried(braintree: FakeBraintree, http: httpx.Client) -> None:
    grant = probe(braintree.config(), http)
    assert (grant.dangerous, grant.missing, grant.test_mode) == ((), (), True)
    braintree.rights.append("Create Sales")
    assert probe(braintree.config(), http).dangerous == ("Create Sales",)
    braintree.rights, braintree.admin = ["View Reports"], True
    assert probe(braintree.config(), http).dangerous == ("account admin",)
    braintree.admin = False
    assert probe(braintree.config(), http).missing == ("disputes",)
    assert {request.path for request in braintree.requests} == {"/graphql"}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(200, b'{"errors": [{"message": "no"}], "data": null}', "rights_unknown"), (200, b"[]", "rights_unknown"), (200, b"<html>", "rights_unknown"), (200, b'{"data": {"viewer": {"rights": [7]}}}', "rights_unknown"), (200, b'{"data": {"viewer": {}}}', "rights_unknown"), (401, b"", "key_invalid")],
)  # fmt: skip
def test_rights_that_are_not_told_are_not_called_safe(
    braintree: FakeBraintree, http: httpx.Client, status: int, body: bytes, code: str
) -> None:
    braintree.fail("graphql", status, body=body)
    refusal(code, probe, braintree.config(), http)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"private_key": ""}, "no_key"), ({"private_key": "wrong"}, "key_invalid"), ({"public_key": "a\nb"}, "no_key")],
)
def test_keys_that_cannot_work(
    braintree: FakeBraintree, http: httpx.Client, changes: dict[str, str], code: str
) -> None:
    config = dataclasses.replace(braintree.config(), **changes)
    refusal(code, probe, config, http)
    refusal(code, lookup, case("fake00000"), config, http)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "code", "wait"),
    [
        (429, {"Retry-After": "7"}, Unavailable, "rate_limited", 7.0),
        (503, {}, Unavailable, "http_503", None),
        (408, {}, Unavailable, "http_408", None),
        (401, {}, Refused, "key_invalid", None),
        (403, {}, Refused, "permission_missing", None),
        (404, {}, Refused, "resource_missing", None),
        (426, {}, Refused, "http_426", None),
    ],
)  # fmt: skip
def test_trouble(
    braintree: FakeBraintree,
    http: httpx.Client,
    status: int,
    headers: dict[str, str],
    kind: Any,
    code: str,
    wait: float | None,
) -> None:
    braintree.fail("GET", status, headers=headers, body=b"")
    with pytest.raises(kind) as caught:
        lookup(case("d1"), braintree.config(), http)
    assert (caught.value.code, getattr(caught.value, "retry_after", None)) == (code, wait)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"<dispute><id>other</id></dispute>", b"{}", b'<!DOCTYPE a [<!ENTITY b "c">]><dispute/>']
)
def test_an_answer_that_is_not_the_dispute(braintree: FakeBraintree, http: httpx.Client, body: bytes) -> None:
    braintree.fail("GET", 200, body=body)
    with pytest.raises(Unavailable):
        lookup(case("d1"), braintree.config(), http)


def test_time_outs_and_dead_addresses(braintree: FakeBraintree, http: httpx.Client) -> None:
    braintree.fail("GET", hang_up=True)
    for config, code in (
        (braintree.config(), "unreachable"),
        (braintree.config(api_base="http://127.0.0.1:9"), "no_connection"),
    ):
        with pytest.raises(Unavailable) as caught:
            lookup(case("d1"), config, http)
        assert caught.value.code == code


def test_two_hundred_with_an_error_inside_is_a_refusal_without_secrets(
    braintree: FakeBraintree, http: httpx.Client
) -> None:
    body = f"<api-error-response><errors><error><code>95705</code></error></errors><message>bad {PRIVATE} jo@example.com</message></api-error-response>"
    ref = braintree.open()["id"]
    braintree.fail("finalize", 200, body=body.encode())
    error = refusal("95705", submit, bundle(ref), braintree.config(), http)
    assert PRIVATE not in str(error) and "example.com" not in str(error)


# --- requirements, rehearsal ---


def test_requirements_follow_the_reason(braintree: FakeBraintree, http: httpx.Client) -> None:
    ref = braintree.open()["id"]
    text, file = requirements(case(ref), braintree.config(), http)
    assert (text.code, file.code) == ("comments", "EVIDENCE_DOCUMENT")
    assert "ev.signature_pod" in file.evidence
    _, file = requirements(case(braintree.open(reason="reason_of_tomorrow")["id"]), braintree.config(), http)
    assert file.evidence
    braintree.decide(ref, "lost")
    assert list(requirements(case(ref), braintree.config(), http)) == []


@pytest.mark.parametrize(
    ("dispute", "code"),
    [
        ({"status": "under_review"}, "not_open"),
        ({"status": "expired"}, "not_open"),
        ({"pre-dispute-program": "visa_rdr"}, "settled_by_rules"),
    ],
)
def test_what_takes_no_answer_gets_none(
    braintree: FakeBraintree, http: httpx.Client, dispute: dict[str, str], code: str
) -> None:
    ref = braintree.open(**dispute)["id"]
    assert [item.code for item in rehearse(bundle(ref), braintree.config(), http)] == [code]
    refusal(code, submit, bundle(ref), braintree.config(), http)
    assert braintree.sent == [] and braintree.documents == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": b"x" * 4_000_001}, "file_too_large"),
        ({"document": b"", "exhibits": (exhibit("ev.signature_pod", media_type="image/tiff"),)}, "media_type"),
        ({"document": b"", "reply_text": " "}, "nothing_to_send"),
    ],
)
def test_what_braintree_would_not_take_is_said_before(
    braintree: FakeBraintree, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    ref = braintree.open()["id"]
    assert [item.code for item in rehearse(bundle(ref, **changes), braintree.config(), http)] == [code]
    refusal(code, submit, bundle(ref, **changes), braintree.config(), http)
    assert not braintree.asked("POST|PUT|DELETE")


def test_limits_at_the_edge_pass_and_exhibits_that_do_not_fit_stay_in_the_document(
    braintree: FakeBraintree, http: httpx.Client
) -> None:
    ref = braintree.open()["id"]
    assert list(rehearse(bundle(ref, document=b"x" * 4_000_000), braintree.config(), http)) == []
    big = exhibit("ev.signature_pod", b"x" * 4_000_001)
    assert [
        file.name
        for file in plan(bundle(ref, exhibits=(big, exhibit("ev.refund_proof", media_type="image/gif")))).files
    ] == ["evidence.pdf"]
    assert LIMITS.source.startswith("https://developer.paypal.com/braintree/")


# --- sending ---


def test_text_and_files_become_evidence_and_are_finalized(braintree: FakeBraintree, http: httpx.Client) -> None:
    ref = braintree.open()["id"]
    package = bundle(ref, exhibits=(exhibit("ev.signature_pod", b"sig\r\n--"), exhibit("ev.customer_comm")))
    receipt = submit(package, braintree.config(), http)
    assert (receipt.state, receipt.raw) == ("accepted", {"status": "disputed"})
    ((_, pieces),) = braintree.sent
    assert [braintree.documents.get(piece["url"], piece["comments"]) for piece in pieces] == [
        b"%PDF-1.4 whole",
        b"sig\r\n--",
        package.reply_text,
    ]


def test_evidence_of_an_older_package_does_not_go_out(braintree: FakeBraintree, http: httpx.Client) -> None:
    made = braintree.open()
    made["evidence"].extend(
        [{"id": "old1", "comments": "old", "url": ""}, {"id": "old2", "comments": "", "url": "doc9"}]
    )
    submit(bundle(made["id"]), braintree.config(), http)
    ((_, pieces),) = braintree.sent
    assert len(pieces) == 2 and not [piece for piece in pieces if piece["id"].startswith("old")]


def test_a_whole_life(braintree: FakeBraintree, http: httpx.Client) -> None:
    config = braintree.config()
    inquiry = braintree.open("retrieval")["id"]
    assert submit(bundle(inquiry, stage="inquiry"), config, http).state == "accepted"
    braintree.decide(inquiry, "won")
    charged = braintree.open()["id"]
    assert submit(bundle(charged), config, http).state == "accepted"
    braintree.decide(charged, "won")
    again = braintree.pre_arbitrate(charged)["id"]
    assert submit(bundle(again, stage="pre_arbitration"), config, http).state == "accepted"
    braintree.decide(again, "lost")
    told = []
    assert channel.verify
    for incoming in braintree.webhooks:
        channel.verify(incoming, config, None)
        told.append(read(incoming))
    assert [(notice.kind, notice.stage, notice.status, notice.ruling and notice.ruling.result) for notice in told] == [
        ("pre_dispute_alert", "inquiry", "open", None),
        ("pre_dispute_alert", "inquiry", "disputed", None),
        ("dispute_result", "inquiry", "won", "won"),
        ("chargeback", "dispute", "open", None),
        ("chargeback", "dispute", "disputed", None),
        ("dispute_result", "dispute", "won", "won"),
        ("chargeback", "pre_arbitration", "open", None),
        ("chargeback", "pre_arbitration", "disputed", None),
        ("dispute_result", "pre_arbitration", "lost", "lost"),
    ]
    assert told[6].facts["braintree_original_dispute"] == charged
    assert len({notice.event_ref for notice in told}) == len(told)


@pytest.mark.parametrize(
    ("failure", "state"),
    [({"hang_up": True, "after": True}, "accepted"), ({"hang_up": True}, "unknown"), ({"status": 500, "after": True}, "accepted"), ({"status": 503}, "unknown")],
)  # fmt: skip
def test_a_lost_answer_is_looked_up(
    braintree: FakeBraintree, http: httpx.Client, failure: dict[str, Any], state: str
) -> None:
    ref = braintree.open()["id"]
    braintree.fail("finalize", **failure)
    assert submit(bundle(ref), braintree.config(), http).state == state
    assert len(braintree.sent) == (1 if failure.get("after") else 0)


def test_an_answer_of_success_that_the_dispute_does_not_show_is_unknown(
    braintree: FakeBraintree, http: httpx.Client
) -> None:
    ref = braintree.open()["id"]
    braintree.fail("finalize", 200, body=b"")
    assert submit(bundle(ref), braintree.config(), http).state == "unknown"


@pytest.mark.parametrize("pattern", ["document_uploads", "POST .*/evidence"])
def test_an_unconfirmed_piece_stops_before_finalizing(
    braintree: FakeBraintree, http: httpx.Client, pattern: str
) -> None:
    ref = braintree.open()["id"]
    braintree.fail(pattern, 200, body=b"<ok/>")
    with pytest.raises(Unavailable):
        submit(bundle(ref), braintree.config(), http)
    assert braintree.sent == [] and not braintree.asked("finalize")


def test_sending_twice_is_sending_once(braintree: FakeBraintree, http: httpx.Client) -> None:
    ref = braintree.open()["id"]
    submit(bundle(ref), braintree.config(), http)
    refusal("not_open", submit, bundle(ref), braintree.config(), http)
    assert len(braintree.sent) == 1


def test_nothing_is_ever_accepted(braintree: FakeBraintree, http: httpx.Client) -> None:
    ref = braintree.open()["id"]
    list(requirements(case(ref), braintree.config(), http))
    submit(bundle(ref), braintree.config(), http)
    probe(braintree.config(), http)
    assert not braintree.asked("accept")
