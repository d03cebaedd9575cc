"""Is a webhook from SHOPLINE? HMAC-SHA256 of the raw body under the app's secret, in ``X-Shopline-Hmac-Sha256``.

https://developer.shopline.com/docs/apps/api-instructions-for-use/generate-and-verify-signatures. The header's example is
base64, the code samples compare hex: the same digest is accepted written either way. Only the body is signed; there is no
moment in it, so an old body can be sent again. That is harmless, because ``event_ref`` is made from the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from goodstanding.contract import Http, Incoming, Untrusted

from .config import Config

_HEADER = "X-Shopline-Hmac-Sha256"
_MAX_HEADER = 4096


def verify(incoming: Incoming, config: Config, http: Http | None) -> None:  # noqa: ARG001 - a signature needs no call
    """Raises Untrusted; its ``code`` says why.

    ``no_secret``: nothing to check against, so unverified rather than forged. ``no_signature``, ``bad_signature``: not provably
    SHOPLINE's. ``wrong_shop``: signed with the app's secret, but said to be of another store than this connection's.
    """
    secrets = [secret.strip() for secret in (config.webhook_secret, config.webhook_secret_previous) if secret.strip()]
    if not secrets:
        raise Untrusted("no app secret is set: enter the app's secret to check its webhooks", code="no_secret")
    given = incoming.header(_HEADER).strip()[:_MAX_HEADER].encode("utf-8", "replace")
    if not given:
        raise Untrusted(f"no {_HEADER} header: not sent by SHOPLINE, or a proxy removed it", code="no_signature")
    expected = [written for secret in secrets for written in _written(incoming.body, secret)]
    matches = [hmac.compare_digest(ours.encode(), given) for ours in expected]
    if not any(matches):
        raise Untrusted(
            f"{_HEADER} does not fit the body: the secret is of another app, or the body was altered",
            code="bad_signature",
        )
    _of_this_shop(incoming, config)


def signature(body: bytes, secret: str) -> str:
    """What SHOPLINE puts into ``X-Shopline-Hmac-Sha256``."""
    return _written(body, secret)[0]


def _written(body: bytes, secret: str) -> tuple[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode(), digest.hex()


def _of_this_shop(incoming: Incoming, config: Config) -> None:
    """One app may stand in several stores, all signing with its secret. The header is not signed; this catches mistakes."""
    wanted = config.shop.strip().lower().removeprefix("https://").rstrip("/")
    said = incoming.header("X-Shopline-Shop-Domain").strip().lower()
    if wanted and said and wanted != said:
        raise Untrusted(
            f"the webhook is of {said[:80]}, this connection of {wanted[:80]}: point the webhook to the other connection",
            code="wrong_shop",
        )
