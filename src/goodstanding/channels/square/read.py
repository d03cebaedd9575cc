"""Asking Square: which disputes there are, how one stands now, and what the token allows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reader, Reference, Refused, Unavailable, Unreadable

from .api import get, identifier, post
from .config import Config
from .vocabulary import DANGEROUS_SCOPES, OPEN

_MAX_PAGES = 500
_CLOCKS = timedelta(days=1)


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes changed since, and all that still wait. Square's list cannot ask by time, so it is read through.

    A dispute read twice in the same state is the same event, and the same as its webhook.
    """
    now, cursor = datetime.now(UTC), ""
    for _ in range(_MAX_PAGES):
        page = get("/v2/disputes", {"cursor": cursor} if cursor else {}, config, http)
        disputes = page.get("disputes", [])  # an empty list is left out
        if not isinstance(disputes, list):
            raise Unavailable("disputes: Square answered without a list; try again", code="unreadable_answer")
        for item in disputes:
            if isinstance(item, dict) and (item.get("state") in OPEN or _changed(item) >= since - _CLOCKS):
                yield _incoming({"dispute": item}, "poll", now)
        following = page.get("cursor")
        if not isinstance(following, str) or not following or following == cursor:
            return
        cursor = following


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now, with its payment where the token may read payments (for the order's number)."""
    if reference.type != "case":
        raise Refused(
            f"Square cannot be asked for a dispute by {reference.type}; give the dispute's id", code="bad_reference"
        )
    found = dispute(reference.value, config, http)
    return _incoming({"dispute": {**found, **_payment(found, config, http)}}, "lookup", datetime.now(UTC))


def dispute(dispute_id: str, config: Config, http: Http) -> dict[str, Any]:
    """A dispute by its id."""
    found = get(f"/v2/disputes/{identifier(dispute_id)}", {}, config, http).get("dispute")
    if not isinstance(found, dict) or found.get("id") != dispute_id:
        raise Unavailable(
            f"Square answered with something else than dispute {dispute_id}; try again", code="unreadable_answer"
        )
    return found


def probe(config: Config, http: Http) -> Grant:
    """The token's scopes, which Square tells to its holder; nothing else is tried.

    A token without a list of scopes is a personal one, which can do everything. DISPUTES_WRITE also allows accepting a
    dispute: Square has nothing finer, and this product never does.
    """
    answer = post("/oauth2/token/status", {}, config, http)
    scopes = answer.get("scopes")
    held = sorted(str(scope)[:100] for scope in scopes) if isinstance(scopes, list) else []
    return Grant(
        permissions=tuple(held),
        dangerous=tuple(scope for scope in held if scope in DANGEROUS_SCOPES) if held else ("everything",),
        missing=() if "DISPUTES_READ" in held else ("DISPUTES_READ",),
        account=str(answer.get("merchant_id") or "")[:255],
        test_mode=config.environment == "sandbox",
    )


def _payment(found: dict[str, Any], config: Config, http: Http) -> dict[str, Any]:
    paid = found.get("disputed_payment")
    payment_id = paid.get("payment_id") if isinstance(paid, dict) else None
    if not isinstance(payment_id, str) or not payment_id:
        return {}
    try:
        payment = get(f"/v2/payments/{identifier(payment_id)}", {}, config, http).get("payment")
    except Refused:  # the scope is optional, and the dispute stands without
        return {}
    return {"payment": payment} if isinstance(payment, dict) else {}


def _changed(item: dict[str, Any]) -> datetime:
    """When a dispute last changed; one that does not say so counts as changed."""
    try:
        return Reader(item).moment("updated_at", None) or datetime.max.replace(tzinfo=UTC)
    except Unreadable:
        return datetime.max.replace(tzinfo=UTC)


def _incoming(thing: dict[str, Any], origin: str, now: datetime) -> Incoming:
    body = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin=origin, body=body, received_at=now, headers=headers, method="GET", url="/v2/disputes")
