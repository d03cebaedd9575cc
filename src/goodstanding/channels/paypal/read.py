"""Asking PayPal: what is new, how a case stands now, and what the app may do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from goodstanding.contract import Grant, Http, Incoming, Reader, Reference, Refused, Unavailable, Unreadable

from .api import Session, identifier
from .config import Config
from .parse import as_event
from .vocabulary import SCOPE_READ, SCOPE_WRITE

_LIST = "/v1/customer/disputes"
_MAX_PAGES = 200
_PAGE = "50"
#: PayPal lists what changed within the last 180 days; a day less, for clocks that differ.
_LOOK_BACK = timedelta(days=179)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{1,255}")
_TRANSACTION = re.compile(r"[0-9A-Z_]{1,255}")
#: Scopes with which money moves: https://developer.paypal.com/apps-scopes-and-credentials.md
_DANGEROUS = re.compile(
    r"payment|payout|refund|invoic|capture|subscription|billing|transfer|checkout|vault|credit|wallet|loan|order|withdraw|"
    r"balance(?!.*read)|partner-referrals|onboarding",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"/services/disputes/|openid|/services/applications/webhooks|verify-webhook|/read\b|reporting/search/read"
)


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes that changed since, each read whole: a list shows a summary only. The same state has the same id."""
    now = datetime.now(UTC)
    after = max(since, now - _LOOK_BACK).astimezone(UTC)
    session = Session.open(config, http)
    for summary in _changed(session, f"{after:%Y-%m-%dT%H:%M:%S}.000Z"):
        case = summary.get("dispute_id")
        if not isinstance(case, str):
            raise Unavailable("PayPal listed a dispute without its id; try again", code="unreadable_answer")
        yield _incoming(session.get(f"{_LIST}/{identifier(case)}"), "poll", now)


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now; a payment is looked up by its newest dispute."""
    session, now = Session.open(config, http), datetime.now(UTC)
    if reference.type == "case":
        return _incoming(dispute(session, reference.value), "lookup", now)
    if reference.type in ("payment", "charge"):
        if not _TRANSACTION.fullmatch(reference.value):
            raise Refused(f"{reference.value[:60]!r} is no PayPal transaction", code="bad_identifier")
        found = session.get(_LIST, {"disputed_transaction_id": reference.value, "page_size": "1"}).get("items")
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return _incoming(dispute(session, str(found[0].get("dispute_id"))), "lookup", now)
        raise Refused(f"PayPal knows no dispute on {reference.value}", code="resource_missing")
    raise Refused(f"PayPal cannot be asked by {reference.type}; give the dispute's id (PP-…)", code="bad_reference")


def dispute(session: Session, case_ref: str) -> dict[str, Any]:
    """One dispute. Raises Unavailable where PayPal answers with something else."""
    answer = session.get(f"{_LIST}/{identifier(case_ref)}")
    if answer.get("dispute_id") != case_ref:
        raise Unavailable(
            f"PayPal answered with something else than dispute {case_ref}; try again", code="unreadable_answer"
        )
    return answer


def probe(config: Config, http: Http) -> Grant:
    """The scopes that PayPal itself names when it gives the app a token; nothing is tried out."""
    session = Session.open(config, http)
    return Grant(
        permissions=session.scopes,
        dangerous=tuple(scope for scope in session.scopes if is_dangerous(scope)),
        missing=() if SCOPE_READ in session.scopes else (SCOPE_READ,),
        account=session.app,
        test_mode=config.environment == "sandbox",
    )


def is_dangerous(scope: str) -> bool:
    """Can money move with it? The scope to answer disputes also allows accepting a claim; PayPal has no smaller one."""
    return scope != SCOPE_WRITE and not _HARMLESS.search(scope) and bool(_DANGEROUS.search(scope))


def _changed(session: Session, after: str) -> Iterator[dict[str, Any]]:
    token = ""
    for _ in range(_MAX_PAGES):
        query = {"update_time_after": after, "page_size": _PAGE, **({"next_page_token": token} if token else {})}
        answer = session.get(_LIST, query)
        items = answer.get("items", [])
        if not isinstance(items, list):
            raise Unavailable("PayPal answered without a list of disputes; try again", code="unreadable_answer")
        yield from (item for item in items if isinstance(item, dict))
        following = _next(answer)
        if not following or following == token:
            return
        token = following


def _next(answer: dict[str, Any]) -> str:
    """The token of the next page. Only the token is taken from the link, never its host."""
    try:
        for link in Reader(answer).items("links"):
            if link.text("rel", "") == "next":
                values = parse_qs(urlsplit(link.text("href")).query).get("next_page_token", [""])
                return values[0] if _TOKEN.fullmatch(values[0]) else ""
    except (Unreadable, ValueError):
        return ""
    return ""


def _incoming(found: dict[str, Any], origin: str, now: datetime) -> Incoming:
    body = json.dumps(as_event(found, origin), separators=(",", ":")).encode()
    return Incoming(
        origin=origin,
        body=body,
        received_at=now,
        headers=(("Content-Type", "application/json"),),
        method="GET",
        url=_LIST,
    )
