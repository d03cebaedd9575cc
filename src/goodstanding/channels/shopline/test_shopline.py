"""SHOPLINE: what is signed, and what its dispute webhooks say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.channels.shopline import channel
from goodstanding.channels.shopline.config import Config
from goodstanding.channels.shopline.drill import drill
from goodstanding.channels.shopline.parse import parse
from goodstanding.channels.shopline.verify import _written, signature, verify
from goodstanding.contract import Incoming, ParsedNotice, Reference, Unreadable, Untrusted

NOW = datetime(2026, 11, 6, 12, tzinfo=UTC)
FIXTURES = Path(__file__).parent / "fixtures"
BODY = (FIXTURES / "payments_create__product_not_received.json").read_bytes()
SECRET = "invented-app-secret"


def arrived(body: bytes, topic: str = "payments/update", **headers: str) -> Incoming:
    pairs = (("X-Shopline-Topic", topic), *headers.items()) if topic else tuple(headers.items())
    return Incoming(origin="webhook", body=body, received_at=NOW, headers=pairs)


def changed(**changes: Any) -> bytes:
    return json.dumps({"detail": json.loads(BODY)["detail"] | changes}).encode()


def one(incoming: Incoming) -> ParsedNotice:
    (notice,) = parse(incoming)
    assert isinstance(notice, ParsedNotice)
    return notice


def fixture(name: str, topic: str = "payments/create") -> ParsedNotice:
    return one(arrived((FIXTURES / f"{name}.json").read_bytes(), topic))


def signed(value: str = "", shop: str = "") -> Incoming:
    pairs = (("X-Shopline-Hmac-Sha256", value or signature(BODY, SECRET)), ("X-Shopline-Shop-Domain", shop))
    return Incoming(origin="webhook", body=BODY, received_at=NOW, headers=pairs)


def refusal(incoming: Incoming, config: Config) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


# --- signatures ---


def test_the_digest_is_accepted_as_base64_and_as_hex() -> None:
    for written in _written(BODY, SECRET):
        verify(signed(written), Config(webhook_secret=SECRET), None)
        assert refusal(signed(written), Config(webhook_secret="another")) == "bad_signature"
    assert signature(BODY, SECRET).endswith("=")


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    altered = bytearray(BODY)
    altered[at] ^= by
    assert refusal(replace(signed(), body=bytes(altered)), Config(webhook_secret=SECRET)) == "bad_signature"


def test_either_secret_passes_while_resetting() -> None:
    verify(signed(), Config(webhook_secret="new", webhook_secret_previous=SECRET), None)
    verify(signed(), Config(webhook_secret=SECRET, webhook_secret_previous="old"), None)
    assert refusal(signed(), Config(webhook_secret="new")) == "bad_signature"


def test_reasons_to_distrust_are_told_apart() -> None:
    assert refusal(signed(), Config()) == "no_secret"
    assert refusal(signed(), Config(webhook_secret=" ")) == "no_secret"
    assert refusal(replace(signed(), headers=()), Config(webhook_secret=SECRET)) == "no_signature"
    assert refusal(signed("签名\udc80"), Config(webhook_secret=SECRET)) == "bad_signature"
    here = Config(webhook_secret=SECRET, shop="lantern-lane.myshopline.com")
    verify(signed(shop="Lantern-Lane.myshopline.com"), here, None)
    assert refusal(signed(shop="other.myshopline.com"), here) == "wrong_shop"


@pytest.mark.parametrize("origin", ["webhook", "upload", "drill", "poll", "lookup"])
def test_nothing_goes_without_a_signature(origin: str) -> None:
    """We read nothing at SHOPLINE ourselves, so no origin is exempt."""
    bare = Incoming(origin=origin, body=BODY, received_at=NOW)
    assert refusal(bare, Config(webhook_secret=SECRET)) == "no_signature"


def test_a_drill_is_signed_read_and_marked() -> None:
    config = Config(webhook_secret=SECRET, shop="lantern-lane.myshopline.com")
    sample = drill(config, NOW)
    verify(sample, config, None)
    notice = one(sample)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert refusal(drill(Config(), NOW), config) == "no_signature"


# --- reading ---


@pytest.mark.parametrize(
    ("name", "kind", "stage", "category"),
    [
        ("payments_create__product_not_received", "chargeback", "dispute", "product_not_received"),
        ("payments_create__pre_chargeback_yen", "pre_dispute_alert", "inquiry", "unrecognized"),
        ("payments_create__retrieval", "pre_dispute_alert", "inquiry", "general"),
        ("payments_create__fraud_notification", "pre_dispute_alert", "alert", "fraudulent"),
        ("payments_update__pre_arbitration", "chargeback", "pre_arbitration", "product_not_received"),
        ("payments_create__unknown_words", "chargeback", "", ""),
    ],
)
def test_types_and_stages(name: str, kind: str, stage: str, category: str) -> None:
    notice = fixture(name)
    assert (notice.kind, notice.stage, notice.reason_category) == (kind, stage, category)


def test_unknown_words_are_shown_as_they_stand() -> None:
    notice = fixture("payments_create__unknown_words")
    assert notice.status == "DUSK: NIGHT"
    assert notice.reason
    assert notice.reason.code == "eclipse"
    assert notice.facts["case_type"] == "MOONLIGHT"
    assert notice.respond_by
    assert notice.unread == ("hologram.hue",)


def test_the_deadline_is_shoplines_own_and_nothing_is_computed_without_it() -> None:
    notice = fixture("payments_create__product_not_received")
    assert notice.respond_by
    assert notice.respond_by.at == datetime(2026, 11, 12, 16, tzinfo=UTC)
    assert fixture("payments_create__nothing_optional").respond_by is None
    assert fixture("payments_create__fraud_notification").respond_by is None


@pytest.mark.parametrize(("status", "result", "final"), [("WON", "won", True), ("lost", "lost", True), ("EXPIRED", "expired", False)])  # fmt: skip
def test_outcomes(status: str, result: str, final: bool) -> None:
    notice = one(arrived(changed(status=status)))
    assert notice.ruling
    assert (notice.kind, notice.ruling.result, notice.ruling.final) == ("dispute_result", result, final)
    assert notice.respond_by is None


def test_a_lost_inquiry_is_not_final() -> None:
    notice = one(arrived(changed(dispute_type="RETRIEVAL", status="LOST")))
    assert notice.ruling
    assert not notice.ruling.final


def test_fields_beside_detail_say_the_same() -> None:
    flat = fixture("payments_create__fields_not_under_detail")
    assert flat.event_ref == fixture("payments_create__product_not_received").event_ref


def test_delivered_twice_under_other_headers_is_one_event() -> None:
    first = one(arrived(BODY, "payments/create", **{"X-Shopline-Webhook-Id": "a"}))
    again = one(arrived(BODY, "payments/update", **{"X-Shopline-Webhook-Id": "b"}))
    assert first.event_ref == again.event_ref


def test_out_of_order_the_later_state_is_known_as_the_later() -> None:
    first, later = fixture("payments_create__product_not_received"), fixture("payments_update__won", "payments/update")
    assert first.occurred_at
    assert later.occurred_at
    assert first.occurred_at < later.occurred_at
    assert first.event_ref != later.event_ref
    assert one(arrived(BODY, "payments/update")).occurred_at is None


def test_an_extended_deadline_is_a_new_event() -> None:
    extended = one(arrived(changed(dispute_evidence_update_deadline="2026-11-20T00:00:00+08:00")))
    assert extended.event_ref != one(arrived(BODY)).event_ref


def test_topics_of_others_are_nothing_and_unknown_ones_of_ours_are_named() -> None:
    assert list(parse(arrived(b"anything", "orders/create"))) == []
    for topic in ("payments/settled", "disputes/create"):
        with pytest.raises(Unreadable, match=topic):
            parse(arrived(BODY, topic))
    with pytest.raises(Unreadable, match="privacy law"):
        parse(arrived(BODY, "customers/redact"))


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"dispute_id": "a b"}, "dispute_id"), ({"dispute_type": None}, "dispute_type"), ({"amount": "1e99"}, "amount"),
     ({"currency": "dollars"}, "currency"), ({"dispute_evidence_update_deadline": "2026-11-13 00:00:00"}, "dispute_evidence_update_deadline"),
     ({"status": "a\nb"}, "status"), ({"seller_order_id": "{{x}}"}, "seller_order_id")],
)  # fmt: skip
def test_missing_and_odd_fields_are_named_by_their_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(Unreadable, match=f"^{path}"):
        parse(arrived(changed(**changes)))


def test_what_shopline_does_not_offer_is_left_out() -> None:
    assert (channel.submit, channel.lookup, channel.fetch, channel.probe) == (None, None, None, None)
