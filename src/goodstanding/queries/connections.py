"""Connections and how they do."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from goodstanding.models import Connection, Merchant, Notification, PluginType


@dataclass(frozen=True, kw_only=True)
class ConnectionRow:
    connection: Connection
    health: str
    cases: int


def health(connection: Connection) -> str:
    """``off``, ``failing``, ``quiet`` (nothing came yet) or ``well``. What an operator asks first."""
    if connection.disabled_at:
        return "off"
    erred = connection.last_error_at
    if connection.refusals >= 3 or (erred and erred >= (connection.last_trusted_at or erred)):
        return "failing"
    return "well" if connection.last_delivery_at else "quiet"


def connections(merchant: Merchant) -> tuple[ConnectionRow, ...]:
    """All channels of a merchant, those in use first."""
    rows = merchant.connections.filter(type=PluginType.CHANNEL).annotate(
        open_cases=Count("cases", filter=Q(cases__settled_at__isnull=True))
    )
    return tuple(
        ConnectionRow(connection=row, health=health(row), cases=row.open_cases)
        for row in rows.order_by("disabled_at", "pk")
    )


def robots(merchant: Merchant) -> tuple[Connection, ...]:
    """All notifiers of a merchant, those in use first."""
    return tuple(merchant.connections.filter(type=PluginType.NOTIFIER).order_by("disabled_at", "pk"))


def told_by(connection: Connection) -> tuple[Notification, ...]:
    """The newest messages of a notifier, and whether they got through."""
    rows = connection.notifications.filter(claimed_at__isnull=False).select_related("case")
    return tuple(rows.order_by("-pk")[:10])
