"""Orders: looked for by number, buyer or any of their references."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from goodstanding.models import Merchant, Order, OrderReference

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    rows: tuple[Order, ...]
    search: str
    next: str
    any: bool


def orders(merchant: Merchant, search: str = "", before: str = "", *, size: int = PAGE) -> OrderPage:
    """One page, newest import first; three queries."""
    search = search.replace("\0", "").strip()[:200]
    rows = Order.objects.filter(merchant=merchant)
    if search:
        named = OrderReference.objects.filter(merchant=merchant, value__iexact=search).values("order_id")
        rows = rows.filter(
            Q(number__icontains=search.lstrip("#"))
            | Q(buyer_email__icontains=search)
            | Q(data__buyer_name__icontains=search)
            | Q(pk__in=named)
        )
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: size + 1])
    return OrderPage(
        rows=tuple(found[:size]),
        search=search,
        next=str(found[size - 1].pk) if len(found) > size else "",
        any=bool(found) or Order.objects.filter(merchant=merchant).exists(),
    )
