"""Moments in a reader's words: how long is left, and what the clock shows over there and in Beijing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

BEIJING = "Asia/Shanghai"

_CITIES = {
    "UTC": gettext_lazy("协调世界时"),
    "Asia/Shanghai": gettext_lazy("北京"),
    "Asia/Hong_Kong": gettext_lazy("香港"),
    "Asia/Tokyo": gettext_lazy("东京"),
    "Asia/Singapore": gettext_lazy("新加坡"),
    "America/New_York": gettext_lazy("纽约"),
    "America/Chicago": gettext_lazy("芝加哥"),
    "America/Denver": gettext_lazy("丹佛"),
    "America/Los_Angeles": gettext_lazy("洛杉矶"),
    "America/Toronto": gettext_lazy("多伦多"),
    "America/Sao_Paulo": gettext_lazy("圣保罗"),
    "Europe/London": gettext_lazy("伦敦"),
    "Europe/Berlin": gettext_lazy("柏林"),
    "Europe/Paris": gettext_lazy("巴黎"),
    "Europe/Amsterdam": gettext_lazy("阿姆斯特丹"),
    "Europe/Dublin": gettext_lazy("都柏林"),
    "Europe/Madrid": gettext_lazy("马德里"),
    "Europe/Rome": gettext_lazy("罗马"),
    "Europe/Warsaw": gettext_lazy("华沙"),
    "Europe/Stockholm": gettext_lazy("斯德哥尔摩"),
    "Australia/Sydney": gettext_lazy("悉尼"),
    "Pacific/Kiritimati": gettext_lazy("全球最早的时区"),
    "Etc/GMT-14": gettext_lazy("全球最早的时区"),
}

#: Offered first where a person chooses a zone.
USUAL_ZONES = tuple(name for name in _CITIES if not name.startswith(("Etc/", "Pacific/")))


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC where the name is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    return name in available_timezones()


def zone_choices() -> list[tuple[str, str]]:
    """The usual zones by city, then all others by name."""
    usual = [(name, f"{_CITIES[name]}（{name}）" if name != "UTC" else "UTC") for name in USUAL_ZONES]
    rest = sorted(available_timezones() - set(USUAL_ZONES))
    return usual + [(name, name) for name in rest if "/" in name and not name.startswith(("Etc/", "posix/", "right/"))]


def clock(at: datetime, zone: str, *, seconds: bool = False) -> str:
    """``2026-12-01 23:59`` on the clock of a zone."""
    return at.astimezone(zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def zone_words(zone: str, at: datetime) -> str:
    """``纽约 UTC−5``: the city, and its offset on that day."""
    local = at.astimezone(zone_of(zone))
    offset = local.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "−" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    shown = f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"
    name = _CITIES.get(zone)
    if zone in ("", "UTC", "Etc/UTC"):
        return "UTC"
    city = str(name) if name else zone.rpartition("/")[2].replace("_", " ")
    return f"{city} {shown}"


def left(until: datetime, now: datetime | None = None) -> str:
    """How long is left, in two units at most: ``2 天 5 小时``; what is past says so."""
    now = now or datetime.now(UTC)
    seconds = int((until - now).total_seconds())
    text = _span(abs(seconds))
    return _("剩 %(span)s") % {"span": text} if seconds >= 0 else _("已过期 %(span)s") % {"span": text}


def _span(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes = rest // 60
    day = ngettext("%(n)d 天", "%(n)d 天", days) % {"n": days}
    hour = ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
    minute = ngettext("%(n)d 分钟", "%(n)d 分钟", minutes) % {"n": minutes}
    if days >= 10:
        return day
    if days:
        return f"{day} {hour}" if hours else day
    if hours:
        return f"{hour} {minute}" if minutes else hour
    return minute


def urgency(until: datetime | None, now: datetime | None = None) -> str:
    """``over``, ``hot`` (a day), ``warm`` (three days), ``calm``, or ``none`` where nothing is due."""
    if until is None:
        return "none"
    remaining = until - (now or datetime.now(UTC))
    if remaining < timedelta():
        return "over"
    if remaining < timedelta(hours=24):
        return "hot"
    return "warm" if remaining < timedelta(hours=72) else "calm"
