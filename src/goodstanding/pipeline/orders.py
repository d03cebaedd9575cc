"""Orders come in from tables and shops, and a case finds its own among them."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import Order as OrderValue
from goodstanding.models import ColumnMapping, Connection, Member, Merchant, Order, PluginType, acting_for, as_clock
from goodstanding.order_tables import FIELDS, Numbered, RowError, read_numbered
from goodstanding.order_tables import ColumnMapping as Columns
from goodstanding.sources import sources as every_source
from goodstanding.tables import Alias

from . import order_rows, outside, parcels, sources
from .order_match import Match, match, siblings
from .plugged import config_of

_BATCH = 5_000
_SHOWN_ERRORS = 200
#: Bytes of a table beyond which reading and writing overlap.
_LARGE = 8 * 2**20
#: How far back the first look reaches (a dispute may come 540 days after the payment), and how later ones overlap.
FIRST_LOOK = timedelta(days=540)
OVERLAP = timedelta(hours=6)
POLL_EVERY = timedelta(minutes=15)
_PAGE = 500

#: Told after each batch that was written: orders so far, and the row of the file down to which all is kept.
Progress = Callable[["Imported"], None]


@dataclass
class Imported:
    """What an import did. ``errors`` holds the first ones; ``bad`` counts all. ``row`` is where a broken-off one goes on."""

    orders: int = 0
    changed: int = 0
    bad: int = 0
    row: int = 0
    read: int = 0  # rows looked at
    errors: list[RowError] = field(default_factory=list)


def import_table(
    merchant: Merchant,
    member: Member | None,
    filename: str,
    content: bytes,
    mapping: Columns | None = None,
    zone: str = "Asia/Shanghai",
    source: str = "orders",
    *,
    aliases: Alias = FIELDS,
    after: int = 0,
    progress: Progress | None = None,
) -> Imported:
    """Read a table into orders, in batches that commit; running it again changes nothing. Raises TableError.

    ``after`` goes on after a broken-off run: orders that begin at or above this row are read (rows of one order may stand
    apart) and not written again.
    """
    done = Imported(row=after)
    batches = _batches(read_numbered(content, filename, mapping, zone, aliases))
    with _without_gc(), _writer(len(content)) as write:
        for batch, changed in write(merchant.pk, source, batches, after):
            done.changed += changed
            _count(done, batch)
            if progress:
                progress(done)
    with acting_for(merchant.pk):
        record(
            kinds.ORDERS_IMPORTED, merchant, actor=member, actor_name=str(member or ""), count=done.orders, bad=done.bad
        )
    return done


Written = Iterator[tuple[list[Numbered], int]]


@contextmanager
def _writer(size: int) -> Iterator[Callable[[int, str, Iterator[list[Numbered]], int], Written]]:
    """Small files are written here; for large ones a thread writes one batch while the next is being read."""
    if size < _LARGE:
        yield _in_turn
        return
    with ThreadPoolExecutor(1, thread_name_prefix="orders") as pool:
        yield partial(_overlapping, pool)


def _in_turn(merchant_id: int, source: str, batches: Iterator[list[Numbered]], after: int) -> Written:
    for batch in batches:
        yield batch, _write(merchant_id, source, batch, after)


def _overlapping(
    pool: ThreadPoolExecutor, merchant_id: int, source: str, batches: Iterator[list[Numbered]], after: int
) -> Written:
    waiting: tuple[list[Numbered], Future[int]] | None = None
    try:
        for batch in batches:
            job = pool.submit(_write, merchant_id, source, batch, after)
            if waiting:
                yield waiting[0], waiting[1].result()
            waiting = batch, job
        if waiting:
            yield waiting[0], waiting[1].result()
    finally:
        pool.submit(_close).result()


def _close() -> None:
    """The connection of the thread that runs this."""
    connection.close()


def _write(merchant_id: int, source: str, batch: list[Numbered], after: int) -> int:
    fresh = [item.item for item in batch if isinstance(item.item, OrderValue) and item.row > after]
    with acting_for(merchant_id):
        return keep(merchant_id, source, fresh)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Millions of small records without cycles: looking for cycles among them takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def remember(merchant: Merchant, header: Iterable[str], mapping: dict[str, Any], zone: str) -> None:
    """Keep how a table with this header is read, for the next one."""
    digest = header_digest(header)
    ColumnMapping.objects.update_or_create(
        merchant=merchant, header_digest=digest, defaults={"mapping": mapping, "zone": zone}
    )


def remembered(merchant: Merchant, header: Iterable[str]) -> tuple[Columns, str] | None:
    """How a table with this header was read before, and in which zone."""
    kept = ColumnMapping.objects.filter(merchant=merchant, header_digest=header_digest(header)).first()
    if kept is None:
        return None
    names = ("columns", "decimal_mark", "date_order", "currency")
    return Columns(**{name: kept.mapping[name] for name in names if name in kept.mapping}), kept.zone


def header_digest(header: Iterable[str]) -> str:
    return hashlib.sha256(json.dumps([name.strip() for name in header], ensure_ascii=False).encode()).hexdigest()


def keep(merchant_id: int, source: str, batch: list[OrderValue]) -> int:
    """Write orders that are new or differ, and the parcels they name; how many orders that were."""
    if not batch:
        return 0
    changed = order_rows.write(merchant_id, source, batch)
    if changed:
        parcels.from_orders(merchant_id, source, batch)
    return changed


def due(now: datetime) -> None:
    """Queue a look at each shop and ERP that was not asked, or failed, for a while. Called once a minute, by the clock."""
    able = [name for name, source in every_source().items() if source.fetch is not None]
    with as_clock():
        rows = list(
            Connection.objects.filter(type=PluginType.SOURCE, plugin__in=able, disabled_at__isnull=True)
            .filter(Q(polled_until__isnull=True) | Q(polled_until__lt=now - POLL_EVERY))
            .exclude(~Q(last_error=""), last_error_at__gt=now - POLL_EVERY)
            .values_list("merchant_id", "pk")
        )
    for merchant_id, connection_id in rows:
        with acting_for(merchant_id):
            jobs.later(fetch_orders, merchant_id, connection_id, once=True)


def fetch_orders(merchant_id: int, connection_id: int) -> None:
    """The job of :func:`take_over`."""
    take_over(merchant_id, connection_id)


def take_over(merchant_id: int, connection_id: int) -> int:
    """Take over what is new in a shop or ERP; how many orders were new or differed. An error shows on the connection.

    What came before a failure stays; the next run begins where the last whole one began, and duplicates are harmless.
    """
    with acting_for(merchant_id):
        row = Connection.objects.select_related("merchant").get(pk=connection_id)
        source = sources.source_of(row)
        if source.fetch is None or row.disabled_at:
            return 0
        config = config_of(row, source)
    started = timezone.now()
    since = row.polled_until - OVERLAP if row.polled_until else started - FIRST_LOOK
    changed = 0
    with sources.reported(merchant_id, connection_id) as ran, outside.client() as http:
        found = iter(source.fetch(config, http, since))
        while batch := list(islice(found, _PAGE)):
            with acting_for(merchant_id):
                changed += keep(merchant_id, source.name, batch)
                _of_store(row, batch)
        ran.append(True)
    if ran:
        with acting_for(merchant_id):
            Connection.objects.filter(pk=connection_id).update(polled_until=started)
    return changed


def _of_store(row: Connection, batch: list[OrderValue]) -> None:
    if row.store_id:
        numbers = [order.number[:120] for order in batch]
        Order.objects.filter(
            merchant_id=row.merchant_id, source=row.plugin, number__in=numbers, store__isnull=True
        ).update(store_id=row.store_id)


def _count(done: Imported, batch: list[Numbered]) -> None:
    for numbered in batch:
        done.read = numbered.read
        if isinstance(numbered.item, RowError):
            done.bad += 1
            if len(done.errors) < _SHOWN_ERRORS:
                done.errors.append(numbered.item)
        else:
            done.orders += 1
            done.row = max(done.row, numbered.row)


def _batches(rows: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    batch: list[Numbered] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


__all__ = [
    "Imported",
    "Match",
    "Progress",
    "due",
    "fetch_orders",
    "header_digest",
    "import_table",
    "keep",
    "match",
    "remember",
    "remembered",
    "siblings",
    "take_over",
]
