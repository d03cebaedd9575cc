"""Shopify: what is signed, what is read, and how an answer is handed over once."""

from __future__ import annotations

import hashlib
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
from tests.fakes.shopify import ALL, CLIENT_ID, READING, SECRET, FakeShopify

from goodstanding.channels.shopify import channel
from goodstanding.channels.shopify.config import Config
from goodstanding.channels.shopify.defend import rehearse, requirements, submit
from goodstanding.channels.shopify.drill import drill
from goodstanding.channels.shopify.evidence import FILE_SLOTS, SLOT_OF, TEXT_OF, TEXTS, plan, violations
from goodstanding.channels.shopify.parse import parse
from goodstanding.channels.shopify.read import fetch, lookup, probe
from goodstanding.channels.shopify.verify import signature, verify
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
BODY = (FIXTURES / "disputes_create__product_not_received.json").read_bytes()


@pytest.fixture
def shopify() -> Iterator[FakeShopify]:
    with FakeShopify() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(shopify: FakeShopify, scopes: frozenset[str] = ALL) -> Config:
    return Config(webhook_secret=SECRET, access_token=shopify.token(scopes), api_base=shopify.url)


def arrived(body: bytes, topic: str = "disputes/update", **headers: str) -> Incoming:
    pairs = (("X-Shopify-Topic", topic), *headers.items()) if topic else tuple(headers.items())
    return Incoming(origin="webhook", body=body, received_at=NOW, headers=pairs)


def one(incoming: Incoming) -> ParsedNotice:
    (notice,) = parse(incoming)
    assert isinstance(notice, ParsedNotice)
    return notice


def signed(header: str = "X-Shopify-Hmac-Sha256", body: bytes = BODY, secret: str = SECRET, **more: str) -> Incoming:
    pairs = ((header, signature(body, secret)), *((name.replace("_", "-"), value) for name, value in more.items()))
    return Incoming(origin="webhook", body=body, received_at=NOW, headers=pairs)


def refusal(incoming: Incoming, config: Config) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


# --- signatures ---


@pytest.mark.parametrize(
    "header", ["X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256", "x-shopify-hmac-SHA256", "shopify-hmac-sha256"]
)
def test_headers_with_and_without_the_x(header: str) -> None:
    verify(signed(header), Config(webhook_secret=SECRET), None)
    assert refusal(signed(header, secret="another"), Config(webhook_secret=SECRET)) == "bad_signature"


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    altered = bytearray(BODY)
    altered[at] ^= by
    assert refusal(replace(signed(), body=bytes(altered)), Config(webhook_secret=SECRET)) == "bad_signature"


def test_either_secret_passes_while_rotating() -> None:
    rotating = Config(webhook_secret="shpss_new", webhook_secret_previous=SECRET)
    verify(signed(), rotating, None)
    verify(signed(secret="shpss_new"), rotating, None)
    assert refusal(signed(), Config(webhook_secret="shpss_new")) == "bad_signature"


def test_reasons_to_distrust_are_told_apart() -> None:
    assert refusal(signed(), Config()) == "no_secret"
    assert refusal(signed(secret=" "), Config(webhook_secret=" ")) == "no_secret"
    assert refusal(replace(signed(), headers=()), Config(webhook_secret=SECRET)) == "no_signature"
    assert (
        refusal(replace(signed(), headers=(("X-Shopify-Hmac-Sha256", "签名\udc80"),)), Config(webhook_secret=SECRET))
        == "bad_signature"
    )
    here = Config(webhook_secret=SECRET, shop="lantern-lane.myshopify.com")
    verify(signed(X_Shopify_Shop_Domain="Lantern-Lane.myshopify.com"), here, None)
    assert refusal(signed(Shopify_Shop_Domain="other.myshopify.com"), here) == "wrong_shop"


def test_the_signature_of_an_oauth_callback_is_another() -> None:
    """Hex over the sorted query, not base64 over the body."""
    hexed = hashlib.sha256(BODY).hexdigest()
    assert (
        refusal(replace(signed(), headers=(("X-Shopify-Hmac-Sha256", hexed),)), Config(webhook_secret=SECRET))
        == "bad_signature"
    )


def test_own_readings_need_no_signature_and_nothing_else_goes_without() -> None:
    for origin in ("poll", "lookup"):
        verify(Incoming(origin=origin, body=BODY, received_at=NOW), Config(webhook_secret=SECRET), None)
    for origin in ("upload", "drill", "mail"):
        assert (
            refusal(Incoming(origin=origin, body=BODY, received_at=NOW), Config(webhook_secret=SECRET))
            == "no_signature"
        )


