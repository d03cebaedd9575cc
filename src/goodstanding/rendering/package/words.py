"""The fixed words of a package document in the recipient's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def _all() -> Mapping[str, Mapping[str, Any]]:
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    return loaded


def languages() -> tuple[str, ...]:
    """Codes of the languages a package can be set in."""
    return tuple(_all())


def language_of(tag: str) -> str | None:
    """The language that serves a tag such as ``de-AT`` or ``zh-Hans``; None where there is none."""
    code = tag.replace("_", "-").split("-")[0].lower()
    return code if code in _all() else None


def words(language: str) -> Mapping[str, Any]:
    """The words of a language that :func:`languages` lists."""
    return _all()[language]


def day(value: date, language: str) -> str:
    """A date as a letter in that language writes it."""
    table = words(language)
    return str(table["date"]).format(day=value.day, month=table["months"][value.month - 1], year=value.year)


def moment(value: datetime | date, language: str) -> str:
    """A date, or a moment with its own offset: ``3 September 2026, 14:05 (UTC+8)``."""
    if not isinstance(value, datetime):
        return day(value, language)
    offset = value.utcoffset()
    zone = "" if offset is None else f" ({_offset(offset)})"
    written = str(words(language)["moment"]).format(date=day(value.date(), language), time=f"{value:%H:%M}")
    return written + zone


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
