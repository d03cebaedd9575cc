"""Airwallex: what stays unproven, what is read, and how a challenge is handed over once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.fakes.airwallex import CLIENT_ID, READING, VIEW, FakeAirwallex

from goodstanding.channels.airwallex.config import Config
from goodstanding.channels.airwallex.defend import rehearse, requirements, submit
from goodstanding.channels.airwallex.drill import drill
from goodstanding.channels.airwallex.evidence import LIMITS, OTHER, challenge, plan
from goodstanding.channels.airwallex.parse import parse
from goodstanding.channels.airwallex.read import fetch, lookup, probe
from goodstanding.channels.airwallex.verify import signature, verify
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
BODY = (FIXTURES / "requires_response__not_received.json").read_bytes()
SECRET = "invented-webhook-secret"


@pytest.fixture
def airwallex() -> Iterator[FakeAirwallex]:
    with FakeAirwallex() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(airwallex: FakeAirwallex, permissions: frozenset[str] | None = None) -> Config:
    key = airwallex.key() if permissions is None else airwallex.key(permissions)
    return Config(client_id=CLIENT_ID, api_key=key, api_base=airwallex.url)


def arrived(body: bytes, **headers: str) -> Incoming:
    return Incoming(origin="webhook", body=body, received_at=NOW, headers=tuple(headers.items()))


def changed(event: str = "payment_dispute.requires_response", **changes: Any) -> bytes:
    whole = json.loads(BODY) | {"name": event}
    whole["data"]["object"] |= changes
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
    stamp = "1793888042000"
    return arrived(BODY, **{"x-timestamp": stamp, "x-signature": signature(stamp, BODY, secret)})


def exhibit(kind: str, content: bytes, **changes: Any) -> Exhibit:
    values: dict[str, Any] = {"title": kind, "media_type": "application/pdf", "sha256": "0" * 64, **changes}
    return Exhibit(id=kind, kind=kind, content=content, **values)


def bundle(**changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": "dis_fake000001", "stage": "dispute", "reason": None, "network": "visa", "amount": None, "references": (),
        "language": "en", "reply_text": "The parcel was delivered.", "document": b"%PDF-whole",
        "exhibits": (exhibit("ev.signature_pod", b"%PDF-pod"), exhibit("ev.product_page", b"%PDF-page")),
        "fields": {"tracking_number": "1Z999", "carrier": "UPS"}, **changes,
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
        "odd": distrust(arrived(BODY, **{"x-timestamp": "1", "x-signature": "签名\udc80"}), config),
        "no secret": distrust(signed(), Config(webhook_secret=" ")),
    }
    assert all(error.unproven for error in said.values())
    assert "fits by" in str(said["fits"])
    assert "does not fit" in str(said["other"])
    assert "does not fit" in str(said["altered"])


def test_either_secret_fits_while_replacing() -> None:
    for config in (Config(webhook_secret=SECRET), Config(webhook_secret="new", webhook_secret_previous=SECRET)):
        assert "fits by" in str(distrust(signed(), config))


def test_own_readings_need_no_signature() -> None:
    for origin in ("poll", "lookup"):
        verify(Incoming(origin=origin, body=BODY, received_at=NOW), Config(webhook_secret=SECRET), None)


def test_a_drill_is_signed_read_and_marked() -> None:
    config = Config(webhook_secret=SECRET)
    sample = drill(config, NOW)
    verify(sample, config, None)
    verify(sample, Config(webhook_secret="new", webhook_secret_previous=SECRET), None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert distrust(drill(Config(), NOW), config).unproven
    marked = changed(goodstanding={"drill": True})  # the mark alone, without the secret, proves nothing
    assert distrust(arrived(marked, **{"x-timestamp": "1", "x-signature": "0" * 64}), config).unproven


# --- reading ---


@pytest.mark.parametrize(
    ("name", "kind", "stage"),
    [
        ("requires_response__not_received", "chargeback", "dispute"),
        ("requires_response__rfi_yen", "pre_dispute_alert", "inquiry"),
        ("requires_response__pre_chargeback", "pre_dispute_alert", "inquiry"),
        ("requires_response__unknown_words", "chargeback", ""),
        ("pending_closure__pre_arbitration", "chargeback", "pre_arbitration"),
    ],
)
def test_stages(name: str, kind: str, stage: str) -> None:
    assert (fixture(name).kind, fixture(name).stage) == (kind, stage)


def test_a_pre_arbitration_is_accepted_by_airwallex_and_has_no_deadline() -> None:
    notice = fixture("pending_closure__pre_arbitration")
    assert notice.respond_by is None
    assert notice.facts["response_allowed"] == "false"
    still_open = one(arrived(changed(stage="PRE_ARBITRATION")))
    assert still_open.respond_by is None


def test_the_schemes_own_code_is_the_reason_where_the_scheme_is_known() -> None:
    reason = fixture("requires_response__not_received").reason
    assert reason
    assert (reason.scheme, reason.code) == ("visa", "13.1")
    unknown = fixture("requires_response__unknown_words")
    assert unknown.reason
    assert (unknown.reason.scheme, unknown.reason.code, unknown.network) == ("airwallex", "ECLIPSE", "")
    assert unknown.status == "DUSK"
    assert unknown.unread == ("hologram.hue",)


@pytest.mark.parametrize(
    ("status", "result", "final"),
    [("WON", "won", True), ("LOST", "lost", True), ("ACCEPTED", "accepted", True), ("EXPIRED", "expired", False), ("REVERSED", "closed", False)],
)  # fmt: skip
def test_outcomes(status: str, result: str, final: bool) -> None:
    notice = fixture(f"{status.lower()}__outcome")
    assert notice.ruling
    assert (notice.kind, notice.ruling.result, notice.ruling.final) == ("dispute_result", result, final)
    assert notice.respond_by is None


def test_the_older_form_is_the_same_dispute_and_its_missing_due_date_is_not_made_up() -> None:
    old, read = fixture("requires_response__older_form"), fixture("dispute__read_by_api")
    assert (old.case_ref, old.network, old.amount, old.reason) == (
        read.case_ref,
        read.network,
        read.amount,
        read.reason,
    )
    assert old.respond_by is None
    assert read.respond_by
    assert old.event_ref != read.event_ref  # or the due date, read later, would pass for a repeat


def test_delivered_twice_or_read_is_one_event_and_the_later_state_is_later() -> None:
    first = fixture("requires_response__not_received")
    again = one(
        arrived(json.dumps(json.loads(BODY) | {"id": "evt_other", "created_at": "2026-12-05T00:00:00+0000"}).encode())
    )
    assert first.event_ref == again.event_ref == fixture("dispute__read_by_api").event_ref
    later, decided = fixture("challenged__evidence_sent"), fixture("lost__outcome")
    assert first.occurred_at
    assert later.occurred_at
    assert decided.occurred_at
    assert first.occurred_at < later.occurred_at < decided.occurred_at
    assert later.respond_by is None


def test_events_of_others_are_nothing_and_unknown_ones_of_ours_are_named() -> None:
    assert list(parse(arrived((FIXTURES / "payment_intent__other_matter.json").read_bytes()))) == []
    with pytest.raises(Unreadable, match=r"payment_dispute\.moonlit"):
        parse(arrived(changed("payment_dispute.moonlit")))


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"id": "a b"}, "id"), ({"amount": None}, "amount"), ({"currency": "dollars"}, "currency"), ({"due_at": "2026-11-19"}, "due_at"),
     ({"status": "a\nb"}, "status"), ({"stage": 1.5}, "stage")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(changed(**changes)))


# --- asking ---


def test_fetch_reads_all_pages_and_agrees_with_the_webhooks(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    disputes = [airwallex.open_dispute() for _ in range(103)]
    found = [one(incoming) for incoming in fetch(config_for(airwallex), http, NOW)]
    assert {item.event_ref for item in found} == {one(arrived(airwallex.event(item))).event_ref for item in disputes}
    assert len(found) == 103
    assert "from_updated_at=2026-11-05T12%3A00%3A00%2B0000" in airwallex.asked("GET .*payment_disputes")[0].query
    assert len(airwallex.asked("POST .*login")) == 1


def test_lookup_by_id_and_not_at_all(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    dispute, config = airwallex.open_dispute(), config_for(airwallex)
    assert one(lookup(Reference(type="case", value=dispute["id"]), config, http)).facts["order_number"] == "GS-2001"
    for reference, code in (
        (Reference(type="case", value="dis_none"), "resource_missing"),
        (Reference(type="case", value="../x"), "bad_identifier"),
        (Reference(type="case", value=".."), "bad_identifier"),
        (Reference(type="arn", value="1"), "bad_reference"),
    ):
        with pytest.raises(Refused) as caught:
            lookup(reference, config, http)
        assert caught.value.code == code


def test_probe_reads_one_page_and_nothing_else(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    assert probe(config_for(airwallex), http).permissions == (VIEW,)
    assert probe(config_for(airwallex, frozenset()), http).missing == (VIEW,)
    assert {f"{request.method} {request.path}" for request in airwallex.requests} == {
        "POST /api/v1/authentication/login",
        "GET /api/v1/pa/payment_disputes",
    }
    with pytest.raises(Refused) as caught:
        probe(Config(client_id=CLIENT_ID, api_key="invented-wrong", api_base=airwallex.url), http)
    assert caught.value.code == "key_invalid"
    assert "invented-wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("config", "code"),
    [(Config(), "no_key"), (Config(client_id="abcd"), "no_key"), (Config(client_id="abcd", api_key="a key"), "key_malformed")],
)  # fmt: skip
def test_settings_that_open_nothing_are_refused_before_any_call(config: Config, code: str) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with httpx.Client(transport=httpx.MockTransport(never)) as client, pytest.raises(Refused) as caught:
        probe(config, client)
    assert caught.value.code == code


def test_the_key_goes_to_airwallex_alone_and_no_redirect_is_followed() -> None:
    seen: list[str] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://evil.example/"})

    with httpx.Client(transport=httpx.MockTransport(elsewhere), follow_redirects=True) as client:
        for environment in ("live", "sandbox"):
            with pytest.raises(Refused):
                probe(Config(client_id="abcd", api_key="abcd", environment=environment), client)
    assert seen == ["api.airwallex.com", "api-demo.airwallex.com"]


@pytest.mark.parametrize(
    ("answer", "error", "code", "wait"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), Unavailable, "rate_limited", 7.0),
        (httpx.Response(503), Unavailable, "http_503", None),
        (httpx.Response(200, content=b"<html>"), Unavailable, "unreadable_answer", None),
        (httpx.Response(200, json={"items": {}}), Unavailable, "unreadable_answer", None),
        (httpx.Response(200, json={"code": "internal", "message": "x"}), Refused, "internal", None),
        (httpx.Response(401), Refused, "key_invalid", None),
    ],
)
def test_failures_are_sorted(answer: httpx.Response, error: type[Exception], code: str, wait: float | None) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"token": "token"}) if request.url.path.endswith("login") else answer

    with httpx.Client(transport=httpx.MockTransport(serve)) as client, pytest.raises(error) as caught:
        list(fetch(Config(client_id="abcd", api_key="abcd"), client, NOW))
    assert getattr(caught.value, "code", "") == code
    assert getattr(caught.value, "retry_after", None) == wait


# --- answering ---


def codes(found: Any) -> list[str]:
    return [item.code for item in found]


def test_a_challenge_goes_out_once_with_its_files(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    airwallex.open_dispute()
    config = config_for(airwallex)
    assert list(rehearse(bundle(), config, http)) == []
    assert not airwallex.asked("POST .*upload")
    receipt = submit(bundle(), config, http)
    assert (receipt.state, receipt.reference) == ("accepted", "dis_fake000001")
    (sent,) = airwallex.sent
    files = {slot: [airwallex.files[item] for item in ids] for slot, ids in sent["supporting_documents"].items()}
    assert files == {OTHER: [b"%PDF-whole"], "customer_signature_documents": [b"%PDF-pod"]}
    assert sent["delivery_info"] == {"tracking_number": "1Z999", "shipping_company": "UPS"}
    assert codes(rehearse(bundle(), config, http)) == ["already_submitted"]
    with pytest.raises(Refused) as caught:
        submit(bundle(), config, http)
    assert caught.value.code == "already_submitted"
    assert len(airwallex.sent) == 1


def test_the_same_package_is_the_same_request() -> None:
    def request_id(given: Bundle) -> str:
        return str(challenge(given, {item.digest: "any" for item in plan(given)})["request_id"])

    assert request_id(bundle()) == request_id(bundle())
    assert len({request_id(bundle()), request_id(bundle(document=b"%PDF-2")), request_id(bundle(case_ref="x"))}) == 3


def test_nothing_ever_accepts(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    airwallex.open_dispute()
    submit(bundle(), config_for(airwallex), http)
    assert not airwallex.asked("accept|refund|update|close")


@pytest.mark.parametrize("failure", [{"status": 502}, {"hang_up": True}, {"status": 200, "body": b"<html>"}])
def test_a_lost_answer_is_looked_up(airwallex: FakeAirwallex, http: httpx.Client, failure: dict[str, Any]) -> None:
    airwallex.open_dispute()
    airwallex.fail("POST .*challenge", after=True, **failure)
    assert submit(bundle(), config_for(airwallex), http).state == "accepted"
    assert len(airwallex.sent) == 1


def test_a_request_lost_on_the_way_is_unknown_and_a_failure_there_may_be_repeated(
    airwallex: FakeAirwallex, http: httpx.Client
) -> None:
    airwallex.open_dispute()
    config = config_for(airwallex)
    airwallex.fail("POST .*challenge", hang_up=True)
    assert submit(bundle(), config, http).state == "unknown"
    airwallex.fail("POST .*challenge", 503)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    airwallex.fail("POST .*challenge", 429)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    assert not airwallex.sent
    assert submit(bundle(), config, http).state == "accepted"


def test_an_error_inside_http_200_is_no_success(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    airwallex.open_dispute()
    airwallex.fail("POST .*challenge", 200, body=b'{"code": "VALIDATION_ERROR", "message": "no"}')
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(airwallex), http)
    assert caught.value.code == "validation_error"


def test_a_whole_life(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    """RFI, chargeback, challenged, lost at the bank, pre-arbitration that Airwallex accepts."""
    dispute, config = airwallex.open_dispute(stage="RFI"), config_for(airwallex)
    seen = [one(arrived(airwallex.event(dispute)))]
    airwallex.escalate(dispute)
    seen.append(one(arrived(airwallex.event(dispute))))
    submit(bundle(), config, http)
    seen.append(one(arrived(airwallex.event(dispute))))
    airwallex.escalate(dispute)
    seen.append(one(arrived(airwallex.event(dispute))))
    assert codes(rehearse(bundle(), config, http)) == ["accepted_by_gateway"]
    assert list(requirements(Reference(type="case", value=dispute["id"]), config, http)) == []
    airwallex.move(dispute, "LOST", updated_at="2027-01-20T00:00:00+0000")
    seen.append(one(arrived(airwallex.event(dispute))))
    assert [(item.kind, item.stage) for item in seen] == [
        ("pre_dispute_alert", "inquiry"),
        ("chargeback", "dispute"),
        ("chargeback", "dispute"),
        ("chargeback", "pre_arbitration"),
        ("dispute_result", "pre_arbitration"),
    ]
    assert [item.respond_by is not None for item in seen] == [True, True, False, False, False]
    assert len({item.event_ref for item in seen}) == 5


def test_what_airwallex_would_not_take_is_said_before_it_is_asked(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    airwallex.open_dispute()
    config = config_for(airwallex)
    empty = bundle(document=b"", exhibits=())
    assert codes(rehearse(empty, config, http)) == ["nothing_to_send", "text_not_sent"]
    with pytest.raises(Refused):
        submit(empty, config, http)
    loose = bundle(document=b"")
    assert {item.slot for item in plan(loose)} == {OTHER, "customer_signature_documents"}
    assert codes(rehearse(loose, config, http)) == ["text_not_sent"]
    assert not airwallex.files


def test_a_key_that_may_not_write_is_an_error_of_the_connection(airwallex: FakeAirwallex, http: httpx.Client) -> None:
    airwallex.open_dispute()
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(airwallex, READING), http)
    assert caught.value.code == "permission_missing"


def test_no_limit_is_computed_that_is_not_confirmed() -> None:
    assert (LIMITS.max_file_bytes, LIMITS.max_total_bytes, LIMITS.max_pages, LIMITS.media_types) == (
        None,
        None,
        None,
        (),
    )
    assert "unconfirmed" in LIMITS.source
