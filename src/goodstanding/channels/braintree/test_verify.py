"""What counts as signed by Braintree, and the handshake for a new address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.braintree import MERCHANT, PRIVATE, PUBLIC, webhook

from goodstanding.channels.braintree import channel
from goodstanding.channels.braintree.config import Config
from goodstanding.channels.braintree.parse import fields_of
from goodstanding.channels.braintree.verify import sign, verify
from goodstanding.contract import Incoming, ParsedNotice, Untrusted

braintree = pytest.importorskip(
    "braintree", reason="the official library is a development dependency: pip install braintree"
)

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CONFIG = Config(merchant_id=MERCHANT, public_key=PUBLIC, private_key=PRIVATE)
SUBJECT = "<dispute><id>d1</id><status>open</status></dispute>"
GATEWAY = braintree.BraintreeGateway(braintree.Configuration(braintree.Environment.Sandbox, MERCHANT, PUBLIC, PRIVATE))


def refusal(incoming: Incoming, config: Config = CONFIG) -> str:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value.code


def told(**kwargs: Any) -> Incoming:
    return webhook("dispute_opened", SUBJECT, NOW, **kwargs)


def posted(**fields: str) -> Incoming:
    return replace(told(), body=urlencode(fields).encode())


def test_signed_is_trusted_here_and_by_the_official_library() -> None:
    verify(told(), CONFIG, None)
    fields = fields_of(told().body)
    assert GATEWAY.webhook_notification.parse(fields["bt_signature"], fields["bt_payload"]).kind == "dispute_opened"


@pytest.mark.parametrize(
    "kind",
    [
        "dispute_opened",
        "dispute_lost",
        "dispute_won",
        "dispute_under_review",
        "dispute_accepted",
        "dispute_auto_accepted",
        "dispute_disputed",
        "dispute_expired",
    ],
)
def test_samples_of_the_official_library_are_trusted_and_read(kind: str) -> None:
    sample = GATEWAY.webhook_testing.sample_notification(kind, "my_dispute")
    incoming = posted(**{name: value.decode() if isinstance(value, bytes) else value for name, value in sample.items()})
    verify(incoming, CONFIG, None)
    (notice,) = channel.parse(incoming)
    assert isinstance(notice, ParsedNotice)
    assert (notice.case_ref, notice.status, notice.network) == (
        "my_dispute",
        kind.removeprefix("dispute_").replace("opened", "open"),
        "visa",
    )


@given(
    st.text(st.characters(codec="ascii"), max_size=50), st.text(st.characters(codec="ascii"), min_size=1, max_size=20)
)
def test_as_the_official_library_signs(text: str, private: str) -> None:
    assert sign(text, private) == braintree.util.crypto.Crypto.sha1_hmac_hash(private, text)


def test_a_payload_signed_without_its_last_line_break_passes() -> None:
    payload = fields_of(told().body)["bt_payload"]
    verify(posted(bt_signature=f"{PUBLIC}|{sign(payload, PRIVATE)}", bt_payload=payload.rstrip("\n")), CONFIG, None)


def test_several_signatures_ours_counts() -> None:
    payload = fields_of(told().body)["bt_payload"]
    verify(posted(bt_signature=f"other|{'0' * 40}&{PUBLIC}|{sign(payload, PRIVATE)}", bt_payload=payload), CONFIG, None)


@given(st.integers(0, 10_000), st.integers(1, 127))
def test_any_altered_byte_of_the_payload_is_refused(at: int, by: int) -> None:
    fields = fields_of(told().body)
    altered = list(fields["bt_payload"])
    altered[at % len(altered)] = chr(ord(altered[at % len(altered)]) ^ by)
    assert refusal(posted(bt_signature=fields["bt_signature"], bt_payload="".join(altered))) in (
        "bad_signature",
        "malformed",
    )


def test_both_pairs_pass_while_changing() -> None:
    changing = replace(CONFIG, public_key_previous="oldpublic", private_key_previous="old-private")
    old = told(public="oldpublic", private="old-private")
    verify(old, changing, None)
    verify(told(), changing, None)
    assert refusal(old) == "unknown_key"
    assert refusal(told(public="oldpublic"), changing) == "bad_signature"  # each private key with its own public one
    assert refusal(told(private="mallory")) == "bad_signature"


@pytest.mark.parametrize(
    ("incoming", "code"),
    [
        (replace(told(), body=b""), "no_signature"),
        (replace(told(), body=b"<notification/>"), "no_signature"),
        (replace(told(), body="bt_payload=é".encode()), "malformed"),
        (posted(bt_payload="AAAA"), "no_signature"),
        (posted(bt_signature="x|y"), "no_signature"),
        (posted(bt_signature="x", bt_payload="AAAA"), "unknown_key"),
        (posted(bt_signature=f"{PUBLIC}|é", bt_payload="AAAA"), "bad_signature"),
        (posted(bt_signature=f"{PUBLIC}|{sign('AA;A', PRIVATE)}", bt_payload="AA;A"), "malformed"),
    ],
)
def test_forms_that_prove_nothing(incoming: Incoming, code: str) -> None:
    assert refusal(incoming) == code


def test_without_keys_nothing_is_proven_and_own_readings_need_none() -> None:
    assert refusal(told(), replace(CONFIG, private_key="")) == "no_secret"
    verify(replace(told(), origin="lookup", body=b"<dispute/>"), CONFIG, None)


def test_a_new_address_is_answered_as_the_official_library_does() -> None:
    challenge = "20f9f8ed05f77439fe955c977e4c8a53"
    assert channel.answer
    get = replace(told(), method="GET", url=f"https://gs.example/in/token/?bt_challenge={challenge}", body=b"")
    answer = channel.answer(get, CONFIG)
    assert answer and answer.body.decode() == GATEWAY.webhook_notification.verify(challenge)
    assert channel.answer(told(), CONFIG) is None
    assert channel.answer(replace(get, url="https://gs.example/in/token/"), CONFIG) is None
    for config, url in ((replace(CONFIG, public_key=""), get.url), (CONFIG, "https://gs.example/?bt_challenge=abc")):
        refused = channel.answer(replace(get, url=url), config)
        assert refused and refused.status == 400 and PUBLIC.encode() not in refused.body


def test_a_drill_is_signed_read_and_marked() -> None:
    assert channel.drill
    sample = channel.drill(CONFIG, NOW)
    verify(sample, CONFIG, None)
    fields = fields_of(sample.body)
    assert GATEWAY.webhook_notification.parse(fields["bt_signature"], fields["bt_payload"]).dispute.reply_by_date
    (notice,) = channel.parse(sample)
    assert isinstance(notice, ParsedNotice)
    assert (notice.test, notice.facts["drill"], notice.references[2].value, notice.unread) == (
        True,
        "true",
        "GS-1001",
        (),
    )
    assert refusal(replace(sample, headers=())) == "bad_signature"
