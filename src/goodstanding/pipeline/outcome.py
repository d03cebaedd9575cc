"""What the decider ruled, told by a person."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from goodstanding.audit import kinds
from goodstanding.audit import record as write
from goodstanding.contract import RULINGS, Money
from goodstanding.models import Case, Member, Outcome

from . import remind
from .refusals import Refusal


def record(case: Case, member: Member, result: str, decided_at: datetime, amount: Money | None = None) -> Outcome:
    """Keep an outcome; an earlier one is withdrawn, not overwritten. Raises Refusal."""
    if not member.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
    if result not in RULINGS:
        raise Refusal("unknown_result", "请选择结果。", "Choose a result.")
    if decided_at > timezone.now():
        raise Refusal("future", "结果时间不能晚于现在。", "An outcome cannot lie in the future.")
    Outcome.objects.filter(case=case, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    outcome = Outcome.objects.create(
        merchant_id=case.merchant_id,
        case=case,
        member=member,
        result=result,
        amount=amount.amount if amount else None,
        currency=amount.currency if amount else "",
        decided_at=decided_at,
    )
    write(kinds.OUTCOME_RECORDED, case, actor=member, result=result)
    return outcome


def settle(case: Case, member: Member, reason: str) -> None:
    """Close a case that needs no answer, with the reason."""
    if not member.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
    if not reason.strip():
        raise Refusal("reason_missing", "请写明原因。", "Say why.")
    case.settled_at = timezone.now()
    case.save(update_fields=["settled_at", "updated_at"])
    remind.plan(case)
    write(kinds.CASE_SETTLED, case, actor=member, reason=reason.strip()[:500])