def test_a_drill_is_signed_read_and_marked() -> None:
    config = Config(webhook_secret=SECRET, shop="lantern-lane.myshopify.com")
    sample = drill(config, NOW)
    verify(sample, config, None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert refusal(drill(Config(), NOW), config) == "no_signature"


# --- reading ---


def test_two_ls_in_either_form_are_one_category() -> None:
    webhook = one(arrived((FIXTURES / "disputes_create__subscription_two_ls.json").read_bytes()))
    graphql = one(arrived((FIXTURES / "dispute__graphql_two_ls.json").read_bytes(), ""))
    one_l = one(arrived(json.dumps(json.loads(BODY) | {"reason": "subscription_canceled"}).encode()))
    assert {item.reason_category for item in (webhook, graphql, one_l)} == {"subscription_canceled"}
    assert graphql.reason
    assert graphql.reason.code == "SUBSCRIPTION_CANCELLED"


def test_numbers_and_gids_are_one_case_and_one_event() -> None:
    webhook = one(arrived(BODY))
    read = one(arrived((FIXTURES / "dispute__graphql_with_order.json").read_bytes(), ""))
    assert webhook.case_ref == read.case_ref == "598735659"
    assert webhook.event_ref == read.event_ref
    assert webhook.respond_by == read.respond_by
    by_gid_alone = json.loads(BODY) | {"id": "gid://shopify/ShopifyPaymentsDispute/598735659"}
    assert one(arrived(json.dumps(by_gid_alone).encode())).case_ref == "598735659"


def test_delivered_twice_under_other_headers_is_one_event() -> None:
    first = one(arrived(BODY, **{"X-Shopify-Webhook-Id": "a", "X-Shopify-Triggered-At": "2026-11-05T14:14:01Z"}))
    again = one(
        arrived(
            BODY, "disputes/create", **{"X-Shopify-Webhook-Id": "b", "Shopify-Triggered-At": "2026-12-05T14:14:01Z"}
        )
    )
    assert first.event_ref == again.event_ref


def test_out_of_order_the_later_state_is_known_as_the_later() -> None:
    first = one(arrived(BODY, **{"X-Shopify-Triggered-At": "2026-11-05T14:14:01.877041743Z"}))
    later = one(arrived((FIXTURES / "disputes_update__under_review.json").read_bytes()))
    decided = one(arrived((FIXTURES / "disputes_update__lost.json").read_bytes()))
    assert first.occurred_at
    assert later.occurred_at
    assert decided.occurred_at
    assert first.occurred_at < later.occurred_at < decided.occurred_at
    assert later.respond_by is None
    assert first.event_ref != later.event_ref


def test_a_chargeback_is_not_older_than_the_inquiry_that_was_answered(shopify: FakeShopify) -> None:
    """It may keep the inquiry's beginning; a moment made from that would let it pass for yesterday's news."""
    dispute = shopify.open_dispute(type="INQUIRY")
    shopify.due_date_passes(dispute)
    answered = one(arrived(shopify.webhook(dispute)))
    shopify.escalate(dispute)
    chargeback = one(arrived(shopify.webhook(dispute), **{"X-Shopify-Triggered-At": "2026-11-30T08:00:00Z"}))
    assert answered.occurred_at
    assert chargeback.occurred_at
    assert chargeback.occurred_at > answered.occurred_at
    assert one(arrived(shopify.webhook(dispute))).occurred_at is None  # then it counts as of when it arrived


@pytest.mark.parametrize("value", ["", "yesterday", "2026-11-05", "9" * 5000, "\udc80"])
def test_a_moment_in_a_header_that_says_nothing_is_none(value: str) -> None:
    assert one(arrived(BODY, **{"X-Shopify-Triggered-At": value})).occurred_at is None


def test_topics_of_others_are_nothing_and_unknown_ones_of_ours_are_named() -> None:
    assert list(parse(arrived(b"anything", "orders/create"))) == []
    assert list(parse(arrived(b"anything", "app/uninstalled"))) == []
    with pytest.raises(Unreadable, match="disputes/escalate"):
        parse(arrived(BODY, "disputes/escalate"))
    with pytest.raises(Unreadable, match="privacy law"):
        parse(arrived(BODY, "customers/data_request"))


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"id": "gid://shopify/"}, "id"), ({"id": None}, "id"), ({"status": ""}, "status"), ({"type": None}, "type"), ({"amount": "1e99"}, "amount"),
     ({"currency": "dollars"}, "currency"), ({"evidence_due_by": "2026-11-19"}, "evidence_due_by"), ({"status": "a b"}, "status")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(json.dumps(json.loads(BODY) | changes).encode()))


