"""Once a minute: what is due, for every merchant. One process an installation, elected by the database."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.db import connection as database
from django.db.models import Q

from goodstanding import jobs
from goodstanding.channels import channels
from goodstanding.models import Connection, PluginType, acting_for, as_clock

from . import orders, parcels, remind, sync

log = logging.getLogger("goodstanding.pipeline")

POLL_EVERY = timedelta(minutes=5)


#: The advisory lock that the clock holds while it ticks.
_LOCK = 0x60_0D_57_A4_D1


def tick(timestamp: int) -> None:
    """Queue the reminders that are due, a look at each connection that was not asked for five minutes, orders and parcels.

    Two at once are harmless; the second finds the lock taken and leaves the turn to the first.
    """
    now = datetime.fromtimestamp(timestamp, UTC)
    with _elected() as mine:
        if mine:
            for part in (remind.due, _poll, orders.due, parcels.due):
                try:
                    part(now)
                except Exception:
                    log.exception("the clock's %s did not come to its end; the other parts go on", part.__module__)


@contextmanager
def _elected() -> Iterator[bool]:
    """Is this process the clock for this turn? The lock is the session's: it ends with the process, however that ends."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _poll(now: datetime) -> None:
    pollable = [name for name, channel in channels().items() if channel.fetch is not None]
    with as_clock():
        due = list(
            Connection.objects.filter(type=PluginType.CHANNEL, plugin__in=pollable, disabled_at__isnull=True)
            .filter(Q(polled_until__isnull=True) | Q(polled_until__lt=now - POLL_EVERY))
            .exclude(secrets_sealed=b"")
            .values_list("merchant_id", "pk")
        )
    for merchant_id, connection_id in due:
        with acting_for(merchant_id):
            jobs.later(sync.sync, merchant_id, connection_id, once=True)
