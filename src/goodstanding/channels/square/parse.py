"""From bytes to notices. Pure: no clock, no network."""

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

from . import vocabulary

MAX_BYTES = 4 * 1024 * 1024  # an event is about 1 kB, a page of disputes about 100 kB
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9_\-]{1,192}")
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_TYPE = re.compile(r"[a-z0-9_.]{1,100}")
_IGNORED = (
    "version", "updated_at", "reported_at", "reported_date", "location_id", "evidence_ids", "dispute_id", "goodstanding", "payment", "created_at",
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """An event, a dispute, or a list of disputes. Events of other matters answer nothing; an unknown ``dispute.…`` is named."""
    if not incoming.body.strip():
        raise Unreadable("Square event: the body is empty; send the event's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Square event: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    read = Reader.of_json(incoming.body)
    if read.has("type"):
        return _event(read)
    if read.has("disputes"):
        return tuple(_notice(item, {}) for item in read.items("disputes"))
    return (_notice(read.part("dispute") if read.has("dispute") else read, {}),)


def _event(read: Reader) -> Iterable[Parsed]:
    kind_of_event = read.text("type")
    if not _TYPE.fullmatch(kind_of_event):
        raise Unreadable(f"type: {kind_of_event[:60]!r} is no event of Square", code="unknown_event")
    if not kind_of_event.startswith("dispute"):
        return ()
    if kind_of_event not in vocabulary.EVENTS:
        raise Unreadable(
            f"type: {kind_of_event!r} is not known here; tell us, and read the dispute in Square meanwhile",
            code="unknown_event",
        )
    return (
        _notice(read.part("data.object.dispute"), {"event_type": kind_of_event}, at=read.moment("created_at", None)),
    )


def _notice(read: Reader, facts: dict[str, str], at: datetime | None = None) -> ParsedNotice:
    case_ref = _name(read, "id" if read.has("id") else "dispute_id")  # older events have only the latter
    state, reason = _word(read, "state"), _word(read, "reason", "")
    amount = read.minor_money("amount_money.amount", "amount_money.currency")
    due = _due(read)
    waiting = state not in vocabulary.RULED and state not in vocabulary.SENT
    stage = vocabulary.stage(state)
    ruled = vocabulary.RULED.get(state)
    brand = _clipped(read, "card_brand").lower()
    network = vocabulary.NETWORK.get(brand, brand)
    order = _clipped(read, "payment.reference_id") or _clipped(read, "goodstanding.order_number")
    drill = read.flag("goodstanding.drill", default=False)
    facts |= _facts(read, due, order, reason, drill=drill)
    references = _references(read, case_ref, network, order)
    happened = at or read.moment("updated_at", None) or read.moment("created_at", None)
    read.ignore(*_IGNORED)
    return ParsedNotice(
        kind="dispute_result" if ruled else "pre_dispute_alert" if stage == "inquiry" else "chargeback",
        event_ref=_event_ref(case_ref, state, reason, amount, due if waiting else None),
        case_ref=case_ref,
        occurred_at=happened,
        stage=stage,
        status=state,
        reason=Reason(scheme="square", code=reason) if reason else None,
        reason_category=vocabulary.CATEGORY.get(reason, ""),
        network=network,
        amount=amount,
        respond_by=due if waiting else None,
        references=references,
        ruling=Ruling(result=ruled[0], final=ruled[1], amount=amount) if ruled else None,
        test=drill,
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _event_ref(case_ref: str, state: str, reason: str, amount: Money, due: Due | None) -> str:
    """The same for the same state, told by whichever event or read, once or often: evidence added or removed is no news."""
    known = [reason, str(amount), due.at.isoformat() if due and due.at else ""]
    return f"{case_ref}:{state}:{hashlib.sha256(json.dumps(known).encode()).hexdigest()[:12]}"


def _due(read: Reader) -> Due | None:
    at = read.moment("due_at", None)
    return Due(at=at, raw=read.text("due_at")) if at else None


def _references(read: Reader, case_ref: str, network: str, order: str) -> tuple[Reference, ...]:
    found = [Reference(type="case", value=case_ref, system="square")]
    if read.has("disputed_payment.payment_id"):
        found.append(Reference(type="payment", value=_name(read, "disputed_payment.payment_id"), system="square"))
    if brand_case := _clipped(read, "brand_dispute_id"):
        found.append(Reference(type="case", value=brand_case, system=network))
    if order_id := _clipped(read, "payment.order_id"):
        found.append(Reference(type="order", value=order_id, system="square"))
    if order:
        found.append(Reference(type="order", value=order))
    return tuple(found)


def _facts(read: Reader, due: Due | None, order: str, reason: str, *, drill: bool) -> dict[str, str]:
    created = read.moment("created_at", None)
    found = {
        "order_number": order,
        "evidence_due_by": due.at.isoformat() if due and due.at else "",
        "dispute_created_at": created.isoformat() if created else "",
        "card_brand": _clipped(read, "card_brand"),
        "card_last4": _clipped(read, "payment.card_details.card.last_4"),
        "response_allowed": "false" if reason in vocabulary.UNANSWERABLE else "",
        "drill": "true" if drill else "",
    }
    return {name: value for name, value in found.items() if value}


def _name(read: Reader, path: str) -> str:
    text = read.text(path)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no identifier of Square", code="bad_identifier")
    return text


def _word(read: Reader, path: str, default: str | None = None) -> str:
    text = read.text(path) if default is None else read.text(path, default)
    if text != default and not _WORD.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of Square", code="bad_word")
    return text


def _clipped(read: Reader, path: str) -> str:
    """Text beside the matter: of another type, it stays unread and the notice stands."""
    try:
        return read.text(path, "")[:255]
    except Unreadable:
        return ""
