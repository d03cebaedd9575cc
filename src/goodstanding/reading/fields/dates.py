"""Calendar dates as people write them, in ten languages. Every reading that the words admit is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ..result import Span
from ..yamlfile import HERE, load


@dataclass(frozen=True, slots=True)
class Seen:
    """A date in the text. ``readings`` has one entry, or two where day and month could be swapped."""

    span: Span
    readings: tuple[date, ...]
    form: str
    year_assumed: bool = False


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {name: number for number, names in load(HERE / "months.yaml").items() for name in names}


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    ordinal = r"(?:st|nd|rd|th|er|º|°|\.)?"
    return (
        ("iso", re.compile(r"(?<![\d.-])(?P<y>20\d\d)(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d])")),
        (
            "cjk",
            re.compile(
                r"(?:(?:(?P<y>20\d\d)\s{0,8}年|令和\s{0,8}(?P<r>\d{1,2}|元)\s{0,8}年)\s{0,8})?(?P<m>\d{1,2})\s{0,8}月\s*(?P<d>\d{1,2})\s*[日号號]"
            ),
        ),
        (
            "numeric",
            re.compile(
                r"(?<![\d./-])(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?P=s)\s?(?P<y>20\d\d|\d\d)(?![\d/]|[.-]\d)"
            ),
        ),
        (
            "day_month",
            re.compile(
                rf"(?<![\w.])(?P<d>\d{{1,2}}){ordinal}\s*(?:of |de |di |of the )?-?\s?(?P<n>{names})\b\.?(?:,?\s*-?\s?(?:de |del |of )?(?P<y>20\d\d)\b)?"
            ),
        ),
        (
            "month_day",
            re.compile(
                rf"(?<![\w.])(?P<n>{names})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[:.]\d)(?:,?\s+(?P<y>20\d\d)\b)?"
            ),
        ),
    )


def dates_in(flat: str, order: str, today: date | None) -> Iterator[Seen]:
    """All dates of a folded text. ``order`` is the sender's (``dmy``, ``mdy``, ``ymd`` or "": unknown).

    A date without a year is taken in the year that makes it the next such day after ``today``; without ``today`` it is left out.
    """
    taken: list[Span] = []
    for form, pattern in _patterns():
        for match in pattern.finditer(flat):
            span = match.span()
            while span[0] < span[1] and flat[span[0]].isspace():
                span = (span[0] + 1, span[1])
            if any(span[0] < end and start < span[1] for start, end in taken):
                continue
            seen = _read(form, match, span, order, today)
            if seen:
                taken.append(span)
                yield seen


def _read(form: str, match: re.Match[str], span: Span, order: str, today: date | None) -> Seen | None:
    if form == "numeric":
        return _numeric(match, span, order)
    groups = match.groupdict()
    day = int(groups["d"])
    month = int(groups["m"]) if groups.get("m") else _months()[groups["n"]]
    if groups.get("r"):
        year: int | None = 2018 + (1 if groups["r"] == "元" else int(groups["r"]))
    else:
        year = int(groups["y"]) if groups.get("y") else None
    if year is not None:
        found = _date(year, month, day)
        return Seen(span, (found,), form) if found else None
    if today is None:
        return None
    for candidate in (today.year, today.year + 1):
        found = _date(candidate, month, day)
        # A little behind today is still this year's date (and past); far behind means the next year's.
        if found and (found - today).days > -120:
            return Seen(span, (found,), form, year_assumed=True)
    return None


def _numeric(match: re.Match[str], span: Span, order: str) -> Seen | None:
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    year += 2000 if year < 100 else 0
    day_first, month_first = _date(year, second, first), _date(year, first, second)
    if match["s"] == ".":
        month_first = month_first if day_first is None else None
    if day_first and month_first and day_first != month_first:
        if order == "dmy":
            return Seen(span, (day_first,), "numeric")
        if order == "mdy":
            return Seen(span, (month_first,), "numeric")
        return Seen(span, tuple(sorted((day_first, month_first))), "numeric")
    found = day_first or month_first
    return Seen(span, (found,), "numeric") if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
