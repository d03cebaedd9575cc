"""Orders of a Magento 2 or Adobe Commerce shop: https://developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches/

Magento stores and returns moments in UTC without saying so (``2026-11-03 06:05:09``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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

_PAGE = 100
_MAX_PAGES = 100_000
_TOKEN = re.compile(r"[\x21-\x7e]{8,500}")
_NAME = re.compile(r"[\w\-.]{1,60}")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}")
#: What would refund or cancel order 0, which no shop has: the right is checked before the order is looked for.
_WRITES = {"sales/creditmemo": "/order/0/refund", "sales/cancel": "/orders/0/cancel"}


def fetch(config: Config, http: Http, since: datetime) -> Iterator[Order]:
    """Orders updated since."""
    yield from _search(config, http, "updated_at", f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}", "gteq")


def find(references: tuple[Reference, ...], config: Config, http: Http | None) -> Iterator[Finding]:
    """The orders of these numbers, as they are now."""
    if http is None:
        return
    for name in dict.fromkeys(item.value.strip().lstrip("#") for item in references if item.type == "order"):
        if _NAME.fullmatch(name):
            for order in _search(config, http, "increment_id", name, "eq"):
                title = f"Order {order.number}"
                yield Finding(kind="ev.order_record", title=title, origin="magento_orders", order=order)


def probe(config: Config, http: Http) -> Grant:
    """Reading is tried on one order; refunding and cancelling on order 0, where nothing can come of it."""
    reads = _allowed("GET", f"/orders?{_query('entity_id', '0', 'gt', 1, 1)}", config, http)
    writes = tuple(name for name, path in _WRITES.items() if _allowed("POST", path, config, http))
    return Grant(
        permissions=(*(("sales/actions_view",) if reads else ()), *writes),
        dangerous=writes,
        missing=() if reads else ("sales/actions_view",),
        account=config.site.strip()[:255],
    )


def order_of(read: Reader) -> Order:
    """A row of ``/orders`` as an Order. Raises Unreadable naming the field."""
    number = read.text("increment_id")
    currency = read.text("order_currency_code", "")
    return Order(
        number=number,
        ordered_at=_utc(read, "created_at"),
        total=_money(read.decimal("grand_total", None), currency),
        refunded=_money(read.decimal("total_refunded", None) or None, currency),
        buyer_name=" ".join(filter(None, (read.text("customer_firstname", ""), read.text("customer_lastname", "")))),
        buyer_email=read.text("customer_email", ""),
        buyer_phone=read.text("billing_address.telephone", ""),
        buyer_ip=read.text("remote_ip", ""),
        shipping_address=_address(read, _SHIPPING) or _address(read, "billing_address"),
        billing_address=_address(read, "billing_address"),
        country=read.text(f"{_SHIPPING}.country_id", "") or read.text("billing_address.country_id", ""),
        references=tuple(_references(read, number)),
        lines=tuple(_line(item, currency) for item in read.items("items") if not item.has("parent_item_id")),
        shipments=tuple(_shipments(read)),
        extra={"last4": last4} if len(last4 := read.text("payment.cc_last4", "")) == 4 else {},
    )


_SHIPPING = "extension_attributes.shipping_assignments.0.shipping.address"


def _references(read: Reader, number: str) -> Iterator[Reference]:
    yield Reference(type="order", value=number)
    for field in ("payment.last_trans_id", "payment.cc_trans_id"):
        if value := read.text(field, ""):
            yield Reference(type="payment", value=value)


def _shipments(read: Reader) -> Iterator[Shipment]:
    """Tracks come with the order only where the shop adds them; Magento itself lists them under ``/shipments``."""
    for track in read.items("extension_attributes.shipment_tracks"):
        yield Shipment(
            tracking_number=track.text("track_number", ""),
            carrier=track.text("title", "") or track.text("carrier_code", ""),
            shipped_at=_utc(track, "created_at"),
        )


def _line(item: Reader, currency: str) -> OrderLine:
    return OrderLine(
        title=item.text("name", ""),
        quantity=item.decimal("qty_ordered", Decimal(1)),
        sku=item.text("sku", ""),
        price=_money(item.decimal("price", None), currency),
    )


def _money(value: Decimal | None, currency: str) -> Money | None:
    try:
        return None if value is None else Money(value, currency)
    except ValueError as error:
        raise Unreadable(f"order_currency_code: {error}") from None


def _utc(read: Reader, path: str) -> datetime | None:
    text = read.text(path, "")
    if not text:
        return None
    if not _STAMP.fullmatch(text[:19]):
        raise Unreadable(f"{path}: expected a moment like 2026-11-03 06:05:09")
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable(f"{path}: no such moment") from None


def _address(read: Reader, part: str) -> str:
    streets = read.texts(f"{part}.street")
    rest = (read.text(f"{part}.{field}", "") for field in ("city", "region", "postcode", "country_id"))
    return ", ".join(filter(None, (*streets, *rest)))


def _search(config: Config, http: Http, field: str, value: str, condition: str) -> Iterator[Order]:
    """All pages; a page beyond the last repeats the last, so the count decides."""
    seen = 0
    for page in range(1, _MAX_PAGES):
        answer = _ask("GET", f"/orders?{_query(field, value, condition, page, _PAGE)}", config, http)
        read = Reader(answer)
        rows = read.items("items")
        yield from (order_of(row) for row in rows)
        seen += len(rows)
        if not rows or seen >= read.integer("total_count"):
            return


def _query(field: str, value: str, condition: str, page: int, size: int) -> str:
    rule = "searchCriteria[filterGroups][0][filters][0]"
    return urlencode({
        f"{rule}[field]": field, f"{rule}[value]": value, f"{rule}[conditionType]": condition,
        "searchCriteria[sortOrders][0][field]": "entity_id", "searchCriteria[sortOrders][0][direction]": "ASC",
        "searchCriteria[currentPage]": page, "searchCriteria[pageSize]": size,
    })  # fmt: skip


def _allowed(method: str, path: str, config: Config, http: Http) -> bool:
    try:
        _ask(method, path, config, http)
    except Refused as refused:
        if refused.code == "key_invalid":
            raise
        return refused.code != "permission_missing"
    return True


def _ask(method: str, path: str, config: Config, http: Http) -> dict[str, Any]:
    token = config.access_token.strip()
    if not _TOKEN.fullmatch(token):
        code = "key_malformed" if token else "no_key"
        raise Refused("Magento: no usable access token is set; copy it from the integration", code=code)
    url = (config.api_base or f"{site(config.site)}/rest/V1") + path
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = b"{}" if method == "POST" else None
    answer = patient(lambda: call(http, method, url, who="Magento", headers=headers, content=content))
    if method == "GET" and not isinstance(answer, dict):
        raise Unavailable("Magento: an answer that is no object; try again", code="unreadable_answer")
    return answer if isinstance(answer, dict) else {}
