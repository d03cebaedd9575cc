"""Is a webhook from Shopify? Base64 HMAC-SHA256 of the raw body under the app's client secret.

https://shopify.dev/docs/apps/build/webhooks/verify-deliveries. Headers come as ``X-Shopify-…`` and, of late, as ``Shopify-…``.
Only the body is signed: nothing that a header says is proven, and there is no moment in it, so an old body can be sent again.
That is harmless, because ``event_ref`` is made from the body: the same state is the same event.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_MAX_HEADER = 4096
#: What we asked Shopify for ourselves, over TLS with the connection's own token, carries no signature and needs none.
_OWN_READING = ("poll", "lookup")


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why.

    ``no_secret``: nothing to check against, so unverified rather than forged. ``no_signature``, ``bad_signature``: not provably
    Shopify's. ``wrong_shop``: signed with the app's secret, but said to be of another shop than this connection's.
    """
    if incoming.origin in _OWN_READING:
        return
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted(
            "no client secret is set: enter the app's client secret to check its webhooks", code="no_secret"
        )
    given = [value[:_MAX_HEADER] for value in both(incoming, "Hmac-Sha256")]
    if not given:
        raise Untrusted(
            "no X-Shopify-Hmac-Sha256 header: not sent by Shopify, or a proxy removed it", code="no_signature"
        )
    expected = [signature(incoming.body, secret) for secret in secrets]
    matches = [
        hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace")) for ours in expected for theirs in given
    ]
    if not any(matches):
        raise Untrusted(
            "X-Shopify-Hmac-Sha256 does not fit the body: the secret is of another app, or the body was altered",
            code="bad_signature",
        )
    _of_this_shop(incoming, config)


def signature(body: bytes, secret: str) -> str:
    """What Shopify puts into ``X-Shopify-Hmac-Sha256``."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def both(incoming: Incoming, name: str) -> list[str]:
    """The values of a header under its old name (``X-Shopify-…``) and its new one (``Shopify-…``)."""
    found = (incoming.header(f"X-Shopify-{name}"), incoming.header(f"Shopify-{name}"))
    return [value.strip() for value in found if value.strip()]


def _of_this_shop(incoming: Incoming, config: Config) -> None:
    """One app may stand in several shops, all signing with its secret. The header is not signed; this catches mistakes."""
    wanted = config.shop.strip().lower()
    said = {value.lower() for value in both(incoming, "Shop-Domain")}
    if wanted.endswith(".myshopify.com") and said and wanted not in said:
        raise Untrusted(
            f"the webhook is of {sorted(said)[0][:80]}, this connection of {wanted[:80]}: point the webhook to the other connection",
            code="wrong_shop",
        )
