"""Small readers of single values."""

from __future__ import annotations

from collections.abc import Iterable


def numbers_in(values: Iterable[str], most: int = 500) -> list[int]:
    """The whole numbers among texts; everything else is passed over."""
    return [int(value) for value in list(values)[:most] if value.isascii() and value.isdecimal() and len(value) < 10]
