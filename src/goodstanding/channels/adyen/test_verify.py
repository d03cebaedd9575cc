"""What counts as sent by Adyen: every item signed, and the webhook's own user name and password."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.adyen import ACCOUNT, HMAC_KEY, PASSWORD, USER, delivery

from goodstanding.channels.adyen import channel
from goodstanding.channels.adyen.config import Config
from goodstanding.channels.adyen.verify import basic, signature, verify
from goodstanding.contract import Incoming, ParsedNotice, Untrusted

official = pytest.importorskip(
    "Adyen.util", reason="the official library is a development dependency: pip install Adyen"
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OLD_KEY = "CD" * 32
CONFIG = Config(webhook_hmac_key=HMAC_KEY, webhook_user=USER, webhook_password=PASSWORD)


def item(key: str = HMAC_KEY, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "additionalData": {"chargebackReasonCode": "13.1", "chargebackSchemeCode": "visa"},
        "amount": {"currency": "EUR", "value": 1000}, "eventCode": "CHARGEBACK", "eventDate": "2026-10-05T09:12:33+02:00",
        "merchantAccountCode": ACCOUNT, "merchantReference": "GS-1", "originalReference": "P1", "pspReference": "D1", "success": "true",
        **changes,
    }  # fmt: skip
    made["additionalData"] = {**made["additionalData"], "hmacSignature": signature(made, key)}
    return made


def refusal(incoming: Incoming, config: Config = CONFIG) -> Untrusted:
    with pytest.raises(Untrusted) as caught:
        verify(incoming, config, None)
    return caught.value


def test_all_items_signed_is_trusted() -> None:
    verify(delivery([item(), item(pspReference="D2")], NOW), CONFIG, None)


def test_a_forged_second_item_refuses_the_whole_and_is_named() -> None:
    """The official library looks at the first item only; the bytes stay as they were, with the genuine first one."""
    forged = item() | {"amount": {"currency": "EUR", "value": 999_900}}
    incoming = delivery([item(), forged], NOW)
    assert official.is_valid_hmac_notification(json.loads(incoming.body), HMAC_KEY)
    error = refusal(incoming)
    assert error.code == "bad_signature"
    assert str(error).startswith("item 2 of 2 (CHARGEBACK)")
    kept = [notice for notice in channel.parse(incoming) if isinstance(notice, ParsedNotice)]
    assert [str(notice.amount) for notice in kept] == ["10.00 EUR", "9999.00 EUR"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"additionalData": {}}, "no_signature"),
        ({"additionalData": None}, "no_signature"),
        ({"additionalData": {"hmacSignature": ""}}, "no_signature"),
        ({"additionalData": {"hmacSignature": 7}}, "no_signature"),
        ({"additionalData": {"hmacSignature": "汉"}}, "bad_signature"),
        ({"success": "false"}, "bad_signature"),
        ({"eventCode": "CHARGEBACK_REVERSED"}, "bad_signature"),
        ({"merchantReference": "GS-2"}, "bad_signature"),
        ({"pspReference": "\ud800"}, "bad_signature"),
    ],
)
def test_an_altered_or_unsigned_item_is_refused(change: dict[str, Any], code: str) -> None:
    assert refusal(delivery([item() | change], NOW)).code == code


references = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(references, references, st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_as_the_official_library_signs(psp: str, order: str, value: int, currency: str) -> None:
    made = item(pspReference=psp, merchantReference=order, amount={"value": value, "currency": currency})
    assert signature(made, HMAC_KEY) == official.generate_notification_sig(made, HMAC_KEY).decode()


def test_absent_fields_are_signed_as_empty() -> None:
    made = item()
    del made["originalReference"]
    assert signature(made, HMAC_KEY) == official.generate_notification_sig(made, HMAC_KEY).decode()
    assert signature({"additionalData": {}}, HMAC_KEY)


def test_both_keys_and_both_passwords_pass_while_changing() -> None:
    changing = replace(CONFIG, webhook_hmac_key_previous=OLD_KEY, webhook_password_previous="old-word")
    old = delivery([item(OLD_KEY)], NOW, {"Authorization": basic(USER, "old-word")})
    verify(old, changing, None)
    verify(delivery([item()], NOW), changing, None)
    assert refusal(old).code == "bad_credentials"
    assert refusal(delivery([item(OLD_KEY)], NOW)).code == "bad_signature"
    assert refusal(delivery([item("EF" * 32)], NOW), changing).code == "bad_signature"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "no_credentials"),
        (basic(USER, "guess"), "bad_credentials"),
        (basic("other", PASSWORD), "bad_credentials"),
        ("Bearer x", "bad_credentials"),
        ("é", "bad_credentials"),
    ],
)
def test_a_signed_item_without_the_password_is_not_enough(header: str, code: str) -> None:
    """The deadline is outside the signature: whoever has one signed item could write another date."""
    headers = {"Authorization": header} if header else {}
    assert refusal(delivery([item()], NOW, headers)).code == code


def test_the_deadline_is_not_covered_by_the_signature() -> None:
    made = item()
    made["additionalData"]["defensePeriodEndsAt"] = "2031-01-01T00:00:00+01:00"
    verify(delivery([made], NOW), CONFIG, None)  # which is why the password is asked for


@pytest.mark.parametrize("missing", ["webhook_hmac_key", "webhook_user", "webhook_password"])
def test_without_a_secret_nothing_is_proven(missing: str) -> None:
    assert refusal(delivery([item()], NOW), replace(CONFIG, **{missing: ""})).code == "no_secret"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"notificationItems": []}',
        b'{"notificationItems": [{}]}',
        b"live=true&eventCode=X",
    ],
)
def test_a_body_without_items_has_no_signature_to_check(body: bytes) -> None:
    assert refusal(replace(delivery([item()], NOW), body=body)).code == "malformed"


def test_a_key_that_is_not_hexadecimal_is_said_to_be_wrong() -> None:
    assert "hexadecimal" in str(refusal(delivery([item()], NOW), replace(CONFIG, webhook_hmac_key="not-a-key")))
    assert "hexadecimal" not in str(refusal(delivery([item(OLD_KEY)], NOW)))


def test_a_drill_is_signed_over_its_whole_body() -> None:
    assert channel.drill and channel.verify
    sample = channel.drill(CONFIG, NOW)
    verify(sample, CONFIG, None)
    assert refusal(replace(sample, body=sample.body.replace(b"Undefended", b"Lost"))).code == "bad_signature"
    (notice,) = channel.parse(sample)
    assert isinstance(notice, ParsedNotice)
    assert (notice.test, notice.facts["drill"], notice.references[2].value) == (True, "true", "GS-1001")
    assert notice.unread == ()


def test_every_delivery_is_acknowledged_as_adyen_wants() -> None:
    assert channel.answer
    answer = channel.answer(delivery([item()], NOW), CONFIG)
    assert answer and (answer.status, answer.body) == (200, b"[accepted]")
