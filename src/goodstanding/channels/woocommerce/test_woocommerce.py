"""WooCommerce: what the shop signs, the ping, and disputes that have to be asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.woocommerce import FakeWoo

from goodstanding.channels.woocommerce import channel
from goodstanding.channels.woocommerce.config import Config
from goodstanding.channels.woocommerce.drill import drill
from goodstanding.channels.woocommerce.parse import parse
from goodstanding.channels.woocommerce.read import fetch, lookup, probe, requirements
from goodstanding.channels.woocommerce.requirements import LIMITS
from goodstanding.channels.woocommerce.verify import signature, verify
from goodstanding.contract import Incoming, ParsedNotice, Reference, Refused, Unavailable, Unreadable, Untrusted

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
SECRET = "inventedWebhookSecret0123456789"
CONFIG = Config(webhook_secret=SECRET)
FIXTURES = Path(__file__).parent / "fixtures"
ORDER = (FIXTURES / "order.updated__other_matter.json").read_bytes()
WHOLE = (FIXTURES / "dispute__product_not_received.json").read_bytes()
ROW = (FIXTURES / "row__due_by_as_text.json").read_bytes()


@pytest.fixture
def woo() -> Iterator[FakeWoo]:
    with FakeWoo() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(woo: FakeWoo, permissions: str = "read") -> Config:
    return Config(**woo.key(permissions), api_base=woo.api)


def arrived(body: bytes, topic: str = "", origin: str = "webhook", secret: str = "") -> Incoming:
    headers = (("X-WC-Webhook-Topic", topic),) if topic else ()
    signed = (("X-WC-Webhook-Signature", signature(body, secret)),) if secret else ()
    return Incoming(origin=origin, body=body, received_at=NOW, headers=headers + signed)


def one(incoming: Incoming) -> ParsedNotice:
    (notice,) = parse(incoming)
    assert isinstance(notice, ParsedNotice)
    return notice


def refusal(incoming: Incoming, config: Config = CONFIG) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


# --- webhooks ---


@given(st.integers(0, len(ORDER) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    signed = arrived(ORDER, "order.updated", secret=SECRET)
    verify(signed, CONFIG, None)
    altered = bytearray(ORDER)
    altered[at] ^= by
    assert refusal(replace(signed, body=bytes(altered))) == "bad_signature"


def test_the_signature_is_base64_over_the_raw_body() -> None:
    """Computed apart: ``printf '{"id":727}' | openssl dgst -sha256 -hmac key -binary | base64``."""
    assert signature(b'{"id":727}', "key") == "HFu0n4Z4MUsmMJm2QKK86H1nPNOqVhq+MrrJsSbl85k="


def test_either_secret_passes_while_changing_and_reasons_are_told_apart() -> None:
    old = arrived(ORDER, "order.updated", secret="old")
    verify(old, replace(CONFIG, webhook_secret_previous="old"), None)
    assert refusal(old) == "bad_signature"
    assert refusal(old, Config()) == "no_secret"
    assert refusal(arrived(ORDER, "order.updated")) == "no_signature"
    assert refusal(replace(old, headers=(("X-WC-Webhook-Signature", "签名\udc80"),))) == "bad_signature"
    for origin in ("poll", "lookup"):
        verify(arrived(WHOLE, origin=origin), CONFIG, None)
    for origin in ("upload", "drill"):
        assert refusal(arrived(WHOLE, origin=origin)) == "no_signature"


def test_the_ping_is_answered_200_and_is_neither_notice_nor_alarm() -> None:
    ping = Incoming(
        origin="webhook",
        body=b"webhook_id=142",
        received_at=NOW,
        headers=(("Content-Type", "application/x-www-form-urlencoded"),),
    )
    verify(ping, CONFIG, None)
    verify(ping, Config(), None)
    assert list(parse(ping)) == []
    assert channel.answer is None  # the door's own 200


@pytest.mark.parametrize(
    "body", [b"webhook_id=142&x=1", b"webhook_id=", b" webhook_id=1", b"webhook_id=1\n", b"webhook_id=" + b"9" * 30]
)
def test_only_the_very_ping_passes_unsigned(body: bytes) -> None:
    assert refusal(arrived(body)) == "no_signature"
    with pytest.raises(Unreadable):
        list(parse(arrived(body)))


def test_orders_are_no_notices_and_a_topic_of_disputes_would_be_named() -> None:
    for topic in (
        "order.created",
        "order.updated",
        "order.deleted",
        "order.restored",
        "product.updated",
        "action.some_hook",
        "subscription.created",
    ):
        assert list(parse(arrived(ORDER, topic))) == []
    with pytest.raises(Unreadable, match=r"payments_dispute\.created"):
        parse(arrived(WHOLE, "payments_dispute.created"))


def test_a_drill_is_signed_read_and_marked() -> None:
    sample = drill(CONFIG, NOW)
    verify(sample, CONFIG, None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert refusal(drill(Config(), NOW)) == "no_signature"


# --- reading ---


def test_a_row_states_a_day_and_the_whole_dispute_an_instant() -> None:
    row, whole = one(arrived(ROW)), one(arrived(WHOLE))
    assert row.respond_by
    assert (row.respond_by.on, row.respond_by.at, row.respond_by.raw) == (
        date(2026, 11, 4),
        None,
        "2026-11-04 23:59:59",
    )
    assert whole.respond_by
    assert whole.respond_by.at == datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC)
    assert row.case_ref == whole.case_ref
    assert {item.value for item in row.references} <= {item.value for item in whole.references}


def test_a_settled_dispute_is_one_event_whole_or_as_a_row() -> None:
    whole = one(arrived(json.dumps(json.loads(WHOLE) | {"status": "lost"}).encode()))
    row = one(arrived(json.dumps(json.loads(ROW) | {"status": "lost"}).encode()))
    assert whole.event_ref == row.event_ref
    assert whole.respond_by is row.respond_by is None
    assert whole.event_ref != one(arrived(WHOLE)).event_ref


def test_due_by_zero_or_absent_means_no_date() -> None:
    for due in (0, None):
        changed = json.loads(WHOLE) | {"evidence_details": {"due_by": due}}
        assert one(arrived(json.dumps(changed).encode())).respond_by is None
    for text in ("", None, "0000-00-00 00:00:00"):
        assert one(arrived(json.dumps(json.loads(ROW) | {"due_by": text}).encode())).respond_by is None
    with pytest.raises(Unreadable, match="due_by"):
        parse(arrived(json.dumps(json.loads(ROW) | {"due_by": "next week"}).encode()))


@pytest.mark.parametrize(("amount", "currency", "text"), [(8640, "usd", "86.40 USD"), (5400, "jpy", "5400 JPY"), (120000, "isk", "1200 ISK"), (1234500, "kwd", "1234.500 KWD")])  # fmt: skip
def test_minor_units_are_stripes(amount: int, currency: str, text: str) -> None:
    assert (
        str(one(arrived(json.dumps(json.loads(ROW) | {"amount": amount, "currency": currency}).encode())).amount)
        == text
    )


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"dispute_id": "../1"}, "dispute_id"), ({"status": None}, "status"), ({"amount": "1.5"}, "amount"), ({"currency": "$"}, "currency"), ({"charge_id": "a b"}, "charge_id")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(json.dumps(json.loads(ROW) | changes).encode()))


def test_fields_that_no_one_knows_are_reported() -> None:
    assert one(arrived(WHOLE)).unread == one(arrived(ROW)).unread == ()
    assert one(arrived(json.dumps(json.loads(ROW) | {"hologram": 1}).encode())).unread == ("hologram",)


# --- asking ---


def test_fetch_reads_whole_what_waits_and_pages_through_the_rest(woo: FakeWoo, http: httpx.Client) -> None:
    for number in range(230):
        woo.open_dispute(status="lost" if number % 10 else "needs_response")
    notices = [one(incoming) for incoming in fetch(config_for(woo), http, NOW)]
    assert len({item.case_ref for item in notices}) == 230
    assert all(item.respond_by and item.respond_by.at for item in notices if item.status == "needs_response")
    assert len(woo.asked("GET .*/payments/disputes$")) == 3
    assert len(woo.asked("GET .*/payments/disputes/dp_")) == 23
    assert {item.event_ref for item in notices} == {
        one(incoming).event_ref for incoming in fetch(config_for(woo), http, NOW)
    }


def test_a_row_that_nobody_knows_any_more_does_not_cost_the_others(woo: FakeWoo, http: httpx.Client) -> None:
    woo.open_dispute()
    ghost = woo.open_dispute()
    woo.fail(f"GET .*/{ghost['id']}", 500, body=b'{"code": "resource_missing", "message": "No such dispute"}')
    notices = {item.case_ref: item for item in (one(incoming) for incoming in fetch(config_for(woo), http, NOW))}
    assert len(notices) == 2
    assert notices[ghost["id"]].respond_by
    assert notices[ghost["id"]].respond_by.on == date(2026, 11, 4)  # type: ignore[union-attr]


def test_fetch_stops_at_what_is_too_old_to_change(woo: FakeWoo, http: httpx.Client) -> None:
    woo.open_dispute(created=int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()))
    woo.open_dispute()
    assert [one(item).case_ref for item in fetch(config_for(woo), http, NOW)] == ["dp_1FakeWoo0002"]


def test_a_life_by_polling(woo: FakeWoo, http: httpx.Client) -> None:
    """Inquiry, chargeback, answered by hand in the shop's pages, lost."""
    dispute, config, seen = woo.open_dispute(status="warning_needs_response"), config_for(woo), []
    for status in ("warning_needs_response", "needs_response", "under_review", "lost"):
        dispute["status"] = status
        seen.append(one(next(iter(fetch(config, http, NOW)))))
    assert [(item.kind, item.stage) for item in seen] == [
        ("pre_dispute_alert", "inquiry"),
        ("chargeback", "dispute"),
        ("chargeback", "dispute"),
        ("dispute_result", ""),
    ]
    assert len({item.event_ref for item in seen}) == 4


