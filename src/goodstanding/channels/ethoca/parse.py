"""From an alert's bytes to a notice. Pure: no clock, no network.

Confirmed of an alert: ``alertId`` (25 characters), its two types, and that an outcome is due within 24 hours
(https://developer.mastercard.com/ethoca-alerts-for-merchants/documentation/). The other fields are read where they stand under
the names of Mastercard's data dictionary, and missed by no one where they do not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from goodstanding.contract import (
    Due,
    Incoming,
    Money,
    Parsed,
    ParsedNotice,
    Party,
    Reader,
    Reason,
    Reference,
    Unreadable,
)

MAX_BYTES = 4 * 1024 * 1024
#: https://developer.mastercard.com/…/outcome-api-tutorial: "within 24 hours of alert receipt"; the first final outcome counts.
ANSWER_WITHIN = timedelta(hours=24)
#: alertType -> the product's finer list. A dispute says no more than that there is one.
TYPES = {"CONFIRMEDFRAUD": "fraudulent", "CUSTOMERDISPUTE": ""}
_MAX_ALERTS = 1000
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_\- ]{1,60}")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """One alert, or those of a list under ``alerts``. An unknown type is passed on as it stands."""
    if not incoming.body.strip():
        raise Unreadable("Ethoca alert: the body is empty; send the alert's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Ethoca alert: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    whole = Reader.of_json(incoming.body)
    if not whole.has("alerts"):
        return (_notice(whole),)
    alerts = whole.items("alerts")
    if len(alerts) > _MAX_ALERTS:
        raise Unreadable(f"alerts: {len(alerts)} in one message, more than {_MAX_ALERTS}", code="too_many")
    return tuple(_notice(alert) for alert in alerts)


def _notice(read: Reader) -> ParsedNotice:
    case_ref = _matched(read, "alertId", _ID)
    told_type = _matched(read, "alertType", _WORD)
    word = re.sub(r"[ _\-]", "", told_type).upper()
    submitted = read.text("dateSubmitted", "")[:60]
    moment = _moment(submitted)
    due = _due(moment)
    amount = _amount(read)
    drill = read.flag("goodstanding.drill", default=False)
    order = _clipped(read, "goodstanding.order_name")
    facts = (
        _facts(read, submitted, due) | ({"drill": "true"} if drill else {}) | ({"order_number": order} if order else {})
    )
    arn = _clipped(read, "acquirerReferenceNumber")
    references = [Reference(type="case", value=case_ref, system="ethoca")]
    references += [Reference(type="arn", value=arn)] if arn else []
    references += [Reference(type="order", value=order)] if order else []
    name = _clipped(read, "customerName")
    return ParsedNotice(
        kind="pre_dispute_alert",
        event_ref=f"{case_ref}:{hashlib.sha256(json.dumps([word, str(amount), submitted]).encode()).hexdigest()[:12]}",
        case_ref=case_ref,
        occurred_at=moment,
        stage="alert",
        status=told_type,
        reason=Reason(scheme="ethoca", code=told_type),
        reason_category=TYPES.get(word, ""),
        amount=amount,
        respond_by=Due(at=due, raw=f"24 h after {submitted}") if due else None,
        references=tuple(references),
        parties=(Party(role="cardholder", name=name),) if name else (),
        test=drill,
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _facts(read: Reader, submitted: str, due: datetime | None) -> dict[str, str]:
    stated = {
        "deadline_rule": "within 24 hours of alert receipt",
        "dispute_created_at": submitted,
        "evidence_due_by": due.isoformat() if due else "",
        "actionable": "true",
    }
    read.ignore("goodstanding")
    return {name: value for name, value in stated.items() if value}


def _amount(read: Reader) -> Money | None:
    """The sum, where its currency is told too; a number without one is left unread."""
    if not (read.has("transactionAmount") and read.has("transactionCurrency")):
        return None
    return read.major_money("transactionAmount", "transactionCurrency")


def _moment(text: str) -> datetime | None:
    """An instant with its offset. A mere date starts no clock of hours."""
    try:
        return Reader({"at": text}).moment("at", None) if "T" in text else None
    except Unreadable:
        return None


def _due(moment: datetime | None) -> datetime | None:
    """When the hours are over; None at the end of what a calendar holds."""
    try:
        return moment + ANSWER_WITHIN if moment else None
    except OverflowError:
        return None


def _matched(read: Reader, path: str, pattern: re.Pattern[str]) -> str:
    value = read.text(path)
    if not pattern.fullmatch(value):
        raise Unreadable(f"{path}: {value[:60]!r} is none of Ethoca's", code="bad_word")
    return value


def _clipped(read: Reader, path: str) -> str:
    return read.text(path, "")[:255]
