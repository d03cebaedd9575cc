"""What a provider promises, and when its clock stands still."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.dossier.plans import PROMISES
from goodstanding.models import Case, Member, Merchant, Pause, ServiceLevel

from . import schedule
from .refusals import Refusal

#: Hours; nobody promises beyond a quarter.
_LONGEST = 24 * 92


def promise(merchant: Merchant, by: Member, purpose: str, hours: int | None, *, working_hours: bool = False) -> None:
    """Set a promise, or take it back where ``hours`` is None. Raises Refusal. Cases under way keep theirs till told anew."""
    if not by.may("manage"):
        raise Refusal("may_not_manage", "只有所有者可以修改。", "Only owners change this.")
    if purpose not in PROMISES:
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
