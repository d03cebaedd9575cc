"""Deliveries, newest first: refused, unproven, unreadable, or all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from goodstanding.models import AuditEvent, Delivery, Merchant, Trust

PAGE = 50
_WANTED = {
    "untrusted": Q(trust=Trust.UNTRUSTED),
    "unproven": Q(trust=Trust.UNPROVEN),
    "unreadable": ~Q(problem=""),
    "all": Q(),
}
#: The tabs, in their order on the page.
TABS = tuple(_WANTED)


@dataclass(frozen=True, kw_only=True)
class DeliveryPage:
    tab: str
    rows: tuple[Delivery, ...]
    counts: Mapping[str, int]
    next: str
    codes: Mapping[int, str]


def deliveries(merchant: Merchant, tab: str, before: str = "", *, size: int = PAGE) -> DeliveryPage:
    """One page, without the bodies; ``before`` is the id of the last one seen."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(_WANTED[tab], merchant=merchant)
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(
        rows.defer("body", "headers")
        .select_related("connection")
        .prefetch_related("notices__case")
        .order_by("-pk")[: size + 1]
    )
    counts = Delivery.objects.filter(merchant=merchant).aggregate(
        **{name: Count("pk", filter=wanted) if wanted else Count("pk") for name, wanted in _WANTED.items()}
    )
    return DeliveryPage(
        tab=tab,
        rows=tuple(found[:size]),
        counts=counts,
        next=str(found[size - 1].pk) if len(found) > size else "",
        codes=refusal_codes(merchant, [row.pk for row in found[:size]]),
    )


def refusal_codes(merchant: Merchant, ids: list[int]) -> dict[int, str]:
    """Why deliveries were refused, as the adapter's code, by their ids."""
    events = AuditEvent.objects.filter(merchant=merchant, kind="delivery.refused", facts__delivery__in=ids)
    return {facts["delivery"]: str(facts.get("code", "")) for facts in events.values_list("facts", flat=True)}