def test_lookup_and_requirements(woo: FakeWoo, http: httpx.Client) -> None:
    config, case = config_for(woo), Reference(type="case", value=woo.open_dispute()["id"])
    assert one(lookup(case, config, http)).facts["order_number"] == "2001"
    needs = {item.code: item.need for item in requirements(case, config, http)}
    assert (needs["shipping_documentation"], needs["receipt"]) == ("any_of", "helpful")
    woo.disputes[case.value]["status"] = "won"
    assert list(requirements(case, config, http)) == []
    for reference, code in ((Reference(type="case", value="dp_none"), "resource_missing"), (Reference(type="case", value="../x"), "bad_identifier"), (Reference(type="order", value="1"), "bad_reference")):  # fmt: skip
        with pytest.raises(Refused) as caught:
            lookup(reference, config, http)
        assert caught.value.code == code


def test_a_key_that_writes_is_dangerous_and_nothing_is_written_to_find_out(woo: FakeWoo, http: httpx.Client) -> None:
    reading, writing, both = (
        probe(config_for(woo, permissions), http) for permissions in ("read", "write", "read_write")
    )
    assert (reading.dangerous, reading.missing, reading.permissions) == ((), (), ("read",))
    assert (writing.dangerous, writing.missing) == (("write",), ("read",))
    assert (both.dangerous, both.missing) == (("write",), ())
    assert {request.path for request in woo.requests if request.method != "GET"} == {
        "/wp-json/wc/v3/goodstanding-probe"
    }
    assert channel.submit is None


