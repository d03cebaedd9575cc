"""Small readers of single values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest


def numbers_in(values: Iterable[str], most: int = 500) -> list[int]:
    """The whole numbers among texts; everything else is passed over."""
    return [int(value) for value in list(values)[:most] if value.isascii() and value.isdecimal() and len(value) < 10]


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """Data and files of a POST, also of an empty one; nothing for a page that is only looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)
