"""Ask AfterShip for the parcels that the shop follows there. Nothing is added or changed in the account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from goodstanding.asking import call, patient
from goodstanding.contract import Grant, Http, ParcelNews, Reader, Refused, Unavailable

from .config import Config
from .news import news_of

BASE = "https://api.aftership.com/tracking/2025-07"
_AT_ONCE = 40
_MAX_PAGES = 50


def track(numbers: tuple[str, ...], config: Config, http: Http) -> Iterator[ParcelNews]:
    """What AfterShip knows of these numbers; of the others it says nothing, and so do we."""
    for start in range(0, len(numbers), _AT_ONCE):
        wanted, cursor = ",".join(numbers[start : start + _AT_ONCE]), ""
        for _ in range(_MAX_PAGES):
            page = _get(
                {"tracking_numbers": wanted, "limit": 200, **({"cursor": cursor} if cursor else {})}, config, http
            )
            yield from (news_of(item) for item in page.items("data.trackings"))
            after = page.text("data.pagination.next_cursor", "")
            if not page.flag("data.pagination.has_next_page", default=False) or not after or after == cursor:
                break
            cursor = after


def probe(config: Config, http: Http) -> Grant:
    """Reads one parcel. AfterShip keys touch parcels only; what else a key may do is set where it is made."""
    _get({"limit": 1}, config, http)
    return Grant(permissions=("tracking:read",))


def _get(query: dict[str, Any], config: Config, http: Http) -> Reader:
    key = config.api_key.strip()
    if not key:
        raise Refused("AfterShip: no key is set: enter the API key", code="no_key")
    if not key.isascii() or not key.isprintable():
        raise Refused("AfterShip: the key holds characters that no key has; copy it again", code="key_malformed")
    url = f"{config.api_base or BASE}/trackings?{urlencode(query)}"
    headers = {"as-api-key": key, "Content-Type": "application/json"}
    answer = patient(lambda: call(http, "GET", url, who="AfterShip", headers=headers))
    if not isinstance(answer, dict):
        raise Unavailable("AfterShip: an answer that is no object; it will be tried again", code="unreadable_answer")
    return Reader(answer)
