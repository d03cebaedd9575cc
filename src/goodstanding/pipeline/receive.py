"""Keep what arrived, as it arrived. Whether it is genuine or new is decided later, by who can tell.

All of it is one call of the function ``goodstanding_receive`` in PostgreSQL (migration 0006): one round trip, one transaction,
for the door as for our own callers. Row-level security binds it like any other statement of the application.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.db import connection as database
from psycopg.types.json import Jsonb

from goodstanding import jobs
from goodstanding.audit import kinds
from goodstanding.contract import Incoming
from goodstanding.models import Connection, Delivery, acting_for, digest_of

from . import bell, identify

_CALL = "SELECT * FROM goodstanding_receive($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"


@dataclass(frozen=True)
class Kept:
    """``connection`` has what an answer needs, and no more of its columns. ``delivery_id`` is None after a mere look.

    ``fresh`` is false where the same bytes had been believed before: they are counted, and nothing more.
    """

    connection: Connection
    delivery_id: int | None
    fresh: bool


def look(token: str) -> Kept | None:
    """The connection behind a token; None for an unknown one and one that is switched off."""
    return _ask(digest_of(token), None, None, None, "", "", "", "", None, None, "", None)


def knock(token: str, incoming: Incoming, *, drill_for: int | None = None) -> Kept | None:
    """Keep what a sender brought to the connection of this token; None where :func:`look` says None.

    ``drill_for``: the number of the connection for which this is a drill.
    """
    kept = _ask(digest_of(token), None, None, drill_for, *_row(incoming))
    if kept and kept.fresh:
        bell.ring()
    return kept


def store(connection: Connection, incoming: Incoming, *, drill: bool = False) -> Delivery:
    """The delivery of these bytes; identifying them is queued in the same transaction.

    Bytes that were already believed on this connection are counted and nothing more: polling sees the same object all
    day. Bytes that were refused may come again and be right, once a wrong secret is mended.
    """
    kept = _ask(None, connection.pk, connection.merchant_id, connection.pk if drill else None, *_row(incoming))
    if kept is None or kept.delivery_id is None:
        raise Connection.DoesNotExist(f"connection {connection.pk} of merchant {connection.merchant_id} is gone")
    with acting_for(connection.merchant_id):
        return Delivery.objects.get(pk=kept.delivery_id)


def _row(incoming: Incoming) -> tuple[Any, ...]:
    return (
        incoming.origin,
        incoming.method,
        incoming.url[:500],
        incoming.filename[:255],
        Jsonb([list(pair) for pair in incoming.headers]),
        incoming.body,
        hashlib.sha256(incoming.body).hexdigest(),
        incoming.received_at,
    )


def _ask(*values: Any) -> Kept | None:
    """A line that was cut while nobody looked (a database that was restarted) is made anew, once.

    Where the cut came after the commit, the bytes are kept twice: better than not at all, and their event is told by its name.
    """
    try:
        return _call(*values)
    except (OperationalError, InterfaceError):
        if database.in_atomic_block or database.is_usable():
            raise
        database.close()
        return _call(*values)


def _call(*values: Any) -> Kept | None:
    perform = jobs.perform
    words = (kinds.DELIVERY_RECEIVED.code, perform.name, perform.queue, jobs.path_of(identify.identify))
    quiet = values[0] is not None and not database.in_atomic_block  # inside a transaction, workers are told at its end
    database.ensure_connection()
    with database.wrap_database_errors:
        # Not Django's cursor, which writes the bytes into the statement as text: sent beside it, they need no escaping.
        cursor = psycopg.RawCursor(database.connection)
        row = cursor.execute(_CALL, (*values, *words, quiet), prepare=True).fetchone()
    if row is None:
        return None
    pk, merchant_id, plugin, settings, secrets_sealed, delivery_id, fresh = row
    connection = Connection(
        pk=pk, merchant_id=merchant_id, plugin=plugin, settings=json.loads(settings), secrets_sealed=secrets_sealed
    )
    return Kept(connection, delivery_id, fresh)
