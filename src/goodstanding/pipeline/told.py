"""A case as its notices tell it: in the order in which things happened, whatever the order in which they arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from goodstanding.contract import STAGES, Money
from goodstanding.models import Case, Notice, Outcome

#: What a later notice may say anew of the same matter.
_LATEST = ("status", "network", "reason_scheme", "reason_code", "reason_category", "language")
#: What a member may set right, and how long it may be.
_CORRECTED = {
    "kind": 40, "stage": 20, "reason_code": 120, "reason_category": 60, "network": 40, "language": 10, "complainant": 200,
}  # fmt: skip
#: Kinds that tell of a matter without being one.
_NO_MATTER = ("dispute_result", "not_a_notice")


def retell(case: Case) -> None:
    """Set what the notices say of the case, and what members set right. Not saved here.

    A later word replaces an earlier one; what it does not mention stays.
    """
    _forget(case)
    notices = case.notices_in_order()
    told: list[tuple[datetime, int, Notice | Mapping[str, str]]] = [(item.happened_at, 0, item) for item in notices]
    told += [(item.made_at, 1, item.values) for item in case.corrections.order_by("pk")]
    for _, _, word in sorted(told, key=lambda item: item[:2]):
        if isinstance(word, Notice):
            _take(case, word)
        else:
            correct(case, word)
    if not case.kind and notices:
        case.kind = notices[0].kind
    if not case.stage:
        case.stage = next((item.stage for item in notices if item.stage), "")
    case.opened_at, case.last_event_at = notices[0].happened_at, notices[-1].happened_at


def correct(case: Case, values: Mapping[str, str]) -> None:
    """Take what a member set right. Raises ValueError or InvalidOperation for a sum that is none."""
    if "amount" in values:
        money = Money(Decimal(values["amount"].replace(",", "")), values.get("currency") or case.currency)
        case.amount, case.currency = money.amount, money.currency
    for name, width in _CORRECTED.items():
        if name in values:
            setattr(case, name, values[name][:width])
    if "network" in values or "reason_code" in values:
        case.reason_scheme = case.network or case.reason_scheme


def overtaken(case: Case) -> set[int]:
    """The outcomes that a later ruling replaced, or a later step of the same matter reopened."""
    words: list[tuple[datetime, str, Notice | Outcome]] = [
        (item.happened_at, item.event_ref, item) for item in case.notices_in_order() if item.ruling is None
    ]
    outcomes = Outcome.objects.filter(case=case, withdrawn_at__isnull=True).select_related("notice")
    words += [(item.decided_at, item.notice.event_ref if item.notice else "", item) for item in outcomes]
    gone: set[int] = set()
    valid: Outcome | None = None
    stage = decided = ""
    for _, _, word in sorted(words, key=lambda item: item[:2]):
        if isinstance(word, Outcome):
            if valid:
                gone.add(valid.pk)
            valid, decided = word, (word.notice.stage if word.notice else "") or stage
        else:
            stage = word.stage or stage
            if valid and _rank(stage) > _rank(decided) and word.kind not in _NO_MATTER:
                gone.add(valid.pk)
                valid = None
    return gone


def _rank(stage: str) -> int:
    return STAGES.index(stage) if stage in STAGES else -1


def _forget(case: Case) -> None:
    for name in (*_LATEST, "kind", "stage", "currency", "complainant", "issuer", "authority"):
        setattr(case, name, "")
    case.language = "en"
    case.amount, case.facts, case.references = None, {}, []


def _take(case: Case, notice: Notice) -> None:
    for name in _LATEST:
        if getattr(notice, name):
            setattr(case, name, getattr(notice, name))
    if notice.kind not in _NO_MATTER:
        case.kind = notice.kind
    if notice.stage and notice.ruling is None:
        case.stage = notice.stage
    if notice.amount is not None:
        case.amount, case.currency = notice.amount, notice.currency
    if notice.authority == "genuine" or not case.authority:
        case.authority = notice.authority
    case.facts = {**case.facts, **notice.facts}
    _name(case, notice)


def _name(case: Case, notice: Notice) -> None:
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
