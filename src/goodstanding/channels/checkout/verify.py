"""Is a webhook from Checkout.com? ``Cko-Signature`` is the hex HMAC-SHA256 of the raw body under the webhook's signature key.

https://www.checkout.com/docs/workflows. The body carries the event's id and time, but no header says when it was signed: an old
body can be sent again, which is harmless, because ``event_ref`` is made from what the body says.
"""

from __future__ import annotations

import hashlib
import hmac

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_MAX_HEADER = 4096
#: What we asked Checkout.com for ourselves, over TLS with the connection's own token, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why: ``no_secret``, ``no_signature``, ``bad_signature``."""
    if incoming.origin in _OWN_READING:
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted("no signature key is set: enter the signature key of this webhook", code="no_secret")
    given = incoming.header("Cko-Signature").strip().lower()[:_MAX_HEADER]
    if not given:
        raise Untrusted("no Cko-Signature header: not sent by Checkout.com, or a proxy removed it", code="no_signature")
    matches = [
        hmac.compare_digest(signature(incoming.body, key).encode(), given.encode("utf-8", "replace")) for key in secrets
    ]
    if not any(matches):
        raise Untrusted(
            "Cko-Signature does not fit the body: the key is of another webhook, or the body was altered",
            code="bad_signature",
        )


def signature(body: bytes, key: str) -> str:
    """What Checkout.com puts into ``Cko-Signature``."""
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
