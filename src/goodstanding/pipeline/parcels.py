"""What carriers say of parcels, kept before they forget: asked at import, asked again until delivery, and once more later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import Incoming, Order, ParcelNews
from goodstanding.models import Case, Connection, Evidence, File, Parcel, PluginType, acting_for, as_clock
from goodstanding.sources import sources

from . import outside
from .plugged import config_of
from .sources import connected, reported, source_of

#: Carriers purge a history some months after delivery; none that we know of sooner than this. Not confirmed for each
#: carrier, and used only to ask earlier.
FORGOTTEN_AFTER = timedelta(days=60)
#: Older parcels can no longer be disputed (540 days after the payment).
OLDEST = timedelta(days=540)
ASK_EVERY = timedelta(days=1)
AFTER_FAILURE = timedelta(hours=1)
#: Asked in vain for so long after shipping, a parcel is given up.
GIVE_UP = timedelta(days=120)
BEFORE_FORGOTTEN = timedelta(days=7)
_AT_ONCE = 400

_FROM_ORDERS = """
INSERT INTO goodstanding_parcel
    (merchant_id, order_id, number, carrier, state, events, shipped_at, delivered_at, delivered_to, signed_by, source,
     ask_again_at)
SELECT DISTINCT ON (left(parcel->>'tracking_number', 60))
    o.merchant_id, o.id, left(parcel->>'tracking_number', 60), left(coalesce(parcel->>'carrier', ''), 60), '', '[]'::jsonb,
    (parcel->>'shipped_at')::timestamptz, (parcel->>'delivered_at')::timestamptz,
    left(coalesce(parcel->>'delivered_to', ''), 200), left(coalesce(parcel->>'signed_by', ''), 120), '', %(now)s
FROM goodstanding_order AS o CROSS JOIN jsonb_array_elements(o.data->'shipments') AS parcel
WHERE o.merchant_id = %(merchant)s AND o.source = %(source)s AND o.number = ANY(%(numbers)s)
    AND parcel->>'tracking_number' <> ''
    AND coalesce((parcel->>'shipped_at')::timestamptz, o.ordered_at, %(now)s) > %(oldest)s
