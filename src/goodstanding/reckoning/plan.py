"""The plan backwards from a cut-off: who is reminded when, and by when each thing must be asked for.

A step that falls into quiet hours moves earlier, never later. Only where nothing earlier is left (the case is too new)
does it move later, and never to or past the cut-off; if no open moment is left at all, it comes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .calendars import WorkingHours, add_working_days, end_of_day, local_day, zone_info

DEFAULT_REMINDERS = (timedelta(days=7), timedelta(days=3), timedelta(hours=24), timedelta(hours=4))

_WEEKDAYS_ZH = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens at a moment (aware UTC).

    ``code`` is ``new``, ``remind``, ``escalate``, ``ask`` (ask someone for proof by then) or ``auto_submit`` (the gateway
    will send what it has by itself). ``to`` is the person's key ("" is the owner). ``moved`` says that quiet hours moved
    it, ``urgent`` that it comes in quiet hours because nothing else is left.
    """

    at: datetime
    code: str
    to: str = ""
    moved: bool = False
    urgent: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Lead:
    """How long a piece of proof takes to get. ``unit`` is ``hours``, ``days`` or ``business_days`` of ``country``."""

    evidence: str
    holder_zh: str
    what_zh: str
    amount: int
    unit: str = "days"
    country: str = ""
    zone: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class AutoSubmit:
    """A gateway that submits by itself at the cut-off: what is there then is final."""

    channel: str
    warn_before: timedelta = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How a merchant wants to be told. ``hours`` are the hours outside quiet time, ``team`` the working hours for asking.

    ``chain`` are the people in order; the next one is told when nobody acknowledged within ``escalate_after``.
    ``reserve`` is kept for drafting, review and approval once all proof is there.
    """

    reminders: tuple[timedelta, ...] = DEFAULT_REMINDERS
    hours: WorkingHours | None = None
    team: WorkingHours | None = None
    chain: tuple[str, ...] = ("",)
    escalate_after: timedelta = timedelta(hours=24)
    reserve: timedelta = timedelta(hours=24)


_USUAL_HABITS = Habits()


def plan(
    cutoff: datetime,
    *,
    opened_at: datetime,
    habits: Habits = _USUAL_HABITS,
    leads: Iterable[Lead] = (),
    auto_submit: AutoSubmit | None = None,
) -> tuple[Step, ...]:
    """All steps from the opening of a case to its cut-off, in order; every one lies in ``[opened_at, cutoff)``.

    A cut-off that has passed at the opening gives one urgent step ``new`` at the opening, and nothing else.
    """
    if cutoff <= opened_at:
        return (Step(at=opened_at, code="new", to=habits.chain[0] if habits.chain else "", urgent=True),)
    steps = _reminders(cutoff, opened_at, habits)
    steps += _escalations(steps, cutoff, habits)
    steps += [_ask(lead, cutoff, opened_at, habits) for lead in leads]
    if auto_submit:
        warning = _placed(cutoff - auto_submit.warn_before, opened_at, cutoff, habits.hours)
        steps.append(replace(warning, code="auto_submit", parameters={"channel": auto_submit.channel}))
    return tuple(sorted(steps, key=lambda step: (step.at, step.code, step.to)))


def still_wanted(steps: Sequence[Step], acknowledged_at: datetime | None) -> tuple[Step, ...]:
    """The steps that still count: an acknowledgement ends the escalation that follows it."""
    if acknowledged_at is None:
        return tuple(steps)
    return tuple(step for step in steps if step.code != "escalate" or step.at <= acknowledged_at)


def latest_request(cutoff: datetime, lead: Lead, reserve: timedelta = timedelta(0)) -> datetime:
    """The last moment at which asking for the proof still leaves ``reserve`` before the cut-off."""
    needed = cutoff - reserve
    if lead.unit == "business_days":
        # The holder gets whole working days: neither the day of asking nor the day on which we need it counts.
        day = add_working_days(local_day(needed, lead.zone, lead.country), -lead.amount - 1, lead.country)
        return min(end_of_day(day, lead.zone, lead.country), needed)
    return needed - timedelta(**{"hours" if lead.unit == "hours" else "days": lead.amount})


def make_by(cutoff: datetime, leads: Iterable[Lead], reserve: timedelta = timedelta(0)) -> dict[str, datetime]:
    """For each kind of proof, the last moment to ask for it; where several hold it, the quickest counts."""
    found: dict[str, datetime] = {}
    for lead in leads:
        when = latest_request(cutoff, lead, reserve)
        found[lead.evidence] = max(when, found[lead.evidence]) if lead.evidence in found else when
    return found


def explain_zh(step: Step, zone: str = "Asia/Shanghai") -> str:
    """The step as one Chinese sentence, in the reader's zone."""
    when = moment_zh(step.at, zone)
    values = step.parameters
    if step.code == "ask":
        text = f"请在 {when}前向{values['holder']}索取{values['what']}"
        return text + ("（按正常时效已来不及，请立即去要）" if values.get("late") else "")
    if step.code == "auto_submit":
        return f"{when}：到期后 {values['channel']} 会自动提交当时已填的材料，且不能再改，请在此之前定稿"
    if step.code == "escalate":
        return f"{when}：无人确认，转告下一位负责人"
    if step.code == "new":
        return f"{when}：新案件，立即通知"
    return f"{when}：距截止 {_span_zh(values['before'])}提醒"


