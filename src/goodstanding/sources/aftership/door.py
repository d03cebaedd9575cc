"""What AfterShip sends to us: https://www.aftership.com/docs/tracking/webhook/webhook-signature"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from goodstanding.contract import Incoming, ParcelNews, Reader, Untrusted

from .config import Config
from .news import news_of


def verify(incoming: Incoming, config: Config) -> None:
    """Raises Untrusted unless ``aftership-hmac-sha256`` is base64(HMAC-SHA256(webhook secret, raw body))."""
    secret = config.webhook_secret.strip()
    if not secret:
        raise Untrusted("AfterShip: no webhook secret is set to check with; enter it", code="no_secret")
    given = incoming.header("aftership-hmac-sha256").strip()
    if not given:
        raise Untrusted(
            "AfterShip: no signature header: not sent by AfterShip, or a proxy removed it", code="no_signature"
        )
    if not hmac.compare_digest(signature(incoming.body, secret).encode(), given.encode("utf-8", "replace")):
        raise Untrusted(
            "AfterShip: the signature does not fit the body: another secret, or an altered body", code="bad_signature"
        )


def signature(body: bytes, secret: str) -> str:
    """What AfterShip puts into ``aftership-hmac-sha256``."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def parse(incoming: Incoming) -> Iterator[ParcelNews]:
    """The parcel of an update. Raises Unreadable."""
    read = Reader.of_json(incoming.body)
    if read.text("event", "").startswith("tracking_") and read.has("msg"):
        yield news_of(read.part("msg"))
