"""Ways to tell people, as connections: opened, changed, tried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from goodstanding.audit import kinds, record
from goodstanding.models import Case, Connection, Member, Merchant, Notification, PluginType
from goodstanding.notifiers import notifiers
from goodstanding.pipeline import notify
from goodstanding.pipeline.connect import _apart
from goodstanding.pipeline.refusals import Refusal


def open(merchant: Merchant, member: Member, plugin: str, label: str, values: Mapping[str, Any]) -> Connection:
    """A new notifier of the merchant, from a form's values. Raises Refusal."""
    _may(member)
    notifier = notifiers().get(plugin)
    if notifier is None:
        raise Refusal("unknown_notifier", "没有这种提醒方式。", "There is no such notifier.")
    plain, hidden = _apart(notifier, values, known={})  # type: ignore[arg-type]
    named = (label.strip() or notifier.label)[:120]
    made = Connection.open(merchant, plugin, named, type=PluginType.NOTIFIER, settings=plain, secrets=hidden)
    record(kinds.CONNECTION_OPENED, merchant, actor=member, label=made.label, plugin=plugin)
    return made


def change(connection: Connection, member: Member, label: str, values: Mapping[str, Any]) -> None:
    """Take a form's values; an empty secret keeps the old one. Raises Refusal."""
    _may(member)
    notifier = notifiers()[connection.plugin]
    connection.settings, connection.secrets = _apart(notifier, values, known=connection.secrets)  # type: ignore[arg-type]
    connection.label = label.strip()[:120] or connection.label
    connection.save()
    record(kinds.CONNECTION_CHANGED, connection.merchant, actor=member, label=connection.label)


def try_out(connection: Connection, member: Member) -> None:
    """Queue one message about the newest drill, by the same way as any other. Raises Refusal."""
    _may(member)
    if connection.disabled_at is not None:
        raise Refusal("switched_off", "这个提醒方式已停用。", "This notifier is switched off.")
    merchant_id = connection.merchant_id
    drill = Case.objects.filter(merchant_id=merchant_id, drill=True).order_by("-pk").first()
    if drill is None:
        raise Refusal(
            "no_drill",
            "测试消息说的是试运行案件，现在还没有。请先打开任一通知渠道，点“试运行”。",
            "A test message speaks of a drill, and there is none yet. Open one of the channels and try it with a sample.",
        )
    now = timezone.now()
    row = Notification.objects.create(
        merchant_id=merchant_id,
        case=drill,
        connection=connection,
        kind="case_new",
        key=f"try:{connection.pk}:{now.isoformat()}",
        at=now,
    )
    notify.claim(merchant_id, [row.pk], now)


def _may(member: Member) -> None:
    if not member.may("connect"):
        raise Refusal("may_not_connect", "只有所有者可以管理连接。", "Only owners manage connections.")
