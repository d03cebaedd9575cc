"""A person settles what reading could not tell, or sets it right."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from goodstanding import jobs, knowledge
from goodstanding.audit import kinds, record
from goodstanding.contract import Money
from goodstanding.models import Case, Correction, Member, Order

from . import advance
from .refusals import Refusal

#: What may be set right, and the case's column for it.
FIELDS = {
    "kind": "kind",
    "reason_code": "reason_code",
    "network": "network",
    "amount": "amount",
    "currency": "currency",
    "order_number": "",
    "language": "language",
    "complainant": "complainant",
    "deadline": "",
}


def confirm(case: Case, member: Member, corrections: Mapping[str, str]) -> None:
    """Take the corrections, keep them with the delivery as an example, and run the stages again. Raises Refusal."""
    if not member.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
    changed = {name: value.strip() for name, value in corrections.items() if name in FIELDS and value.strip()}
    if "kind" in changed and knowledge.kind(changed["kind"]) is None:
        raise Refusal("unknown_kind", "没有这种通知类型。", "There is no such kind of notice.")
    if "amount" in changed:
        _take_amount(case, changed)
    for name, value in changed.items():
        column = FIELDS[name]
        if column and name not in ("amount", "currency"):
            setattr(case, column, value[:120])
    if "network" in changed or "reason_code" in changed:
        case.reason_scheme = case.network or case.reason_scheme
    if "order_number" in changed:
        _take_order(case, changed["order_number"])
    case.needs_human = []
    kind = knowledge.kind(case.kind)
    case.settled_at = timezone.now() if kind and kind.answer_needed == "no" else None
    case.save()
    notice = case.notices.order_by("-occurred_at", "-pk").first()
    if changed and notice is not None:
        Correction.objects.create(
            merchant_id=case.merchant_id, delivery_id=notice.delivery_id, case=case, member=member, values=changed
        )
    kind_ = kinds.CASE_CORRECTED if changed else kinds.CASE_CONFIRMED
    record(kind_, case, actor=member, fields=", ".join(sorted(changed)))
    jobs.later(advance.continue_case, case.merchant_id, case.pk, once=f"continue:{case.pk}")


def _take_amount(case: Case, changed: Mapping[str, str]) -> None:
    try:
        money = Money(Decimal(changed["amount"].replace(",", "")), changed.get("currency") or case.currency)
    except (InvalidOperation, ValueError):
        raise Refusal(
            "bad_amount", "金额请写成 1234.56，并选择币种。", "Write the amount like 1234.56 and choose a currency."
        ) from None
    case.amount, case.currency = money.amount, money.currency


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
