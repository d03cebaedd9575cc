"""Asking Stripe: what is new, how a case stands now, and what the key allows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused

from .api import get, identifier, pages, post
from .config import Config
from .parse import EVENTS, as_event

#: Stripe keeps events for 30 days: https://docs.stripe.com/api/events
_EVENTS_KEPT = timedelta(days=29)
#: A dispute may be decided months after it was opened (inquiries close after 120 days), and a list cannot ask for changes.
_LOOK_BACK = timedelta(days=180)


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """What happened since: Stripe's own events where the key may read them and still has them, else disputes and warnings as they are.

    An event fetched is the event delivered (same id); an object read twice in the same state has the same id.
    """
    now = datetime.now(UTC)
    if now - since < _EVENTS_KEPT:
        try:
            yield from _events(config, http, since, now)
        except Refused as refused:
            if refused.code != "permission_missing":
                raise
        else:
            return
    yield from _objects("/v1/disputes", config, http, since - _LOOK_BACK, now)
    try:
        yield from _objects("/v1/radar/early_fraud_warnings", config, http, since, now)
    except Refused as refused:  # an account may have no Radar; that the key lacks it is what ``probe`` shows
        if refused.code != "permission_missing":
            raise


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute or early fraud warning as it is now; a charge or payment is looked up by its newest dispute."""
    if reference.type == "case":
        path = f"{_path_of(reference.value)}/{identifier(reference.value)}"
        return _incoming(as_event(_with_charge(path, {}, config, http), "lookup"), "lookup", datetime.now(UTC), path)
    if reference.type in ("charge", "payment"):
        field = "charge" if reference.type == "charge" else "payment_intent"
        found = get("/v1/disputes", {field: identifier(reference.value), "limit": 1}, config, http).get("data")
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return _incoming(as_event(found[0], "lookup"), "lookup", datetime.now(UTC), "/v1/disputes")
        raise Refused(f"Stripe knows no dispute on {reference.value}", code="resource_missing")
    raise Refused(f"Stripe cannot be asked by {reference.type}; give the dispute's id (dp_…)", code="bad_reference")


def probe(config: Config, http: Http) -> Grant:
    """What the key allows, without acting.

    The prefix decides first: ``sk_live_`` can do everything and is dangerous untried. A restricted key is tried: reads on
    lists of one; writes with a POST that cannot create or change anything, for two independent reasons each. It is an
    *update of an object that cannot exist* (Stripe gives ids itself and none has this form), and it *carries no field to
    change* (for disputes, ``submit=false`` besides). Stripe tells a key without the permission 403 ("does not have the
    required permissions for this endpoint") and one with it 404. No ``…/cancel``, ``…/close``, ``…/capture`` or collection
    address is ever called. That 403 comes before 404 is how Stripe was seen to answer; were it otherwise, a harmless key
    would be refused, never a dangerous one let in. ``missing`` names reads only: a connection may decline to write.
    """
    key = config.api_key.strip()
    live = key.startswith(("rk_live_", "sk_live_", "sk_org_live_"))
    if key.startswith("sk_") and not key.startswith("sk_test_"):
        return Grant(permissions=("everything",), dangerous=("secret_key", *_DANGEROUS), test_mode=not live)
    if not key.startswith(("rk_", "sk_test_")):
        raise Refused("this is not a restricted key: it should begin with rk_live_ or rk_test_", code="wrong_key_kind")
    reads = {name: _may_read(path, config, http) for name, path in _READS.items()}
    if key.startswith("sk_test_"):  # all permissions, but no real money behind it
        return Grant(permissions=(*reads, *_WRITES), test_mode=True)
    writes = {name: _may_write(path, values, config, http) for name, (path, values) in _WRITES.items()}
    risks = {name: _may_write(path, {}, config, http) for name, path in _DANGEROUS.items()}
    held = {**reads, **writes, **risks}
    return Grant(
        permissions=tuple(name for name, allowed in held.items() if allowed),
        dangerous=tuple(name for name, allowed in risks.items() if allowed),
        missing=tuple(name for name, allowed in reads.items() if not allowed),
        test_mode=not live,
    )


_NOBODY = "goodstandingprobe0"
_READS = {
    "disputes_read": "/v1/disputes",
    "early_fraud_warnings_read": "/v1/radar/early_fraud_warnings",
    "events_read": "/v1/events",
    "charges_read": "/v1/charges",
}
#: Stripe's form for files cannot name an object that exists or not; that the upload is allowed shows at the first rehearsal.
_WRITES: dict[str, tuple[str, dict[str, Any]]] = {"disputes_write": (f"/v1/disputes/dp_{_NOBODY}", {"submit": False})}
_DANGEROUS = {
    "refunds_write": f"/v1/refunds/re_{_NOBODY}",
    "charges_write": f"/v1/charges/ch_{_NOBODY}",
    "payment_intents_write": f"/v1/payment_intents/pi_{_NOBODY}",
    "payouts_write": f"/v1/payouts/po_{_NOBODY}",
    "transfers_write": f"/v1/transfers/tr_{_NOBODY}",
    "topups_write": f"/v1/topups/tu_{_NOBODY}",
}


def _may_read(path: str, config: Config, http: Http) -> bool:
    try:
        get(path, {"limit": 1}, config, http)
    except Refused as refused:
        if refused.code == "permission_missing":
            return False
        raise
    return True


def _may_write(path: str, values: dict[str, Any], config: Config, http: Http) -> bool:
    try:
        post(path, values, config, http, once=f"goodstanding-probe-{path}-{datetime.now(UTC):%Y%m%d%H%M%S%f}")
    except Refused as refused:
        if refused.code == "key_invalid":
            raise
        return refused.code != "permission_missing"
    return True


def _events(config: Config, http: Http, since: datetime, now: datetime) -> Iterator[Incoming]:
    query = {"types": list(EVENTS), "created": {"gte": int(since.timestamp())}}
    for event in pages("/v1/events", query, config, http):
        yield _incoming(event, "poll", now, "/v1/events")


def _objects(path: str, config: Config, http: Http, since: datetime, now: datetime) -> Iterator[Incoming]:
    for thing in pages(path, {"created": {"gte": max(0, int(since.timestamp()))}}, config, http):
        yield _incoming(as_event(thing, "poll"), "poll", now, path)


def _with_charge(path: str, query: dict[str, Any], config: Config, http: Http) -> dict[str, Any]:
    """The object with its charge read along (order number, last four digits), where the key may read charges."""
    try:
        return get(path, {**query, "expand": ["charge"]}, config, http)
    except Refused as refused:
        if refused.code != "permission_missing":
            raise
    return get(path, query, config, http)


def _path_of(case_ref: str) -> str:
    return "/v1/radar/early_fraud_warnings" if case_ref.startswith("issfr_") else "/v1/disputes"


def _incoming(event: dict[str, Any], origin: str, now: datetime, path: str) -> Incoming:
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    return Incoming(
        origin=origin,
        body=body,
        received_at=now,
        headers=(("Content-Type", "application/json"),),
        method="GET",
        url=path,
    )
