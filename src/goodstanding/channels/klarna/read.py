"""Asking Klarna: how a dispute stands now, and whether the key may read disputes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused, Unavailable

from .api import DISPUTES, environment, get, of_dispute
from .config import Config

_READ = "Payment disputes: read"


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now, by its id (``krn:…``)."""
    if reference.type != "case":
        raise Refused(
            f"Klarna cannot be asked for a dispute by {reference.type}; give the dispute's id", code="bad_reference"
        )
    found = {"dispute": dispute(reference.value, config, http)}
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = (("Content-Type", "application/json"),)
    return Incoming(
        origin="lookup", body=body, received_at=datetime.now(UTC), headers=headers, method="GET", url=DISPUTES
    )


def dispute(dispute_id: str, config: Config, http: Http) -> dict[str, Any]:
    """A dispute by its id."""
    found = get(of_dispute(dispute_id), config, http)
    if found.get("payment_dispute_id") != dispute_id:
        raise Unavailable(
            f"Klarna answered with something else than dispute {dispute_id}; try again", code="unreadable_answer"
        )
    return found


def probe(config: Config, http: Http) -> Grant:
    """May the key read disputes? One page of one is asked for, and nothing that acts.

    Klarna has no way to ask what else a key allows, so ``dangerous`` is always empty; the guide says so.
    """
    test_mode = environment(config) == "test"
    try:
        get(f"{DISPUTES}?size=1", config, http)
    except Refused as refused:
        if refused.code != "permission_missing":
            raise
        return Grant(missing=(_READ,), test_mode=test_mode)
    return Grant(permissions=(_READ,), test_mode=test_mode)
