"""The inbox: which cases, in which order, waiting for what."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast

from goodstanding.contract import Money
from goodstanding.models import Case, Delivery, Member, Merchant, Trust, Waiting

from .original import outside_ref

PAGE = 50
ALL = "all"
#: The tabs, in their order on the page.
TABS = (*Waiting.values[:5], "open", Waiting.NOTHING.value, ALL)
_DUE = {"overdue": timedelta(), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}
_NO_DATE = "-"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the reader asked for; unknown values ask for nothing. ``owner`` is a member's id, ``none`` or ``me``."""

    tab: str = "open"
    kind: str = ""
    network: str = ""
    family: str = ""
    owner: str = ""
    scope: str = ""  # "", "drill", "test", "live"
    least: Decimal | None = None
    most: Decimal | None = None
    due: str = ""
    search: str = ""
    sort: str = ""
    after: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        """From the address; what does not parse is left out."""
        tab = query.get("tab", "open")
        return cls(
            tab=tab if tab in TABS else "open",
            kind=query.get("kind", "")[:40],
            network=query.get("network", "")[:40],
            family=query.get("family", "")[:40],
            owner=query.get("owner", "")[:20],
            scope=query.get("scope", "") if query.get("scope") in ("drill", "test", "live") else "",
            least=_number(query.get("least", "")),
            most=_number(query.get("most", "")),
            due=query.get("due", "") if query.get("due") in _DUE else "",
            search=query.get("q", "").replace("\0", "").strip()[:200],
            sort="newest" if query.get("sort") == "newest" else "",
            after=query.get("after", "")[:200],
        )

    @property
    def narrowed(self) -> bool:
        """Is anything asked for beyond the tab?"""
        return replace(self, tab="open", after="", sort="") != Filters()

    @property
    def count(self) -> int:
        """How many filters beside tab, search and order are set."""
        given = (self.kind, self.network, self.family, self.owner, self.scope, self.least, self.most, self.due)
        return sum(1 for item in given if item not in ("", None))

    @property
    def by_due(self) -> bool:
        """Most urgent first; what is over, and everything together, is read newest first."""
        return not self.sort and self.tab not in (Waiting.NOTHING, ALL)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the inbox."""

    id: int
    number: int
    case_ref: str
    kind: str
    stage: str
    family: str
    network: str
    reason_code: str
    reason_scheme: str
    amount: Money | None
    who: str
    waiting: str
    due_at: datetime | None
    zone: str
    estimate: bool
    owner: str
    owner_id: int | None
    channel: str
    store: str
    order_number: str
    drill: bool
    test: bool
    authority: str
    needs_human: tuple[str, ...]
    opened_at: datetime
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of rows; ``next`` is the key of the page that follows, or ""."""

    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    next: str
    members: tuple[tuple[int, str], ...]
    untrusted: int
    networks: tuple[str, ...] = field(default=())

    @property
    def empty(self) -> bool:
        """Has this merchant no case at all?"""
        return not self.counts.get(ALL)


def inbox(merchant: Merchant, member: Member, filters: Filters, *, size: int = PAGE) -> Page:
    """The page of the inbox that the filters ask for: five queries, however many cases there are."""
    narrowed = _narrow(Case.objects.filter(merchant=merchant), filters, member)
    found = list(_page(_tab(narrowed, filters.tab), filters)[: size + 1])
    rows, more = found[:size], len(found) > size
    networks = Case.objects.filter(merchant=merchant).exclude(network="").values_list("network", flat=True)
    return Page(
        rows=tuple(_row(item) for item in rows),
        counts=_counts(narrowed),
        next=_key(rows[-1], filters) if more else "",
        members=tuple(
            (item.pk, str(item))
            for item in merchant.members.filter(left_at__isnull=True).select_related("user").order_by("pk")
        ),
        untrusted=Delivery.objects.filter(merchant=merchant, trust=Trust.UNTRUSTED).count(),
        networks=tuple(networks.order_by("network").distinct()),
    )


def _counts(cases: QuerySet[Case]) -> dict[str, int]:
    """Cases by what they wait for, in one query over the same conditions as the tabs."""
    rows = (
        cases.with_waiting()  # type: ignore[attr-defined]
        .values("waits")
        .order_by("waits")
        .annotate(n=Count("pk"))
    )
    counts = {row["waits"]: row["n"] for row in rows}
    total = sum(counts.values())
    return {**counts, ALL: total, "open": total - counts.get(Waiting.NOTHING.value, 0)}


def _tab(cases: QuerySet[Case], tab: str) -> QuerySet[Case]:
    if tab == ALL:
        return cases.with_facts()  # type: ignore[attr-defined,no-any-return]
    if tab == "open":
        return cases.open()  # type: ignore[attr-defined,no-any-return]
    return cases.waiting_for(tab)  # type: ignore[attr-defined,no-any-return]


