"""Orders of a WooCommerce shop by REST wc/v3: https://woocommerce.github.io/woocommerce-rest-api-docs/#orders

Only the ``_gmt`` fields are instants. ``date_created`` and its like are the shop's local time without an offset; where the
``_gmt`` twin is missing the moment stays unknown.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from goodstanding.asking import call, patient, site
from goodstanding.contract import (
    Finding,
    Grant,
    Http,
    Money,
    Order,
    OrderLine,
    Reader,
    Reference,
    Refused,
    Shipment,
    Unavailable,
    Unreadable,
)

from .config import Config

_KEYS = re.compile(r"(ck|cs)_[0-9A-Za-z]{8,100}")
_PAGE = 100
_MAX_PAGES = 100_000
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
#: A path that no shop has: a key that may not write is refused before it is looked for, and nothing can come of it.
_NOWHERE = "/goodstanding-permission-check"


def fetch(config: Config, http: Http, since: datetime) -> Iterator[Order]:
    """Orders modified since."""
    query = {
        "modified_after": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "dates_are_gmt": "true", "orderby": "modified",
        "order": "asc", "per_page": _PAGE,
    }  # fmt: skip
    for page in range(1, _MAX_PAGES):
        rows = _rows(_ask("GET", "/orders", {**query, "page": page}, config, http))
        yield from (order_of(row) for row in rows)
        if len(rows) < _PAGE:
            return


def find(references: tuple[Reference, ...], config: Config, http: Http | None) -> Iterator[Finding]:
    """The orders of these numbers, as they are now."""
    if http is None:
        return
    for name in dict.fromkeys(item.value.strip().lstrip("#") for item in references if item.type == "order"):
        if not (name.isascii() and name.isdigit() and len(name) < 19):
            continue
        for row in _rows(_ask("GET", "/orders", {"include": name, "per_page": 1}, config, http)):
            order = order_of(row)
            yield Finding(
                kind="ev.order_record", title=f"Order {order.number}", origin="woocommerce_orders", order=order
            )


def probe(config: Config, http: Http) -> Grant:
    """A key reads, writes, or both, and nothing finer; one that writes can refund."""
    reads, writes = True, True
    try:
        _ask("GET", "/orders", {"per_page": 1}, config, http)
    except Refused as refused:
        if refused.code != "permission_missing":
            raise
        reads = False
    try:
        _ask("POST", _NOWHERE, {}, config, http)
    except Refused as refused:
        writes = refused.code not in ("permission_missing", "key_invalid")
    return Grant(
        permissions=(*(("read",) if reads else ()), *(("write",) if writes else ())),
        dangerous=("write",) if writes else (),
        missing=() if reads else ("read",),
        account=config.site.strip()[:255],
    )


def order_of(read: Reader) -> Order:
    """A row of ``/orders`` as an Order. Raises Unreadable naming the field."""
    number = read.text("number", "") or read.text("id")
    return Order(
        number=number,
        ordered_at=_gmt(read, "date_created_gmt"),
        paid_at=_gmt(read, "date_paid_gmt"),
        total=read.major_money("total", "currency") if read.has("total") else None,
        refunded=_refunded(read),
        buyer_name=_name(read, "billing"),
        buyer_email=read.text("billing.email", ""),
        buyer_phone=read.text("billing.phone", ""),
        buyer_ip=read.text("customer_ip_address", ""),
        shipping_address=_address(read, "shipping") or _address(read, "billing"),
        billing_address=_address(read, "billing"),
        country=read.text("shipping.country", "") or read.text("billing.country", ""),
        references=tuple(_references(read, number)),
        lines=tuple(_line(item, read.text("currency", "")) for item in read.items("line_items")),
        shipments=tuple(_shipments(read)),
        extra={"payment_method": method} if (method := read.text("payment_method", "")) else {},
    )


def _references(read: Reader, number: str) -> Iterator[Reference]:
    yield Reference(type="order", value=number)
    if (row := read.text("id", "")) and row != number:
        yield Reference(type="order", value=row, system="woocommerce")
    if payment := read.text("transaction_id", ""):
        yield Reference(type="charge" if payment.startswith(("ch_", "py_")) else "payment", value=payment)
    for item in read.items("meta_data"):
        value = item.text("value", "") if item.text("key", "") in ("_stripe_intent_id", "_intent_id") else ""
        if value:
            yield Reference(type="payment", value=value)


def _shipments(read: Reader) -> Iterator[Shipment]:
    """WooCommerce keeps no parcels; its Shipment Tracking extension writes them into the order's meta data."""
    for item in read.items("meta_data"):
        if item.text("key", "") != "_wc_shipment_tracking_items":
            continue
        for parcel in item.items("value"):
            yield Shipment(
                tracking_number=parcel.text("tracking_number", ""),
                carrier=parcel.text("custom_tracking_provider", "") or parcel.text("tracking_provider", ""),
                shipped_at=_seconds(parcel),
            )


