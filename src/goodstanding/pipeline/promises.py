"""What a provider promises, when its clock stands still, and how a merchant wants to be reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.dossier import plans
from goodstanding.models import Case, Member, Merchant, Pause, ServiceLevel

from . import schedule
from .refusals import Refusal

#: Hours; nobody promises beyond a quarter.
_LONGEST = 24 * 92
_MOST_REMINDERS = 8


def promise(merchant: Merchant, by: Member, purpose: str, hours: int | None, *, working_hours: bool = False) -> None:
    """Set a promise, or take it back where ``hours`` is None. Raises Refusal. Cases under way keep theirs till told anew."""
    if not by.may("manage"):
        raise Refusal("may_not_manage", "只有所有者可以修改。", "Only owners change this.")
    if purpose not in plans.PROMISES:
        raise Refusal("unknown_purpose", "没有这种时限。", "There is no such promise.")
    if hours is None:
        ServiceLevel.objects.filter(merchant=merchant, purpose=purpose).delete()
    elif 1 <= hours <= _LONGEST:
        ServiceLevel.objects.update_or_create(
            merchant=merchant, purpose=purpose, defaults={"hours": hours, "working_hours": working_hours}
        )
    else:
        raise Refusal("bad_hours", f"时限应在 1 到 {_LONGEST} 小时之间。", f"Between 1 and {_LONGEST} hours.")
    record(kinds.SETTINGS_CHANGED, merchant, actor=by, fields=f"promise.{purpose}")


def remind_at(
    merchant: Merchant,
    by: Member,
    *,
    reminders: Sequence[int] = (),
    told_from: time | None = None,
    told_until: time | None = None,
    escalate_after: int | None = None,
) -> None:
    """Set when people are reminded: hours before the cut-off, the hours of the day, hours until the next one is told.

    What is left out is as usual. Holds for cases that are planned from now on. Raises Refusal.
    """
    if not by.may("manage"):
        raise Refusal("may_not_manage", "只有所有者可以修改。", "Only owners change this.")
    hours = sorted(set(reminders), reverse=True)
    if len(hours) > _MOST_REMINDERS or any(not 1 <= item <= _LONGEST for item in hours):
        raise Refusal(
            "bad_reminders",
            f"最多 {_MOST_REMINDERS} 个提醒，每个在截止前 1 到 {_LONGEST} 小时。",
            f"At most {_MOST_REMINDERS} reminders, each 1 to {_LONGEST} hours before the cut-off.",
        )
    if (told_from or plans.TOLD_FROM) >= (told_until or plans.TOLD_UNTIL):
        raise Refusal("bad_hours", "提醒时段的开始应早于结束。", "The hours of the day must begin before they end.")
    if escalate_after is not None and not 1 <= escalate_after <= _LONGEST:
        raise Refusal("bad_hours", "转告间隔至少 1 小时。", "Escalation takes at least an hour.")
    merchant.habits = {
        "reminders": hours,
        "told_from": told_from.isoformat("minutes") if told_from else "",
        "told_until": told_until.isoformat("minutes") if told_until else "",
        "escalate_after": escalate_after,
    }
    merchant.save(update_fields=["habits"])
    record(kinds.SETTINGS_CHANGED, merchant, actor=by, fields="habits")


def pause(case: Case, by: Member, reason: str, now: datetime | None = None) -> Pause:
    """The case waits for the seller: promises stand still from now on. Raises Refusal. Cut-offs of others never do."""
    _may(by)
    if not reason.strip():
        raise Refusal("reason_missing", "请写明在等什么。", "Say what is waited for.")
    row = Pause.objects.filter(case=case, ended_at__isnull=True).first()
    if row is not None:
        return row
    row = Pause.objects.create(
        merchant_id=case.merchant_id,
        case=case,
        member=by,
        reason=reason.strip()[:200],
        started_at=now or timezone.now(),
    )
    record(kinds.CASE_PAUSED, case, actor=by, reason=row.reason)
    jobs.later(schedule.schedule, case.merchant_id, case.pk, once=True)
    return row


def resume(case: Case, by: Member, now: datetime | None = None) -> bool:
    """The seller answered: promises run again; was the case paused?"""
    _may(by)
    ended = Pause.objects.filter(case=case, ended_at__isnull=True).update(ended_at=now or timezone.now())
    if ended:
        record(kinds.CASE_RESUMED, case, actor=by)
        jobs.later(schedule.schedule, case.merchant_id, case.pk, once=True)
    return bool(ended)


def _may(by: Member) -> None:
    if not by.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
