"""Is a webhook from Klarna? That cannot be said for certain yet, so nothing is ever called genuine here.

Public integrations compute hex HMAC-SHA256 of the raw body under the signing key, in ``Klarna-Signature`` beside
``Klarna-Signing-Key-Id``; no published vector confirmed it. Until then every delivery ends as unproven, worked
and shown as such. Neither is one that does not fit called forged: the fault might be our reading of the scheme. Only our own
drill, signed and marked inside, passes.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_MAX_HEADER = 4096
#: What we asked Klarna for ourselves, over TLS with the connection's own key, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted, never as forged, except for our own reading and our own drill."""
    if incoming.origin in _OWN_READING:
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted("no signing key is set; the delivery stays unverified", code="no_secret")
    given = incoming.header("Klarna-Signature").strip()[:_MAX_HEADER].encode("utf-8", "replace")
    if not given:
        raise Untrusted("no Klarna-Signature header: the delivery stays unverified", code="unconfirmed_signature")
    expected = [signature(incoming.body, secret) for secret in secrets]
    matches = [hmac.compare_digest(ours.encode(), given) for ours in expected]
    if not any(matches):
        raise Untrusted(
            "Klarna-Signature does not fit by the rule that public integrations use, which is itself unconfirmed: "
            "check the signing key; the delivery stays unverified",
            code="unconfirmed_signature",
        )
    if _our_own_drill(incoming.body):
        return
    raise Untrusted(
        "Klarna-Signature fits by the rule that public integrations use, which is unconfirmed: the delivery stays unverified",
        code="unconfirmed_signature",
    )


def signature(body: bytes, secret: str) -> str:
    """What Klarna is said to put into ``Klarna-Signature``."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _our_own_drill(body: bytes) -> bool:
    try:
        return json.loads(body)["payload"]["goodstanding"]["drill"] is True
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        return False
