"""Connections of sources: opened with the least permissions, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import AdapterError, Refused
from goodstanding.models import Connection, Member, Merchant, PluginType, acting_for
from goodstanding.sources import sources

from . import outside, parcels
from .connect import _apart, _is_key
from .plugged import config_of
from .refusals import Refusal
from .sources import source_of


def open(merchant: Merchant, member: Member | None, plugin: str, label: str, values: Mapping[str, Any]) -> Connection:
    """A new connection of a source from a form's values. What its key may do is checked by a job. Raises Refusal."""
    if member is not None and not member.may("connect"):
        raise Refusal("may_not_connect", "只有所有者可以管理连接。", "Only owners manage connections.")
    source = sources().get(plugin)
    if source is None:
        raise Refusal("unknown_source", "没有这个资料来源。", "There is no such source.")
    plain, hidden = _apart(source, values, known={})
    connection = Connection.open(
        merchant,
        plugin,
        (label.strip() or source.label)[:120],
        type=PluginType.SOURCE,
        settings=plain,
        secrets=hidden,
    )
    record(kinds.CONNECTION_OPENED, merchant, actor=member, label=connection.label, plugin=plugin)
    jobs.later(check, merchant.pk, connection.pk)
    return connection


def check(merchant_id: int, connection_id: int) -> None:
    """Ask what the key really allows; one that can move money or change orders is thrown away at once."""
    with acting_for(merchant_id):
        connection = Connection.objects.select_related("merchant").get(pk=connection_id)
        source = source_of(connection)
        if source.probe is None:
            return
        config = config_of(connection, source)
    granted: dict[str, Any] = {"checked_at": timezone.now().isoformat()}
    error = ""
    try:
        with outside.client() as http:
            granted |= asdict(source.probe(config, http))
    except AdapterError as problem:
        error = str(problem)
        granted |= {"refused": isinstance(problem, Refused), "code": problem.code}
    with acting_for(merchant_id):
        connection = Connection.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=connection_id)
        connection.granted = granted
        if granted.get("dangerous"):
            connection.secrets = {name: value for name, value in connection.secrets.items() if not _is_key(name)}
            connection.disabled_at = timezone.now()
            error = (
                f"the key can do what we never need ({', '.join(granted['dangerous'])}); "
                "it was deleted here and the connection switched off, make a read-only one"
            )
        elif granted.get("missing"):
            error = f"the key lacks {', '.join(granted['missing'])}; allow it"
        if error:
            connection.last_error, connection.last_error_at = error[:500], timezone.now()
        connection.save()
        if not error and source.track is not None:
            jobs.later(parcels.backfill, merchant_id, merchant_id, once=True)
        result = error or ", ".join(granted.get("permissions", ())) or "ok"
        record(kinds.CONNECTION_CHECKED, connection.merchant, label=connection.label, result=result[:500])
