"""A table's rows as orders, one after another; what cannot be read is named and the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from goodstanding.contract import Money, Order, OrderLine, Reference, Shipment
from goodstanding.tables import Alias, CellError, Row, TableError, amount, identifier, moment, open_table

from .aliases import FIELDS
from .mapping import ColumnMapping, Layout, layout_of, peek

#: Rows of one order may stand apart by this many other orders; a later row comes as the same number again.
_WINDOW = 5_000
_CODE = re.compile(r"[A-Za-z]{3}\Z")
_IDENTIFIERS = ("number", "tracking_number", "payment", "charge", "arn")
_REFERENCES = ("payment", "charge", "arn")
_TEXTS = ("buyer_name", "buyer_email", "buyer_phone", "buyer_ip", "billing_address", "country")
#: Columns that are kept and not searched: the card's last four, an ERP's own number of the parcel.
_EXTRA = ("last4", "package")
_MAX_IDENTIFIER = 200


@dataclass(frozen=True, kw_only=True)
class RowError:
    """A row that was not imported, or the point at which the file broke off (``column`` is then empty)."""

    row: int
    column: str
    code: str
    message_zh: str
    message_en: str


@dataclass(slots=True)
class _Draft:
    """An order while its rows are collected."""

    number: str
    row: int
    moments: dict[str, datetime] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    references: dict[tuple[str, str], None] = field(default_factory=dict)
    lines: list[OrderLine] = field(default_factory=list)
    shipments: dict[str, Shipment] = field(default_factory=dict)
    total: Money | None = None
    refunded: Money | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a table gave, and the row where it began; ``read`` is the row down to which the table has been read."""

    row: int
    read: int
    item: Order | RowError


def orders(data: bytes, filename: str = "", mapping: ColumnMapping | None = None, zone: str = "UTC") -> Iterator[Order]:
    """The orders alone; rows that cannot be read are left out. For a report of them use :func:`read_orders`."""
    return (item for item in read_orders(data, filename, mapping, zone) if isinstance(item, Order))


def read_orders(
    data: bytes, filename: str = "", mapping: ColumnMapping | None = None, zone: str = "UTC", aliases: Alias = FIELDS
) -> Iterator[Order | RowError]:
    """Orders and row errors in file order, in bounded memory.

    ``zone`` is the IANA zone of times that state no offset. Rows of the same order are merged; they need not be adjacent,
    but rows more than 5,000 orders apart come as two orders of the same number, which an import must tolerate. Raises
    TableError where the file is no table or has no column for the order number.
    """
    return (numbered.item for numbered in read_numbered(data, filename, mapping, zone, aliases))


def read_numbered(
    data: bytes, filename: str = "", mapping: ColumnMapping | None = None, zone: str = "UTC", aliases: Alias = FIELDS
) -> Iterator[Numbered]:
    """The same, each with its row. Orders come by ascending row, so whoever wrote them down to one can go on after it."""
    table = open_table(data, filename)
    layout = layout_of(peek(table), mapping or ColumnMapping(), aliases)
    if "number" not in layout.indexes:
        raise TableError(
            "no_order_number",
            f"找不到订单号所在的列，现有：{'、'.join(h for h in layout.header[:30] if h)}。请在列设置里指定",
            "no column looks like the order number; choose it in the column settings",
        )
    return _read(table.rows(), layout, ZoneInfo(zone))


def _read(rows: Iterator[Row], layout: Layout, zone: tzinfo) -> Iterator[Numbered]:
    drafts: dict[str, _Draft] = {}
    reader = _RowReader(layout, zone)
    at = 0
    try:
        for row in rows:
            at = row.number
            if at <= layout.header_row:
                continue
            problem = reader.take(row, drafts)
            if problem:
                yield Numbered(at, at, problem)
            elif len(drafts) > _WINDOW:
                draft = drafts.pop(next(iter(drafts)))
                yield Numbered(draft.row, at, _order(draft))
    except TableError as error:
        broken = RowError(row=0, column="", code=error.code, message_zh=error.message_zh, message_en=str(error))
        yield Numbered(at, at, broken)
    for draft in drafts.values():
        yield Numbered(draft.row, at, _order(draft))


_sum = lru_cache(maxsize=8192)(Money)


