"""Is a webhook from the shop? ``X-WC-Webhook-Signature`` is the base64 HMAC-SHA256 of the raw body under the webhook's secret.

https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks. Only the body is signed, without a moment: an old body can be
sent again, which is harmless, because ``event_ref`` is made from the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_MAX_HEADER = 4096
#: What we asked the shop for ourselves, over TLS with the connection's own key, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")
#: All there is to a ping: https://github.com/woocommerce/woocommerce, WC_Webhook::deliver_ping
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why: ``no_secret``, ``no_signature``, ``bad_signature``.

    The ping by which WooCommerce tries a new address is never signed. It says nothing, and nothing is what it is taken for,
    so it passes: a shop being set up must not look like an attack.
    """
    if incoming.origin in _OWN_READING or is_ping(incoming):
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted("no webhook secret is set: enter the secret of this webhook to check it", code="no_secret")
    given = incoming.header("X-WC-Webhook-Signature").strip()[:_MAX_HEADER]
    if not given:
        raise Untrusted(
            "no X-WC-Webhook-Signature header: not sent by the shop, or a proxy removed it", code="no_signature"
        )
    matches = [
        hmac.compare_digest(signature(incoming.body, secret).encode(), given.encode("utf-8", "replace"))
        for secret in secrets
    ]
    if not any(matches):
        raise Untrusted(
            "X-WC-Webhook-Signature does not fit the body: the secret is another, or the body was altered",
            code="bad_signature",
        )


def signature(body: bytes, secret: str) -> str:
    """What WooCommerce puts into ``X-WC-Webhook-Signature``."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_ping(incoming: Incoming) -> bool:
    """Is it the unsigned ``webhook_id=N`` of a new webhook?"""
    return incoming.origin == "webhook" and _PING.fullmatch(incoming.body) is not None
