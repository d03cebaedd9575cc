"""Run a delivery again from its stored bytes, after a parser, a secret or the knowledge was mended."""

from __future__ import annotations

from goodstanding.audit import kinds, record
from goodstanding.models import Delivery, Member, acting_for

from . import identify


def replay(merchant_id: int, delivery_id: int, *, member_id: int | None = None) -> None:
    """Identify anew and queue the stages; what comes out the same changes nothing."""
    with acting_for(merchant_id):
        delivery = Delivery.objects.select_related("merchant").get(pk=delivery_id)
        actor = Member.objects.filter(pk=member_id).first() if member_id else None
        record(kinds.DELIVERY_REPLAYED, delivery.merchant, actor=actor, delivery=delivery.pk)
    identify.identify(merchant_id, delivery_id, again=True)
