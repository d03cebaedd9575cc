"""Once a minute: what is due, for every merchant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from goodstanding import jobs
from goodstanding.channels import channels
from goodstanding.models import Connection, PluginType, acting_for, as_clock

from . import sync

POLL_EVERY = timedelta(minutes=5)


def tick(timestamp: int) -> None:
    """Queue a look at each connection that can be asked and was not for five minutes."""
    now = datetime.fromtimestamp(timestamp, UTC)
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
