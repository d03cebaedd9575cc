"""Asking the shop: what is new, how a dispute stands now, and what the token allows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.contract import Grant, Http, Incoming, Reference, Refused, Unavailable, Unreadable

from . import documents
from .api import Shop
from .config import Config
from .parse import number
from .vocabulary import DANGEROUS_SCOPES

#: A dispute may be decided months after it began, and a list cannot ask for changes.
_LOOK_BACK = timedelta(days=180)
_MAX_PAGES = 500
READ_SCOPES = ("read_shopify_payments_disputes", "read_shopify_payments_dispute_evidences")


def fetch(config: Config, http: Http, since: datetime) -> Iterable[Incoming]:
    """Disputes begun since, or up to 180 days before and perhaps decided since, as they are now.

    A dispute read twice in the same state is the same event, and the same as its webhook.
    """
    shop, now = Shop(config, http), datetime.now(UTC)
    begun = (since - _LOOK_BACK).astimezone(UTC)
    query, after = f"initiated_at:>='{begun:%Y-%m-%dT%H:%M:%SZ}'", None
    for _ in range(_MAX_PAGES):
        variables = {"query": query, "after": after}
        page = _with_order(shop, documents.many, variables).get("disputes")
        if not isinstance(page, dict) or not isinstance(page.get("nodes"), list):
            raise Unavailable("disputes: Shopify answered without a list; try again", code="unreadable_answer")
        yield from (_incoming(node, "poll", now) for node in page["nodes"] if isinstance(node, dict))
        info = page.get("pageInfo")
        cursor = info.get("endCursor") if isinstance(info, dict) and info.get("hasNextPage") else None
        if not isinstance(cursor, str) or cursor == after:
            return
        after = cursor


def lookup(reference: Reference, config: Config, http: Http) -> Incoming:
    """One dispute as it is now, by its number or its GraphQL id."""
    if reference.type != "case":
        raise Refused(
            f"Shopify cannot be asked for a dispute by {reference.type}; give the dispute's id", code="bad_reference"
        )
    found = _with_order(Shop(config, http), documents.one, {"id": gid(reference.value)}).get("dispute")
    if not isinstance(found, dict):
        raise Refused(f"Shopify knows no dispute {reference.value} in this shop", code="resource_missing")
    return _incoming(found, "lookup", datetime.now(UTC))


def probe(config: Config, http: Http) -> Grant:
    """The scopes that Shopify granted to the app: it tells them to everyone who holds a token, and nothing else is tried.

    ``missing`` names what reading needs; a connection may decline to write and to read orders.
    """
    data = Shop(config, http).graphql(documents.SCOPES, {})
    scopes = _handles(data)
    shop = data.get("shop")
    shop = shop if isinstance(shop, dict) else {}
    plan = shop.get("plan")
    held = {*scopes, *(f"read_{scope.removeprefix('write_')}" for scope in scopes if scope.startswith("write_"))}
    return Grant(
        permissions=tuple(scopes),
        dangerous=tuple(scope for scope in scopes if scope in DANGEROUS_SCOPES),
        missing=tuple(scope for scope in READ_SCOPES if scope not in held),
        account=str(shop.get("myshopifyDomain") or "")[:255],
        test_mode=bool(plan.get("partnerDevelopment")) if isinstance(plan, dict) else None,
    )


def gid(case_ref: str, kind: str = "ShopifyPaymentsDispute") -> str:
    """A number, or an id of GraphQL, as GraphQL wants it."""
    try:
        return f"gid://shopify/{kind}/{number(case_ref, 'dispute')}"
    except Unreadable as error:
        raise Refused(str(error), code="bad_identifier") from None


def _handles(data: dict[str, Any]) -> list[str]:
    installation = data.get("currentAppInstallation")
    scopes = installation.get("accessScopes") if isinstance(installation, dict) else None
    if not isinstance(scopes, list):
        raise Unavailable("Shopify did not tell the app's scopes; try again", code="unreadable_answer")
    return sorted(str(scope["handle"])[:100] for scope in scopes if isinstance(scope, dict) and scope.get("handle"))


def _with_order(shop: Shop, document: Callable[..., str], variables: dict[str, Any]) -> dict[str, Any]:
    """With the order's number, where the app may read orders."""
    try:
        return shop.graphql(document(order=True), variables)
    except Refused as refused:
        if refused.code != "permission_missing":
            raise
    return shop.graphql(document(order=False), variables)


def _incoming(node: dict[str, Any], origin: str, now: datetime) -> Incoming:
    body = json.dumps({"dispute": node}, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin=origin, body=body, received_at=now, headers=headers, method="GET", url="graphql.json")