def test_fields_that_no_one_knows_are_reported() -> None:
    assert one(arrived(BODY)).unread == ()
    assert one(arrived(json.dumps(json.loads(BODY) | {"hologram": {"hue": 1}}).encode())).unread == ("hologram.hue",)


# --- asking ---


def test_fetch_reads_all_pages_and_agrees_with_the_webhooks(shopify: FakeShopify, http: httpx.Client) -> None:
    disputes = [shopify.open_dispute() for _ in range(103)]
    found = [one(incoming) for incoming in fetch(config_for(shopify), http, NOW)]
    assert len({item.case_ref for item in found}) == 103
    told = {one(arrived(shopify.webhook(item))).event_ref for item in disputes}
    assert {item.event_ref for item in found} == told
    variables = [request.said["variables"] for request in shopify.requests]
    assert variables[0]["query"] == "initiated_at:>='2026-05-10T12:00:00Z'"


def test_without_the_orders_scope_everything_is_read_but_the_order(shopify: FakeShopify, http: httpx.Client) -> None:
    shopify.open_dispute()
    config = config_for(shopify, ALL - {"read_orders"})
    notice = one(lookup(Reference(type="case", value="598735659"), config, http))
    assert (
        "order_number" in notice.facts
    )  # the fake shows whole objects; what matters is that we asked again without it
    assert ["order {" in request.said["query"] for request in shopify.requests] == [True, False]


def test_lookup_by_number_by_gid_and_not_at_all(shopify: FakeShopify, http: httpx.Client) -> None:
    dispute, config = shopify.open_dispute(), config_for(shopify)
    for value in ("598735659", dispute["id"]):
        assert one(lookup(Reference(type="case", value=value), config, http)).facts["order_number"] == "GS-2000"
    for reference, code in (
        (Reference(type="case", value="1"), "resource_missing"),
        (Reference(type="case", value="../x"), "bad_identifier"),
        (Reference(type="arn", value="1"), "bad_reference"),
    ):
        with pytest.raises(Refused) as caught:
            lookup(reference, config, http)
        assert caught.value.code == code


def test_probe_names_what_could_move_money(shopify: FakeShopify, http: httpx.Client) -> None:
    grant = probe(config_for(shopify), http)
    assert (grant.dangerous, grant.missing, grant.test_mode, grant.account) == (
        (),
        (),
        True,
        "lantern-lane.myshopify.com",
    )
    rich = probe(config_for(shopify, ALL | {"write_orders", "write_gift_cards", "write_products"}), http)
    assert rich.dangerous == ("write_gift_cards", "write_orders")
    poor = probe(config_for(shopify, frozenset({"write_shopify_payments_dispute_evidences"})), http)
    assert poor.missing == ("read_shopify_payments_disputes",)  # write includes read
    assert {request.operation for request in shopify.requests} == {"Scopes"}


def test_a_client_id_is_exchanged_for_a_token(shopify: FakeShopify, http: httpx.Client) -> None:
    config = Config(webhook_secret=SECRET, client_id=CLIENT_ID, api_base=shopify.url)
    assert probe(config, http).missing == ()
    assert [request.path.rpartition("/")[2] for request in shopify.requests] == ["access_token", "graphql.json"]
    for bad in (replace(config, webhook_secret="wrong"), replace(config, client_id="wrong")):
        with pytest.raises(Refused) as caught:
            probe(bad, http)
        assert caught.value.code == "key_invalid"
        assert "wrong" not in str(caught.value)


@pytest.mark.parametrize(
    ("config", "code"),
    [
        (Config(), "no_key"),
        (Config(client_id="x"), "no_key"),
        (Config(access_token="shpat_Invented1"), "no_shop"),
        (Config(access_token="shpat_Invented1", shop="evil.example/x.myshopify.com"), "bad_shop"),
        (Config(access_token="shpat Invented", shop="a.myshopify.com"), "key_malformed"),
    ],
)
def test_settings_that_open_nothing_are_refused_before_any_call(config: Config, code: str) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    with httpx.Client(transport=httpx.MockTransport(never)) as client, pytest.raises(Refused) as caught:
        probe(config, client)
    assert caught.value.code == code