ORDER BY left(parcel->>'tracking_number', 60), o.id
ON CONFLICT (merchant_id, number) DO NOTHING
"""


def trackers() -> list[str]:
    """The sources that can be asked for parcels."""
    return [name for name, source in sources().items() if source.track is not None]


def from_orders(merchant_id: int, source: str, orders: Iterable[Order]) -> None:
    """A Parcel for each number that orders name, to be asked for at once; nothing where no carrier can be asked."""
    numbers = [order.number[:120] for order in orders if any(item.tracking_number for item in order.shipments)]
    asked = Connection.objects.filter(
        merchant_id=merchant_id, type=PluginType.SOURCE, plugin__in=trackers(), disabled_at__isnull=True
    )
    if not numbers or not asked.exists():
        return
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            _FROM_ORDERS,
            {"merchant": merchant_id, "source": source, "numbers": numbers, "now": now, "oldest": now - OLDEST},
        )


def due(now: datetime) -> None:
    """Queue a round for each merchant that has parcels to ask for. Called once a minute, by the clock."""
    with as_clock():
        able = set(
            Connection.objects.filter(
                type=PluginType.SOURCE, plugin__in=trackers(), disabled_at__isnull=True
            ).values_list("merchant_id", flat=True)
        )
        waiting = Parcel.objects.filter(ask_again_at__lte=now, merchant_id__in=able)
        merchants = list(waiting.values_list("merchant_id", flat=True).distinct())
    for merchant_id in merchants:
        with acting_for(merchant_id):
            jobs.later(ask, merchant_id, merchant_id, once=True)


def ask(merchant_id: int, _: int = 0) -> None:
    """The job of :func:`track`."""
    track(merchant_id)


def track(merchant_id: int) -> int:
    """Ask each connected tracker for the parcels that are due; how many were told of. A failing one shows on its connection."""
    now = timezone.now()
    with acting_for(merchant_id):
        waiting = Parcel.objects.filter(merchant_id=merchant_id, ask_again_at__lte=now).order_by("ask_again_at", "pk")
        left = list(waiting.values_list("number", flat=True)[:_AT_ONCE])
        able = [(row, source_of(row)) for row in connected(merchant_id) if source_of(row).track is not None]
        configs = [config_of(row, source) for row, source in able]
    told, whole = 0, True
    for (row, source), config in zip(able, configs, strict=True):
        if not left or source.track is None:
            break
        news: list[ParcelNews] = []
        with reported(merchant_id, row.pk) as ran, outside.client() as http:
            for item in source.track(tuple(left), config, http):
                news.append(item)  # what came before a failure is kept
            ran.append(True)
        whole = whole and bool(ran)
        known = [item for item in news if item.events or item.state]
        for item in known:
            keep(merchant_id, source.name, item)
        told += len(known)
        left = [number for number in left if number not in {item.number for item in known}]
    if whole:
        _put_off(merchant_id, left, now)
    else:
        with acting_for(merchant_id):
            Parcel.objects.filter(merchant_id=merchant_id, number__in=left).update(ask_again_at=now + AFTER_FAILURE)
    return told


def hear(merchant_id: int, connection_id: int, incoming: Incoming) -> int:
    """Take what a tracker sent to our door: proven, then kept. Raises Untrusted or Unreadable."""
    with acting_for(merchant_id):
        row = Connection.objects.select_related("merchant").get(pk=connection_id)
        source = source_of(row)
        config = config_of(row, source)
    if source.verify is None or source.parse is None:
        return 0
    source.verify(incoming, config)
    news = list(source.parse(incoming))
    for item in news:
        keep(merchant_id, source.name, item)
    with acting_for(merchant_id):
        Connection.objects.filter(pk=connection_id).update(
            last_delivery_at=incoming.received_at, last_trusted_at=incoming.received_at, refusals=0
        )
    return len(news)


def keep(merchant_id: int, source: str, news: ParcelNews) -> None:
    """Write what is known of a parcel: events are added, never lost. What changed becomes an exhibit of its cases."""
    now = timezone.now()
    with acting_for(merchant_id):
        parcel = Parcel.objects.select_for_update().filter(merchant_id=merchant_id, number=news.number[:60]).first()
        if parcel is None:
            return  # not ours
        before = (parcel.state, len(parcel.events), parcel.delivered_at, parcel.signed_by)
        parcel.events = _together(parcel.events, news)
        parcel.state = news.state or parcel.state
        parcel.carrier = (news.carrier or parcel.carrier)[:60]
        parcel.shipped_at = parcel.shipped_at or news.shipped_at
        parcel.delivered_at = news.delivered_at or parcel.delivered_at
        parcel.delivered_to = (news.address or news.delivered_to or parcel.delivered_to)[:200]
        parcel.signed_by = (news.signed_by or parcel.signed_by)[:120]
        parcel.source, parcel.asked_at = source[:40], now
        _schedule(parcel, now)
        parcel.save()
        if before != (parcel.state, len(parcel.events), parcel.delivered_at, parcel.signed_by):
            cases = Case.objects.filter(merchant_id=merchant_id, order=parcel.order, settled_at__isnull=True)
            for case in cases.select_related("merchant") if parcel.order else ():
                exhibit(case, parcel, address=news.address)


def exhibit(case: Case, parcel: Parcel, address: str = "") -> Evidence | None:
    """The parcel's history as proof of the case: of a full delivery address only where the carrier itself states one."""
    if not parcel.events and not parcel.delivered_at:
        return None
    stated = address or next((str(item["address"]) for item in parcel.events if item.get("address")), "")
    kind = "ev.delivery_full_address" if stated and parcel.delivered_at else "ev.tracking_partial"
    content = history(parcel, stated).encode()
    file = File.keep(case.merchant, content, "text/plain")
    title = f"Tracking record {parcel.number}"
    facts = {
        "tracking_number": parcel.number,
        "carrier": parcel.carrier,
        "shipped_at": parcel.shipped_at.isoformat() if parcel.shipped_at else "",
        "delivered_at": parcel.delivered_at.isoformat() if parcel.delivered_at else "",
        "delivered_to": stated or parcel.delivered_to,
        "signed_by": parcel.signed_by,
    }
    evidence, made = Evidence.objects.get_or_create(
        case=case,
        file=file,
        kind=kind,
        defaults={
            "merchant_id": case.merchant_id,
            "title": title,
            "filename": f"tracking-{parcel.number}.txt",
            "media_type": "text/plain",
            "proves_at": parcel.delivered_at or _last_moment(parcel.events),
            "origin": parcel.source or "order",
            "text": content.decode(),
            "facts": {name: value for name, value in facts.items() if value},
        },
    )
    if made:
        older = Evidence.objects.filter(
            case=case, title=title, kind__in=("ev.tracking_partial", "ev.delivery_full_address"), added_by=None
        )
        older.exclude(pk=evidence.pk).filter(withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
        record(kinds.EVIDENCE_GATHERED, case, title=title, origin=evidence.origin)
    return evidence


def history(parcel: Parcel, address: str = "") -> str:
    """The parcel as lines of text: only what the carrier or the order stated, moments as given."""
    lines = [
        f"Tracking number: {parcel.number}",
        *([f"Carrier: {parcel.carrier}"] if parcel.carrier else []),
        *([f"Shipped: {_moment(parcel.shipped_at)}"] if parcel.shipped_at else []),
        *([f"Delivered: {_moment(parcel.delivered_at)}"] if parcel.delivered_at else []),
        *([f"Delivered to: {address or parcel.delivered_to}"] if address or parcel.delivered_to else []),
        *([f"Signed by: {parcel.signed_by}"] if parcel.signed_by else []),
    ]
    for item in parcel.events:
        when = item.get("at") or item.get("when") or "no time given"
        lines.append(" | ".join(part for part in (str(when), str(item.get("place") or ""), str(item["what"])) if part))
    return "\n".join(lines) + "\n"


def _together(kept: list[dict[str, Any]], news: ParcelNews) -> list[dict[str, Any]]:
    """Old events and new ones, each once, by time: a carrier may drop what it said before."""
    rows = {(item.get("at") or item.get("when") or "", item["what"]): item for item in kept}
    for event in news.events:
        row = {name: value for name, value in asdict(event).items() if value and name != "at"}
        row["at"] = event.at.isoformat() if event.at else ""
        rows.setdefault((row["at"] or event.when, event.what), row)
    if news.address and news.delivered_at:
        for row in rows.values():
            if row.get("at") == news.delivered_at.isoformat():
                row["address"] = news.address
    return sorted(rows.values(), key=lambda item: str(item.get("at") or item.get("when") or ""))


def _schedule(parcel: Parcel, now: datetime) -> None:
    """When to ask again: daily until delivery, once more shortly before the carrier forgets, then never."""
    if parcel.delivered_at:
        gone = parcel.delivered_at + FORGOTTEN_AFTER
        last = gone - BEFORE_FORGOTTEN
        parcel.forgotten_on = gone.date()
        parcel.ask_again_at = last if last > now else None
    elif (parcel.shipped_at or now) < now - GIVE_UP:
        parcel.ask_again_at = None
    else:
        parcel.ask_again_at = now + ASK_EVERY


def _put_off(merchant_id: int, numbers: list[str], now: datetime) -> None:
    with acting_for(merchant_id):
        rows = Parcel.objects.filter(merchant_id=merchant_id, number__in=numbers)
        rows.filter(shipped_at__lt=now - GIVE_UP).update(asked_at=now, ask_again_at=None)
        rows.filter(Q(shipped_at__isnull=True) | Q(shipped_at__gte=now - GIVE_UP)).update(
            asked_at=now, ask_again_at=now + ASK_EVERY
        )


def _last_moment(events: list[dict[str, Any]]) -> datetime | None:
    stated = [item["at"] for item in events if item.get("at")]
    return datetime.fromisoformat(stated[-1]) if stated else None


def _moment(at: datetime | None) -> str:
    return at.isoformat(sep=" ", timespec="minutes") if at else ""


def backfill(merchant_id: int, _: int = 0) -> None:
    """Parcels of the orders already held, for a tracker connected later. A job: it reads every order of the last 540 days."""
    now = timezone.now()
    with acting_for(merchant_id):
        sql = _FROM_ORDERS.replace("AND o.source = %(source)s AND o.number = ANY(%(numbers)s)", "")
        with connection.cursor() as cursor:
            cursor.execute(sql, {"merchant": merchant_id, "now": now, "oldest": now - OLDEST})
