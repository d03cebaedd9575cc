"""From what a relay passes on to a notice. Pure: no clock, no network.

Known are the event types that Kount's relay names (https://developer.kount.com/hc/en-us/articles/4411045463956), and the field
names of one other relay. So type and id are looked for under a few names; what has no type is handed on as a letter, to be
read by its words, and so is not lost. Verifi's window for an answer is unconfirmed, so ``respond_by`` is never given.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from goodstanding.contract import Incoming, Letter, Money, Parsed, ParsedNotice, Reader, Reason, Reference, Unreadable

MAX_BYTES = 4 * 1024 * 1024
#: event type -> (scheme, stage, the product's finer list). RDR has refunded by the merchant's own rules already.
TYPES = {
    "ORDER_INQUIRY": ("verifi", "inquiry", ""),
    "DISPUTE": ("verifi", "alert", ""),
    "DISPUTE_NOTICE": ("verifi", "alert", ""),
    "CANCEL": ("verifi", "alert", ""),
    "FRAUD_NOTICE": ("verifi", "alert", "fraudulent"),
    "RDR": ("verifi", "alert", ""),
    "DISPUTE_RDR": ("verifi", "alert", ""),
    "ETHOCA_FRAUD": ("ethoca", "alert", "fraudulent"),
    "ETHOCA_DISPUTE": ("ethoca", "alert", ""),
}
#: Refunded already; nothing is to be decided.
DONE = ("RDR", "DISPUTE_RDR")

_TYPE_NAMES = ("eventType", "event_type", "alert_type", "alertType")
_ID_NAMES = ("alert_id", "alertId", "caseId", "case_id", "eventId", "event_id", "id")
_MAX_UNREAD = 200
_MAX_PAIRS = 500
_ID = re.compile(r"[A-Za-z0-9_.:\-]{1,120}")
_WORD = re.compile(r"[A-Za-z0-9_\- ]{1,60}")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """An alert in JSON or as a form. An unknown type raises Unreadable naming it; a JSON object without a type is a letter."""
    if not incoming.body.strip():
        raise Unreadable("Verifi alert: the body is empty; send the alert", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Verifi alert: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    read = _fields(incoming.body)
    path = next((name for name in _TYPE_NAMES if read.has(name)), None)
    if path is None:
        digest = hashlib.sha256(incoming.body).hexdigest()[:24]
        return (Letter(event_ref=f"verifi:{digest}", raw=incoming.body, media_type="application/json"),)
    return (_notice(read, path),)


def _fields(body: bytes) -> Reader:
    """A JSON object, or a form with a type in it."""
    try:
        return Reader.of_json(body)
    except Unreadable as error:
        if error.code != "not_json":
            raise
        found = _form(body)
        if found is None:
            raise
        return found


def _form(body: bytes) -> Reader | None:
    try:
        pairs = dict(parse_qsl(body.decode(), strict_parsing=True, max_num_fields=_MAX_PAIRS, errors="strict"))
    except ValueError:
        return None
    # Through JSON, so that what no database takes is replaced here as well.
    return Reader.of_json(json.dumps(pairs).encode()) if set(pairs) & set(_TYPE_NAMES) else None


def _notice(read: Reader, path: str) -> ParsedNotice:
    told_type = _matched(read, path, _WORD)
    word = re.sub(r"[ \-]", "_", told_type).upper()
    if word not in TYPES:
        raise Unreadable(
            f"{path}: {told_type!r} is no alert type known here; tell us, and read the alert where it came from",
            code="unknown_event",
        )
    scheme, stage, category = TYPES[word]
    id_path = next((name for name in _ID_NAMES if read.has(name)), "alert_id")
    case_ref = _matched(read, id_path, _ID)
    amount = _amount(read)
    drill = read.flag("goodstanding.drill", default=False)
    order, arn = _clipped(read, "goodstanding.order_name"), _clipped(read, "arn")
    facts = {"event_type": word, "actionable": "false" if word in DONE else "true"}
    facts |= {"drill": "true"} if drill else {}
    facts |= {"order_number": order} if order else {}
    facts |= {"statement_descriptor": said} if (said := _clipped(read, "descriptor")) else {}
    read.ignore("goodstanding", "card")
    references = [Reference(type="case", value=case_ref, system=scheme)]
    references += [Reference(type="arn", value=arn)] if arn else []
    references += [Reference(type="order", value=order)] if order else []
    return ParsedNotice(
        kind="pre_dispute_alert",
        event_ref=f"{case_ref}:{word}:{hashlib.sha256(str(amount).encode()).hexdigest()[:12]}",
        case_ref=case_ref,
        stage=stage,
        status=told_type,
        reason=Reason(scheme=scheme, code=word),
        reason_category=category,
        amount=amount,
        references=tuple(references),
        test=drill,
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _amount(read: Reader) -> Money | None:
    """The sum, where its currency is told too; a number without one is left unread."""
    return read.major_money("amount", "currency") if read.has("amount") and read.has("currency") else None


def _matched(read: Reader, path: str, pattern: re.Pattern[str]) -> str:
    value = read.text(path)
    if not pattern.fullmatch(value):
        raise Unreadable(f"{path}: {value[:60]!r} cannot be read", code="bad_word")
    return value


def _clipped(read: Reader, path: str) -> str:
    return read.text(path, "")[:255]
