"""What Acme tells when asked: missed events, one dispute as it is now, and what our key may do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpx

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused, Unavailable

from .config import Config

_MAX_PAGES = 100
#: Scopes that move money or close the account: a key that has one is refused, however convenient.
_DANGEROUS = ("refunds.write", "payouts.write", "account.close", "disputes.accept")


def call(config: Config, http: Http, method: str, path: str, **content: Any) -> dict[str, Any]:
    """One call to Acme. Raises Refused where asking again is useless, Unavailable where it is not."""
    try:
        response = http.request(
            method, config.api_base + path, headers={"Authorization": f"Bearer {config.api_key}"}, timeout=20, **content
        )
    except httpx.TransportError as error:
        raise Unavailable(f"Acme did not answer: {type(error).__name__}", code="no_answer") from None
    if response.status_code == 429 or response.status_code >= 500:
        wait = response.headers.get("Retry-After", "")
        raise Unavailable(
            f"Acme answered {response.status_code}", code="busy", retry_after=float(wait) if wait.isdigit() else None
        )
    if response.status_code >= 400:
        raise Refused(
            f"Acme answered {response.status_code} to {method} {path}; check the key's permissions", code="refused"
        )
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unavailable("Acme answered with something other than a JSON object", code="bad_answer")
    return body


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Events since a moment, oldest first; some may be known already, which is harmless."""
    cursor = ""
    for _ in range(_MAX_PAGES):
        page = call(config, http, "GET", "/events", params={"since": since.isoformat(), "after": cursor})
        for event in page.get("events", []):
            yield _incoming(event, "poll")
        cursor = str(page.get("next") or "")
        if not cursor:
            return


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now, in the shape of an event, so that ``parse`` reads it."""
    dispute = call(config, http, "GET", f"/disputes/{reference.value}")
    version = dispute.get("version", "")
    return _incoming({"id": f"{reference.value}@{version}", "type": "dispute.opened", "dispute": dispute}, "lookup")


def probe(config: Config, http: Http) -> Grant:
    """What the key was found to allow."""
    scopes = tuple(str(scope) for scope in call(config, http, "GET", "/key").get("scopes", []))
    return Grant(
        permissions=scopes,
        dangerous=tuple(scope for scope in scopes if scope in _DANGEROUS),
        missing=() if "disputes.read" in scopes else ("disputes.read",),
        test_mode=config.api_key.startswith("ark_test_"),
    )


def _incoming(event: Any, origin: str) -> Incoming:
    return Incoming(origin=origin, body=json.dumps(event).encode(), received_at=datetime.now(UTC), method="GET")
