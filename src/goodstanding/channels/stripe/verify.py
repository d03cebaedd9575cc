"""Is an event from Stripe? ``Stripe-Signature: t=…,v1=…`` over the raw bytes: https://docs.stripe.com/webhooks/signature"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

#: Seconds between signing and receiving. The official SDK refuses only the past; we refuse a signature of the future too,
#: since nothing that Stripe signs is dated ahead and such a header stays valid for a replay until its date has passed.
TOLERANCE = 300
_MAX_HEADER = 4096
_SECONDS = re.compile(r"[0-9]{1,12}")
#: What we asked Stripe for ourselves, over TLS with the connection's own key, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why.

    ``no_secret``: nothing to check against, so the event is unverified rather than forged. ``no_signature``,
    ``malformed_signature``, ``bad_signature``: not provably Stripe's. ``too_old``, ``in_the_future``: signed by Stripe, but
    not now (a replay, or this server's clock is wrong).
    """
    if incoming.origin in _OWN_READING:
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted(
            "no webhook secret is set: enter the whsec_… secret of this endpoint to check its signature",
            code="no_secret",
        )
    signed_at, signatures = _taken_apart(incoming.header("Stripe-Signature"))
    expected = [signature(incoming.body, secret, signed_at) for secret in secrets]
    matches = [hmac.compare_digest(ours.encode(), theirs.encode()) for ours in expected for theirs in signatures]
    if not any(matches):
        raise Untrusted(
            "Stripe-Signature does not fit the body: the secret is of another endpoint, or the body was altered",
            code="bad_signature",
        )
    _in_time(signed_at, incoming.received_at)


def signature(body: bytes, secret: str, signed_at: int) -> str:
    """The hex HMAC-SHA256 that Stripe puts behind ``v1=``; the whole ``whsec_…`` string is the key."""
    return hmac.new(secret.encode(), f"{signed_at}.".encode() + body, hashlib.sha256).hexdigest()


def signed_header(body: bytes, secret: str, moment: datetime) -> str:
    """A ``Stripe-Signature`` header as Stripe would send it."""
    seconds = int(moment.timestamp())
    return f"t={seconds},v1={signature(body, secret, seconds)}"


def _taken_apart(header: str) -> tuple[int, list[str]]:
    if not header:
        raise Untrusted("no Stripe-Signature header: not sent by Stripe, or a proxy removed it", code="no_signature")
    parts = [tuple(item.strip().partition("=")[::2]) for item in header[:_MAX_HEADER].split(",")]
    moments = [value for name, value in parts if name == "t"]
    signatures = [value for name, value in parts if name == "v1" and value]
    if not moments or not _SECONDS.fullmatch(moments[0]) or not signatures:
        raise Untrusted("Stripe-Signature has no readable t= and v1=", code="malformed_signature")
    return int(moments[0]), signatures


def _in_time(signed_at: int, received_at: datetime) -> None:
    age = received_at.timestamp() - signed_at
    if age > TOLERANCE:
        raise Untrusted(
            f"signed {age:.0f} s before it arrived, more than {TOLERANCE}: a replay, or this server's clock is fast",
            code="too_old",
        )
    if age < -TOLERANCE:
        raise Untrusted(
            f"signed {-age:.0f} s after it arrived, more than {TOLERANCE}: this server's clock is slow",
            code="in_the_future",
        )
