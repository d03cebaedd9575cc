"""Connections: opened with the least permissions, checked, changed, disabled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.channels import channels
from goodstanding.contract import AdapterError, Channel, Refused, Source, settings_of
from goodstanding.models import Connection, Member, Merchant, acting_for

from . import outside
from .plugged import channel_of, config_of
from .refusals import Refusal


def open(merchant: Merchant, member: Member | None, plugin: str, label: str, values: Mapping[str, Any]) -> Connection:
    """A new connection from a form's values. What its key may do is checked by a job. Raises Refusal."""
    if member is not None and not member.may("connect"):
        raise Refusal("may_not_connect", "只有所有者可以管理连接。", "Only owners manage connections.")
    channel = channels().get(plugin)
    if channel is None:
        raise Refusal("unknown_channel", "没有这个渠道。", "There is no such channel.")
    plain, hidden = _apart(channel, values, known={})
    connection = Connection.open(
        merchant, plugin, (label.strip() or channel.label)[:120], settings=plain, secrets=hidden
    )
    connection.may_submit = bool(values.get("may_submit")) and channel.submit is not None
    if connection.may_submit:
        connection.save(update_fields=["may_submit"])
    record(kinds.CONNECTION_OPENED, merchant, actor=member, label=connection.label, plugin=plugin)
    jobs.later(check, merchant.pk, connection.pk)
    return connection


def change(connection: Connection, member: Member, values: Mapping[str, Any], label: str = "") -> None:
    """Take a form's values; an empty secret keeps the old one. Raises Refusal."""
    if not member.may("connect"):
        raise Refusal("may_not_connect", "只有所有者可以管理连接。", "Only owners manage connections.")
    plain, hidden = _apart(channel_of(connection), values, known=connection.secrets)
    connection.settings, connection.secrets = plain, hidden
    if label.strip():
        connection.label = label.strip()[:120]
    connection.granted = {}
    connection.may_submit = bool(values.get("may_submit")) and channel_of(connection).submit is not None
    connection.save()
    record(kinds.CONNECTION_CHANGED, connection.merchant, actor=member, label=connection.label)
    jobs.later(check, connection.merchant_id, connection.pk, once=True)


def disable(connection: Connection, member: Member) -> None:
    """Stop taking anything from a connection; its cases stay."""
    if not member.may("connect"):
        raise Refusal("may_not_connect", "只有所有者可以管理连接。", "Only owners manage connections.")
    connection.disabled_at = timezone.now()
    connection.save(update_fields=["disabled_at"])
    record(kinds.CONNECTION_DISABLED, connection.merchant, actor=member, label=connection.label)


def check(merchant_id: int, connection_id: int) -> None:
    """Ask what the key really allows. One that can move money or close the account is thrown away at once."""
    with acting_for(merchant_id):
        connection = Connection.objects.select_related("merchant").get(pk=connection_id)
        channel = channel_of(connection)
        if channel.probe is None:
            return
        config = config_of(connection, channel)
    error = ""
    granted: dict[str, Any] = {}
    try:
        with outside.client() as http:
            granted = {**asdict(channel.probe(config, http)), "checked_at": timezone.now().isoformat()}
    except AdapterError as problem:
        # Without a key the connection listens, and that is all it was set up for.
        error = "" if problem.code == "no_key" else str(problem)
        granted = {
            "refused": isinstance(problem, Refused),
            "code": problem.code,
            "checked_at": timezone.now().isoformat(),
        }
    with acting_for(merchant_id):
        connection = Connection.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=connection_id)
        connection.granted = granted
        if granted.get("dangerous"):
            keep = {name: value for name, value in connection.secrets.items() if not _is_key(name)}
            connection.secrets = keep
            connection.may_submit = False
            error = f"the key can do what we never need ({', '.join(granted['dangerous'])}); it was deleted here, make a restricted one"
        if error:
            connection.last_error, connection.last_error_at = error[:500], timezone.now()
        connection.save()
        result = error or ", ".join(granted.get("permissions", ())) or "ok"
        record(kinds.CONNECTION_CHECKED, connection.merchant, label=connection.label, result=result[:500])


def _is_key(name: str) -> bool:
    return "webhook" not in name


def _apart(
    plugin: Channel | Source, values: Mapping[str, Any], known: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Plain settings and secrets, each field in its declared type."""
    types = {item.name: item.type for item in fields(plugin.config)}
    plain: dict[str, Any] = {}
    hidden: dict[str, str] = {}
    for item in settings_of(plugin.config):
        value = values.get(item.name, "")
        if item.secret:
            text = str(value or "").strip() or known.get(item.name, "")
            if text:
                hidden[item.name] = text
            missing = item.required and not text
        elif item.type == "flag":
            plain[item.name], missing = value in (True, "on", "true", "1"), False
        elif item.type == "number":
            try:
                plain[item.name] = int(value) if str(value).strip() else item.default
            except ValueError:
                raise Refusal(
                    "bad_number", f"{item.label_zh}应是数字。", f"{item.label_en} must be a number."
                ) from None
            missing = item.required and plain[item.name] in ("", None)
        else:
            plain[item.name] = str(value).strip() or item.default
            missing = item.required and not plain[item.name]
        if missing:
            raise Refusal("missing", f"请填写{item.label_zh}。", f"Fill in {item.label_en}.")
    return {name: value for name, value in plain.items() if name in types}, hidden
