"""Days and hours: end of a day anywhere, working days of a country, a team's hours. All answers are aware UTC.

Public holidays come from the ``holidays`` package. Where a country is unknown to it, only weekends count, which
can only make a period end earlier.
"""

from __future__ import annotations

import calendar
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

#: The first and the last zone of the earth: a date without zone ends first in the first.
FIRST_ZONE = timezone(timedelta(hours=14))
LAST_ZONE = timezone(timedelta(hours=-12))

UNITS = ("hours", "days", "business_days", "weeks", "months")
_DAY = timedelta(days=1)
#: No clock in use is set forward by more at once (Casey station 2018 and 2020); a day may be that much shorter.
_LARGEST_JUMP = timedelta(hours=3, seconds=1)
_LAST_SECOND = time(23, 59, 59)


class UnknownZone(ValueError):
    """The name is not in the IANA database."""


def zone_info(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises :class:`UnknownZone` with the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(f"{name!r} is not an IANA time zone; use a name such as Europe/Paris") from None


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            found.setdefault(country, []).append(name)
    return {country: tuple(names) for country, names in found.items()}


def zones_of(country: str) -> tuple[str, ...]:
    """IANA zones of an ISO 3166-1 alpha-2 country (``US-CA`` counts as ``US``); empty if unknown."""
    return _zones_by_country().get(country[:2].upper(), ())


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first moment at which a clock in the zone shows this wall time, as UTC.

    A time shown twice (clocks set back) is taken the first time; a time never shown (clocks set forward, a skipped day)
    is taken one second before the jump.
    """
    local = datetime.combine(day, wall, zone)
    first = local.astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return first
    early, late = local.replace(fold=1).astimezone(UTC), first
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        middle = middle.replace(microsecond=0)
        if middle == early:
            break
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return early


def end_of_day(day: date, zone: str = "", country: str = "") -> datetime:
    """The end of a calendar day as UTC, to the second: in the zone; else in the country's first zone; else at UTC+14.

    ``date.max`` and its eve have no end that a clock can show and raise ``ValueError``.
    """
    if zone:
        return instant(day, _LAST_SECOND, zone_info(zone))
    names = zones_of(country) if country else ()
    if names:
        return min(instant(day, _LAST_SECOND, zone_info(name)) for name in names)
    return datetime.combine(day, _LAST_SECOND, FIRST_ZONE).astimezone(UTC)


def local_day(moment: datetime, zone: str = "", country: str = "") -> date:
    """The calendar day of a moment: in the zone; else the earliest that it can be in the country or on earth."""
    if zone:
        return moment.astimezone(zone_info(zone)).date()
    names = zones_of(country) if country else ()
    if names:
        return min(moment.astimezone(zone_info(name)).date() for name in names)
    return moment.astimezone(LAST_ZONE).date()


def add_months(day: date, months: int) -> date:
    """The same day some months on; the month's last day where it has no such day (31 January + 1 → 28 or 29 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str, year: int) -> holidays.HolidayBase | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a year beyond the country's data has its weekends only
            return holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    except NotImplementedError:
        if subdivision:
            return _holidays(country, "", year)
        return None


def is_working_day(day: date, country: str = "") -> bool:
    """Is it a working day in the country (``FR``, ``US-CA``)? Without a country: Monday to Friday.

    Chinese make-up working days (调休) on weekends count as working days.
    """
    code, _, subdivision = country.upper().partition("-")
    table = _holidays(code, subdivision, day.year) if code else None
    return day.weekday() < 5 if table is None else bool(table.is_working_day(day))


def knows_holidays(country: str) -> bool:
    """Do we have this country's public holidays?"""
    code, _, subdivision = country.upper().partition("-")
    return bool(code) and _holidays(code, subdivision, 2026) is not None


def working_day_on_or_after(day: date, country: str = "") -> date:
    while not is_working_day(day, country):
        day += _DAY
    return day


def add_working_days(day: date, count: int, country: str = "") -> date:
    """The ``count``-th working day after the day (before it, if negative); the day itself is not counted."""
    step = _DAY if count >= 0 else -_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, country):
            day += step
    return day


