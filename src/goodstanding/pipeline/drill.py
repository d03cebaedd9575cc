"""Try out a set-up: a signed sample goes through the door like any notice, and is marked as a drill everywhere."""

from __future__ import annotations

from django.utils import timezone

from goodstanding.audit import kinds, record
from goodstanding.models import Connection, Delivery, Member, acting_for

from . import receive
from .plugged import channel_of, config_of
from .refusals import Refusal


def drill(connection: Connection, member: Member | None) -> Delivery:
    """Send the channel's sample. Raises Refusal where the channel has none."""
    channel = channel_of(connection)
    if channel.drill is None:
        raise Refusal("no_drill", f"{channel.label} 没有试运行样例。", f"{channel.label} has no sample notice.")
    with acting_for(connection.merchant_id):
        incoming = channel.drill(config_of(connection, channel), timezone.now())
        record(kinds.DRILL_SENT, connection.merchant, actor=member, channel=connection.label)
        return receive.store(connection, incoming, drill=True)
