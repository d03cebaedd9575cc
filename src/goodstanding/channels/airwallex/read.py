"""Asking Airwallex: which disputes there are, how one stands now, and what the key allows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused, Unavailable

from .api import Account
from .config import Config

_MAX_PAGES = 500
_PAGE_SIZE = "50"
_CLOCKS = timedelta(days=1)
VIEW = "r:awx_action:payment_dispute_view"


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes changed since, as they are now. Airwallex keeps them for two years."""
    account, now, page = Account(config, http), datetime.now(UTC), ""
    changed = f"{(since - _CLOCKS).astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"
    for _ in range(_MAX_PAGES):
        query = {"from_updated_at": changed, "size": _PAGE_SIZE} | ({"page": page} if page else {})
        answer = account.disputes(query)
        items = answer.get("items")
        if not isinstance(items, list):
            raise Unavailable("disputes: Airwallex answered without a list; try again", code="unreadable_answer")
        yield from (_incoming(item, "poll", now) for item in items if isinstance(item, dict))
        following = answer.get("page_after")
        if not isinstance(following, str) or not following or following == page:
            return
        page = following


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now."""
    if reference.type != "case":
        raise Refused(
            f"Airwallex cannot be asked for a dispute by {reference.type}; give the dispute's id", code="bad_reference"
        )
    return _incoming(Account(config, http).dispute(reference.value), "lookup", datetime.now(UTC))


def probe(config: Config, http: Http) -> Grant:
    """Can the key read disputes? Airwallex has no way to ask what else a key allows, and nothing is tried that acts.

    So ``dangerous`` is always empty: the guide asks for a restricted key instead.
    """
    try:
        Account(config, http).disputes({"size": "1"})
    except Refused as refused:
        if refused.code != "permission_missing":
            raise
        return Grant(missing=(VIEW,), test_mode=config.environment == "sandbox")
    return Grant(permissions=(VIEW,), test_mode=config.environment == "sandbox")


def _incoming(dispute: dict[str, Any], origin: str, now: datetime) -> Incoming:
    body = json.dumps({"dispute": dispute}, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin=origin, body=body, received_at=now, headers=headers, method="GET", url="payment_disputes")
