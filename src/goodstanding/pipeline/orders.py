"""Orders come in from tables and shops, and a case finds its own among them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db.models import Q

from goodstanding.audit import kinds, record
from goodstanding.contract import Order as OrderValue
from goodstanding.models import Case, ColumnMapping, Member, Merchant, Order, OrderReference, acting_for
from goodstanding.sources.orders import ColumnMapping as Columns
from goodstanding.sources.orders import RowError, read_orders

from .stored import order_row

_BATCH = 1_000
_SHOWN_ERRORS = 200


@dataclass
class Imported:
    """What an import did. ``errors`` holds the first ones; ``bad`` counts all."""

    orders: int = 0
    changed: int = 0
    bad: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_table(
    merchant: Merchant,
    member: Member | None,
    filename: str,
    content: bytes,
    mapping: Columns | None = None,
    zone: str = "Asia/Shanghai",
    source: str = "orders",
) -> Imported:
    """Read a table into orders, in batches that commit; running it again changes nothing. Raises TableError."""
    done = Imported()
    rows = read_orders(content, filename, mapping, zone)
    for batch in _batches(_only_orders(rows, done)):
        with acting_for(merchant.pk):
            done.changed += keep(merchant.pk, source, batch)
        done.orders += len(batch)
    with acting_for(merchant.pk):
        record(
            kinds.ORDERS_IMPORTED, merchant, actor=member, actor_name=str(member or ""), count=done.orders, bad=done.bad
        )
    return done


def remember(merchant: Merchant, header: Iterable[str], mapping: dict[str, str], zone: str) -> None:
    """Keep how a table with this header is read, for the next one."""
    digest = header_digest(header)
    ColumnMapping.objects.update_or_create(
        merchant=merchant, header_digest=digest, defaults={"mapping": mapping, "zone": zone}
    )


def header_digest(header: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps([name.strip() for name in header], ensure_ascii=False).encode()).hexdigest()


def keep(merchant_id: int, source: str, batch: list[OrderValue]) -> int:
    """Write orders that are new or differ; how many that were."""
    rows = {order.number: _row(merchant_id, source, order) for order in batch}
    known = dict(
        Order.objects.filter(merchant_id=merchant_id, source=source, number__in=rows).values_list("number", "digest")
    )
    fresh = [row for number, row in rows.items() if known.get(number) != row.digest]
    if not fresh:
        return 0
    Order.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["merchant", "source", "number"],
        update_fields=["ordered_at", "amount", "currency", "buyer_email", "data", "digest", "imported_at"],
    )
    ids = dict(
        Order.objects.filter(
            merchant_id=merchant_id, source=source, number__in=[row.number for row in fresh]
        ).values_list("number", "pk")
    )
    by_number = {order.number: order for order in batch}
    OrderReference.objects.bulk_create(
        [
            OrderReference(merchant_id=merchant_id, order_id=ids[row.number], type=kind, value=value[:255])
            for row in fresh
            for kind, value in _names(by_number[row.number])
        ],
        ignore_conflicts=True,
    )
    return len(fresh)


@dataclass(frozen=True)
class Match:
    """The orders that a case may be about, and by what they were found."""

    orders: tuple[Order, ...]
    by: str
    value: str


def match(case: Case) -> Match | None:
    """Payment, charge and ARN before the order number, the order number before amount and buyer; None where nothing fits."""
    for kinds_, label in (
        (("payment", "charge", "arn", "invoice"), "payment"),
        (("order",), "order"),
        (("tracking",), "tracking"),
    ):
        values = [item["value"] for item in case.references if item["type"] in kinds_ and item["value"]]
        if label == "order" and case.facts.get("order_number"):
            values.append(str(case.facts["order_number"]))
        found = _named(case.merchant_id, values)
        if found:
            return Match(found, label, ", ".join(values)[:200])
    return _alike(case)


def _named(merchant_id: int, values: list[str]) -> tuple[Order, ...]:
    if not values:
        return ()
    wanted = {value for item in values for value in (item, item.lstrip("#"), f"#{item.lstrip('#')}")}
    by_reference = OrderReference.objects.filter(merchant_id=merchant_id, value__in=wanted).values("order_id")
    rows = Order.objects.filter(merchant_id=merchant_id).filter(Q(number__in=wanted) | Q(pk__in=by_reference))
    return tuple(rows.order_by("pk")[:5])


def _alike(case: Case) -> Match | None:
    """The same sum from the same buyer, in the half year before the case."""
    email = next((str(item) for item in (case.facts.get("buyer_email"),) if item), "")
    if case.amount is None or not email:
        return None
    rows = Order.objects.filter(
        merchant_id=case.merchant_id, amount=case.amount, currency=case.currency, buyer_email__iexact=email
    ).filter(Q(ordered_at__lte=case.opened_at) | Q(ordered_at__isnull=True))
    found = tuple(rows.order_by("pk")[:5])
    return Match(found, "amount_and_email", f"{case.amount:f} {case.currency}") if found else None


def _only_orders(rows: Iterable[OrderValue | RowError], done: Imported) -> Iterator[OrderValue]:
    for item in rows:
        if isinstance(item, RowError):
            done.bad += 1
            if len(done.errors) < _SHOWN_ERRORS:
                done.errors.append(item)
        else:
            yield item


def _batches(rows: Iterator[OrderValue]) -> Iterator[list[OrderValue]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _row(merchant_id: int, source: str, order: OrderValue) -> Order:
    data: dict[str, Any] = order_row(order)
    digest = hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return Order(
        merchant_id=merchant_id,
        source=source,
        number=order.number[:120],
        ordered_at=order.ordered_at,
        amount=order.total.amount if order.total else None,
        currency=order.total.currency if order.total else "",
        buyer_email=order.buyer_email[:254],
        data=data,
        digest=digest,
    )


def _names(order: OrderValue) -> Iterator[tuple[str, str]]:
    for item in order.references:
        yield item.type[:20], item.value
    for parcel in order.shipments:
        if parcel.tracking_number:
            yield "tracking", parcel.tracking_number
