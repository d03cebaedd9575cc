"""Mailgun's and Mandrill's signatures, and what each provider's event is known by."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from goodstanding.contract import Incoming, Unreadable, Untrusted

from .config import Config
from .parse import parse
from .verify import verify

NOW = datetime(2026, 11, 10, 8, tzinfo=UTC)
CONFIG = Config(webhook_secret="invented-key")


def mailgun(stamp: int, key: str = "invented-key") -> Incoming:
    signature = hmac.new(key.encode(), f"{stamp}tok".encode(), hashlib.sha256).hexdigest()
    body = {"signature": {"timestamp": str(stamp), "token": "tok", "signature": signature}, "event-data": {"event": "complained", "id": "e1"}}  # fmt: skip
    return Incoming(origin="webhook", body=json.dumps(body).encode(), received_at=NOW)


def test_mailgun_signs_with_a_key_and_a_fresh_stamp() -> None:
    now = int(NOW.timestamp())
    verify(mailgun(now), CONFIG, None)
    for forged, code in ((mailgun(now, "other"), "bad_signature"), (mailgun(now - 3600), "stale")):
        with pytest.raises(Untrusted) as caught:
            verify(forged, CONFIG, None)
        assert caught.value.code == code


def test_mandrill_signs_the_address_and_every_field() -> None:
    url, events = (
        "https://shop.example/in/abc/",
        json.dumps([{"event": "spam", "ts": 1, "_id": "m", "msg": {"_id": "m"}}]),
    )
    signed = base64.b64encode(
        hmac.new(b"invented-key", f"{url}mandrill_events{events}".encode(), hashlib.sha1).digest()
    )
    headers = (("X-Mandrill-Signature", signed.decode()),)
    body = urlencode({"mandrill_events": events}).encode()
    verify(Incoming(origin="webhook", body=body, received_at=NOW, headers=headers, url=url), CONFIG, None)
    with pytest.raises(Untrusted):
        verify(Incoming(origin="webhook", body=body, received_at=NOW, headers=headers, url=url + "x"), CONFIG, None)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"type":"dispute.created","data":{}}', b'{"event":"spam"}', b"plain words"]
)
def test_what_is_no_provider_of_ours_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(parse(Incoming(origin="webhook", body=body, received_at=NOW)))
