"""What people set right, as examples: the text, how it was read, how it should have been read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodstanding.models import Correction, Merchant, Notice

_READ = ("stage", "reason_code", "reason_category", "network", "currency", "language")


def examples(merchant: Merchant) -> Iterator[dict[str, Any]]:
    """One per correction, oldest first. Holds the original's words, and with them the customer's data."""
    rows = Correction.objects.filter(merchant=merchant).select_related("delivery", "case").order_by("pk")
    for row in rows.iterator(chunk_size=50):
        notice = row.delivery.notices.filter(case=row.case).order_by("-pk").first()
        yield {
            "text": _text(row, notice),
            "media_type": _media_type(row),
            "origin": row.delivery.origin,
            "received_at": row.delivery.received_at.isoformat(),
            "read": _read(notice),
            "corrected": row.values,
            "corrected_at": row.made_at.isoformat(),
        }


def _text(row: Correction, notice: Notice | None) -> str:
    """The visible text where it is a letter, else what arrived, byte for byte where it is text at all."""
    reading = (notice.reading if notice else None) or row.delivery.reading or {}
    return str(reading.get("text") or bytes(row.delivery.body).decode("utf-8", "replace"))


def _media_type(row: Correction) -> str:
    for name, value in row.delivery.headers:
        if str(name).lower() == "content-type":
            return str(value).partition(";")[0].strip()
    return ""


def _read(notice: Notice | None) -> dict[str, Any]:
    """How it was read before, in the notice's own terms: a notice is never changed."""
    if notice is None:
        return {}
    reading = notice.reading or {}
    fields = {name: item.get("value") for name, item in (reading.get("fields") or {}).items()}
    told = {name: getattr(notice, name) for name in _READ}
    amount = f"{notice.amount.normalize():f}" if notice.amount is not None else ""
    told |= {"case_id": notice.case_ref, "amount": amount, **fields, "kind": notice.kind}
    return {name: value for name, value in told.items() if value}