@dataclass(frozen=True, kw_only=True)
class WorkingHours:
    """When a team works: wall times in a zone, on the listed weekdays (Monday is 0), not on public holidays of a country.

    ``opens`` must be before ``closes``. With ``days`` all seven and no country it describes the complement of quiet hours.
    """

    zone: str
    opens: time = time(9)
    closes: time = time(18)
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    country: str = ""
    _limit: int = field(default=60, repr=False)  # days to look ahead or back for an open day

    def __post_init__(self) -> None:
        zone_info(self.zone)
        if self.opens >= self.closes:
            raise ValueError(f"working hours end ({self.closes}) before they begin ({self.opens})")
        if not self.days or not set(self.days) <= set(range(7)):
            raise ValueError(f"weekdays are numbers from 0 (Monday) to 6, not {self.days!r}")

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """Opening and closing of a day as UTC; None on a day off."""
        working = day.weekday() in self.days
        if self.country:
            working = is_working_day(day, self.country) and (working or self._made_up(day))
        if not working:
            return None
        zone = zone_info(self.zone)
        return instant(day, self.opens, zone), instant(day, self.closes, zone)

    def _made_up(self, day: date) -> bool:
        return day.weekday() >= 5 and set(self.days) >= {0, 1, 2, 3, 4}

    def open_at(self, moment: datetime) -> bool:
        span = self.span(moment.astimezone(zone_info(self.zone)).date())
        return span is not None and span[0] <= moment <= span[1]

    def last_open(self, moment: datetime) -> datetime | None:
        """The moment itself if open, else the last open moment before it; None if none within two months."""
        return next((min(end, moment) for start, end in self._spans(moment, -1) if start <= moment), None)

    def first_open(self, moment: datetime) -> datetime | None:
        """The moment itself if open, else the first open moment after it; None if none within two months."""
        return next((max(start, moment) for start, end in self._spans(moment, 1) if end >= moment), None)

    def advance(self, start: datetime, hours: float) -> datetime | None:
        """The moment after that many open hours; None if it lies beyond two years."""
        left = timedelta(hours=hours)
        day = start.astimezone(zone_info(self.zone)).date() - _DAY
        for _ in range(740):
            span = self.span(day)
            if span is not None and span[1] > start:
                begin = max(span[0], start)
                if span[1] - begin >= left:
                    return begin + left
                left -= span[1] - begin
            day += _DAY
        return None

    def _spans(self, moment: datetime, step: int) -> Iterator[tuple[datetime, datetime]]:
        day = moment.astimezone(zone_info(self.zone)).date() - step * _DAY
        for _ in range(self._limit):
            span = self.span(day)
            if span is not None:
                yield span
            day += step * _DAY


def every_hour(zone: str, opens: time = time(8), closes: time = time(22)) -> WorkingHours:
    """All days between two wall times: what is left when quiet hours are taken out."""
    return WorkingHours(zone=zone, opens=opens, closes=closes, days=(0, 1, 2, 3, 4, 5, 6))


def period_end(
    amount: int, unit: str, start: datetime | date, *, zone: str = "", country: str = "", extend: bool = False
) -> datetime:
    """When a period of ``amount`` units after ``start`` ends, at the earliest reading that the known facts allow; UTC.

    1. Hours are elapsed hours. All other units end at the end of a calendar day; the day of the start is not counted.
    2. Without zone and country, a start that is a moment ends no later than any zone on earth would end it.
    3. ``extend`` moves an end on a day off to the next working day of ``country``; months end on the month's last day
       where there is no such day.

    Raises ``ValueError`` for an unknown unit, an amount under 1 or beyond 100 years, a naive start.
    """
    _check_period(amount, unit)
    if isinstance(start, datetime):
        if start.tzinfo is None:
            raise ValueError("the start of a period needs a time zone")
        start = start.astimezone(UTC)
        if unit == "hours":
            return start + timedelta(hours=amount)
    elif unit == "hours":
        # A bare date: count from the first moment at which it can be that day.
        return end_of_day(start - _DAY, zone, country) + timedelta(seconds=1, hours=amount)
    day = local_day(start, zone, country) if isinstance(start, datetime) else start
    last = _last_day(day, amount, unit, country)
    if extend:
        last = working_day_on_or_after(last, country)
    end = end_of_day(last, zone, country)
    if isinstance(start, datetime) and not zone:
        # In whichever zone the day was counted, so many whole days must have passed.
        least = {"days": amount, "business_days": amount, "weeks": amount * 7, "months": amount * 28}[unit]
        end = max(end, start + timedelta(days=least) - _LARGEST_JUMP)
    return end


def _last_day(day: date, amount: int, unit: str, country: str) -> date:
    if unit == "business_days":
        return add_working_days(day, amount, country)
    if unit == "months":
        return add_months(day, amount)
    return day + timedelta(days=amount * (7 if unit == "weeks" else 1))


def _check_period(amount: int, unit: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"{unit!r} is not a unit of time; known are {', '.join(UNITS)}")
    most = {"hours": 876_000, "days": 36_500, "business_days": 5_000, "weeks": 5_200, "months": 1_200}[unit]
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= most:
        raise ValueError(f"a period must be a whole number from 1 to {most} {unit}, not {amount!r}")
