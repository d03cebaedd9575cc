"""Is a webhook from Airwallex? That cannot be said for certain yet, so nothing is ever called genuine here.

The documentation describes hex HMAC-SHA256 over ``x-timestamp`` followed by the raw body, in ``x-signature``
(https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events), but no published vector or library confirmed it.
Until then every delivery ends as unproven, worked and shown as such. Neither is one that does not fit called
forged: the fault might be our reading of the scheme. Only our own drill, signed and marked inside, passes.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_MAX_HEADER = 4096
#: What we asked Airwallex for ourselves, over TLS with the connection's own key, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted, never as forged, except for our own reading and our own drill."""
    if incoming.origin in _OWN_READING:
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted("no webhook secret is set; the delivery stays unverified", code="no_secret")
    given = incoming.header("x-signature").strip()[:_MAX_HEADER].encode("utf-8", "replace")
    if not given:
        raise Untrusted("no x-signature header: the delivery stays unverified", code="unconfirmed_signature")
    moment = incoming.header("x-timestamp").strip()[:_MAX_HEADER]
    expected = [signature(moment, incoming.body, secret) for secret in secrets]
    matches = [hmac.compare_digest(ours.encode(), given) for ours in expected]
    if not any(matches):
        raise Untrusted(
            "x-signature does not fit by the documented rule, which is itself unconfirmed: check the secret; "
            "the delivery stays unverified",
            code="unconfirmed_signature",
        )
    if _our_own_drill(incoming.body):
        return
    raise Untrusted(
        "x-signature fits by the documented rule, which is unconfirmed: the delivery stays unverified",
        code="unconfirmed_signature",
    )


def signature(moment: str, body: bytes, secret: str) -> str:
    """What Airwallex is said to put into ``x-signature``. ``moment`` is ``x-timestamp`` as received."""
    return hmac.new(secret.encode(), moment.encode("utf-8", "replace") + body, hashlib.sha256).hexdigest()


def _our_own_drill(body: bytes) -> bool:
    try:
        value = json.loads(body)
        return value["data"]["object"]["goodstanding"]["drill"] is True
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        return False
