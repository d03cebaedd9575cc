"""Every deadline of a case, each with its reason.

1. What the sender states wins and is never overruled, not even by an earlier table.
2. A table (network, law, gateway's usual time) only fills a gap. It is marked as an estimate and taken at the earliest
   reading that the known facts allow. Where two tables disagree, the shorter one counts.
3. A fact or table that nobody confirmed computes nothing.
4. A date without zone ends where on earth, or in the recipient's country, it ends first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from goodstanding.contract import Due

from .calendars import WorkingHours, end_of_day, is_working_day, knows_holidays, period_end, zone_info

ORIGINS = ("stated", "network", "statutory", "sla", "merchant", "estimate")

#: Before this, a "due" moment is an empty field that someone filled with zero, not a statement.
_EMPTY_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
_DATE_LIMITS = (date(2000, 1, 2), date(9999, 12, 29))


@dataclass(frozen=True, kw_only=True)
class Why:
    """How a deadline came about: a code and its parameters, so that the sentence is made on display."""

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A moment by which something must have happened.

    ``purpose`` says what (``answer``, ``first_draft``, ``withdrawal`` …), ``at`` is aware UTC, ``zone`` the IANA name in
    which its owner reads it ("" if not known), ``origin`` one of :data:`ORIGINS`, ``source`` the record or field it rests on.
    """

    purpose: str
    at: datetime
    zone: str
    origin: str
    reason: Why
    estimate: bool
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that started a clock: give ``at`` (aware), or ``on`` where only the date is known."""

    at: datetime | None = None
    on: date | None = None
    confirmed: bool = True


@dataclass(frozen=True, kw_only=True)
class Relative:
    """A period in the sender's words: "within 14 days of receipt". ``start`` names an event of the case."""

    amount: int
    unit: str
    start: str = "received"


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a sender said about a deadline, in a notice received at ``received_at``; a later notice replaces an earlier one."""

    purpose: str = "answer"
    due: Due | None = None
    relative: Relative | None = None
    received_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Window:
    """A period from a table. ``origin`` is ``network``, ``statutory`` or ``estimate``; ``start`` names an event."""

    purpose: str
    amount: int
    unit: str
    origin: str
    source: str
    start: str = "notice"
    country: str = ""
    zone: str = ""
    confirmed: bool = True


@dataclass(frozen=True, kw_only=True)
class Extension:
    """A country's rule that a period ending on a day off runs to the next working day. Weekends are ``weekends``."""

    source: str
    confirmed: bool = True


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A stretch in which a clock stands still, e.g. while the seller owes us something; ``end`` None if it lasts."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A provider's promise: ``purpose`` within ``hours`` of ``start``; in the team's hours, if given."""

    purpose: str
    hours: int
    start: str = "received"
    pauses: tuple[Pause, ...] = ()
    team: WorkingHours | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnRule:
    """A merchant's own target: so many hours before the deadline of ``before``."""

    purpose: str
    hours: int
    before: str = "answer"
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What is known of the clocks of a case. ``zone`` and ``country`` are the recipient's, as far as known.

    ``events`` are named moments (``notice``, ``received``, ``delivered``, ``withdrawn`` …). ``extensions`` maps a country
    to its rule for periods that end on a day off.
    """

    events: Mapping[str, Event] = field(default_factory=dict)
    stated: tuple[Stated, ...] = ()
    windows: tuple[Window, ...] = ()
    services: tuple[Service, ...] = ()
    own: tuple[OwnRule, ...] = ()
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    zone: str = ""
    country: str = ""


def for_case(facts: CaseFacts) -> tuple[Deadline, ...]:
    """All deadlines of a case, the earliest first; at most one for each purpose."""
    chosen: dict[str, Deadline] = {}
    for statement in sorted(facts.stated, key=_newest_last):
        found = _from_statement(statement, facts)
        if found:
            chosen[found.purpose] = found
    firm = set(chosen)
    for window in facts.windows:
        found = None if window.purpose in firm else _from_window(window, facts)
        if found and (found.purpose not in chosen or found.at < chosen[found.purpose].at):
            chosen[found.purpose] = found
    for service in facts.services:
        found = _from_service(service, facts)
        if found:
            chosen.setdefault(found.purpose, found)
    for rule in facts.own:
        target = chosen.get(rule.before)
        if target and rule.hours > 0:
            chosen.setdefault(rule.purpose, _from_own(rule, target))
    return tuple(sorted(chosen.values(), key=lambda one: (one.at, one.purpose)))


def from_due(due: Due, *, zone: str = "", country: str = "") -> tuple[datetime, str, Why] | None:
    """A stated :class:`Due` as (UTC moment, zone to show it in, how); None where it states nothing usable."""
    named = _known(due.zone) or _known(zone)
    if due.at is not None:
        if due.at.tzinfo is None:
            return from_due(Due(on=due.at.date(), zone=due.zone, raw=due.raw), zone=zone, country=country)
        at = due.at.astimezone(UTC)
        return None if at < _EMPTY_BEFORE else (at, named, Why(code="stated.moment", parameters={"raw": due.raw}))
    if due.on is None or not _DATE_LIMITS[0] <= due.on <= _DATE_LIMITS[1]:
        return None
    at = end_of_day(due.on, named, country)
    code = "stated.date" if named else "stated.date_country" if country else "stated.date_no_zone"
    return at, named, Why(code=code, parameters={"date": due.on.isoformat(), "zone": named, "country": country})


def from_words(
    amount: int, unit: str, start: datetime | date, *, zone: str = "", country: str = "", extend: bool = False
) -> datetime:
    """The end of a period given in words, at its earliest reading: see :func:`calendars.period_end`."""
    return period_end(amount, unit, start, zone=zone, country=country, extend=extend)


def run_clock(
    start: datetime, hours: float, pauses: Iterable[Pause] = (), team: WorkingHours | None = None
) -> datetime | None:
    """When a clock of so many hours runs out, not counting pauses; None while it stands still in an open pause.

    Overlapping pauses count once. With ``team``, only the team's hours count.
    """
    due = _after(start, hours, team)
    for begin, end in _merged(pauses, start):
        if due is None or begin >= due:
            break
        if end is None:
            return None
        used = _elapsed(start, begin, team)
        hours -= used
        start = end
        due = _after(start, hours, team)
    return due


def explain_zh(deadline: Deadline) -> str:
    """The reason as one Chinese sentence."""
    return _sentence(deadline, _ZH, "（估算，只会偏早）")


def explain_en(deadline: Deadline) -> str:
    """The reason as one English sentence."""
    return _sentence(deadline, _EN, " (estimate; can only be too early)")


def _newest_last(statement: Stated) -> tuple[datetime, float]:
    received = statement.received_at or _EMPTY_BEFORE
    due = statement.due.at if statement.due and statement.due.at and statement.due.at.tzinfo else None
    return received, -due.timestamp() if due else 0.0  # received together: the earlier one has the last word


def _known(zone: str) -> str:
    try:
        return zone if zone and zone_info(zone) else ""
    except ValueError:
        return ""


def _from_statement(statement: Stated, facts: CaseFacts) -> Deadline | None:
    if statement.due is not None:
        found = from_due(statement.due, zone=facts.zone, country=facts.country)
        if found:
            at, zone, why = found
            return Deadline(
                purpose=statement.purpose,
                at=at,
                zone=zone,
                origin="stated",
                reason=why,
                estimate=False,
                source=statement.source,
            )
    words = statement.relative
    start = _start(words.start, facts) if words else None
    if words is None or start is None:
        return None
    zone = _known(facts.zone)
    try:
        at = period_end(words.amount, words.unit, start, zone=zone, country=facts.country)
    except (ValueError, OverflowError):
        return None
    why = Why(
        code="stated.relative", parameters={"amount": str(words.amount), "unit": words.unit, "start": words.start}
    )
    return Deadline(
        purpose=statement.purpose, at=at, zone=zone, origin="stated", reason=why, estimate=True, source=statement.source
    )


def _from_window(window: Window, facts: CaseFacts) -> Deadline | None:
    start = _start(window.start, facts) if window.confirmed else None
    if start is None or window.origin not in ("network", "statutory", "estimate"):
        return None
    zone = _known(window.zone) or _known(facts.zone)
    country = window.country or facts.country
    rule = facts.extensions.get(country[:2].upper()) if country else None
    extend = bool(rule and rule.confirmed and window.origin == "statutory" and window.unit != "hours")
    try:
        at = period_end(window.amount, window.unit, start, zone=zone, country=country, extend=False)
        later = period_end(window.amount, window.unit, start, zone=zone, country=country, extend=extend)
    except (ValueError, OverflowError):
        return None
    parameters = {
        "amount": str(window.amount),
        "unit": window.unit,
        "start": window.start,
        "country": country,
        "record": window.source,
    }
    if later != at and rule:
        parameters["extension"] = rule.source
    return Deadline(
        purpose=window.purpose,
        at=later,
        zone=zone,
        origin=window.origin,
        reason=Why(code=f"table.{window.origin}", parameters=parameters),
        estimate=True,
        source=window.source,
    )


def _from_service(service: Service, facts: CaseFacts) -> Deadline | None:
    event = facts.events.get(service.start)
    if event is None or not event.confirmed or event.at is None or event.at.tzinfo is None or service.hours < 1:
        return None
    at = run_clock(event.at.astimezone(UTC), service.hours, service.pauses, service.team)
    if at is None:
        return None
    zone = service.team.zone if service.team else ""
    why = Why(
        code="sla", parameters={"hours": str(service.hours), "start": service.start, "pauses": str(len(service.pauses))}
    )
    return Deadline(
        purpose=service.purpose, at=at, zone=zone, origin="sla", reason=why, estimate=False, source=service.source
    )


def _from_own(rule: OwnRule, target: Deadline) -> Deadline:
    why = Why(code="merchant.before", parameters={"hours": str(rule.hours), "before": rule.before})
    at = target.at - timedelta(hours=rule.hours)
    return Deadline(
        purpose=rule.purpose,
        at=at,
        zone=target.zone,
        origin="merchant",
        reason=why,
        estimate=target.estimate,
        source=rule.source,
    )


def _start(name: str, facts: CaseFacts) -> datetime | date | None:
    event = facts.events.get(name)
    if event is None or not event.confirmed:
        return None
    if event.at is not None:
        return event.at.astimezone(UTC) if event.at.tzinfo else event.at.date()
    return event.on


def _merged(pauses: Iterable[Pause], start: datetime) -> list[tuple[datetime, datetime | None]]:
    merged: list[tuple[datetime, datetime | None]] = []
    for pause in sorted(pauses, key=lambda one: one.start):
        begin, end = max(pause.start, start), pause.end
        if end is not None and end <= begin:
            continue
        if merged and (merged[-1][1] is None or begin <= merged[-1][1]):
            last = merged[-1][1]
            merged[-1] = (merged[-1][0], None if last is None or end is None else max(last, end))
        else:
            merged.append((begin, end))
    return merged


def _after(start: datetime, hours: float, team: WorkingHours | None) -> datetime | None:
    return team.advance(start, hours) if team else start + timedelta(hours=hours)


def _elapsed(start: datetime, end: datetime, team: WorkingHours | None) -> float:
    if team is None:
        return (end - start) / timedelta(hours=1)
    zone, total = zone_info(team.zone), timedelta()
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        span = team.span(day)
        if span:
            total += max(min(span[1], end) - max(span[0], start), timedelta())
        day += timedelta(days=1)
    return total / timedelta(hours=1)


_UNITS_ZH = {"hours": "小时", "days": "天", "business_days": "个工作日", "weeks": "周", "months": "个月"}
_STARTS_ZH = {
    "notice": "通知日", "received": "收到之时", "delivered": "签收日", "ordered": "下单日", "withdrawn": "撤回通知日",
    "opened": "首次收到通知", "letter": "来函日期", "complaint": "投诉提交日",
}  # fmt: skip
_PURPOSES_ZH = {
    "answer": "答复",
    "promised_answer": "承诺的答复",
    "first_draft": "初稿",
    "review": "复核",
    "withdrawal": "撤回期",
    "refund": "退款",
}
_ZH = {
    "stated.moment": "对方通知里写明的截止时刻",
    "stated.date": "对方写明 {date}，按 {zone} 当天结束计",
    "stated.date_country": "对方只写了日期 {date}，按 {country} 境内最早结束的时区计",
    "stated.date_no_zone": "对方只写了日期 {date}，没写时区，按全球最早结束的时区（UTC+14）计",
    "stated.relative": "对方要求自{start}起 {amount} {unit}内",
    "table.network": "通知未写期限；按卡组织规则自{start}起 {amount} {unit}（{record}）",
    "table.statutory": "通知未写期限；按法律规定自{start}起 {amount} {unit}（{record}）",
    "table.estimate": "通知未写期限；按通常时限自{start}起 {amount} {unit}（{record}）",
    "sla": "服务承诺：自{start}起 {hours} 小时，等待卖家期间不计时",
    "merchant.before": "商户自定：比{before}截止提前 {hours} 小时",
}
_EN = {
    "stated.moment": "the moment stated in the notice",
    "stated.date": "the notice states {date}; end of that day in {zone}",
    "stated.date_country": "the notice states only {date}; the day's first end in {country}",
    "stated.date_no_zone": "the notice states only {date} and no zone; the day's first end on earth (UTC+14)",
    "stated.relative": "the notice asks for it within {amount} {unit} of: {start}",
    "table.network": "not stated; network rule: {amount} {unit} from: {start} ({record})",
    "table.statutory": "not stated; law: {amount} {unit} from: {start} ({record})",
    "table.estimate": "not stated; usual time: {amount} {unit} from: {start} ({record})",
    "sla": "service promise: {hours} hours from: {start}, waiting for the seller not counted",
    "merchant.before": "merchant's own: {hours} hours before: {before}",
}


def _sentence(deadline: Deadline, sentences: Mapping[str, str], mark: str) -> str:
    values = dict(deadline.reason.parameters)
    if sentences is _ZH:
        values["unit"] = _UNITS_ZH.get(values.get("unit", ""), values.get("unit", ""))
        values["start"] = _STARTS_ZH.get(values.get("start", ""), values.get("start", ""))
        values["before"] = _PURPOSES_ZH.get(values.get("before", ""), values.get("before", ""))
    else:
        values["unit"] = values.get("unit", "").replace("_", " ")
    text = sentences[deadline.reason.code].format_map(values)
    if values.get("extension"):
        text += (
            f"；期满日非工作日，顺延至次一工作日（{values['extension']}）"
            if sentences is _ZH
            else f"; ends on a day off, so runs to the next working day ({values['extension']})"
        )
    return text + (mark if deadline.estimate else "")


def on_working_day(deadline: Deadline, country: str) -> bool | None:
    """Does the deadline fall on a working day of the country? None if its holidays are not known."""
    if not knows_holidays(country):
        return None
    zone = zone_info(deadline.zone) if deadline.zone else UTC
    return is_working_day(deadline.at.astimezone(zone).date(), country)
