"""From stored bytes to notices: is it from whom it says, and what does it say?"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import (
    Channel,
    Incoming,
    Letter,
    Parsed,
    ParsedNotice,
    Pointer,
    Unreadable,
    Untrusted,
)
from goodstanding.models import Connection, Delivery, Notice, PluginType, Trust, acting_for

from . import advance, letters, outside, parcels, receive, stored
from .plugged import channel_of, config_of
from .steps import step

log = logging.getLogger("goodstanding.pipeline")


@dataclass(frozen=True)
class _Verdict:
    trust: str
    reason: str = ""
    code: str = ""


def identify(merchant_id: int, delivery_id: int, *, again: bool = False) -> None:
    """Verify, parse, keep the notices, and queue what follows for each. Does nothing where that has been done.

    The channel is asked outside a transaction; its answer is written in one. ``again`` is for :mod:`replay`.
    """
    with acting_for(merchant_id):
        delivery = Delivery.objects.select_related("connection", "merchant").get(pk=delivery_id)
        connection = delivery.connection
    if delivery.identified_at and not again:
        _queue_notices(merchant_id, delivery_id)
        return
    incoming = delivery.incoming()
    if connection.type == PluginType.SOURCE:
        _hear(merchant_id, delivery, incoming, again=again)
        return
    with step(merchant_id, delivery_id, "identify"):
        with acting_for(merchant_id):  # a plug-in that is gone and a seal that is broken show in the log of this step
            channel = channel_of(connection)
            config = config_of(connection, channel)
        verdict = _believe(channel, incoming, config)
        parsed: Sequence[Parsed] = ()
        problem = ""
        if verdict.trust != Trust.UNTRUSTED:
            try:
                parsed = tuple(channel.parse(incoming))
            except Unreadable as error:
                problem = str(error)
            for item in parsed:
                if isinstance(item, Pointer):
                    _look_up(item, channel, config, connection, drill=delivery.drill)
        readings = {id(item): letters.read(item, incoming, connection) for item in parsed if isinstance(item, Letter)}
        _write(merchant_id, delivery_id, verdict, parsed, readings, problem, again=again)
    _queue_notices(merchant_id, delivery_id)


def _hear(merchant_id: int, delivery: Delivery, incoming: Incoming, *, again: bool) -> None:
    """What a source sends (a tracker's news of a parcel) is no notice: it is proven, kept as proof, and that is all."""
    with step(merchant_id, delivery.pk, "identify"):
        verdict, problem = _Verdict(Trust.TRUSTED), ""
        try:
            parcels.hear(merchant_id, delivery.connection_id, incoming)
        except Untrusted as error:
            verdict = _Verdict(Trust.UNTRUSTED, str(error), error.code)
        except Unreadable as error:
            problem = str(error)
        _write(merchant_id, delivery.pk, verdict, (), {}, problem, again=again)


def _believe(channel: Channel, incoming: Incoming, config: object) -> _Verdict:
    if channel.verify is None:
        return _Verdict(Trust.UNPROVEN)
    try:
        with outside.client() as http:
            channel.verify(incoming, config, http)
    except Untrusted as error:
        if error.unproven:
            return _Verdict(Trust.UNPROVEN, str(error), error.code)
        return _Verdict(Trust.UNTRUSTED, str(error), error.code)
    return _Verdict(Trust.TRUSTED)


def _look_up(pointer: Pointer, channel: Channel, config: object, connection: Connection, *, drill: bool) -> None:
    """Read the truth and let it in by the door. What came from a look-up may not point again."""
    if channel.lookup is None:
        raise Unreadable(f"{pointer.reference.type} {pointer.reference.value}: {channel.label} cannot be asked for it")
    with outside.client() as http:
        found = channel.lookup(pointer.reference, config, http)
    receive.store(connection, found, drill=drill)


def _write(
    merchant_id: int,
    delivery_id: int,
    verdict: _Verdict,
    parsed: Sequence[Parsed],
    readings: dict[int, letters.Read],
    problem: str,
    *,
    again: bool,
) -> None:
    with acting_for(merchant_id):
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.identified_at and not again:
            return
        merchant = delivery.merchant
        delivery.trust, delivery.trust_reason = verdict.trust, verdict.reason[:500]
        _note_health(delivery, verdict, problem)
        if verdict.trust == Trust.UNTRUSTED:
            record(kinds.DELIVERY_REFUSED, merchant, reason=verdict.reason, code=verdict.code, delivery=delivery.pk)
        if problem:
            delivery.problem = problem[:500]
            record(kinds.DELIVERY_UNREADABLE, merchant, reason=problem, delivery=delivery.pk)
        elif again:
            delivery.problem = ""
        for item in parsed:
            if isinstance(item, ParsedNotice):
                _keep(delivery, item, authority=_authority(verdict), again=again)
            elif isinstance(item, Letter):
                _keep_letter(delivery, readings[id(item)], again=again)
        delivery.identified_at = timezone.now()
        delivery.save(update_fields=["trust", "trust_reason", "problem", "reading", "identified_at"])


def _authority(verdict: _Verdict) -> str:
    return "genuine" if verdict.trust == Trust.TRUSTED else "unverified"


def _keep_letter(delivery: Delivery, read: letters.Read, *, again: bool) -> None:
    """A forged letter is shown and not worked; one that is no notice is kept aside, unless a person should look."""
    delivery.reading = read.reading
    if read.authority == "phishing":
        delivery.trust, delivery.trust_reason = Trust.UNTRUSTED, read.why[:500]
        record(kinds.DELIVERY_REFUSED, delivery.merchant, reason=read.why, code="phishing", delivery=delivery.pk)
        return
    if read.authority == "genuine":
        delivery.trust = Trust.TRUSTED
    if read.notice is None:
        record(kinds.DELIVERY_NOT_A_NOTICE, delivery.merchant, delivery=delivery.pk)
        return
    _keep(delivery, read.notice, authority=read.authority, again=again, reading=read.reading)


def _keep(
    delivery: Delivery, parsed: ParsedNotice, *, authority: str, again: bool, reading: dict[str, object] | None = None
) -> None:
    row = stored.notice_row(parsed)
    row.update(delivery=delivery, authority=authority, reading=reading)
    if delivery.drill:
        row["case_ref"] = f"drill:{delivery.pk}:{row['case_ref']}"[:255]
    key = {"merchant_id": delivery.merchant_id, "connection": delivery.connection}
    event_ref = f"drill:{delivery.pk}:{parsed.event_ref}" if delivery.drill else parsed.event_ref
    notice, made = Notice.objects.get_or_create(**key, event_ref=event_ref[:255], defaults=row)
    if again and not made and notice.delivery_id == delivery.pk:
        Notice.objects.filter(pk=notice.pk).update(**row)


def _note_health(delivery: Delivery, verdict: _Verdict, problem: str) -> None:
    connection = Connection.objects.select_for_update().get(pk=delivery.connection_id)
    now = timezone.now()
    if verdict.trust == Trust.UNTRUSTED:
        connection.refusals += 1
        connection.last_refused_at = now
        connection.last_error, connection.last_error_at = verdict.reason[:500], now
    else:
        connection.refusals = 0
        connection.last_trusted_at = now
        if problem:
            connection.last_error, connection.last_error_at = problem[:500], now
    connection.save(update_fields=["refusals", "last_refused_at", "last_trusted_at", "last_error", "last_error_at"])


def _queue_notices(merchant_id: int, delivery_id: int) -> None:
    with acting_for(merchant_id):
        for pk in Notice.objects.filter(delivery_id=delivery_id).values_list("pk", flat=True):
            jobs.later(advance.advance, merchant_id, pk, once=True)
