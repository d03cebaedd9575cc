"""A person settles what reading could not tell, or sets it right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from goodstanding import jobs, knowledge
from goodstanding.audit import kinds, record
from goodstanding.contract import STAGES, Money
from goodstanding.models import Case, Correction, Member, Order

from . import advance, told
from .refusals import Refusal

#: What may be set right.
FIELDS = (
    "kind", "stage", "reason_code", "reason_category", "network", "amount", "currency", "order_number", "language",
    "complainant", "deadline",
)  # fmt: skip


def confirm(case: Case, member: Member, corrections: Mapping[str, str]) -> None:
    """Take the corrections, keep them with the delivery as an example, and run the stages again. Raises Refusal."""
    if not member.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
    case.refresh_from_db(from_queryset=Case.objects.select_for_update())
    named = {{"order_id": "order_number"}.get(name, name): value.strip() for name, value in corrections.items()}
    changed = {name: value for name, value in named.items() if name in FIELDS and value}
    _check(case, changed)
    told.correct(case, changed)
    if "order_number" in changed:
        _take_order(case, changed["order_number"])
    case.needs_human = []
    kind = knowledge.kind(case.kind)
    case.settled_at = timezone.now() if kind and kind.answer_needed == "no" else None
    case.save()
    notice = next(reversed(case.notices_in_order()), None)
    if changed and notice is not None:
        Correction.objects.create(
            merchant_id=case.merchant_id, delivery_id=notice.delivery_id, case=case, member=member, values=changed
        )
    kind_ = kinds.CASE_CORRECTED if changed else kinds.CASE_CONFIRMED
    record(kind_, case, actor=member, fields=", ".join(sorted(changed)))
    jobs.later(advance.continue_case, case.merchant_id, case.pk, once=True)


def _check(case: Case, changed: dict[str, str]) -> None:
    if "kind" in changed and knowledge.kind(changed["kind"]) is None:
        raise Refusal("unknown_kind", "没有这种通知类型。", "There is no such kind of notice.")
    if "stage" in changed and changed["stage"] not in STAGES:
        raise Refusal("unknown_stage", "没有这个阶段。", "There is no such stage.")
    if "currency" in changed and "amount" not in changed and case.amount is not None:
        changed["amount"] = f"{case.amount:f}"
    try:
        if "amount" in changed:
            Money(Decimal(changed["amount"].replace(",", "")), changed.get("currency") or case.currency)
        if "deadline" in changed and datetime.fromisoformat(changed["deadline"]).tzinfo is None:
            raise ValueError("no time zone")
    except (InvalidOperation, ValueError):
        raise Refusal(
            "bad_amount_or_date",
            "金额请写成 1234.56 并选择币种，截止时间请写成日期和时间。",
            "Write the amount like 1234.56 with its currency, and the deadline as date and time.",
        ) from None


def _take_order(case: Case, number: str) -> None:
    found = list(
        Order.objects.filter(merchant_id=case.merchant_id, number__in=[number, f"#{number}", number.lstrip("#")])[:2]
    )
    if len(found) != 1:
        raise Refusal(
            "no_order", f"找不到订单 {number}，请先导入订单。", f"Order {number} is not here; import it first."
        )
    case.order = found[0]
    case.order_match = {"by": "person", "value": number}
