"""A merchant's connected sources; what goes wrong when one is asked shows on its connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from goodstanding.contract import AdapterError, Source
from goodstanding.models import Connection, PluginType, acting_for
from goodstanding.sources import sources


def source_of(connection: Connection) -> Source:
    """The source of a connection. Raises KeyError naming one that is no longer installed."""
    return sources()[connection.plugin]


def connected(merchant_id: int) -> list[Connection]:
    """The merchant's sources that are switched on and installed. Inside ``acting_for``."""
    rows = Connection.objects.filter(merchant_id=merchant_id, type=PluginType.SOURCE, disabled_at__isnull=True)
    return [row for row in rows.select_related("merchant").order_by("pk") if row.plugin in sources()]


@contextmanager
def reported(merchant_id: int, connection_id: int) -> Iterator[list[bool]]:
    """An AdapterError inside is written to the connection and goes no further; a good end wipes the last one."""
    ran: list[bool] = []
    try:
        yield ran
    except AdapterError as error:
        with acting_for(merchant_id):
            Connection.objects.filter(pk=connection_id).update(
                last_error=str(error)[:500], last_error_at=timezone.now()
            )
    else:
        with acting_for(merchant_id):
            Connection.objects.filter(pk=connection_id).exclude(last_error="").update(last_error="")
