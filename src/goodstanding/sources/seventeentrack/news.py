"""A parcel as 17TRACK tells it (``track_info`` of v2.2), as news. The same form in answers and in webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from goodstanding.contract import ParcelEvent, ParcelNews, Reader

#: https://api.17track.net: main statuses of v2; an unknown one stays "" and is shown as it came.
STATES = {
    "NotFound": "unknown", "InfoReceived": "announced", "InTransit": "moving", "OutForDelivery": "out_for_delivery",
    "AvailableForPickup": "pickup", "Delivered": "delivered", "DeliveryFailure": "failed", "Exception": "failed",
    "Expired": "expired",
}  # fmt: skip


def news_of(read: Reader) -> ParcelNews:
    """An item with ``number`` and ``track_info``. Raises Unreadable naming the field."""
    status = read.text("track_info.latest_status.status", "")
    providers = read.items("track_info.tracking.providers")
    events = [event for provider in providers for event in _events(provider)]
    delivered = _milestone(read, "Delivered")
    return ParcelNews(
        number=read.text("number"),
        carrier=next((name for item in providers if (name := item.text("provider.name", ""))), ""),
        state=STATES.get(status, ""),
        status=status,
        events=tuple(sorted(events, key=lambda event: event.at.isoformat() if event.at else event.when)),
        shipped_at=_milestone(read, "PickedUp"),
        delivered_at=delivered if status == "Delivered" else None,
        delivered_to=_last_place(events) if status == "Delivered" else "",
        address=_address(read) if status == "Delivered" else "",
        signed_by=_signed_by(read),
    )


def _events(provider: Reader) -> Iterator[ParcelEvent]:
    for item in provider.items("events"):
        at = _moment(item, "time_utc") or _moment(item, "time_iso")
        when = item.text("time_raw.date", "") + " " + item.text("time_raw.time", "")
        yield ParcelEvent(
            what=item.text("description", ""),
            at=at,
            when="" if at else when.strip(),
            place=item.text("location", "") or ", ".join(filter(None, (item.text(f"address.{part}", "") for part in ("city", "postal_code", "country")))),
        )  # fmt: skip


def _milestone(read: Reader, stage: str) -> datetime | None:
    for item in read.items("track_info.milestone"):
        if item.text("key_stage", "") == stage:
            return _moment(item, "time_utc") or _moment(item, "time_iso")
    return None


def _moment(item: Reader, path: str) -> datetime | None:
    """An instant; a carrier's local time without offset is none."""
    text = item.text(path, "")
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def _last_place(events: list[ParcelEvent]) -> str:
    dated = sorted(
        (event for event in events if event.at and event.place),
        key=lambda event: event.at.isoformat() if event.at else "",
    )
    return dated[-1].place if dated else ""


def _address(read: Reader) -> str:
    """The recipient's address, only where the carrier itself tells the street: a city alone is no full address."""
    inside = "track_info.shipping_info.recipient_address"
    parts = [read.text(f"{inside}.{part}", "") for part in ("street", "city", "state", "postal_code", "country")]
    return ", ".join(part for part in parts if part) if parts[0] and parts[1] else ""


def _signed_by(read: Reader) -> str:
    return read.text("track_info.misc_info.signed_by", "") or read.text("track_info.misc_info.signature", "")
