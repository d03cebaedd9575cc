"""Klarna: what stays unproven, what is read, and how evidence and appeal are handed over once each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.fakes.klarna import READING, FakeKlarna

from goodstanding.channels.klarna import channel
from goodstanding.channels.klarna.config import Config
from goodstanding.channels.klarna.defend import LIMITS, rehearse, requirements, submit
from goodstanding.channels.klarna.drill import drill
from goodstanding.channels.klarna.parse import parse
from goodstanding.channels.klarna.read import lookup, probe
from goodstanding.channels.klarna.verify import signature, verify
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
FIXTURES = Path(__file__).parent / "fixtures"
BODY = (FIXTURES / "initiated__not_received.json").read_bytes()
SECRET = "invented-signing-key"
CASE = "krn:network:eu1:test:payment:dispute:0000001"


@pytest.fixture
def klarna() -> Iterator[FakeKlarna]:
    with FakeKlarna() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(klarna: FakeKlarna, permissions: frozenset[str] | None = None) -> Config:
    return Config(api_key=klarna.key() if permissions is None else klarna.key(permissions), api_base=klarna.url)


def arrived(body: bytes, **headers: str) -> Incoming:
    return Incoming(origin="webhook", body=body, received_at=NOW, headers=tuple(headers.items()))


def changed(event: str = "payment.dispute.state-change.initiated", **changes: Any) -> bytes:
    whole = json.loads(BODY) | {"event_type": event}
    whole["payload"] |= changes
    return json.dumps(whole).encode()


def one(incoming: Incoming) -> ParsedNotice:
    (notice,) = parse(incoming)
    assert isinstance(notice, ParsedNotice)
    return notice


def fixture(name: str) -> ParsedNotice:
    return one(arrived((FIXTURES / f"{name}.json").read_bytes()))


def distrust(incoming: Incoming, config: Config) -> Untrusted:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value


def signed(secret: str = SECRET) -> Incoming:
    return arrived(BODY, **{"Klarna-Signature": signature(BODY, secret)})


def bundle(**changes: Any) -> Bundle:
    proof = Exhibit(
        id="1", kind="ev.signature_pod", title="Proof of delivery", media_type="application/pdf", content=b"%PDF-pod", sha256="0" * 64
    )  # fmt: skip
    values: dict[str, Any] = {
        "case_ref": CASE, "stage": "dispute", "reason": None, "network": "", "amount": None, "references": (), "language": "en",
        "reply_text": "The parcel was delivered.", "document": b"%PDF-whole", "exhibits": (proof,), **changes,
    }  # fmt: skip
    return Bundle(**values)


# --- signatures ---


def test_no_delivery_is_ever_called_genuine_or_forged() -> None:
    """The scheme is unconfirmed: whatever it says, the delivery is worked as unproven."""
    config = Config(webhook_secret=SECRET)
    said = {
        "fits": distrust(signed(), config),
        "other": distrust(signed("another"), config),
        "altered": distrust(replace(signed(), body=BODY + b" "), config),
        "none": distrust(arrived(BODY), config),
        "odd": distrust(arrived(BODY, **{"Klarna-Signature": "签名\udc80"}), config),
        "no secret": distrust(signed(), Config(webhook_secret=" ")),
    }
    assert all(error.unproven for error in said.values())
    assert "fits by" in str(said["fits"])
    assert "does not fit" in str(said["other"])
    assert "does not fit" in str(said["altered"])
    assert "fits by" in str(distrust(signed(), Config(webhook_secret="new", webhook_secret_previous=SECRET)))


def test_own_readings_need_no_signature() -> None:
    verify(Incoming(origin="lookup", body=BODY, received_at=NOW), Config(webhook_secret=SECRET), None)


def test_a_drill_is_signed_read_and_marked() -> None:
    config = Config(webhook_secret=SECRET)
    sample = drill(config, NOW)
    verify(sample, config, None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "refund_dispute")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert distrust(drill(Config(), NOW), config).unproven
    marked = changed(goodstanding={"drill": True})  # the mark alone, without the key, proves nothing
    assert distrust(arrived(marked, **{"Klarna-Signature": "0" * 64}), config).unproven


# --- reading ---


@pytest.mark.parametrize(
    ("name", "kind", "stage", "due"),
    [
        ("initiated__not_received", "refund_dispute", "dispute", "2026-11-26T09:45:00+00:00"),
        ("initiated__nothing_optional", "refund_dispute", "dispute", ""),
        ("initiated__automatically_rejected", "refund_dispute", "dispute", ""),
        ("initiated__high_risk", "refund_dispute", "dispute", "2026-11-26T09:45:00+00:00"),
        ("initiated__unknown_words", "refund_dispute", "", "2026-11-26T09:45:00+00:00"),
        ("representment__evidence_sent", "refund_dispute", "dispute", ""),
        ("updated__deadline_extended", "refund_dispute", "dispute", "2026-12-03T09:45:00+00:00"),
        ("pre_arbitration__may_appeal", "refund_dispute", "appeal", "2026-12-28T09:45:00+00:00"),
        ("arbitration__appealed", "refund_dispute", "appeal", ""),
        ("closed__won", "dispute_result", "", ""),
    ],
)
def test_states_and_deadlines_are_klarnas_own(name: str, kind: str, stage: str, due: str) -> None:
    notice = fixture(name)
    assert (notice.kind, notice.stage, notice.respond_by.raw if notice.respond_by else "") == (kind, stage, due)


def test_a_preliminary_decision_is_no_outcome() -> None:
    notice = fixture("pre_arbitration__may_appeal")
    assert notice.ruling is None
    assert notice.facts["klarna_loss_reason"] == "LOST: INSUFFICIENT_PROOF_OF_DELIVERY"
    assert notice.amount is None  # told in the first event only; nothing is made up


@pytest.mark.parametrize(("outcome", "result"), [("WON", "won"), ("LOST", "lost"), ("MOONLIGHT", "closed")])
def test_outcomes(outcome: str, result: str) -> None:
    closed = changed(
        "payment.dispute.state-change.closed", state="CLOSED", dispute_outcome=outcome, closed_at="2027-01-12T09:00:00Z"
    )
    notice = one(arrived(closed))
    assert notice.ruling
    assert (notice.kind, notice.ruling.result, notice.respond_by) == ("dispute_result", result, None)


def test_reasons_known_and_unknown() -> None:
    assert fixture("initiated__not_received").reason_category == "product_not_received"
    unknown = fixture("initiated__unknown_words")
    assert unknown.reason
    assert (unknown.reason.code, unknown.reason_category, unknown.status) == ("MOONLIGHT", "", "TWILIGHT")
    assert unknown.unread == ("hologram.hue",)


def test_minor_units_follow_the_currency_and_test_mode_is_marked() -> None:
    notice = fixture("initiated__yen_test_mode")
    assert str(notice.amount) == "5400 JPY"
    assert notice.test
    assert not fixture("initiated__not_received").test


def test_delivered_twice_or_read_is_one_event_and_the_later_state_is_later() -> None:
    first = fixture("initiated__not_received")
    again = one(
        arrived(json.dumps(json.loads(BODY) | {"event_id": "other", "occurred_at": "2026-12-05T00:00:00Z"}).encode())
    )
    assert first.event_ref == again.event_ref == fixture("dispute__read_by_api").event_ref
    names = (
        "initiated__not_received",
        "updated__deadline_extended",
        "pre_arbitration__may_appeal",
        "arbitration__appealed",
        "closed__lost",
    )
    told = [fixture(name) for name in names]
    moments = [item.occurred_at for item in told if item.occurred_at]
    assert moments == sorted(moments)
    assert len(moments) == len({item.event_ref for item in told}) == 5


def test_events_of_others_are_nothing_and_unknown_ones_of_ours_are_named() -> None:
    assert list(parse(arrived((FIXTURES / "payment_request__other_matter.json").read_bytes()))) == []
    for event in ("payment.dispute.state-change.moonlit", "payment.dispute.updatedish", "payment.dispute.opened"):
        with pytest.raises(Unreadable, match=event):
            parse(arrived(changed(event)))


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"payment_dispute_id": "a b"}, "payment_dispute_id"), ({"state": None}, "state"), ({"dispute_reason": "a\nb"}, "dispute_reason"),
     ({"dispute_details": {"dispute_amount": "1.5", "currency": "EUR"}}, "dispute_details.dispute_amount"),
     ({"representment": {"expires_at": "2026-11-26"}}, "representment.expires_at")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(changed(**changes)))


# --- asking ---


def test_lookup_by_id_and_not_at_all(klarna: FakeKlarna, http: httpx.Client) -> None:
    klarna.open_dispute()
    config = config_for(klarna)
    assert one(lookup(Reference(type="case", value=CASE), config, http)).facts["order_number"] == "GS-2001"
    for reference, code in (
        (Reference(type="case", value="krn:none"), "resource_missing"),
        (Reference(type="case", value="../x"), "bad_identifier"),
        (Reference(type="order", value="1"), "bad_reference"),
    ):
        with pytest.raises(Refused) as caught:
            lookup(reference, config, http)
        assert caught.value.code == code


def test_probe_reads_one_page_and_nothing_else(klarna: FakeKlarna, http: httpx.Client) -> None:
    grant = probe(config_for(klarna), http)
    assert (grant.permissions, grant.missing, grant.test_mode) == (("Payment disputes: read",), (), True)
    assert probe(config_for(klarna, frozenset()), http).missing == ("Payment disputes: read",)
    assert {f"{request.method} {request.path}" for request in klarna.requests} == {"GET /v4/payment/disputes"}
    with pytest.raises(Refused) as caught:
        probe(Config(api_key="klarna_test_api_wrong", api_base=klarna.url), http)
    assert caught.value.code == "key_invalid"
    assert "klarna_test_api_wrong" not in str(caught.value)


def test_the_keys_form_chooses_the_host_and_no_redirect_is_followed() -> None:
    seen: list[str] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://evil.example/"})

    with httpx.Client(transport=httpx.MockTransport(elsewhere), follow_redirects=True) as client:
        for key in ("klarna_live_api_x123", "klarna_test_api_x123"):
            with pytest.raises(Refused):
                lookup(Reference(type="case", value="krn:1"), Config(api_key=key), client)
        for key, code in (("", "no_key"), ("sk_live_1", "key_malformed"), ("klarna_live_a b", "key_malformed")):
            with pytest.raises(Refused) as caught:
                probe(Config(api_key=key), client)
            assert caught.value.code == code
    assert seen == ["api-global.klarna.com", "api-global.test.klarna.com"]


@pytest.mark.parametrize(
    ("answer", "error", "code", "wait"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), Unavailable, "rate_limited", 7.0),
        (httpx.Response(503), Unavailable, "http_503", None),
        (httpx.Response(200, content=b"<html>"), Unavailable, "unreadable_answer", None),
        (httpx.Response(200, json={"payment_dispute_id": "krn:2"}), Unavailable, "unreadable_answer", None),
        (httpx.Response(200, json={"error_code": "INTERNAL"}), Refused, "internal", None),
        (httpx.Response(401), Refused, "key_invalid", None),
        (httpx.Response(403), Refused, "permission_missing", None),
    ],
)
def test_failures_are_sorted(answer: httpx.Response, error: type[Exception], code: str, wait: float | None) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client, pytest.raises(error) as caught:
        lookup(Reference(type="case", value="krn:1"), Config(api_key="klarna_live_api_x"), client)
    assert getattr(caught.value, "code", "") == code
    assert getattr(caught.value, "retry_after", None) == wait


# --- answering ---


def codes(found: Any) -> list[str]:
    return [item.code for item in found]


def test_a_whole_life(klarna: FakeKlarna, http: httpx.Client) -> None:
    """Evidence, preliminary decision, appeal, lost; nothing accepts or refunds on the way."""
    dispute, config = klarna.open_dispute(), config_for(klarna)
    assert list(rehearse(bundle(), config, http)) == []
    assert not klarna.files
    assert submit(bundle(), config, http).state == "accepted"
    assert codes(rehearse(bundle(), config, http)) == ["not_open"]
    klarna.decide_against(dispute)
    assert one(arrived(klarna.event(dispute))).stage == "appeal"
    asked = {item.code: item.need for item in requirements(Reference(type="case", value=CASE), config, http)}
    assert asked == {"attachments": "helpful", "additional_information": "required"}
    assert submit(bundle(document=b"", exhibits=(), reply_text="Look again."), config, http).state == "accepted"
    klarna.close(dispute, "LOST")
    assert one(arrived(klarna.event(dispute))).kind == "dispute_result"
    (first, answer), (second, appeal) = klarna.sent
    assert (first, second) == ("represent", "appeal")
    assert [klarna.files[item["payment_dispute_attachment_id"]] for item in answer["attachments"]] == [b"%PDF-whole"]
    assert answer["additional_information"] == "The parcel was delivered."
    assert appeal == {"additional_information": "Look again."}
    assert not klarna.asked("accept|refund|enroll")


def test_without_a_document_each_exhibit_goes_by_itself(klarna: FakeKlarna, http: httpx.Client) -> None:
    klarna.open_dispute()
    submit(bundle(document=b""), config_for(klarna), http)
    assert list(klarna.files.values()) == [b"%PDF-pod"]
    assert klarna.sent[0][1]["attachments"][0]["description"] == "Proof of delivery"


@pytest.mark.parametrize(
    "failure", [{"status": 502}, {"hang_up": True}, {"status": 202, "body": b""}, {"status": 200, "body": b"{}"}]
)
def test_a_lost_answer_is_looked_up(klarna: FakeKlarna, http: httpx.Client, failure: dict[str, Any]) -> None:
    klarna.open_dispute()
    klarna.fail("POST .*represent", after=True, **failure)
    assert submit(bundle(), config_for(klarna), http).state == "accepted"
    assert len(klarna.sent) == 1
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(klarna), http)
    assert caught.value.code == "not_open"
    assert len(klarna.sent) == 1


def test_a_request_lost_on_the_way_is_unknown_and_a_failure_there_may_be_repeated(
    klarna: FakeKlarna, http: httpx.Client
) -> None:
    klarna.open_dispute()
    config = config_for(klarna)
    klarna.fail("POST .*represent", hang_up=True)
    assert submit(bundle(), config, http).state == "unknown"
    for status in (503, 429):
        klarna.fail("POST .*represent", status)
        with pytest.raises(Unavailable):
            submit(bundle(), config, http)
    assert not klarna.sent
    assert submit(bundle(), config, http).state == "accepted"


def test_an_error_inside_http_200_is_no_success(klarna: FakeKlarna, http: httpx.Client) -> None:
    klarna.open_dispute()
    klarna.fail("POST .*represent", 200, body=b'{"error_code": "VALIDATION_ERROR"}')
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(klarna), http)
    assert caught.value.code == "validation_error"


def test_what_klarna_would_not_take_is_said_before_it_is_asked(klarna: FakeKlarna, http: httpx.Client) -> None:
    dispute, config = klarna.open_dispute(), config_for(klarna)
    assert codes(rehearse(bundle(document=b"", exhibits=()), config, http)) == ["nothing_to_send"]
    dispute["representment"]["state"] = "EVIDENCE_REQUEST_EXPIRED"
    assert codes(rehearse(bundle(), config, http)) == ["not_open"]
    assert list(requirements(Reference(type="case", value=CASE), config, http)) == []
    klarna.decide_against(dispute)
    assert codes(rehearse(bundle(reply_text=" "), config, http)) == ["text_missing"]
    with pytest.raises(Refused):
        submit(bundle(reply_text=" "), config, http)
    assert not klarna.files


def test_a_key_that_may_not_write_is_an_error_of_the_connection(klarna: FakeKlarna, http: httpx.Client) -> None:
    klarna.open_dispute()
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(klarna, READING), http)
    assert caught.value.code == "permission_missing"


def test_nothing_is_computed_that_is_not_confirmed() -> None:
    assert (LIMITS.max_file_bytes, LIMITS.max_text_chars, LIMITS.media_types) == (None, None, ())
    assert "unconfirmed" in LIMITS.source
    assert channel.fetch is None