def test_a_token_is_not_carried_to_where_a_redirect_points() -> None:
    seen: list[str] = []

    def elsewhere(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://evil.example/graphql.json"})

    transport = httpx.MockTransport(elsewhere)
    with httpx.Client(transport=transport, follow_redirects=True) as client, pytest.raises(Refused):
        probe(Config(access_token="shpat_Invented1", shop="a.myshopify.com"), client)
    assert seen == ["a.myshopify.com"]


@pytest.mark.parametrize(
    ("answer", "error", "code", "wait"),
    [
        (httpx.Response(429, headers={"Retry-After": "2.0"}), Unavailable, "rate_limited", 2.0),
        (httpx.Response(503), Unavailable, "http_503", None),
        (httpx.Response(200, content=b"<html>"), Unavailable, "unreadable_answer", None),
        (httpx.Response(200, json={"data": None}), Unavailable, "unreadable_answer", None),
        (httpx.Response(401, json={"errors": "shpat_secret"}), Refused, "key_invalid", None),
        (httpx.Response(402), Refused, "shop_frozen", None),
        (httpx.Response(403), Refused, "permission_missing", None),
        (httpx.Response(423), Refused, "shop_locked", None),
        (httpx.Response(200, json={"errors": [{"message": "no", "extensions": {"code": "ACCESS_DENIED"}}]}), Refused, "permission_missing", None),
        (httpx.Response(200, json={"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}), Unavailable, "server_error", None),
        (httpx.Response(200, json={"errors": "odd"}), Refused, "graphql_error", None),
        (
            httpx.Response(200, json={
                "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                "extensions": {"cost": {"requestedQueryCost": 202, "throttleStatus": {"currentlyAvailable": 2, "restoreRate": 50.0}}},
            }), Unavailable, "rate_limited", 4.0,
        ),
    ],
)  # fmt: skip
def test_failures_say_what_to_do_next(
    answer: httpx.Response, error: type[Exception], code: str, wait: float | None
) -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client, pytest.raises(error) as caught:
        probe(Config(access_token="shpat_Invented1", shop="a.myshopify.com"), client)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert getattr(caught.value, "retry_after", None) == wait
    assert "shpat_secret" not in str(caught.value)


@pytest.mark.parametrize(("error", "code"), [(httpx.ReadTimeout, "timeout"), (httpx.ConnectTimeout, "connect_timeout"), (httpx.ConnectError, "connect_failed"), (httpx.ReadError, "unreachable")])  # fmt: skip
def test_silence_is_unavailable(error: type[httpx.TransportError], code: str) -> None:
    def silent(_: httpx.Request) -> httpx.Response:
        raise error("certificate verify failed")

    with httpx.Client(transport=httpx.MockTransport(silent)) as client, pytest.raises(Unavailable) as caught:
        probe(Config(access_token="shpat_Invented1", shop="a.myshopify.com"), client)
    assert caught.value.code == code


# --- answering ---


def exhibit(kind: str, content: bytes = b"", *, media_type: str = "application/pdf", text: str = "") -> Exhibit:
    digest = hashlib.sha256(content).hexdigest()
    return Exhibit(id=kind, kind=kind, title=kind, media_type=media_type, content=content, sha256=digest, text=text)


def bundle(**changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": "598735659", "stage": "dispute", "reason": None, "network": "", "amount": None, "references": (), "language": "en",
        "reply_text": "The parcel was delivered (Exhibit A).", "exhibits": (exhibit("ev.delivery_full_address", b"%PDF-pod"),),
        "document": b"%PDF-document", "digest": "d1", "fields": {"customer_email": "casey@example.com", "tracking_number": "1Z"},
    }  # fmt: skip
    return Bundle(**{**values, **changes})


def codes(found: Any) -> list[str]:
    return [item.code for item in found]


def test_places_named_are_shopifys() -> None:
    assert set(SLOT_OF.values()) <= set(FILE_SLOTS)
    assert set(TEXT_OF.values()) <= set(TEXTS)


def test_rehearsing_puts_nothing_there_since_shopify_would_send_it(shopify: FakeShopify, http: httpx.Client) -> None:
    dispute = shopify.open_dispute()
    assert codes(rehearse(bundle(), config_for(shopify), http)) == ["read_only_field"]
    assert {request.operation for request in shopify.requests} == {"DisputeWithEvidence"}
    shopify.due_date_passes(dispute)
    assert shopify.sent[0]["uncategorizedText"] is None
    assert codes(rehearse(bundle(), config_for(shopify), http)) == ["read_only_field", "already_submitted"]
    assert channel.submit
    assert channel.submit.automatic
    assert channel.submit.final


def test_a_whole_life(shopify: FakeShopify, http: httpx.Client) -> None:
    """Inquiry answered, escalated, answered again, frozen, lost; the events in order of what they tell."""
    dispute, config = shopify.open_dispute(type="INQUIRY"), config_for(shopify)
    seen = [one(arrived(shopify.webhook(dispute)))]
    assert submit(bundle(stage="inquiry"), config, http).state == "accepted"
    shopify.escalate(dispute)
    seen.append(one(arrived(shopify.webhook(dispute))))
    receipt = submit(bundle(document=b"%PDF-second"), config, http)
    assert receipt.state == "accepted"
    seen.append(one(lookup(Reference(type="case", value="598735659"), config, http)))
    shopify.decide(dispute, "LOST")
    seen.append(one(arrived(shopify.webhook(dispute))))
    assert [(item.kind, item.stage, item.status) for item in seen] == [
        ("pre_dispute_alert", "inquiry", "needs_response"),
        ("chargeback", "dispute", "needs_response"),
        ("chargeback", "dispute", "under_review"),
        ("dispute_result", "dispute", "lost"),
    ]
    assert len({item.event_ref for item in seen}) == 4
    assert shopify.files[shopify.sent[1]["uncategorizedFile"]["id"]] == b"%PDF-second"
    with pytest.raises(Refused) as caught:
        submit(bundle(), config, http)
    assert caught.value.code == "already_submitted"
    assert len(shopify.sent) == 2


def test_files_by_rest_first_then_attached(shopify: FakeShopify, http: httpx.Client) -> None:
    shopify.open_dispute()
    submit(bundle(), config_for(shopify), http)
    order = [request.operation for request in shopify.requests]
    assert order == [
        "DisputeWithEvidence",
        "dispute_file_uploads.json",
        "dispute_file_uploads.json",
        "DisputeWithEvidence",
        "Answer",
    ]
    uploads = [request.said["dispute_file_upload"] for request in shopify.requests if "uploads" in request.path]
    assert [(item["document_type"], item["mimetype"]) for item in uploads] == [
        ("uncategorized_file", "application/pdf"),
        ("shipping_documentation_file", "application/pdf"),
    ]
    given_input = shopify.requests[-1].said["variables"]["input"]
    assert set(given_input) == {
        "customerEmailAddress",
        "uncategorizedText",
        "uncategorizedFile",
        "shippingDocumentationFile",
        "submitEvidence",
    }
    assert shopify.sent[0]["accessActivityLog"] == "collected by Shopify"


@pytest.mark.parametrize("code", ["EVIDENCE_PAST_DUE_DATE", "TOO_LARGE", "INVALID"])
def test_a_user_error_in_http_200_is_a_refusal(shopify: FakeShopify, http: httpx.Client, code: str) -> None:
    shopify.open_dispute()
    error = {"code": code, "field": ["input", "uncategorizedFile"], "message": "no"}
    body = {"data": {"disputeEvidenceUpdate": {"disputeEvidence": None, "userErrors": [error]}}}
    shopify.fail("Answer", 200, body=json.dumps(body).encode())
    with pytest.raises(Refused, match=r"input\.uncategorizedFile") as caught:
        submit(bundle(), config_for(shopify), http)
    assert caught.value.code == code.lower()


def test_an_answer_that_proves_nothing_is_unknown(shopify: FakeShopify, http: httpx.Client) -> None:
    shopify.open_dispute()
    body = {"data": {"disputeEvidenceUpdate": {"disputeEvidence": {"id": "x", "submitted": False}, "userErrors": []}}}
    shopify.fail("Answer", 200, body=json.dumps(body).encode())
    assert submit(bundle(), config_for(shopify), http).state == "unknown"


@pytest.mark.parametrize("failure", [{"status": 502}, {"hang_up": True}, {"status": 200, "body": b"<html>"}])
def test_a_lost_answer_is_looked_up(shopify: FakeShopify, http: httpx.Client, failure: dict[str, Any]) -> None:
    shopify.open_dispute()
    shopify.fail("Answer", after=True, **failure)
    assert submit(bundle(), config_for(shopify), http).state == "accepted"
    assert len(shopify.sent) == 1


def test_a_request_lost_on_the_way_is_unknown_and_a_failure_there_may_be_repeated(
    shopify: FakeShopify, http: httpx.Client
) -> None:
    shopify.open_dispute()
    config = config_for(shopify)
    shopify.fail("Answer", hang_up=True)
    assert submit(bundle(), config, http).state == "unknown"
    shopify.fail("Answer", 503)
    with pytest.raises(Unavailable):
        submit(bundle(), config, http)
    assert submit(bundle(), config, http).state == "accepted"
    assert len(shopify.files) == 2  # the uploads of the first attempt were found again
    assert len(shopify.sent) == 1


def test_slowed_down_before_sending_nothing_went_out(shopify: FakeShopify, http: httpx.Client) -> None:
    shopify.open_dispute()
    shopify.fail("Answer", 429, headers={"Retry-After": "2.0"})
    with pytest.raises(Unavailable) as caught:
        submit(bundle(), config_for(shopify), http)
    assert caught.value.retry_after == 2.0
    assert not shopify.sent


def test_what_a_person_attached_stops_us_and_our_own_old_files_go(shopify: FakeShopify, http: httpx.Client) -> None:
    dispute, config = shopify.open_dispute(), config_for(shopify)
    shopify.attach_by_hand(dispute, "refundPolicyFile", "policy by hand.pdf")
    assert codes(rehearse(bundle(), config, http)) == ["read_only_field", "foreign_file"]
    with pytest.raises(Refused, match=r"policy by hand\.pdf"):
        submit(bundle(), config, http)
    dispute["disputeEvidence"]["refundPolicyFile"] = None
    old = plan(bundle(exhibits=(exhibit("ev.refund_policy", b"%PDF-old"),))).uploads[-1]
    shopify.attach_by_hand(dispute, old.slot, old.filename)
    assert submit(bundle(), config, http).state == "accepted"
    assert shopify.sent[0]["refundPolicyFile"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"document": b"%PDF" + b"x" * 2_000_000}, "file_too_large"),
        (
            {"document": b"", "exhibits": (exhibit("ev.refund_policy", b"GIF89a", media_type="image/gif"),)},
            "media_type",
        ),
        (
            {"document": b"", "exhibits": (exhibit("ev.customer_comm", b"a"), exhibit("ev.renewal_notice", b"b"))},
            "slot_taken",
        ),
        ({"document": b"", "exhibits": (), "reply_text": " ", "fields": {}}, "nothing_to_send"),
    ],
)
def test_what_shopify_would_not_take_is_said_before_it_is_asked(
    shopify: FakeShopify, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    shopify.open_dispute()
    assert code in codes(rehearse(bundle(**changes), config_for(shopify), http))
    with pytest.raises(Refused) as caught:
        submit(bundle(**changes), config_for(shopify), http)
    assert caught.value.code == code
    assert not shopify.files


def test_copies_that_would_pass_the_total_are_left_to_the_document() -> None:
    big = tuple(exhibit(kind, b"%PDF" + b"x" * 1_500_000) for kind in ("ev.refund_policy", "ev.service_doc"))
    laid_out = plan(bundle(document=b"%PDF" + b"y" * 1_500_000, exhibits=big))
    assert [upload.slot for upload in laid_out.uploads] == ["uncategorizedFile"]
    assert not list(violations(bundle(), laid_out))


def test_read_only_fields_are_never_sent() -> None:
    fields = {
        "product_description": "x",
        "customer_purchase_ip": "198.51.100.7",
        "productDescription": "x",
        "fulfillments": "x",
        "customer_name": "A B",
    }
    assert set(plan(bundle(fields=fields)).texts) == {"uncategorizedText"}


def test_a_token_that_may_not_write_is_an_error_of_the_connection(shopify: FakeShopify, http: httpx.Client) -> None:
    shopify.open_dispute()
    with pytest.raises(Refused) as caught:
        submit(bundle(), config_for(shopify, READING), http)
    assert caught.value.code == "permission_missing"


def test_requirements_follow_reason_and_state(shopify: FakeShopify, http: httpx.Client) -> None:
    def asked(dispute: dict[str, Any]) -> dict[str, str]:
        reference = Reference(type="case", value=dispute["legacyResourceId"])
        return {item.code: item.need for item in requirements(reference, config_for(shopify), http)}

    assert asked(shopify.open_dispute())["shippingDocumentationFile"] == "any_of"
    assert (
        asked(shopify.open_dispute(reasonDetails={"reason": "SUBSCRIPTION_CANCELLED"}))["cancellationRebuttal"]
        == "any_of"
    )
    assert set(asked(shopify.open_dispute(reasonDetails={"reason": "MOONLIGHT"})).values()) == {"helpful"}
    assert asked(shopify.open_dispute(status="WON")) == {}
