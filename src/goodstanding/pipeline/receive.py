"""Keep what arrived, as it arrived. Whether it is genuine or new is decided later, by who can tell."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db.models import F

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import Incoming
from goodstanding.models import Connection, Delivery, Merchant, Trust, acting_for

from . import identify

_NOTED_EVERY = timedelta(seconds=5)


def store(connection: Connection, incoming: Incoming, *, drill: bool = False) -> Delivery:
    """The delivery of these bytes; identifying them is queued in the same transaction.

    Bytes that were already believed on this connection are counted and nothing more: polling sees the same object all
    day. Bytes that were refused may come again and be right, once a wrong secret is mended.
    """
    with acting_for(connection.merchant_id):
        digest = hashlib.sha256(incoming.body).hexdigest()
        known = Delivery.objects.filter(
            connection=connection, digest=digest, trust__in=(Trust.TRUSTED, Trust.UNPROVEN), drill=drill
        ).defer("body", "headers")
        _note_arrival(connection, incoming)
        for delivery in known[:1]:
            Delivery.objects.filter(pk=delivery.pk).update(repeats=F("repeats") + 1)
            return delivery
        delivery = Delivery.objects.create(
            merchant_id=connection.merchant_id,
            connection=connection,
            origin=incoming.origin,
            method=incoming.method,
            url=incoming.url[:500],
            filename=incoming.filename[:255],
            headers=[list(pair) for pair in incoming.headers],
            body=incoming.body,
            digest=digest,
            received_at=incoming.received_at,
            drill=drill,
        )
        record(
            kinds.DELIVERY_RECEIVED,
            Merchant(pk=connection.merchant_id),
            channel=connection.label,
            origin=incoming.origin,
            delivery=delivery.pk,
        )
        jobs.later(identify.identify, connection.merchant_id, delivery.pk)
    return delivery


def _note_arrival(connection: Connection, incoming: Incoming) -> None:
    """Health, to a few seconds: one row that each delivery of a connection writes would make them wait for one another."""
    seen = connection.last_delivery_at
    if seen is None or incoming.received_at - seen > _NOTED_EVERY:
        Connection.objects.filter(pk=connection.pk).update(last_delivery_at=incoming.received_at)
        connection.last_delivery_at = incoming.received_at