def moment_zh(moment: datetime, zone: str = "Asia/Shanghai") -> str:
    """``11月24日 周二 15:00（北京时间）``."""
    local = moment.astimezone(zone_info(zone))
    name = "北京时间" if zone == "Asia/Shanghai" else zone
    return f"{local.month}月{local.day}日 周{_WEEKDAYS_ZH[local.weekday()]} {local:%H:%M}（{name}）"


def _reminders(cutoff: datetime, opened_at: datetime, habits: Habits) -> list[Step]:
    first = habits.chain[0] if habits.chain else ""
    steps = {opened_at: replace(_at_once(opened_at, cutoff, habits), code="new", to=first)}
    for before in sorted(set(habits.reminders)):
        wanted = cutoff - before
        if wanted <= opened_at or before <= timedelta(0):
            continue
        step = _placed(wanted, opened_at, cutoff, habits.hours)
        if step.at not in {one.at for one in steps.values()}:
            steps[wanted] = replace(
                step, code="remind", to=first, parameters={"before": str(int(before.total_seconds()))}
            )
    return list(steps.values())


def _at_once(opened_at: datetime, cutoff: datetime, habits: Habits) -> Step:
    """Told at the opening; in quiet hours, at their end, unless a reminder or the cut-off would come first."""
    opening = habits.hours.first_open(opened_at) if habits.hours else opened_at
    nearest = min(habits.reminders, default=timedelta(0))
    if opening is None or opening >= cutoff - nearest:
        return Step(at=opened_at, code="new", urgent=True)
    return Step(at=opening, code="new", moved=opening != opened_at)


def _placed(wanted: datetime, opened_at: datetime, cutoff: datetime, hours: WorkingHours | None) -> Step:
    wanted = max(wanted, opened_at)
    if hours is None or hours.open_at(wanted):
        return Step(at=wanted, code="remind")
    earlier = hours.last_open(wanted)
    if earlier is not None and earlier >= opened_at:
        return Step(at=earlier, code="remind", moved=True)
    later = hours.first_open(opened_at)
    if later is not None and later < cutoff and later <= wanted:
        return Step(at=later, code="remind", moved=True)
    return Step(at=wanted, code="remind", urgent=True)


def _escalations(reminders: Sequence[Step], cutoff: datetime, habits: Habits) -> list[Step]:
    told = min(step.at for step in reminders)
    steps = []
    for place, person in enumerate(habits.chain[1:], start=1):
        wanted = told + habits.escalate_after * place
        if wanted >= cutoff:  # too short for the usual pace: share what is left
            wanted = told + (cutoff - told) * place / len(habits.chain)
        step = _placed(wanted, told, cutoff, habits.hours)
        steps.append(replace(step, code="escalate", to=person, parameters={"place": str(place)}))
    return steps


def _ask(lead: Lead, cutoff: datetime, opened_at: datetime, habits: Habits) -> Step:
    values = {"evidence": lead.evidence, "holder": lead.holder_zh, "what": lead.what_zh, "source": lead.source}
    wanted = latest_request(cutoff, lead, habits.reserve)
    if wanted < opened_at:
        return Step(at=opened_at, code="ask", urgent=True, parameters={**values, "late": "1"})
    return replace(_placed(wanted, opened_at, cutoff, habits.team), code="ask", parameters=values)


def _span_zh(seconds: str) -> str:
    hours = int(seconds) // 3600
    if hours >= 48 and hours % 24 == 0:
        return f"{hours // 24} 天"
    return f"{hours} 小时" if hours else f"{int(seconds) // 60} 分钟"
