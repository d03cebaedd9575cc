"""From bytes to JSON that is safe to read: bounded in size and depth, without what a database refuses."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from goodstanding.contract import Unreadable

MAX_BYTES = 4 * 1024 * 1024  # a dispute event is about 5 kB; Stripe states no limit
MAX_DEPTH = 64
_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def decode(body: bytes) -> dict[str, Any]:
    """The JSON object in the bytes; raises Unreadable saying what is wrong with them."""
    if not body.strip():
        raise Unreadable("Stripe event: the body is empty; send the event's JSON", code="empty")
    if len(body) > MAX_BYTES:
        raise Unreadable(
            f"Stripe event: {len(body)} bytes, more than {MAX_BYTES}; no Stripe event is that large", code="too_large"
        )
    try:
        value = _clean(json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant))
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"Stripe event: not UTF-8 at byte {error.start}; save the event as UTF-8", code="not_utf8"
        ) from None
    except RecursionError:
        raise Unreadable("Stripe event: nested too deeply", code="too_deep") from None
    except ValueError as error:  # also an integer of more digits than Python converts
        raise Unreadable(f"Stripe event: not JSON: {str(error)[:120]}", code="not_json") from None
    if not isinstance(value, dict):
        raise Unreadable(f"Stripe event: expected a JSON object, got {type(value).__name__}", code="not_an_object")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _clean(value: Any, depth: int = 0) -> Any:
    """The same value, with NUL and lone surrogates replaced (PostgreSQL takes neither); the original bytes are kept elsewhere."""
    if depth > MAX_DEPTH:
        raise Unreadable(f"Stripe event: nested more than {MAX_DEPTH} deep", code="too_deep")
    if isinstance(value, str):
        return value.translate(_UNSTORABLE) if _is_unstorable(value) else value
    if isinstance(value, dict):
        return {_clean(key): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    return value


def _is_unstorable(text: str) -> bool:
    if "\x00" in text:
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
