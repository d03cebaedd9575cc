"""Orders of a Shopify shop: what is new, one by its number, and what the token allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

from goodstanding.contract import (
    Finding,
    Grant,
    Http,
    Money,
    Order,
    OrderLine,
    Reader,
    Reference,
    Shipment,
    Unavailable,
)

from . import documents
from .api import Shop
from .config import Config

_PAGE = 50
_MAX_PAGES = 20_000
_NAME = re.compile(r"[\w\-.]{1,60}")
READ_SCOPE = "read_orders"
#: Whoever writes these can refund, cancel, charge or give money away. https://shopify.dev/docs/api/usage/access-scopes
DANGEROUS = frozenset([
    "write_all_orders", "write_customer_payment_methods", "write_discounts", "write_draft_orders", "write_gift_cards",
    "write_gift_card_transactions", "write_marketplace_orders", "write_order_edits", "write_orders",
    "write_own_subscription_contracts", "write_payment_gateways", "write_payment_mandate", "write_payment_sessions",
    "write_payment_terms", "write_price_rules", "write_returns", "write_shopify_payments_payouts",
    "write_store_credit_account_transactions",
])  # fmt: skip


def fetch(config: Config, http: Http, since: datetime) -> Iterator[Order]:
    """Orders changed since. Without ``read_all_orders`` Shopify shows the last 60 days only."""
    yield from _orders(Shop(config, http), f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'")


def find(references: tuple[Reference, ...], config: Config, http: Http | None) -> Iterator[Finding]:
    """The orders of these numbers, as they are now."""
    if http is None:
        return
    shop = Shop(config, http)
    for name in dict.fromkeys(item.value.strip().lstrip("#") for item in references if item.type == "order"):
        if not _NAME.fullmatch(name):
            continue
        for order in _orders(shop, f"name:'{name}'"):
            if order.number.lstrip("#").lower() == name.lower():  # Shopify also finds numbers that only begin alike
                yield Finding(
                    kind="ev.order_record", title=f"Order {order.number}", origin="shopify_orders", order=order
                )


def probe(config: Config, http: Http) -> Grant:
    """The scopes that Shopify granted to the app; it tells them to whoever holds a token."""
    data = Shop(config, http).graphql(documents.SCOPES, {})
    installation = data.get("currentAppInstallation")
    scopes = installation.get("accessScopes") if isinstance(installation, dict) else None
    if not isinstance(scopes, list):
        raise Unavailable("Shopify did not tell the app's scopes; try again", code="unreadable_answer")
    held = sorted(str(scope["handle"])[:100] for scope in scopes if isinstance(scope, dict) and scope.get("handle"))
    shop = data.get("shop")
    return Grant(
        permissions=tuple(held),
        dangerous=tuple(scope for scope in held if scope in DANGEROUS),
        missing=() if {READ_SCOPE, "write_orders"} & set(held) else (READ_SCOPE,),
        account=str(shop.get("myshopifyDomain") or "")[:255] if isinstance(shop, dict) else "",
    )


def _orders(shop: Shop, query: str) -> Iterator[Order]:
    after: str | None = None
    for _ in range(_MAX_PAGES):
        data = shop.graphql(documents.ORDERS, {"query": query, "after": after, "first": _PAGE})
        page = Reader(data)
        for node in page.items("orders.nodes"):
            yield order_of(node)
        cursor = (
            page.text("orders.pageInfo.endCursor", "")
            if page.flag("orders.pageInfo.hasNextPage", default=False)
            else ""
        )
        if not cursor or cursor == after:
            return
        after = cursor


def order_of(read: Reader) -> Order:
    """An order node as an Order. Raises Unreadable naming the field."""
    return Order(
        number=read.text("name"),
        ordered_at=read.moment("processedAt", None) or read.moment("createdAt", None),
        paid_at=_paid(read),
        total=_money(read, "totalPriceSet"),
        refunded=_refunded(read),
        buyer_name=read.text("customer.displayName", "") or read.text("shippingAddress.name", ""),
        buyer_email=read.text("email", "") or read.text("customer.email", ""),
        buyer_phone=read.text("phone", "") or read.text("shippingAddress.phone", ""),
        buyer_ip=read.text("clientIp", ""),
        shipping_address=_lines(read, "shippingAddress.formatted"),
        billing_address=_lines(read, "billingAddress.formatted"),
        country=read.text("shippingAddress.countryCodeV2", ""),
        references=tuple(_references(read)),
        lines=tuple(_line(item) for item in read.items("lineItems.nodes")),
        shipments=tuple(_shipments(read)),
        extra=_extra(read),
    )


def _references(read: Reader) -> Iterable[Reference]:
    yield Reference(type="order", value=read.text("name"))
    if number := read.text("legacyResourceId", ""):
        yield Reference(type="order", value=number, system="shopify")
    for payment in read.items("transactions"):
        for field in ("paymentId", "authorizationCode"):
            if value := payment.text(field, ""):
                yield Reference(type="payment", value=value)


def _paid(read: Reader) -> datetime | None:
    done = [
        item.moment("processedAt", None)
        for item in read.items("transactions")
        if item.text("kind", "") in ("SALE", "CAPTURE") and item.text("status", "") == "SUCCESS"
    ]
    return min((moment for moment in done if moment), default=None)


def _extra(read: Reader) -> dict[str, str]:
    digits = [item.text("accountNumber", "")[-4:] for item in read.items("transactions")]
    last4 = next((four for four in digits if len(four) == 4 and four.isdigit()), "")
    return {"last4": last4} if last4 else {}


def _shipments(read: Reader) -> Iterable[Shipment]:
    for parcel in read.items("fulfillments"):
        tracked = parcel.items("trackingInfo") or [Reader({})]
        for tracking in tracked:
            yield Shipment(
                tracking_number=tracking.text("number", ""),
                carrier=tracking.text("company", ""),
                shipped_at=parcel.moment("createdAt", None),
                delivered_at=parcel.moment("deliveredAt", None) if len(tracked) == 1 else None,
            )


def _line(item: Reader) -> OrderLine:
    return OrderLine(
        title=item.text("title", ""),
        quantity=item.decimal("quantity", Decimal(1)),
        sku=item.text("sku", ""),
        price=_money(item, "originalUnitPriceSet"),
    )


def _money(read: Reader, path: str) -> Money | None:
    """A sum as the buyer saw it."""
    inside = f"{path}.presentmentMoney"
    return read.major_money(f"{inside}.amount", f"{inside}.currencyCode") if read.has(inside) else None


def _refunded(read: Reader) -> Money | None:
    money = _money(read, "totalRefundedSet")
    return money if money and money.amount else None


def _lines(read: Reader, path: str) -> str:
    return ", ".join(part for part in read.texts(path) if part)
