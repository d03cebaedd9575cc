"""A parcel as AfterShip tells it, as news: https://www.aftership.com/docs/tracking"""

from __future__ import annotations

from datetime import UTC, datetime

from goodstanding.contract import ParcelEvent, ParcelNews, Reader

STATES = {
    "Pending": "unknown", "InfoReceived": "announced", "InTransit": "moving", "OutForDelivery": "out_for_delivery",
    "AttemptFail": "failed", "Delivered": "delivered", "AvailableForPickup": "pickup", "Exception": "failed",
    "Expired": "expired",
}  # fmt: skip


def news_of(read: Reader) -> ParcelNews:
    """A tracking object. Raises Unreadable naming the field."""
    tag = read.text("tag", "")
    events = tuple(_event(item) for item in read.items("checkpoints"))
    delivered = _moment(read.text("shipment_delivery_date", "")) if tag == "Delivered" else None
    if tag == "Delivered" and delivered is None:
        done = [
            item.at
            for item, raw in zip(events, read.items("checkpoints"), strict=True)
            if raw.text("tag", "") == "Delivered"
        ]
        delivered = max((at for at in done if at), default=None)
    last = next((item.place for item in reversed(events) if item.place), "")
    return ParcelNews(
        number=read.text("tracking_number"),
        carrier=read.text("slug", ""),
        state=STATES.get(tag, ""),
        status=tag,
        events=events,
        shipped_at=_moment(read.text("shipment_pickup_date", "")),
        delivered_at=delivered,
        delivered_to=last if tag == "Delivered" else "",
        signed_by=read.text("signed_by", ""),
    )


def _event(item: Reader) -> ParcelEvent:
    when = item.text("checkpoint_time", "")
    at = _moment(when)
    place = item.text("location", "") or ", ".join(
        filter(None, (item.text(part, "") for part in ("city", "state", "zip", "country_iso3")))
    )
    return ParcelEvent(
        what=item.text("message", "") or item.text("tag", ""), at=at, when="" if at else when, place=place
    )


def _moment(text: str) -> datetime | None:
    """An instant; carriers' local times come without an offset and are none."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
