"""The items of a delivery: Adyen may put several into one body, and signs each by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from goodstanding.contract import Reader, Unreadable

MAX_BYTES = 4 * 1024 * 1024  # an item is about 1 kB
MAX_ITEMS = 500
_WRAPPER = "NotificationRequestItem"


def read_items(body: bytes) -> tuple[bool | None, list[Reader]]:
    """Is it live (None: not said), and each item. A bare item, as exported, counts as one. Raises Unreadable."""
    if not body.strip():
        raise Unreadable("Adyen webhook: the body is empty; send the webhook's JSON", code="empty")
    if len(body) > MAX_BYTES:
        raise Unreadable(f"Adyen webhook: {len(body)} bytes, more than {MAX_BYTES}", code="too_large")
    read = Reader.of_json(body)
    if read.has("eventCode"):
        return None, [read]
    if not read.has("notificationItems"):
        raise Unreadable(
            "notificationItems: missing; set the webhook's method to JSON in the Customer Area, or send one item as Adyen shows it",
            code="not_a_webhook",
        )
    entries = read.items("notificationItems")
    if len(entries) > MAX_ITEMS:
        raise Unreadable(f"notificationItems: {len(entries)} items, more than {MAX_ITEMS}", code="too_many_items")
    return read.flag("live", None), [entry.part(_WRAPPER) for entry in entries]


def raw_items(body: bytes) -> list[Mapping[str, Any]]:
    """The same items with every character as it was sent, which is what was signed. Raises Unreadable."""
    read_items(body)
    decoded = json.loads(body.decode("utf-8-sig"))
    return [decoded] if "eventCode" in decoded else [entry[_WRAPPER] for entry in decoded["notificationItems"]]