def _narrow(cases: QuerySet[Case], filters: Filters, member: Member) -> QuerySet[Case]:
    for name in ("kind", "network", "family"):
        if value := getattr(filters, name):
            cases = cases.filter(**{name: value})
    if filters.owner == "me":
        cases = cases.filter(owner=member)
    elif filters.owner == "none":
        cases = cases.filter(owner__isnull=True)
    elif filters.owner.isdecimal():
        cases = cases.filter(owner_id=int(filters.owner))
    if filters.scope == "live":
        cases = cases.filter(drill=False, test=False)
    elif filters.scope:
        cases = cases.filter(**{filters.scope: True})
    if filters.least is not None:
        cases = cases.filter(amount__gte=filters.least)
    if filters.most is not None:
        cases = cases.filter(amount__lte=filters.most)
    if filters.due:
        cases = cases.filter(due_at__lt=datetime.now(UTC) + _DUE[filters.due])
    return _search(cases, filters.search)


def _search(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """By our number, any outside name, the order, or the buyer. Every word must be found somewhere."""
    for word in text.split()[:6]:
        bare = word.removeprefix("#")
        wanted = (
            Q(case_ref__icontains=bare)
            | Q(complainant__icontains=word)
            | Q(issuer__icontains=word)
            | Q(reason_code__iexact=word)
            | Q(order__number__icontains=bare)
            | Q(order__buyer_email__icontains=word)
            | Q(order__data__buyer_name__icontains=word)
            | Q(names__icontains=bare)
        )
        if bare.isdecimal() and len(bare) < 10:
            wanted |= Q(number=int(bare))
        cases = cases.annotate(names=Cast("references", TextField())).filter(wanted)
    return cases


def _page(cases: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    cases = cases.select_related("owner__user", "store", "connection", "order").prefetch_related(None)
    when, key = _unkey(filters.after)
    if not filters.by_due:
        if key:
            cases = cases.filter(Q(opened_at__lt=when) | Q(opened_at=when, pk__lt=key)) if when else cases
        return _with_zone(cases.order_by("-opened_at", "-pk"))
    if key and when:
        cases = cases.filter(Q(due_at__gt=when) | Q(due_at=when, pk__gt=key) | Q(due_at__isnull=True))
    elif key:
        cases = cases.filter(due_at__isnull=True, pk__gt=key)
    return _with_zone(cases.order_by(F("due_at").asc(nulls_last=True), "pk"))


def _with_zone(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The zone and certainty of the deadline that is due next."""
    from django.db.models import OuterRef, Subquery

    from goodstanding.models import Deadline

    next_due = Deadline.objects.filter(case=OuterRef("pk"), at=OuterRef("due_at"))
    return cases.annotate(
        due_zone=Subquery(next_due.values("zone")[:1]), due_estimate=Subquery(next_due.values("estimate")[:1])
    )


def _row(case: Any) -> Row:
    order = case.order
    buyer = str((order.data or {}).get("buyer_name", "")) if order else ""
    return Row(
        id=case.pk,
        number=case.number,
        case_ref=outside_ref(case),
        kind=case.kind,
        stage=case.stage,
        family=case.family,
        network=case.network,
        reason_code=case.reason_code,
        reason_scheme=case.reason_scheme,
        amount=case.sum,
        who=case.complainant or buyer or case.issuer,
        waiting=case.waiting.value,
        due_at=case.due_at,
        zone=case.due_zone or "UTC",
        estimate=bool(case.due_estimate),
        owner=str(case.owner) if case.owner else "",
        owner_id=case.owner_id,
        channel=case.connection.label,
        store=case.store.name if case.store else "",
        order_number=order.number if order else "",
        drill=case.drill,
        test=case.test,
        authority=case.authority,
        needs_human=tuple(case.needs_human),
        opened_at=case.opened_at,
        tags=tuple(case.tags),
    )


def _key(case: Case, filters: Filters) -> str:
    at = case.due_at if filters.by_due else case.opened_at
    text = f"{at.isoformat() if at else _NO_DATE}|{case.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unkey(text: str) -> tuple[datetime | None, int]:
    """The moment and id of the last row seen; ``(None, 0)`` where the key is none of ours."""
    try:
        at, _bar, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition("|")
        when = None if at == _NO_DATE else datetime.fromisoformat(at)
        if when is not None and when.tzinfo is None:
            return None, 0
        number = int(pk)
        return (when, number) if 0 < number < 2**63 else (None, 0)
    except (ValueError, binascii.Error):
        return None, 0


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 18 else None
