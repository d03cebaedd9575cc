"""What 17TRACK sends to us: proven by ``sign``, a plain SHA-256 over body and key (not an HMAC)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from goodstanding.contract import Incoming, ParcelNews, Reader, Untrusted

from .config import Config
from .news import news_of

_EVENTS = ("TRACKING_UPDATED", "TRACKING_STOPPED")


def verify(incoming: Incoming, config: Config) -> None:
    """Raises Untrusted unless ``sign`` is hex(SHA-256(raw body + "/" + key))."""
    if not config.token.strip():
        raise Untrusted("17TRACK: no key is set to check with; enter the security key", code="no_secret")
    given = incoming.header("sign").strip().lower()
    if not given:
        raise Untrusted("17TRACK: no sign header: not sent by 17TRACK, or a proxy removed it", code="no_signature")
    if not hmac.compare_digest(
        signature(incoming.body, config.token.strip()).encode(), given.encode("utf-8", "replace")
    ):
        raise Untrusted("17TRACK: sign does not fit the body: another key, or an altered body", code="bad_signature")


def signature(body: bytes, key: str) -> str:
    """What 17TRACK puts into ``sign``."""
    return hashlib.sha256(body + b"/" + key.encode()).hexdigest()


def parse(incoming: Incoming) -> Iterator[ParcelNews]:
    """The parcel of an update; a stopped one tells nothing new. Raises Unreadable."""
    read = Reader.of_json(incoming.body)
    if read.text("event", "") == _EVENTS[0]:
        yield news_of(read.part("data"))