def _seconds(parcel: Reader) -> datetime | None:
    value = parcel.integer("date_shipped", None) if parcel.text("date_shipped", "").isdigit() else None
    return datetime.fromtimestamp(value, UTC) if value and value < 10**11 else None


def _gmt(read: Reader, path: str) -> datetime | None:
    """``2026-11-03T06:05:09``: UTC by definition of the field, written without an offset."""
    text = read.text(path, "")
    if not text:
        return None
    if not _STAMP.match(text):
        raise Unreadable(f"{path}: expected a moment like 2026-11-03T06:05:09")
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable(f"{path}: no such moment") from None


def _refunded(read: Reader) -> Money | None:
    total = sum((abs(item.decimal("total", Decimal(0))) for item in read.items("refunds")), Decimal(0))
    try:
        return Money(total, read.text("currency")) if total else None
    except ValueError as error:
        raise Unreadable(f"currency: {error}") from None


def _line(item: Reader, currency: str) -> OrderLine:
    price = item.decimal("price", None)
    try:
        money = Money(price, currency) if price is not None else None
    except ValueError as error:
        raise Unreadable(f"currency: {error}") from None
    return OrderLine(
        title=item.text("name", ""),
        quantity=item.decimal("quantity", Decimal(1)),
        sku=item.text("sku", ""),
        price=money,
    )


def _name(read: Reader, part: str) -> str:
    return " ".join(filter(None, (read.text(f"{part}.first_name", ""), read.text(f"{part}.last_name", ""))))


def _address(read: Reader, part: str) -> str:
    fields = ("address_1", "address_2", "city", "state", "postcode", "country")
    return ", ".join(filter(None, (read.text(f"{part}.{field}", "") for field in fields)))


def _rows(answer: Any) -> list[Reader]:
    if not isinstance(answer, list):
        raise Unavailable("WooCommerce: orders came without a list; try again", code="unreadable_answer")
    return [Reader(row) for row in answer]


def _ask(method: str, path: str, query: Mapping[str, Any], config: Config, http: Http) -> Any:
    base = config.api_base or f"{site(config.site)}/wp-json/wc/v3"
    url = base + path + (f"?{urlencode(query)}" if query else "")
    headers = {"Authorization": _authorization(config)}
    return patient(lambda: call(http, method, url, who="WooCommerce", headers=headers))


def _authorization(config: Config) -> str:
    """Basic authentication, which WooCommerce takes over https only: the key is user, the secret password."""
    key, secret = config.consumer_key.strip(), config.consumer_secret.strip()
    if not key or not secret:
        raise Refused("WooCommerce: no key is set: enter consumer key and consumer secret", code="no_key")
    if not _KEYS.fullmatch(key) or not _KEYS.fullmatch(secret):
        raise Refused(
            "WooCommerce: consumer key (ck_…) or secret (cs_…) is malformed; copy it again", code="key_malformed"
        )
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()
