"""Asking Checkout.com: what changed, how a dispute stands now, and what the access key may."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused, Unavailable

from .api import PROVIDE, Account, identifier
from .config import Config
from .vocabulary import DANGEROUS_SCOPES

_PAGE, _MAX_PAGES = 250, 200


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes changed since (``from`` asks by last update). One read twice in the same state is the same event."""
    account, now, changed = Account(config, http), datetime.now(UTC), since.astimezone(UTC)
    for page in range(_MAX_PAGES):
        query = {"from": f"{changed:%Y-%m-%dT%H:%M:%SZ}", "limit": _PAGE, "skip": page * _PAGE}
        items = account.get("/disputes", query).get("data", [])  # no dispute at all may come as no list
        if not isinstance(items, list):
            raise Unavailable("disputes: Checkout.com answered without a list; try again", code="unreadable_answer")
        yield from (_incoming(item, "poll", now) for item in items if isinstance(item, dict))
        if len(items) < _PAGE:
            return


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now."""
    if reference.type != "case":
        raise Refused(
            f"Checkout.com cannot be asked for a dispute by {reference.type}; give the dispute's id (dsp_…)",
            code="bad_reference",
        )
    return _incoming(dispute(Account(config, http), reference.value), "lookup", datetime.now(UTC))


def dispute(account: Account, dispute_id: str) -> dict[str, Any]:
    """A dispute by its id."""
    found = account.get(f"/disputes/{identifier(dispute_id)}")
    if found.get("id") != dispute_id:
        raise Unavailable(
            f"Checkout.com answered with something else than dispute {dispute_id}; try again", code="unreadable_answer"
        )
    return found


def probe(config: Config, http: Http) -> Grant:
    """What the access key may, by asking the token address for one scope at a time.

    Checkout.com refuses a token with a scope that the key was not given. A token that it does give is dropped: nothing is
    done under it. A secret key (``sk_…``) is refused untried, since its scopes cannot be asked for.
    """
    account = Account(config, http)
    held = [scope for scope in (*PROVIDE, *DANGEROUS_SCOPES) if account.allowed(scope)]
    views = "disputes:view" in held or "disputes" in held
    return Grant(
        permissions=tuple(held),
        dangerous=tuple(scope for scope in held if scope in DANGEROUS_SCOPES),
        missing=() if views else ("disputes:view",),
        test_mode=config.environment == "sandbox",
    )


def _incoming(thing: dict[str, Any], origin: str, now: datetime) -> Incoming:
    body = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin=origin, body=body, received_at=now, headers=headers, method="GET", url="/disputes")
