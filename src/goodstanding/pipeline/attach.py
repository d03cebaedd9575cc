"""A notice finds its case: opened, or continued. An outcome becomes an Outcome; an older event overwrites nothing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from goodstanding import knowledge
from goodstanding.audit import kinds, record
from goodstanding.models import Case, Merchant, Notice, Outcome, acting_for

#: What a later notice may say anew of the same matter.
_LATEST = ("status", "network", "reason_scheme", "reason_code", "reason_category", "language")


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
        Notice.objects.filter(pk=notice.pk).update(case=case)
        notice.case = case
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
    at = _moment(notice)
    case = Case(
        merchant=merchant,
        number=merchant.next_case_number(),
        connection=notice.connection,
        case_ref=notice.case_ref,
        kind=notice.kind,
        opened_at=at,
        last_event_at=at,
        store=notice.connection.store,
        drill=notice.delivery.drill,
        test=notice.test,
        authority=notice.authority,
    )
    _take(case, notice)
    case.needs_human = _questions(notice)
    _settle_if_nothing_to_answer(case)
    case.save()
    record(kinds.CASE_OPENED, case, case_ref=case.case_ref, kind=case.kind, delivery=notice.delivery_id)
    return case


def _continue(case: Case, notice: Notice) -> None:
    at = _moment(notice)
    if at >= case.last_event_at:
        escalated = notice.kind != case.kind and notice.kind not in ("dispute_result", "not_a_notice")
        if escalated:
            case.kind = notice.kind
        _take(case, notice)
        case.last_event_at = at
        if notice.ruling is None and case.settled_at and _must_answer(notice):
            case.settled_at = None
            record(kinds.CASE_REOPENED, case, reason=notice.status or notice.kind)
    else:
        case.opened_at = min(case.opened_at, at)
        _fill(case, notice)
    case.needs_human = sorted({*case.needs_human, *_questions(notice)})
    case.save()
    record(kinds.CASE_CONTINUED, case, event=notice.status or notice.kind, delivery=notice.delivery_id)


def _take(case: Case, notice: Notice) -> None:
    """What the newest notice says, where it says something."""
    for name in _LATEST:
        value = getattr(notice, name)
        if value:
            setattr(case, name, value)
    if notice.stage and notice.ruling is None:
        case.stage = notice.stage
    if notice.amount is not None:
        case.amount, case.currency = notice.amount, notice.currency
    case.facts = {**case.facts, **notice.facts}
    _join(case, notice)


def _fill(case: Case, notice: Notice) -> None:
    """What an older notice adds where nothing is known yet."""
    for name in (*_LATEST, "stage"):
        if not getattr(case, name) and getattr(notice, name):
            setattr(case, name, getattr(notice, name))
    if case.amount is None and notice.amount is not None:
        case.amount, case.currency = notice.amount, notice.currency
    case.facts = {**notice.facts, **case.facts}
    _join(case, notice)


def _join(case: Case, notice: Notice) -> None:
    known = {(item["type"], item["value"]) for item in case.references}
    case.references = [
        *case.references,
        *(item for item in notice.references if (item["type"], item["value"]) not in known),
    ]
    person = next((item for item in notice.parties if item["role"] in ("buyer", "cardholder", "complainant")), None)
    if person and person["name"] and not case.complainant:
        case.complainant = person["name"][:200]
    writer = next((item for item in notice.parties if item["role"] in ("authority", "lawyer")), None)
    if writer and writer["name"]:
        case.issuer = writer["name"][:120]
    reading: dict[str, Any] = notice.reading or {}
    if reading.get("issuer"):
        case.issuer = str(reading["issuer"])[:120]


def _questions(notice: Notice) -> list[str]:
    reading: dict[str, Any] = notice.reading or {}
    return list(reading.get("needs_human", []))


def _must_answer(notice: Notice) -> bool:
    kind = knowledge.kind(notice.kind)
    return kind is None or kind.answer_needed != "no"


def _settle_if_nothing_to_answer(case: Case) -> None:
    kind = knowledge.kind(case.kind)
    if kind is not None and kind.answer_needed == "no" and not case.needs_human:
        case.settled_at = timezone.now()


def _rule(case: Case, notice: Notice) -> None:
    """Keep the outcome a notice tells of; an event that reopens the matter withdraws an earlier one."""
    earlier = Outcome.objects.filter(case=case, withdrawn_at__isnull=True)
    if notice.ruling is None:
        stale = earlier.filter(decided_at__lt=_moment(notice)) if _reopens(notice) else earlier.none()
        for outcome in stale:
            record(kinds.OUTCOME_WITHDRAWN, case, result=outcome.result)
        stale.update(withdrawn_at=timezone.now())
        return
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
            "decided_at": _moment(notice),
        },
    )
    if made:
        for other in earlier.exclude(pk=outcome.pk).filter(decided_at__lte=outcome.decided_at):
            if other.result != outcome.result:
                record(kinds.OUTCOME_WITHDRAWN, case, result=other.result)
            Outcome.objects.filter(pk=other.pk).update(withdrawn_at=timezone.now())
        record(kinds.OUTCOME_RECORDED, case, result=outcome.result, final=outcome.final)


def _reopens(notice: Notice) -> bool:
    return notice.kind in ("chargeback", "refund_dispute") and notice.stage in (
        "pre_arbitration",
        "arbitration",
        "appeal",
    )


def _moment(notice: Notice) -> datetime:
    """When it happened; where the sender does not say, when it arrived."""
    return notice.occurred_at or notice.delivery.received_at
