"""A notice finds its case: opened, or continued. An outcome becomes an Outcome; an older event overwrites nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from goodstanding import knowledge
from goodstanding.audit import kinds, record
from goodstanding.models import Case, Merchant, Notice, Outcome, acting_for

from . import told


def attach(merchant_id: int, notice_id: int) -> int:
    """The id of the notice's case."""
    with acting_for(merchant_id):
        notice = (
            Notice.objects.select_for_update(of=("self",)).select_related("delivery", "connection").get(pk=notice_id)
        )
        if notice.case_id:
            return notice.case_id
        merchant = Merchant.objects.select_for_update().get(pk=merchant_id)  # two first notices open one case
        case = _find(notice)
        if case is None:
            case = _open(merchant, notice)
        else:
            _continue(case, notice)
        _rule(case, notice)
        return case.pk


def _find(notice: Notice) -> Case | None:
    """The case of this connection; else, for a letter, the one case that carries its number on any connection."""
    own = Case.objects.select_for_update().filter(connection=notice.connection, case_ref=notice.case_ref).first()
    if own or notice.reading is None:
        return own
    others = list(Case.objects.select_for_update().filter(case_ref=notice.case_ref, drill=notice.delivery.drill)[:2])
    return others[0] if len(others) == 1 else None


def _open(merchant: Merchant, notice: Notice) -> Case:
    case = Case.objects.create(
        merchant=merchant,
        number=merchant.next_case_number(),
        connection=notice.connection,
        case_ref=notice.case_ref,
        kind=notice.kind,
        opened_at=notice.happened_at,
        last_event_at=notice.happened_at,
        store=notice.connection.store,
        drill=notice.delivery.drill,
        test=notice.test,
    )
    _tell(case, notice)
    if _nothing_to_answer(case.kind) and not case.needs_human:
        case.settled_at = timezone.now()
    case.save()
    record(kinds.CASE_OPENED, case, case_ref=case.case_ref, kind=case.kind, delivery=notice.delivery_id)
    return case


def _continue(case: Case, notice: Notice) -> None:
    newest = notice.happened_at >= case.last_event_at
    settled_itself = _nothing_to_answer(case.kind)
    _tell(case, notice)
    reopens = notice.ruling is None and not _nothing_to_answer(notice.kind) and (newest or settled_itself)
    if case.settled_at and reopens:
        case.settled_at = None
        record(kinds.CASE_REOPENED, case, reason=notice.status or notice.kind)
    case.save()
    record(kinds.CASE_CONTINUED, case, event=notice.status or notice.kind, delivery=notice.delivery_id)


def _tell(case: Case, notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(case=case)
    notice.case = case
    told.retell(case)
    case.needs_human = sorted({*case.needs_human, *_questions(notice)})


def _questions(notice: Notice) -> list[str]:
    reading: dict[str, Any] = notice.reading or {}
    return list(reading.get("needs_human", []))


def _nothing_to_answer(kind: str) -> bool:
    known = knowledge.kind(kind)
    return known is not None and known.answer_needed == "no"


def _rule(case: Case, notice: Notice) -> None:
    """Keep the outcome a notice tells of; withdraw what was replaced or reopened."""
    if notice.ruling is not None:
        amount = notice.ruling.get("amount")
        outcome, made = Outcome.objects.get_or_create(
            case=case,
            notice=notice,
            defaults={
                "merchant_id": case.merchant_id,
                "result": notice.ruling["result"],
                "final": notice.ruling["final"],
                "amount": Decimal(amount[0]) if amount else None,
                "currency": amount[1] if amount else "",
                "decided_at": notice.happened_at,
            },
        )
        if made:
            record(kinds.OUTCOME_RECORDED, case, result=outcome.result, final=outcome.final)
    gone = Outcome.objects.filter(pk__in=told.overtaken(case))
    standing = Outcome.objects.filter(case=case, withdrawn_at__isnull=True).exclude(pk__in=gone).last()
    for other in gone:
        if standing is None or other.result != standing.result:
            record(kinds.OUTCOME_WITHDRAWN, case, result=other.result)
    Outcome.objects.filter(pk__in=[other.pk for other in gone]).update(withdrawn_at=timezone.now())
