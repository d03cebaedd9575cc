"""Asking a Stripe that answers, refuses, is slow, or is not there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.fakes.stripe import ALL, READING, FakeStripe

from goodstanding.channels.stripe.api import form, get
from goodstanding.channels.stripe.config import Config
from goodstanding.channels.stripe.parse import parse
from goodstanding.channels.stripe.read import fetch, lookup, probe
from goodstanding.channels.stripe.vocabulary import API_VERSION
from goodstanding.contract import ParsedNotice, Reference, Refused, Unavailable


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with FakeStripe(now=int(datetime.now(UTC).timestamp()) - 3600) as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(stripe: FakeStripe, key: str = "") -> Config:
    return Config(api_key=key or stripe.key(), api_base=stripe.url, files_base=stripe.url)


def notices(found: Any) -> list[ParsedNotice]:
    return [notice for incoming in found for notice in parse(incoming) if isinstance(notice, ParsedNotice)]


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def test_fetch_gives_stripes_own_events(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute, warned = stripe.open_dispute(), stripe.warn()
    stripe.escalate(dispute["id"])
    found = list(fetch(config_for(stripe), http, hours_ago(2)))
    assert {incoming.origin for incoming in found} == {"poll"}
    assert {notice.event_ref for notice in notices(found)} == {event["id"] for event in stripe.events}
    assert {notice.case_ref for notice in notices(found)} == {dispute["id"], warned["id"]}
    assert {request.headers["stripe-version"] for request in stripe.requests} == {API_VERSION}


def test_fetch_reads_objects_where_events_are_not_allowed(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute, warned = stripe.open_dispute(), stripe.warn()
    config = config_for(stripe, stripe.key(READING - {"event_read"}))
    first = notices(fetch(config, http, hours_ago(2)))
    assert {notice.case_ref for notice in first} == {dispute["id"], warned["id"]}
    assert [notice.event_ref for notice in notices(fetch(config, http, hours_ago(2)))] == [
        notice.event_ref for notice in first
    ]
    stripe.decide(dispute["id"], "lost")
    again = notices(fetch(config, http, hours_ago(2)))
    assert again[0].event_ref != first[0].event_ref
    assert again[0].ruling and again[0].ruling.result == "lost"


def test_fetch_walks_all_pages(stripe: FakeStripe, http: httpx.Client) -> None:
    for _ in range(230):
        stripe.open_dispute()
    found = notices(fetch(config_for(stripe), http, hours_ago(2)))
    assert len({notice.case_ref for notice in found}) == 230
    assert len(stripe.requests) == 3


def test_fetch_after_a_long_silence_reads_objects(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    assert [notice.case_ref for notice in notices(fetch(config_for(stripe), http, hours_ago(24 * 60)))] == [
        dispute["id"]
    ]
    assert {request.path for request in stripe.requests} == {"/v1/disputes", "/v1/radar/early_fraud_warnings"}


def test_fetch_without_radar_still_reads_disputes(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    config = config_for(stripe, stripe.key(frozenset({"dispute_read"})))
    assert [notice.case_ref for notice in notices(fetch(config, http, hours_ago(2)))] == [dispute["id"]]
    with pytest.raises(Refused):
        list(fetch(config_for(stripe, stripe.key(frozenset({"radar_read"}))), http, hours_ago(2)))


def test_lookup_reads_the_charge_along_where_it_may(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    reference = Reference(type="case", value=dispute["id"])
    (notice,) = notices([lookup(reference, config_for(stripe), http)])
    assert Reference(type="order", value="GS-3001") in notice.references
    (notice,) = notices([lookup(reference, config_for(stripe, stripe.key(READING - {"charge_read"})), http)])
    assert notice.case_ref == dispute["id"]
    assert not [ref for ref in notice.references if ref.type == "order"]


def test_lookup_by_payment_charge_and_warning(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute, warned = stripe.open_dispute(), stripe.warn()
    config = config_for(stripe)
    for kind, value in (("charge", dispute["charge"]), ("payment", dispute["payment_intent"])):
        (notice,) = notices([lookup(Reference(type=kind, value=value), config, http)])
        assert notice.case_ref == dispute["id"]
    (notice,) = notices([lookup(Reference(type="case", value=warned["id"]), config, http)])
    assert notice.stage == "alert"


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("case", "dp_nobody", "resource_missing"),
        ("charge", "ch_nobody", "resource_missing"),
        ("case", "../../v1/refunds", "bad_identifier"),
        ("arn", "123", "bad_reference"),
    ],
)
def test_lookup_of_what_is_not_there(stripe: FakeStripe, http: httpx.Client, kind: str, value: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        lookup(Reference(type=kind, value=value), config_for(stripe), http)
    assert caught.value.code == code


# --- what the key allows ---


def test_a_reading_key_is_found_safe(stripe: FakeStripe, http: httpx.Client) -> None:
    grant = probe(config_for(stripe, stripe.key(READING)), http)
    assert set(grant.permissions) == {"disputes_read", "events_read", "charges_read", "early_fraud_warnings_read"}
    assert (grant.dangerous, grant.missing, grant.test_mode) == ((), (), True)
    assert probe(config_for(stripe, stripe.key(READING - {"radar_read"})), http).missing == (
        "early_fraud_warnings_read",
    )


def test_a_writing_key_is_found_to_write(stripe: FakeStripe, http: httpx.Client) -> None:
    grant = probe(config_for(stripe, stripe.key(ALL, prefix="rk_live_")), http)
    assert "disputes_write" in grant.permissions
    assert (grant.dangerous, grant.missing, grant.test_mode) == ((), (), False)


@pytest.mark.parametrize(
    ("permission", "found"),
    [
        ("charge_write", ("refunds_write", "charges_write")), ("payout_write", ("payouts_write",)), ("transfer_write", ("transfers_write",)),
        ("payment_intent_write", ("payment_intents_write",)), ("topup_write", ("topups_write",)),
    ],
)  # fmt: skip
def test_a_key_that_moves_money_is_dangerous(
    stripe: FakeStripe, http: httpx.Client, permission: str, found: tuple[str, ...]
) -> None:
    assert probe(config_for(stripe, stripe.key(READING | {permission})), http).dangerous == found


def test_probing_writes_changes_nothing(stripe: FakeStripe, http: httpx.Client) -> None:
    """Two reasons each: nothing of that name exists, and nothing to change is said."""
    stripe.open_dispute()
    before = len(stripe.events), dict(stripe.files), [dict(dispute) for dispute in stripe.disputes.values()]
    probe(config_for(stripe, stripe.key(ALL | {"charge_write", "payout_write"})), http)
    posts = [request for request in stripe.requests if request.method == "POST"]
    assert len(posts) == 7
    for request in posts:
        assert request.path.endswith("_goodstandingprobe0")
        assert request.path.count("/") == 3  # no /cancel, /close, /capture
        assert request.fields in ([], [("submit", "false")])
    assert (len(stripe.events), dict(stripe.files), [dict(dispute) for dispute in stripe.disputes.values()]) == before


@pytest.mark.parametrize("key", ["sk_live_Invented1", "sk_org_live_Invented1", "sk_Invented12345"])
def test_a_secret_key_is_dangerous_untried(stripe: FakeStripe, http: httpx.Client, key: str) -> None:
    grant = probe(config_for(stripe, key), http)
    assert grant.dangerous[0] == "secret_key"
    assert not stripe.requests


def test_a_secret_test_key_moves_no_money(stripe: FakeStripe, http: httpx.Client) -> None:
    grant = probe(config_for(stripe, stripe.key(prefix="sk_test_")), http)
    assert (grant.dangerous, grant.missing, grant.test_mode) == ((), (), True)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("pk_live_Invented1", "wrong_key_kind"),
        ("whsec_Invented1", "wrong_key_kind"),
        ("rk_test_revoked1", "key_invalid"),
        ("rk_live_密钥", "key_malformed"),
    ],
)
def test_other_keys_are_refused_with_the_remedy(stripe: FakeStripe, http: httpx.Client, key: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        probe(config_for(stripe, key), http)
    assert caught.value.code == code


# --- trouble ---


@pytest.mark.parametrize(
    ("status", "headers", "code", "retry_after"),
    [
        (429, {"Retry-After": "17"}, "rate_limited", 17.0), (429, {}, "rate_limited", 5.0), (429, {"Retry-After": "soon"}, "rate_limited", 5.0),
        (500, {}, "http_500", None), (503, {"Retry-After": "60"}, "http_503", 60.0), (409, {}, "http_409", None),
    ],
)  # fmt: skip
def test_trouble_that_passes(
    stripe: FakeStripe, http: httpx.Client, status: int, headers: dict[str, str], code: str, retry_after: float | None
) -> None:
    stripe.fail("GET /v1/disputes", status, headers=headers)
    with pytest.raises(Unavailable) as caught:
        get("/v1/disputes", {}, config_for(stripe), http)
    assert (caught.value.code, caught.value.retry_after) == (code, retry_after)


@pytest.mark.parametrize("body", [b"<html>maintenance</html>", b"[]", b"[" * 100_000, b"\xff"])
def test_an_answer_that_is_no_object(stripe: FakeStripe, http: httpx.Client, body: bytes) -> None:
    stripe.fail("GET /v1/disputes", 200, body=body)
    with pytest.raises(Unavailable) as caught:
        get("/v1/disputes", {}, config_for(stripe), http)
    assert caught.value.code == "unreadable_answer"


def test_a_hung_up_connection_and_a_dead_address(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.fail("GET /v1/disputes", hang_up=True)
    with pytest.raises(Unavailable) as caught:
        get("/v1/disputes", {}, config_for(stripe), http)
    assert caught.value.code == "unreachable"
    with pytest.raises(Unavailable):
        get("/v1/disputes", {}, Config(api_key=stripe.key(), api_base="http://127.0.0.1:9"), http)


def test_time_outs_say_whether_the_request_may_have_arrived() -> None:
    for error, code in (
        (httpx.ConnectTimeout, "connect_timeout"),
        (httpx.ReadTimeout, "timeout"),
        (httpx.WriteTimeout, "timeout"),
    ):

        def too_slow(request: httpx.Request, error: type[httpx.TimeoutException] = error) -> httpx.Response:
            raise error("slow", request=request)

        with httpx.Client(transport=httpx.MockTransport(too_slow)) as client, pytest.raises(Unavailable) as caught:
            get("/v1/disputes", {}, Config(api_key="rk_test_Invented1"), client)
        assert caught.value.code == code


def test_a_missing_permission_is_named(stripe: FakeStripe, http: httpx.Client) -> None:
    with pytest.raises(Refused, match="rak_dispute_read") as caught:
        get("/v1/disputes", {}, config_for(stripe, stripe.key(frozenset())), http)
    assert caught.value.code == "permission_missing"


def test_errors_hold_neither_keys_nor_addresses(stripe: FakeStripe, http: httpx.Client) -> None:
    said = b'{"error": {"type": "invalid_request_error", "message": "bad robin@example.com rk_live_secret whsec_abc", "param": "evidence"}}'
    stripe.fail("GET /v1/disputes", 400, body=said)
    config = config_for(stripe)
    with pytest.raises(Refused) as caught:
        get("/v1/disputes", {}, config, http)
    for secret in ("robin@", "rk_live_secret", "whsec_abc", config.api_key):
        assert secret not in str(caught.value)


def test_without_a_key_nothing_is_asked(stripe: FakeStripe, http: httpx.Client) -> None:
    with pytest.raises(Refused) as caught:
        get("/v1/disputes", {}, Config(api_base=stripe.url), http)
    assert caught.value.code == "no_key"
    assert not stripe.requests


def test_a_page_that_repeats_itself_ends() -> None:
    asked = []

    def always_more(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(
            200, json={"object": "list", "data": [{"id": "dp_1", "object": "dispute"}], "has_more": True}
        )

    with httpx.Client(transport=httpx.MockTransport(always_more)) as client:
        found = list(fetch(Config(api_key="rk_test_Invented1"), client, hours_ago(1)))
    assert len(asked) == 2
    assert len(found) == 2


def test_forms_nest_as_stripe_reads_them() -> None:
    assert form({"evidence": {"a": "x", "list": ["1", {"b": True}]}, "submit": False}) == [
        ("evidence[a]", "x"),
        ("evidence[list][0]", "1"),
        ("evidence[list][1][b]", "true"),
        ("submit", "false"),
    ]
