"""Ask a channel what became of things; what it says comes in through the same door."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from goodstanding.contract import AdapterError, Reference
from goodstanding.models import Case, Connection, acting_for

from . import outside, receive
from .plugged import channel_of, config_of

#: How far back the first look reaches, and by how much later ones overlap.
FIRST_LOOK = timedelta(days=120)
OVERLAP = timedelta(hours=6)


def sync(merchant_id: int, connection_id: int) -> None:
    """Fetch what is new on a connection. An error is kept on the connection and tried again by the clock."""
    with acting_for(merchant_id):
        connection = Connection.objects.select_related("merchant").get(pk=connection_id)
        channel = channel_of(connection)
        if channel.fetch is None or connection.disabled_at:
            return
        config = config_of(connection, channel)
    started = timezone.now()
    since = connection.polled_until - OVERLAP if connection.polled_until else started - FIRST_LOOK
    try:
        with outside.client() as http:
            for incoming in channel.fetch(config, http, since):
                receive.store(connection, incoming)
    except AdapterError as error:
        with acting_for(merchant_id):
            Connection.objects.filter(pk=connection_id).update(
                last_error=str(error)[:500], last_error_at=timezone.now()
            )
        return
    with acting_for(merchant_id):
        Connection.objects.filter(pk=connection_id).update(polled_until=started)


def ask(merchant_id: int, case_id: int) -> None:
    """Read one case as it is now, where the channel can be asked."""
    with acting_for(merchant_id):
        case = Case.objects.select_related("connection__merchant").get(pk=case_id)
        connection = case.connection
        channel = channel_of(connection)
        if channel.lookup is None or connection.disabled_at or case.drill:
            return
        config = config_of(connection, channel)
    with outside.client() as http:
        found = channel.lookup(Reference(type="case", value=case.case_ref, system=channel.name), config, http)
    receive.store(connection, found)