def test_connecting_says_what_is_wrong(woo: FakeWoo, http: httpx.Client) -> None:
    def code(config: Config) -> str:
        with pytest.raises(Refused) as caught:
            probe(config, http)
        return caught.value.code

    good = config_for(woo)
    assert code(replace(good, consumer_secret="cs_" + "9" * 40)) == "key_invalid"
    assert code(replace(good, consumer_key="")) == code(Config(webhook_secret=SECRET)) == "no_key"
    assert code(replace(good, consumer_key="ck_a:b")) == "key_malformed"
    for site, expected in (
        ("", "no_site"),
        ("http://shop.example.com", "bad_site"),
        ("https://u:p@evil.example", "bad_site"),
        ("https://a/../b", "bad_site"),
    ):
        assert code(replace(good, api_base="", site=site)) == expected
    woo.manager = False
    assert probe(good, http).missing == ("read",)
    woo.has_woopayments = False
    assert code(good) == "no_route"


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), Unavailable, "rate_limited"),
        (httpx.Response(503), Unavailable, "http_503"),
        (httpx.Response(500, json={"code": "wcpay_bad_response"}), Unavailable, "http_500"),
        (httpx.Response(200, content=b"<html>maintenance"), Unavailable, "unreadable_answer"),
        (httpx.Response(200, json={"data": None}), Unavailable, "unreadable_answer"),
        (httpx.Response(301, headers={"Location": "https://www.shop.example.com/"}), Refused, "moved"),
        (httpx.Response(404, content=b"<html>"), Refused, "not_found"),
        (httpx.Response(403, content=b"<html>firewall"), Refused, "permission_missing"),
    ],
)
def test_failures_say_what_to_do_next(answer: httpx.Response, error: type[Exception], code: str) -> None:
    config = Config(site="https://shop.example.com", consumer_key="ck_" + "1" * 40, consumer_secret="cs_" + "1" * 40)
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client, pytest.raises(error) as caught:
        list(fetch(config, client, NOW))
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert getattr(caught.value, "retry_after", None) == (7.0 if code == "rate_limited" else None)


def test_a_byte_order_mark_before_the_json_is_forgiven() -> None:
    config = Config(site="https://shop.example.com/", consumer_key="ck_" + "1" * 40, consumer_secret="cs_" + "1" * 40)
    answer = httpx.Response(200, content=b'\xef\xbb\xbf{"data": []}')
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client:
        assert list(fetch(config, client, NOW)) == []


def test_limits_are_woopayments() -> None:
    assert LIMITS.max_total_bytes == 4_500_000
    assert LIMITS.max_pages is None  # unconfirmed: computes nothing
