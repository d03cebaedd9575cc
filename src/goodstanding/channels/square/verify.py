"""Is a webhook from Square? ``x-square-hmacsha256-signature`` is the base64 HMAC-SHA256 of *notification URL and raw body* under
the subscription's signature key: https://developer.squareup.com/docs/webhooks/step3validate

Nothing in it says when: an old body can be sent again, which is harmless, because ``event_ref`` is made from the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_MAX_HEADER = 4096
#: What we asked Square for ourselves, over TLS with the connection's own token, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why: ``no_secret``, ``no_signature``, ``bad_signature``.

    The URL is the one entered at Square, letter for letter; where it is not set, the one the request came to, which a reverse
    proxy may have changed.
    """
    if incoming.origin in _OWN_READING:
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted("no signature key is set: enter the key of this webhook subscription", code="no_secret")
    given = incoming.header("x-square-hmacsha256-signature").strip()[:_MAX_HEADER]
    if not given:
        raise Untrusted(
            "no x-square-hmacsha256-signature header: not sent by Square, or a proxy removed it", code="no_signature"
        )
    matches = [
        hmac.compare_digest(signature(url, incoming.body, key).encode(), given.encode("utf-8", "replace"))
        for key in secrets
        for url in _addresses(incoming, config)
    ]
    if not any(matches):
        raise Untrusted(
            "the signature does not fit address and body: the key is of another subscription, or the notification URL set here "
            "is not letter for letter the one at Square",
            code="bad_signature",
        )


def _addresses(incoming: Incoming, config: Config) -> tuple[str, ...]:
    """What may have been signed. Without an address in the settings the drill signs none: before ``{…`` nothing else reads as JSON."""
    stated = config.notification_url.strip()
    return (stated,) if stated else (incoming.url, "")


def signature(url: str, body: bytes, key: str) -> str:
    """What Square puts into ``x-square-hmacsha256-signature``."""
    return base64.b64encode(
        hmac.new(key.encode(), url.encode("utf-8", "replace") + body, hashlib.sha256).digest()
    ).decode()
