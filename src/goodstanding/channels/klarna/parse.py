"""From a webhook's bytes to a notice. Pure: no clock, no network.

Webhooks bring what changed: amount and reason stand in the first one only. What is read by API has everything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime

from goodstanding.contract import (
    Due,
    Incoming,
    Money,
    Parsed,
    ParsedNotice,
    Reader,
    Reason,
    Reference,
    Ruling,
    Unreadable,
)

from . import vocabulary as words

MAX_BYTES = 4 * 1024 * 1024  # a dispute is about 3 kB; Klarna states no limit
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9:_.\-]{1,255}")
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,100}")
_IGNORED = (
    "goodstanding", "payment_account_id", "payment_account_reference", "capture_id", "capture_krn", "payment_capture_reference",
    "partner_evidence", "arbitration_request", "customer_evidences", "previous_fields", "previous_state", "product_id",
    "dispute_details.created_by", "representment.request.requested_at", "representment.partner_evidence", "arbitration.arbitration_request",
    "representment.previous_state", "payment_transaction_reference",
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """The dispute of an event, or one that we read ourselves. Events of other families answer nothing."""
    if not incoming.body.strip():
        raise Unreadable("Klarna webhook: the body is empty; send the event's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Klarna webhook: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    whole = Reader.of_json(incoming.body)
    path = "event_type" if whole.has("event_type") else "metadata.event_type"
    if not whole.has(path):
        return (_notice(whole.part("dispute") if whole.has("dispute") else whole, {}, None, live=True),)
    event = whole.text(path).lower()
    if not event.startswith(words.FAMILY):
        return ()
    if event not in words.STATE_CHANGES and not _is_update(event):
        raise Unreadable(
            f"event {event[:60]!r} is not known here; tell us, and read the dispute in Klarna meanwhile",
            code="unknown_event",
        )
    told = whole.moment("occurred_at", None) or whole.moment("metadata.occurred_at", None)
    live = whole.flag("metadata.live", default=True)
    return (_notice(whole.part("payload"), {"event_type": event[:100]}, told, live=live),)


def _is_update(event: str) -> bool:
    return event == words.UPDATED or event.startswith(f"{words.UPDATED}.")


def _notice(read: Reader, facts: dict[str, str], told: datetime | None, *, live: bool) -> ParsedNotice:
    case_ref = _matched(read, "payment_dispute_id", _ID)
    state = _matched(read, "state", _WORD).upper()
    request = (_first(read, "representment.state", "state_context.representment.state") or "").upper()
    due = _due(read, state, request)
    reason = _matched(read, "dispute_reason", _WORD).upper() if read.has("dispute_reason") else ""
    outcome = (_first(read, "dispute_outcome", "state_context.dispute_outcome") or "").upper()
    amount = _amount(read)
    drill = read.flag("goodstanding.drill", default=False)
    facts |= _facts(read, due) | ({"drill": "true"} if drill else {}) | ({} if live else {"livemode": "false"})
    closed = state == words.CLOSED
    references = _references(read, case_ref)
    occurred = (
        _moment(read, "closed_at", "state_context.closed_at") if closed else None
    ) or read.moment("updated_at", None) or told  # fmt: skip
    asked = _first(read, "representment.request.additional_information") or ""
    read.ignore(*_IGNORED, "state_context", "updated_at", "updated_fields")
    return ParsedNotice(
        kind="dispute_result" if closed else "refund_dispute",
        event_ref=_event_ref(case_ref, state, [request, outcome, due.isoformat() if due else ""]),
        case_ref=case_ref,
        occurred_at=occurred,
        stage=words.STAGE.get(state, ""),
        status=": ".join(filter(None, (state, request if state == words.INITIATED else outcome))),
        reason=Reason(scheme=words.SCHEME, code=reason) if reason else None,
        reason_category=words.CATEGORY.get(reason, ""),
        amount=amount,
        respond_by=Due(at=due, raw=due.isoformat()) if due else None,
        references=references,
        ruling=Ruling(result=words.RULED.get(outcome, "closed"), amount=amount) if closed else None,
        test=drill or not live,
        text=asked[:4000],
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _due(read: Reader, state: str, request: str) -> datetime | None:
    """By when Klarna wants an answer, where it takes one: evidence at first, an appeal after a preliminary decision.

    A deadline that an update sets anew goes first. No number of days is computed.
    """
    extended = _moment(read, "updated_fields.evidence_response_deadline_at")
    first = _moment(
        read, "evidence_response_deadline_at", "representment.expires_at", "state_context.representment.expires_at"
    )
    appeal = _moment(
        read, "arbitration_expires_at", "state_context.arbitration_expires_at", "arbitration.expires_at"
    )  # fmt: skip
    if state == words.PRE_ARBITRATION:
        return appeal
    if state in (words.ARBITRATION, words.CLOSED) or request in words.NO_ANSWER:
        return None
    return extended or (None if state == words.REPRESENTMENT else first)


def _amount(read: Reader) -> Money | None:
    if not read.has("dispute_details.dispute_amount"):
        return None
    return read.minor_money("dispute_details.dispute_amount", "dispute_details.currency")


def _facts(read: Reader, due: datetime | None) -> dict[str, str]:
    begun = read.moment("created_at", None)
    detail = _first(
        read, "dispute_outcome_detailed", "state_context.dispute_outcome_detailed", "arbitration.preliminary_outcome_detailed"
    )  # fmt: skip
    preliminary = _first(read, "arbitration.preliminary_outcome")
    stated = {
        "dispute_created_at": begun.isoformat() if begun else "",
        "evidence_due_by": due.isoformat() if due else "",
        "klarna_loss_reason": ": ".join(filter(None, (preliminary, detail)))[:255],
        "order_number": (_first(read, "purchase_reference") or "")[:255],
    }
    return {name: value for name, value in stated.items() if value}


def _references(read: Reader, case_ref: str) -> tuple[Reference, ...]:
    """``purchase_reference`` and ``merchant_reference…`` are the shop's own; ``order_id`` is Klarna's."""
    found = [Reference(type="case", value=case_ref, system="klarna")]
    for path, kind, system in (
        ("payment_transaction_id", "payment", "klarna"),
        ("payment_capture_id", "charge", "klarna"),
        ("order_id", "order", "klarna"),
        ("purchase_reference", "order", ""),
        ("merchant_reference1", "order", ""),
        ("merchant_reference2", "order", ""),
    ):
        if value := read.text(path, "")[:255]:
            found.append(Reference(type=kind, value=value, system=system))
    return tuple(found)


def _event_ref(case_ref: str, state: str, rest: list[str]) -> str:
    """The same for the same state, however often it is told; an extended deadline is a new event."""
    return f"{case_ref}:{state}:{hashlib.sha256(json.dumps(rest).encode()).hexdigest()[:12]}"


def _matched(read: Reader, path: str, pattern: re.Pattern[str]) -> str:
    value = read.text(path)
    if not pattern.fullmatch(value):
        raise Unreadable(f"{path}: {value[:60]!r} is none of Klarna's", code="bad_word")
    return value


def _first(read: Reader, *paths: str) -> str | None:
    return next((value for value in [read.text(path, None) for path in paths] if value), None)


def _moment(read: Reader, *paths: str) -> datetime | None:
    return next((value for value in [read.moment(path, None) for path in paths] if value), None)
