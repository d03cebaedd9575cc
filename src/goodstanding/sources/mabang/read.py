"""Orders from 马帮 ERP. Its times are Beijing local, ``YYYY-MM-DD HH:MM:SS``, without an offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

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
    Unreadable,
)

from .api import ask
from .config import Config

LIST = "order-get-order-list-new"
BEIJING = ZoneInfo("Asia/Shanghai")
#: One question spans so much at most, so that a cursor is short-lived.
_SPAN = timedelta(days=7)
_MAX_PAGES = 10_000
_ROWS = "100"
_STAMP = "%Y-%m-%d %H:%M:%S"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2})?)?")
_NEVER = re.compile(r"0000-00-00.*|1970-01-01.*")
_NAME = re.compile(r"[^,\s]{1,60}")


def fetch(config: Config, http: Http, since: datetime) -> Iterator[Order]:
    """Orders created since, and those sent since: an order that was known gets its parcel later."""
    now = datetime.now(UTC)
    for kind in ("createDate", "expressTime"):
        start = since
        while start < now:
            end = min(start + _SPAN, now)
            wanted = {f"{kind}Start": _local(start), f"{kind}End": _local(end), "canSend": "3", "allstatus": "1"}
            yield from _pages(wanted, config, http)
            start = end


def find(references: tuple[Reference, ...], config: Config, http: Http | None) -> Iterator[Finding]:
    """The orders of these numbers, as they are now; ten at a time, which is what it takes."""
    if http is None:
        return
    names = list(dict.fromkeys(item.value.strip() for item in references if item.type == "order"))
    names = list(dict.fromkeys(form for name in names for form in (name, name.lstrip("#")) if _NAME.fullmatch(form)))
    for start in range(0, len(names), 10):
        wanted = {"platformOrderIds": ",".join(names[start : start + 10]), "allstatus": "1"}
        for order in _pages(wanted, config, http):
            yield Finding(kind="ev.order_record", title=f"Order {order.number}", origin="mabang", order=order)


def probe(config: Config, http: Http) -> Grant:
    """Reads one order. 马帮 has no way to ask what a key may do: the app's permissions are set where the key is made."""
    ask(LIST, {"createDateStart": _local(datetime.now(UTC) - timedelta(hours=1)), "createDateEnd": _local(datetime.now(UTC)),
               "maxRows": "1"}, config, http)  # fmt: skip
    return Grant(permissions=(LIST,), account=config.app_key.strip()[:255])


def order_of(read: Reader) -> Order:
    """A row of the list as an Order. Raises Unreadable naming the field."""
    number = read.text("platformOrderId")
    currency = (read.text("currencyId", "") or read.text("currency", "")).upper()
    return Order(
        number=number,
        ordered_at=_beijing(read, "createDate"),
        paid_at=_beijing(read, "paidTime"),
        total=_money(read.decimal("orderFee", None), currency),
        buyer_name=read.text("buyerName", ""),
        buyer_email=read.text("email", ""),
        buyer_phone=read.text("phone1", ""),
        shipping_address=_address(read),
        country=read.text("countryCode", ""),
        references=tuple(_references(read, number)),
        lines=tuple(_line(item, currency) for item in read.items("orderItem")),
        shipments=tuple(_shipment(read)),
    )


def _references(read: Reader, number: str) -> Iterator[Reference]:
    yield Reference(type="order", value=number)
    sales = read.text("salesRecordNumber", "")
    if sales and sales != number:
        yield Reference(type="order", value=sales)
    if payment := read.text("paypalId", ""):
        yield Reference(type="payment", value=payment)


def _shipment(read: Reader) -> Iterator[Shipment]:
    number, shipped = read.text("trackNumber", ""), _beijing(read, "expressTime")
    if number or shipped:
        yield Shipment(tracking_number=number, carrier=read.text("myLogisticsChannelName", ""), shipped_at=shipped)


def _line(item: Reader, currency: str) -> OrderLine:
    title = item.text("title", "") or item.text("platformSku", "") or item.text("stockSku", "")
    return OrderLine(
        title=title,
        quantity=item.decimal("quantity", Decimal(0)) or item.decimal("platformQuantity", Decimal(1)),
        sku=item.text("platformSku", "") or item.text("stockSku", ""),
        price=_money(item.decimal("sellPrice", None), currency),
    )


def _address(read: Reader) -> str:
    fields = ("street1", "street2", "city", "province", "postCode", "countryCode")
    return ", ".join(filter(None, (read.text(field, "") for field in fields)))


def _money(value: Decimal | None, currency: str) -> Money | None:
    """No sum without its currency: 马帮 also keeps amounts in yuan, and guessing would be wrong by the rate."""
    if value is None or not currency:
        return None
    try:
        return Money(value, currency)
    except ValueError as error:
        raise Unreadable(f"currencyId: {error}") from None


def _beijing(read: Reader, path: str) -> datetime | None:
    text = read.text(path, "")
    if not text or _NEVER.fullmatch(text):
        return None
    if not _MOMENT.fullmatch(text):
        raise Unreadable(f"{path}: expected a Beijing time like 2026-11-03 14:05:09")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)
    except ValueError:
        raise Unreadable(f"{path}: no such moment") from None


def _local(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime(_STAMP)


def _pages(wanted: dict[str, Any], config: Config, http: Http) -> Iterator[Order]:
    cursor = ""
    for _ in range(_MAX_PAGES):
        page = Reader(ask(LIST, {**wanted, "maxRows": _ROWS, "cursor": cursor}, config, http))
        yield from (order_of(row) for row in page.items("data"))
        more, after = page.flag("hasNext", default=False), page.text("nextCursor", "")
        if not more or not after or after == cursor:
            return
        cursor = after
