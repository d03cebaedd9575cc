"""Acme signs each webhook: ``Acme-Signature: t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta

from goodstanding.contract import Answer, Http, Incoming, Untrusted

from .config import Config

_TOLERANCE_SECONDS = 300


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:
    """Raise Untrusted unless the body was signed with our secret, within five minutes of its arrival."""
    del http  # some gateways need a certificate or a call; this one does not
    fields = dict(part.split("=", 1) for part in incoming.header("Acme-Signature").split(",") if "=" in part)
    stamp, given = fields.get("t", ""), fields.get("v1", "")
    if not (stamp.isascii() and stamp.isdigit() and given):
        raise Untrusted("Acme-Signature is missing or malformed", code="no_signature")
    # Bytes, not text: compare_digest refuses other than ASCII in strings.
    if not hmac.compare_digest(_signature(incoming.body, stamp, config).encode(), given.encode()):
        raise Untrusted("the signature does not match; is the webhook secret the current one?", code="bad_signature")
    if abs(int(stamp[:15]) - incoming.received_at.timestamp()) > _TOLERANCE_SECONDS:
        raise Untrusted("the signature is older than five minutes: a replay, or a wrong clock", code="stale")


def answer(incoming: Incoming, config: Config) -> Answer | None:
    """Acme checks a new address with a ping that wants its challenge back; all else is content with an empty 200."""
    del config
    try:
        event = json.loads(incoming.body)
    except (ValueError, RecursionError):
        return None
    if isinstance(event, dict) and event.get("type") == "ping" and isinstance(event.get("challenge"), str):
        return Answer(body=event["challenge"][:200].encode("utf-8", "replace"))
    return None


def drill(config: Config, now: datetime) -> Incoming:
    """A signed sample as Acme would send it, for trying out a set-up. Everything in it is invented."""
    event = {
        "id": f"evt_drill_{int(now.timestamp())}",
        "type": "dispute.opened",
        "created_at": now.isoformat(),
        "test": True,
        "dispute": {
            "id": f"D-{int(now.timestamp())}",
            "stage": "chargeback",
            "status": "awaiting_merchant",
            "network": "visa",
            "reason_code": "13.1",
            "amount": 5990,
            "currency": "USD",
            "respond_by": (now + timedelta(days=10)).isoformat(),
            "order_number": "GS-1001",
        },
    }
    body, stamp = json.dumps(event).encode(), str(int(now.timestamp()))
    signature = f"t={stamp},v1={_signature(body, stamp, config)}"
    return Incoming(origin="drill", body=body, received_at=now, headers=(("Acme-Signature", signature),))


def _signature(body: bytes, stamp: str, config: Config) -> str:
    return hmac.new(config.webhook_secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
