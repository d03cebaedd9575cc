"""What counts as signed by Stripe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.channels.stripe.config import Config
from goodstanding.channels.stripe.drill import drill
from goodstanding.channels.stripe.parse import parse
from goodstanding.channels.stripe.verify import TOLERANCE, signature, signed_header, verify
from goodstanding.contract import Incoming, ParsedNotice, Reference, Untrusted

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NEW, OLD = "whsec_new_secret", "whsec_old_secret"
CONFIG = Config(webhook_secret=NEW)
BODY = b'{"id": "evt_1", "object": "event", "note": "\xe6\xb1\x89"}'


def signed(body: bytes = BODY, secret: str = NEW, at: datetime = NOW, header: str | None = None) -> Incoming:
    value = signed_header(body, secret, at) if header is None else header
    return Incoming(origin="webhook", body=body, received_at=NOW, headers=(("stripe-signature", value),))


def refusal(incoming: Incoming, config: Config = CONFIG) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


def test_the_vector_made_with_the_official_library() -> None:
    body = b'{\n  "id": "evt_test_webhook",\n  "object": "event",\n  "type": "charge.dispute.created"\n}'
    expected = "593ae96bfde177bc561dd559c8436908ca3558b2e86a9002be0ef5760f02e621"
    assert signature(body, "whsec_test_secret", 1760000000) == expected


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(0, 10**11))
def test_as_the_official_library_signs(text: str, seconds: int) -> None:
    header = stripe.WebhookSignature.generate_signature_header(text, NEW, seconds)
    assert header == f"t={seconds},v1={signature(text.encode(), NEW, seconds)}"


def test_signed_now_is_trusted() -> None:
    verify(signed(), CONFIG, None)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(at: int, by: int) -> None:
    altered = bytearray(BODY)
    altered[at] ^= by
    assert refusal(replace(signed(), body=bytes(altered))) == "bad_signature"


def test_either_secret_passes_while_rotating() -> None:
    rotating = Config(webhook_secret=NEW, webhook_secret_previous=OLD)
    verify(signed(secret=OLD), rotating, None)
    verify(signed(secret=NEW), rotating, None)
    assert refusal(signed(secret=OLD)) == "bad_signature"
    assert refusal(signed(secret="whsec_mallory"), rotating) == "bad_signature"


def test_any_of_several_v1_passes_and_other_schemes_do_not() -> None:
    seconds = int(NOW.timestamp())
    right = signature(BODY, NEW, seconds)
    verify(signed(header=f"t={seconds},v1={'0' * 64},v1={right},v0=abc"), CONFIG, None)
    assert refusal(signed(header=f"t={seconds},v0={right}")) == "malformed_signature"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(-TOLERANCE, ""), (TOLERANCE, ""), (-TOLERANCE - 1, "too_old"), (TOLERANCE + 1, "in_the_future")],
)
def test_only_what_was_signed_about_now(seconds: int, code: str) -> None:
    incoming = signed(at=NOW + timedelta(seconds=seconds))
    if code:
        assert refusal(incoming) == code
    else:
        verify(incoming, CONFIG, None)


def test_the_official_library_lets_the_future_pass_and_we_do_not() -> None:
    year_3000 = datetime(3000, 1, 1, tzinfo=UTC)
    header = signed_header(BODY, NEW, year_3000)
    assert stripe.WebhookSignature.verify_header(BODY, header, NEW, TOLERANCE)
    assert refusal(signed(header=header)) == "in_the_future"


@pytest.mark.parametrize(
    "header",
    [
        "t=,v1=",
        "t=abc,v1=00",
        "v1=00",
        "t=1",
        "=",
        ",,,",
        "t=-1,v1=00",
        "t=١,v1=00",
        "t=" + "9" * 400 + ",v1=00",
        "x" * 100_000,
    ],
)
def test_headers_that_say_nothing(header: str) -> None:
    assert refusal(signed(header=header)) == "malformed_signature"


def test_signatures_of_other_characters_are_compared_not_crashed_on() -> None:
    assert refusal(signed(header=f"t={int(NOW.timestamp())},v1=签名")) == "bad_signature"


def test_no_header_and_no_secret_are_told_apart() -> None:
    assert refusal(Incoming(origin="webhook", body=BODY, received_at=NOW)) == "no_signature"
    assert refusal(signed(), Config()) == "no_secret"
    assert refusal(signed(secret=" "), Config(webhook_secret=" ")) == "no_secret"


def test_own_readings_need_no_signature() -> None:
    for origin in ("poll", "lookup"):
        verify(Incoming(origin=origin, body=BODY, received_at=NOW), CONFIG, None)
    for origin in ("upload", "paste", "drill"):
        assert refusal(Incoming(origin=origin, body=BODY, received_at=NOW)) == "no_signature"


def test_a_drill_is_signed_read_and_marked() -> None:
    sample = drill(CONFIG, NOW)
    verify(sample, CONFIG, None)
    (notice,) = parse(sample)
    assert isinstance(notice, ParsedNotice)
    assert (notice.test, notice.facts["drill"], notice.kind) == (True, "true", "chargeback")
    assert Reference(type="order", value="GS-1001") in notice.references
    assert notice.respond_by and notice.respond_by.at == datetime(2026, 11, 10, 23, 59, 59, tzinfo=UTC)
    assert refusal(replace(sample, body=sample.body.replace(b"12900", b"99900"))) == "bad_signature"
    assert refusal(drill(Config(), NOW)) == "no_signature"