class _RowReader:
    """Adds rows to drafts. A row is taken whole or not at all."""

    def __init__(self, layout: Layout, zone: tzinfo) -> None:
        self._layout = layout
        self._zone = zone
        self._pick = list(layout.indexes.items())
        self._moments = [
            name for name in ("ordered_at", "paid_at", "shipped_at", "delivered_at") if name in layout.indexes
        ]

    def take(self, row: Row, drafts: dict[str, _Draft]) -> RowError | None:
        width = len(row.cells)
        values = {name: row.cells[index] for name, index in self._pick if index < width and row.cells[index]}
        column = "number"
        try:
            if "number" not in values:
                raise CellError("no_number", "这一行没有订单号", "the row has no order number")
            for column in _IDENTIFIERS:
                if column in values:
                    self._check_identifier(values[column])
            moments = {}
            for column in self._moments:
                if column in values:
                    moments[column] = moment(values[column], self._zone, self._layout.date_order)
            money = {}
            for column in ("total", "refunded", "price"):
                if column in values:
                    money[column] = self._money(values, column)
            column = "quantity"
            quantity = amount(values["quantity"], self._layout.decimal_mark)[0] if "quantity" in values else Decimal(1)
        except CellError as error:
            return self._problem(row, column, error)
        draft = drafts.get(values["number"]) or drafts.setdefault(
            values["number"], _Draft(values["number"], row.number)
        )
        _merge(draft, values, moments, money, quantity)
        return None

    @staticmethod
    def _check_identifier(text: str) -> None:
        identifier(text)
        if len(text) > _MAX_IDENTIFIER:
            raise CellError(
                "too_long", f"号码超过 {_MAX_IDENTIFIER} 个字符", f"longer than {_MAX_IDENTIFIER} characters"
            )

    def _money(self, values: Mapping[str, str], name: str) -> Money:
        value, written = amount(values[name], self._layout.decimal_mark)
        currency = values.get("currency") or written or self._layout.currency
        if not _CODE.match(currency):
            raise CellError(
                "no_currency",
                f"金额“{values[name]}”没有币种。请在列设置里指定币种列，或填写默认币种（如 USD）",
                f"the amount {values[name]!r} has no currency; choose its column or a default in the column settings",
            )
        return _sum(value, currency)

    def _problem(self, row: Row, name: str, error: CellError) -> RowError:
        column = self._layout.header[self._layout.indexes[name]] if name in self._layout.indexes else name
        return RowError(
            row=row.number,
            column=column,
            code=error.code,
            message_zh=f"第 {row.number} 行“{column}”：{error.message_zh}",
            message_en=f"row {row.number}, column {column!r}: {error}",
        )


def _merge(
    draft: _Draft,
    values: Mapping[str, str],
    moments: Mapping[str, datetime],
    money: Mapping[str, Money],
    quantity: Decimal,
) -> None:
    for name in ("ordered_at", "paid_at"):
        if name in moments:
            draft.moments.setdefault(name, moments[name])
    for name in _TEXTS:
        if name in values:
            draft.texts.setdefault(name, values[name])
    if "shipping_address" not in draft.texts and (address := _address(values)):
        draft.texts["shipping_address"] = address
    for name in _EXTRA:
        if name in values:
            draft.texts.setdefault(name, values[name])
    for name in _REFERENCES:
        if name in values:
            draft.references[name, values[name]] = None
    # Exports repeat the order's total on each row, or state it on the first row only: never a sum.
    draft.total = draft.total or money.get("total")
    draft.refunded = draft.refunded or money.get("refunded")
    if "title" in values or "sku" in values:
        draft.lines.append(
            OrderLine(
                title=values.get("title") or values["sku"],
                quantity=quantity,
                sku=values.get("sku", ""),
                price=money.get("price"),
            )
        )
    _merge_shipment(draft, values, moments)


def _merge_shipment(draft: _Draft, values: Mapping[str, str], moments: Mapping[str, datetime]) -> None:
    number = values.get("tracking_number", "")
    if not (number or "shipped_at" in moments or "delivered_at" in moments):
        return
    known = draft.shipments.get(number)
    draft.shipments[number] = Shipment(
        tracking_number=number,
        carrier=(known.carrier if known else "") or values.get("carrier", ""),
        shipped_at=(known.shipped_at if known else None) or moments.get("shipped_at"),
        delivered_at=(known.delivered_at if known else None) or moments.get("delivered_at"),
        delivered_to=(known.delivered_to if known else "") or values.get("delivered_to", ""),
        signed_by=(known.signed_by if known else "") or values.get("signed_by", ""),
    )


def _address(values: Mapping[str, str]) -> str:
    names = ("shipping_address", "address2", "city", "province", "postcode")
    parts = [values[name] for name in names if name in values]
    street = values.get("shipping_address", "")
    return ", ".join(part for i, part in enumerate(parts) if i == 0 or part not in street)


def _order(draft: _Draft) -> Order:
    texts = dict(draft.texts)
    extra = {name: texts.pop(name) for name in _EXTRA if name in texts}
    return Order(
        number=draft.number,
        ordered_at=draft.moments.get("ordered_at"),
        paid_at=draft.moments.get("paid_at"),
        total=draft.total,
        refunded=draft.refunded,
        references=(
            Reference(type="order", value=draft.number),
            *(Reference(type=t, value=v) for t, v in draft.references),
        ),
        lines=tuple(draft.lines),
        shipments=tuple(draft.shipments.values()),
        extra=extra,
        **texts,
    )
