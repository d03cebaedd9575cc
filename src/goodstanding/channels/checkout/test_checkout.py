"""Checkout.com: what is signed, what is read, and how evidence is provided and then submitted once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.checkout import ALL, READING, FakeCheckout

from goodstanding.channels.checkout.config import Config
from goodstanding.channels.checkout.defend import rehearse, requirements, submit
from goodstanding.channels.checkout.drill import drill
from goodstanding.channels.checkout.evidence import KIND_OF, KINDS, plan
from goodstanding.channels.checkout.parse import parse
from goodstanding.channels.checkout.read import fetch, lookup, probe
from goodstanding.channels.checkout.verify import signature, verify
from goodstanding.contract import (
    Bundle,
    Exhibit,
    Incoming,
    ParsedNotice,
    Reference,
    Refused,
    Unavailable,
    Unreadable,
    Untrusted,
)

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
KEY = "invented-signature-key"
CONFIG = Config(webhook_secret=KEY)
FIXTURES = Path(__file__).parent / "fixtures"
BODY = (FIXTURES / "dispute_evidence_required__visa.json").read_bytes()


@pytest.fixture
def checkout() -> Iterator[FakeCheckout]:
    with FakeCheckout() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(checkout: FakeCheckout, scopes: frozenset[str] = ALL) -> Config:
    return Config(**checkout.key(scopes), api_base=checkout.url, access_base=f"{checkout.url}/connect/token")


def arrived(body: bytes, origin: str = "webhook", **headers: str) -> Incoming:
    return Incoming(
        origin=origin,
        body=body,
        received_at=NOW,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
    )


def one(body: bytes | Incoming) -> ParsedNotice:
    (notice,) = parse(arrived(body) if isinstance(body, bytes) else body)
    assert isinstance(notice, ParsedNotice)
    return notice


def refusal(incoming: Incoming, config: Config = CONFIG) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


# --- signatures ---


def test_the_signature_is_lower_case_hex_over_the_raw_body() -> None:
    expected = hmac.new(KEY.encode(), BODY, hashlib.sha256).hexdigest()
    assert signature(BODY, KEY) == expected
    for header in (expected, expected.upper()):
        verify(arrived(BODY, Cko_Signature=header), CONFIG, None)
        verify(arrived(BODY, cko_signature=header), CONFIG, None)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    altered = bytearray(BODY)
    altered[at] ^= by
    assert refusal(arrived(bytes(altered), Cko_Signature=signature(BODY, KEY))) == "bad_signature"


def test_either_key_passes_while_rotating_and_reasons_are_told_apart() -> None:
    old = arrived(BODY, Cko_Signature=signature(BODY, "old"))
    verify(old, replace(CONFIG, webhook_secret_previous="old"), None)
    assert refusal(old) == "bad_signature"
    assert refusal(old, Config()) == "no_secret"
    assert refusal(arrived(BODY)) == "no_signature"
    assert refusal(arrived(BODY, Cko_Signature="签名\udc80")) == "bad_signature"
    for origin in ("poll", "lookup"):
        verify(arrived(BODY, origin), CONFIG, None)
    for origin in ("upload", "drill"):
        assert refusal(arrived(BODY, origin)) == "no_signature"


def test_a_drill_is_signed_read_and_marked() -> None:
    sample = drill(CONFIG, NOW)
    verify(sample, CONFIG, None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert refusal(drill(Config(), NOW)) == "no_signature"


# --- reading ---


def test_event_line_and_whole_dispute_are_one_event() -> None:
    event = one(BODY)
    line = next(iter(parse(arrived((FIXTURES / "disputes__listed.json").read_bytes()))))
    whole = one((FIXTURES / "dispute__whole.json").read_bytes())
    assert isinstance(line, ParsedNotice)
    assert event.event_ref == line.event_ref == whole.event_ref
    assert event.respond_by
    assert line.respond_by
    assert event.respond_by.at == line.respond_by.at == datetime(2026, 11, 19, 18, tzinfo=UTC)
    assert event.references == line.references == whole.references


def test_delivered_twice_is_one_event_and_order_does_not_matter() -> None:
    again = json.loads(BODY) | {"id": "evt_another", "action_invocations": [1, 2]}
    assert one(BODY).event_ref == one(json.dumps(again).encode()).event_ref
    won = one((FIXTURES / "dispute_won__visa.json").read_bytes())
    assert won.event_ref != one(BODY).event_ref
    assert won.occurred_at
    assert one(BODY).occurred_at
    assert won.occurred_at > one(BODY).occurred_at  # type: ignore[operator]
    assert won.respond_by is None


@pytest.mark.parametrize(
    ("name", "result", "final"),
    [
        ("dispute_won__visa", "won", False), ("dispute_lost__visa", "lost", False), ("dispute_expired__visa", "expired", True),
        ("dispute_accepted__visa", "accepted", True), ("dispute_canceled__visa", "withdrawn", True), ("dispute_arbitration_won__visa", "won", True),
        ("dispute_arbitration_lost__visa", "lost", True), ("dispute_resolved__already_refunded", "closed", True),
        ("dispute_resolved__rapid_dispute_resolution", "prevented", True),
    ],
)  # fmt: skip
def test_outcomes(name: str, result: str, final: bool) -> None:
    notice = one((FIXTURES / f"{name}.json").read_bytes())
    assert notice.ruling
    assert (notice.kind, notice.ruling.result, notice.ruling.final) == ("dispute_result", result, final)


def test_other_matters_are_nothing_and_unknown_disputes_are_named() -> None:
    for name in ("payment_captured", "issuing_dispute_created", "card_verified", "something_new"):
        assert list(parse(arrived(json.dumps(json.loads(BODY) | {"type": name}).encode()))) == []
    with pytest.raises(Unreadable, match="dispute_moonlight"):
        parse(arrived(json.dumps(json.loads(BODY) | {"type": "dispute_moonlight"}).encode()))


def test_unknown_status_keeps_its_date() -> None:
    whole = json.loads((FIXTURES / "dispute__whole.json").read_bytes()) | {"status": "evidence_wanted_again"}
    notice = one(json.dumps(whole).encode())
    assert (notice.status, notice.kind) == ("evidence_wanted_again", "chargeback")
    assert notice.respond_by


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(8640, "USD", "86.40 USD"), (5400, "JPY", "5400 JPY"), (26500, "KWD", "26.500 KWD")],
)
def test_minor_units(amount: int, currency: str, text: str) -> None:
    event = json.loads(BODY)
    event["data"] |= {"amount": amount, "currency": currency}
    assert str(one(json.dumps(event).encode()).amount) == text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", "a b"),
        ("amount", "x"),
        ("currency", "dollars"),
        ("evidence_required_by", "soon"),
        ("category", "a b"),
    ],
)
def test_missing_and_odd_fields_are_named_by_their_path(field: str, value: Any) -> None:
    event = json.loads(BODY)
    event["data"][field] = value
    with pytest.raises(Unreadable, match=f"^{field}"):
        parse(arrived(json.dumps(event).encode()))


def test_fields_that_no_one_knows_are_reported() -> None:
    event = json.loads(BODY)
    event["data"]["hologram"] = {"hue": 1}
    assert one(json.dumps(event).encode()).unread == ("hologram.hue",)
    assert one(BODY).unread == ()


# --- asking ---


def test_fetch_asks_by_last_update_and_reads_all_pages(checkout: FakeCheckout, http: httpx.Client) -> None:
    for _ in range(510):
        checkout.open_dispute()
    checkout.open_dispute(last_update="2026-10-01T00:00:00Z")
    notices = [one(incoming) for incoming in fetch(config_for(checkout), http, datetime(2026, 11, 1, tzinfo=UTC))]
    assert len({item.case_ref for item in notices}) == 510
    assert len(checkout.asked("GET /disputes$")) == 3
    assert "from=2026-11-01T00%3A00%3A00Z" in checkout.asked("GET /disputes$")[0].query
    assert {item.event_ref for item in notices} == {one(body).event_ref for body in checkout.events[:-1]}


def test_lookup_and_what_cannot_be_looked_up(checkout: FakeCheckout, http: httpx.Client) -> None:
    config, dispute = config_for(checkout), checkout.open_dispute()
    assert one(lookup(Reference(type="case", value=dispute["id"]), config, http)).facts["order_number"] == "GS-2001"
    for reference, code in ((Reference(type="case", value="dsp_none"), "resource_missing"), (Reference(type="case", value="../x"), "bad_identifier"), (Reference(type="arn", value="1"), "bad_reference")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            lookup(reference, config, http)
        assert caught.value.code == code


def test_probe_finds_scopes_that_move_money_without_using_them(checkout: FakeCheckout, http: httpx.Client) -> None:
    good = probe(config_for(checkout), http)
    assert (frozenset(good.permissions), good.dangerous + good.missing) == (ALL, ())
    bad = probe(config_for(checkout, ALL | {"gateway:payment-refunds", "disputes:accept"}), http)
    assert set(bad.dangerous) == {"gateway:payment-refunds", "disputes:accept"}
    assert probe(config_for(checkout, frozenset()), http).missing == ("disputes:view",)
    assert {request.path for request in checkout.requests} == {"/connect/token"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": ""}, "no_key"), ({"client_secret": "sk_invented"}, "wrong_key_kind"), ({"client_secret": "wrong"}, "key_invalid"),
        ({"access_base": "", "prefix": "evil.example/"}, "bad_prefix"),
    ],
)  # fmt: skip
def test_connecting_says_what_is_wrong(
    checkout: FakeCheckout, http: httpx.Client, changes: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        probe(replace(config_for(checkout), **changes), http)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("environment", "prefix", "hosts"),
    [
        ("live", "", {"access.checkout.com", "api.checkout.com"}),
        ("sandbox", "", {"access.sandbox.checkout.com", "api.sandbox.checkout.com"}),
        ("live", "abcd1234", {"abcd1234.access.checkout.com", "abcd1234.api.checkout.com"}),
    ],
)
def test_addresses(environment: str, prefix: str, hosts: set[str]) -> None:
    seen = set()

    def take(request: httpx.Request) -> httpx.Response:
        seen.add(request.url.host)
        return httpx.Response(200, json={"access_token": "token.invented", "data": []})

    config = Config(client_id="ack_x", client_secret="y", environment=environment, prefix=prefix)
    with httpx.Client(transport=httpx.MockTransport(take)) as client:
        assert list(fetch(config, client, NOW)) == []
    assert seen == hosts


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [(429, Unavailable, "rate_limited"), (500, Unavailable, "http_500"), (401, Refused, "key_invalid"), (403, Refused, "permission_missing"), (422, Refused, "http_422")],
)  # fmt: skip
def test_failures_say_what_to_do_next(
    checkout: FakeCheckout, http: httpx.Client, status: int, error: type[Exception], code: str
) -> None:
    checkout.fail("GET /disputes", status, headers={"Retry-After": "9"})
    with pytest.raises(error) as caught:
        list(fetch(config_for(checkout), http, NOW))
    assert caught.value.code == code  # type: ignore[attr-defined]
    if error is Unavailable:
        assert caught.value.retry_after == 9.0  # type: ignore[attr-defined]


# --- answering ---


def exhibit(kind: str, content: bytes = b"%PDF", *, media_type: str = "application/pdf") -> Exhibit:
    digest = hashlib.sha256(content).hexdigest()
    return Exhibit(id=kind, kind=kind, title=kind, media_type=media_type, content=content, sha256=digest)


def bundle(**changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": f"dsp_fake{1:020d}", "stage": "dispute", "reason": None, "network": "visa", "amount": None, "references": (), "language": "en",
        "reply_text": "Delivered (Exhibit A).", "exhibits": (exhibit("ev.delivery_full_address", b"%PDF-pod"),), "document": b"%PDF-document",
        "digest": "d1", "fields": {},
    }  # fmt: skip
    return Bundle(**{**values, **changes})


def codes(found: Any) -> list[str]:
    return [item.code for item in found]


def test_kinds_named_are_checkouts() -> None:
    assert set(KIND_OF.values()) <= set(KINDS)


def test_requirements_are_the_disputes_own(checkout: FakeCheckout, http: httpx.Client) -> None:
    """Not a table of ours: the list differs from dispute to dispute, and new words pass."""
    dispute = checkout.open_dispute(
        relevant_evidence=[["proof_of_delivery_or_service"], "moonbeam", "additional_evidence", None, 5]
    )
    config, case = config_for(checkout, READING), Reference(type="case", value=dispute["id"])
    asked = {item.code: (item.need, item.evidence) for item in requirements(case, config, http)}
    assert list(asked) == ["proof_of_delivery_or_service", "moonbeam", "additional_evidence"]
    assert "ev.delivery_full_address" in asked["proof_of_delivery_or_service"][1]
    assert asked["moonbeam"] == ("helpful", ())  # nothing of ours is known to meet it, so it must not be waited for
    assert asked["additional_evidence"][0] == "helpful"
    dispute["status"] = "won"
    assert list(requirements(case, config, http)) == []


def test_rehearsing_provides_nothing(checkout: FakeCheckout, http: httpx.Client) -> None:
    checkout.open_dispute()
    assert codes(rehearse(bundle(), config_for(checkout, READING), http)) == []
    assert {request.method for request in checkout.requests if request.path != "/connect/token"} == {"GET"}


def test_provided_by_put_then_submitted_by_post(checkout: FakeCheckout, http: httpx.Client) -> None:
    checkout.open_dispute()
    assert submit(bundle(), config_for(checkout), http).state == "accepted"
    acts = [
        f"{request.method} {request.path.rpartition('/')[2]}"
        for request in checkout.requests
        if request.method != "GET"
    ]
    assert acts == ["POST token", "POST files", "POST files", "PUT evidence", "POST evidence"]
    sent = checkout.sent[0]
    assert sent["additional_evidence_text"] == "Delivered (Exhibit A)."
    assert checkout.files[sent["additional_evidence_file"]] == b"%PDF-document"
    assert checkout.files[sent["proof_of_delivery_or_service_file"]] == b"%PDF-pod"
    assert not checkout.asked("accept")


def test_a_whole_life_into_arbitration(checkout: FakeCheckout, http: httpx.Client) -> None:
    dispute, config = checkout.open_dispute(), config_for(checkout)
    submit(bundle(), config, http)
    checkout.move(dispute, "won")
    checkout.move(dispute, "arbitration_under_review", "dispute_arbitration_sent_to_scheme")
    assert codes(rehearse(bundle(stage="arbitration"), config, http)) == ["by_hand_only"]
    checkout.move(dispute, "arbitration_lost")
    notices = [one(body) for body in checkout.events]
    assert [(item.kind, item.stage, item.status) for item in notices] == [
        ("chargeback", "dispute", "evidence_required"),
        ("chargeback", "dispute", "evidence_submitted"),
        ("dispute_result", "dispute", "won"),
        ("chargeback", "arbitration", "arbitration_sent_to_scheme"),
        ("dispute_result", "arbitration", "arbitration_lost"),
    ]
    assert len({item.event_ref for item in notices}) == 5
    assert len({item.case_ref for item in notices}) == 1


def test_sending_twice_is_sending_once(checkout: FakeCheckout, http: httpx.Client) -> None:
    checkout.open_dispute()
    submit(bundle(), config_for(checkout), http)
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(checkout), http)
    assert caught.value.code == "not_open"
    assert len(checkout.sent) == 1


@pytest.mark.parametrize("failure", [{"status": 502}, {"hang_up": True}, {"status": 200, "body": b"<html>"}])
def test_a_lost_answer_is_looked_up(checkout: FakeCheckout, http: httpx.Client, failure: dict[str, Any]) -> None:
    checkout.open_dispute()
    checkout.fail("POST .*/evidence", after=True, **failure)
    assert submit(bundle(), config_for(checkout), http).state == "accepted"
    assert len(checkout.sent) == 1


def test_success_that_the_dispute_does_not_show_is_unknown(checkout: FakeCheckout, http: httpx.Client) -> None:
    """204 alone proves nothing."""
    checkout.open_dispute()
    checkout.fail("POST .*/evidence", 204, body=b"")
    assert submit(bundle(), config_for(checkout), http).state == "unknown"


def test_lost_on_the_way_is_unknown_and_a_failure_there_may_be_repeated(
    checkout: FakeCheckout, http: httpx.Client
) -> None:
    checkout.open_dispute()
    config = config_for(checkout)
    checkout.fail("POST .*/evidence", hang_up=True)
    assert submit(bundle(), config, http).state == "unknown"
    checkout.fail("POST .*/evidence", 503)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    assert submit(bundle(), config, http).state == "accepted"
    assert len(checkout.sent) == 1


def test_evidence_provided_by_hand_stops_us(checkout: FakeCheckout, http: httpx.Client) -> None:
    dispute = checkout.open_dispute()
    checkout.provided[dispute["id"]] = {
        "customer_communication_text": "by hand",
        "additional_evidence_text": "is replaced",
    }
    assert codes(rehearse(bundle(), config_for(checkout), http)) == ["foreign_evidence"]
    with pytest.raises(Refused, match="customer_communication_text"):
        submit(bundle(), config_for(checkout), http)
    assert not checkout.files


def test_a_long_reply_goes_with_the_document(checkout: FakeCheckout, http: httpx.Client) -> None:
    checkout.open_dispute()
    long = bundle(reply_text="x" * 501)
    assert codes(rehearse(long, config_for(checkout), http)) == ["text_in_document"]
    submit(long, config_for(checkout), http)
    assert "additional_evidence_text" not in checkout.sent[0]
    assert codes(rehearse(bundle(reply_text="x" * 501, document=b""), config_for(checkout), http)) == ["text_too_long"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": b"%PDF" + b"x" * 4_000_000}, "file_too_large"),
        ({"network": "discover", "document": b"%PDF" + b"x" * 3_000_000}, "files_too_large"),
        ({"document": b"", "exhibits": (exhibit("ev.refund_policy", b"GIF", media_type="image/gif"),)}, "media_type"),
        ({"document": b"", "exhibits": (exhibit("ev.refund_policy", b"a"), exhibit("ev.noshow_policy", b"b"))}, "slot_taken"),
        ({"document": b"", "exhibits": (), "reply_text": ""}, "nothing_to_send"),
        ({"network": "amex", "document": b"", "exhibits": tuple(exhibit(kind, kind.encode()) for kind in ("ev.delivery_full_address", "ev.receipt_invoice", "ev.customer_comm", "ev.refund_policy", "ev.subscription_consent", "ev.distinct_orders"))}, "too_many_files"),
    ],
)  # fmt: skip
def test_what_would_not_be_taken_is_said_before_it_is_asked(
    checkout: FakeCheckout, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    checkout.open_dispute()
    assert code in codes(rehearse(bundle(**changes), config_for(checkout), http))
    with pytest.raises(Refused) as caught:
        submit(bundle(**changes), config_for(checkout), http)
    assert caught.value.code == code


def test_copies_that_a_scheme_would_not_take_are_left_out_and_mastercards_pages_are_noted() -> None:
    big = bundle(
        network="discover",
        document=b"%PDF" + b"x" * 2_000_000,
        exhibits=(exhibit("ev.refund_policy", b"%PDF" + b"y" * 1_500_000),),
    )
    assert [upload.kind for upload in plan(big).uploads] == ["additional_evidence"]


def test_a_key_without_the_scope_for_files_is_tried_without_it_and_told(
    checkout: FakeCheckout, http: httpx.Client
) -> None:
    checkout.open_dispute()
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(checkout, ALL - {"files:upload"}), http)
    assert caught.value.code == "permission_missing"
    assert [request.body.count(b"files") for request in checkout.asked("POST /connect/token")] == [1, 0]
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(checkout, READING), http)
    assert caught.value.code == "permission_missing"
