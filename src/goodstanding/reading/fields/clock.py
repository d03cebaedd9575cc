"""The time of day beside a date, and whose clock it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from ..yamlfile import HERE, load

_TIME = re.compile(
    r"(?P<h>\d{1,2})(?:[:.](?P<m>\d{2})(?::\d{2})?)\s*(?P<ap>a\.?m\b\.?|p\.?m\b\.?)?(?:\s*(?:uhr|hrs?|hours|ore|uur|h)\b)?|"
    r"(?P<h2>\d{1,2})\s*(?P<ap2>a\.?m\b\.?|p\.?m\b\.?)|(?P<h3>\d{1,2})\s*(?:uhr|uur)\b(?:\s*(?P<m3>\d{2}))?|(?P<h4>\d{1,2})\s?h\s?(?P<m4>\d{2})?\b|"
    r"(?P<half>午前|午後|上午|下午|晚上)?\s*(?P<h5>\d{1,2})\s*[時时点點](?:\s*(?P<m5>\d{1,2})\s*分)?|(?P<noon>\bnoon\b|midday)|(?P<mid>\bmidnight\b|mitternacht|minuit|medianoche|mezzanotte|middernacht)"
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])(\d{2}):?(\d{2})\b|(?:utc|gmt)\s?([+-])(\d{1,2})\b")


@dataclass(frozen=True, slots=True)
class Clock:
    at: time
    end: int  # where it ends in the text
    zone: str = ""  # IANA name or "+hh:mm"


@lru_cache(maxsize=1)
def _zones() -> tuple[dict[str, str], re.Pattern[str]]:
    known: dict[str, str] = load(HERE / "zones.yaml")
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return known, re.compile(rf"(?<![a-z])(?:{names})(?![a-z])")


def clock_after(flat: str, start: int, country: str) -> Clock | None:
    """The time stated right behind a date (or joined by "at", "um", "à", "T")."""
    window = flat[start : start + 60]
    lead = re.match(
        r"(?:\s*\(?[月火水木金土日](?:曜日?)?\)?(?=\s*\d)|\s*\((?:周|星期)?[一二三四五六日]\))?(?:\s*[,(]?\s*(?:t(?=\d)|at|um|[àa]|a las|alle(?: ore)?|ore|om|o godz(?:inie|\.)?|godz\.?|before|by|bis|not later than|until|,)?\s*){1,2}",
        window,
    )
    at = lead.end() if lead else 0
    match = _TIME.match(window, at)
    if not match:
        return None
    found = _time(match)
    if found is None:
        return None
    return Clock(found, start + match.end(), zone_after(flat, start + match.end(), country))


def clock_before(flat: str, end: int, country: str) -> Clock | None:
    """A time that stands before the date: "by 5 pm on 3 May", "23:59 UTC, 3 May"."""
    window = flat[max(0, end - 40) : end]
    best: re.Match[str] | None = None
    for match in _TIME.finditer(window):
        rest = window[match.end() :]
        if re.fullmatch(
            r"\s*(?:\(?(?:utc|gmt|[a-z]{2,4})\)?)?\s*,?\s*(?:on|am|le|del|of|il|op|dnia|the)?\s*(?:the|day of)?\s*",
            rest,
        ):
            best = match
    if best is None:
        return None
    found = _time(best)
    return Clock(found, end, zone_after(flat, max(0, end - 40) + best.end(), country)) if found else None


def _time(match: re.Match[str]) -> time | None:
    g = match.groupdict()
    if g["noon"]:
        return time(12)
    if g["mid"]:
        return time(23, 59, 59)
    hour = int(g["h"] or g["h2"] or g["h3"] or g["h4"] or g["h5"])
    minute = int(g["m"] or g["m3"] or g["m4"] or g["m5"] or 0)
    half = (g["ap"] or g["ap2"] or "").replace(".", "")
    if half == "pm" or g["half"] in ("午後", "下午", "晚上"):
        hour += 12 if hour < 12 else 0
    elif (half == "am" or g["half"] in ("午前", "上午")) and hour == 12:
        hour = 0
    if hour == 24 and minute == 0:
        return time(23, 59, 59)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def zone_after(flat: str, start: int, country: str) -> str:
    """The zone named within a few characters, as an IANA name or an offset."""
    window = flat[start : start + 32]
    if re.match(r"\s*z\b", window):
        return "UTC"
    if offset := _OFFSET.match(window.lstrip(" (")):
        sign, hours, minutes = (offset[1], offset[2], offset[3]) if offset[1] else (offset[4], offset[5], "00")
        return f"{sign}{int(hours):02d}:{minutes}"
    known, pattern = _zones()
    found = pattern.search(window)
    if not found or len(window[: found.start()].strip(" (,.")) > 6:
        return ""
    name = found[0]
    if name in ("est", "edt", "et", "eastern", "eastern time", "eastern standard time") and country == "AU":
        return "Australia/Sydney"
    if name in ("cst",) and country in ("CN", "TW"):
        return "Asia/Shanghai"
    return known[name]
