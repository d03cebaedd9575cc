"""A case finds its order among those that we hold, and says why it is this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date

from goodstanding.models import Case, Order, OrderReference

from .order_rows import number_forms

#: A payment names one order; an order number may be used by two shops; a sum and a buyer only suggest.
_WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("payment", ("payment", "charge", "invoice")),
    ("arn", ("arn",)),
    ("order", ("order",)),
    ("tracking", ("tracking",)),
)
_CANDIDATES = 5
#: A dispute may come 540 days after the payment; a day's grace for shops whose clock is not the network's.
_LONGEST = timedelta(days=540)
_GRACE = timedelta(days=1)
#: Around a transaction's own date, which networks give without a time.
_NEAR = timedelta(days=3)


@dataclass(frozen=True)
class Match:
    """The orders that a case may be about, and by what they were found: ``payment``, ``arn``, ``order``, ``tracking``,
    ``amount_and_email``, ``amount_and_card``. ``sure`` where one order was found by a name that only it has."""

    orders: tuple[Order, ...]
    by: str
    value: str

    @property
    def sure(self) -> bool:
        return len(self.orders) == 1 and self.by != "amount_and_card"


def match(case: Case) -> Match | None:
    """Payment and ARN before the order number, that before the parcel, all before sum, date and buyer; None where nothing fits.

    Several orders under one name are told apart by sum and currency where that leaves one.
    """
    for by, types in _WAYS:
        values = _values(case, types)
        if by == "order" and case.facts.get("order_number"):
            values.append(str(case.facts["order_number"]))
        found = _named(case.merchant_id, values, types)
        if found:
            return Match(_told_apart(case, found), by, ", ".join(values)[:200])
    return _alike(case)


def siblings(case: Case) -> QuerySet[Case]:
    """The other cases about the same payment or the same order: a second dispute, an inquiry before it, a mail about it."""
    names = [
        {"type": item["type"], "value": item["value"]}
        for item in case.references
        if item.get("type") in ("payment", "charge", "arn") and item.get("value")
    ]
    same = Q(order=case.order_id) if case.order_id else Q(pk__in=[])
    for name in names:
        same |= Q(references__contains=[name])
    return Case.objects.filter(same, merchant_id=case.merchant_id, drill=case.drill).exclude(pk=case.pk).order_by("pk")


def _values(case: Case, types: Iterable[str]) -> list[str]:
    return [str(item["value"]) for item in case.references if item.get("type") in types and item.get("value")]


def _named(merchant_id: int, values: list[str], types: tuple[str, ...]) -> tuple[Order, ...]:
    if not values:
        return ()
    written = {form for value in values for form in (value, value.strip(), *number_forms(value))}
    named = OrderReference.objects.filter(merchant_id=merchant_id, type__in=types, value__in=written).values("order_id")
    wanted = Q(pk__in=named)
    if "order" in types:
        wanted |= Q(number__in=written)
    return tuple(Order.objects.filter(wanted, merchant_id=merchant_id).order_by("pk")[:_CANDIDATES])


def _told_apart(case: Case, found: tuple[Order, ...]) -> tuple[Order, ...]:
    if len(found) < 2:
        return found
    if case.store_id:
        own = tuple(order for order in found if order.store_id == case.store_id)
        found = own or found
    if len(found) > 1 and case.amount is not None:
        same = tuple(order for order in found if (order.amount, order.currency) == (case.amount, case.currency))
        found = same if len(same) == 1 else found
    return found


def _alike(case: Case) -> Match | None:
    """The same sum, in time for this dispute, from the same buyer or by a card of the same last four digits."""
    if case.amount is None or not case.currency:
        return None
    rows = Order.objects.filter(merchant_id=case.merchant_id, amount=case.amount, currency=case.currency)
    rows = rows.filter(_in_time(case)).order_by("pk")
    shown = f"{case.amount.normalize():f} {case.currency}"
    email = str(case.facts.get("buyer_email") or "").strip()
    if email and (found := tuple(rows.filter(buyer_email__iexact=email)[:_CANDIDATES])):
        return Match(found, "amount_and_email", f"{shown}, {email}")
    last4 = str(case.facts.get("card_last4") or case.facts.get("last4") or "").strip()
    if last4 and (found := tuple(rows.filter(data__extra__last4=last4)[:_CANDIDATES])):
        return Match(found, "amount_and_card", f"{shown}, {last4}")
    return None


def _in_time(case: Case) -> Q:
    stated = case.facts.get("paid_at") or case.facts.get("ordered_at") or ""
    day = parse_date(str(stated)[:10])
    if day is not None:
        within = Q(ordered_at__date__range=(day - _NEAR, day + _NEAR))
    else:
        within = Q(ordered_at__range=(case.opened_at - _LONGEST, case.opened_at + _GRACE))
    return within | Q(ordered_at__isnull=True)
