"""From a webhook's bytes to a notice. Pure: no clock, no network.

A dispute comes in two forms: as the API gives it (``id``, ``amount``, ``due_at``, ``reason.original_code``), and as older
webhooks do (``dispute_id``, ``dispute_amount``, no due date).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

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
    Ruling,
    Unreadable,
)

from . import vocabulary

MAX_BYTES = 4 * 1024 * 1024  # a dispute is about 2 kB; Airwallex states no limit
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9_.\-]{1,120}")
_WORD = re.compile(r"[A-Za-z0-9_.\- ]{1,60}")


@dataclass(frozen=True)
class Form:
    """Where one of the two forms keeps what."""

    id: str
    amount: str
    currency: str
    brand: str
    reason_code: str
    reason_type: str


_API = Form("id", "amount", "currency", "card_brand", "reason.original_code", "reason.type")
_OLD = Form(
    "dispute_id", "dispute_amount", "dispute_currency", "card_scheme", "dispute_original_reason_code", "dispute_reason_type"
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """The dispute of an event, or one that we read ourselves. Events of other families answer nothing."""
    if not incoming.body.strip():
        raise Unreadable("Airwallex webhook: the body is empty; send the event's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Airwallex webhook: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    whole = Reader.of_json(incoming.body)
    if not whole.has("name"):
        if not whole.has("dispute"):
            raise Unreadable("name: missing; this is no Airwallex event", code="not_an_event")
        return (_notice(whole.part("dispute"), {}, None),)
    event = whole.text("name").lower()
    if "." not in event:
        raise Unreadable("name: no event name, so this is no Airwallex event", code="not_an_event")
    if not event.startswith(vocabulary.FAMILY):
        return ()
    if event not in vocabulary.EVENTS:
        raise Unreadable(
            f"event {event[:60]!r} is not known here; tell us, and read the dispute in Airwallex meanwhile",
            code="unknown_event",
        )
    told = whole.moment("created_at", None)
    path = "data.object" if whole.has("data.object") else "data"
    return (_notice(whole.part(path), {"event_type": event}, told),)


def _notice(read: Reader, facts: dict[str, str], told: datetime | None) -> ParsedNotice:
    form = _OLD if read.has("dispute_id") else _API
    case_ref = _identifier(read, form.id)
    status = _word(read, "status", vocabulary.EVENTS.get(facts.get("event_type", ""))).upper()
    step = _word(read, "stage", "").upper()
    amount = read.major_money(form.amount, form.currency)
    due, changed = read.moment("due_at", None), read.moment("updated_at", None)
    ruled = vocabulary.RULED.get(status)
    kind, stage = vocabulary.STAGE.get(step, ("chargeback", ""))
    brand = _clipped(read, form.brand)
    network = vocabulary.NETWORK.get(brand.lower(), "")
    code, category = _clipped(read, form.reason_code), _clipped(read, form.reason_type)
    facts |= _facts(read, brand, code, due, step)
    drill = read.flag("goodstanding.drill", default=False)
    if drill:
        facts["drill"] = "true"
    references, parties = _references(read, case_ref), _parties(read)
    read.ignore(
        "goodstanding", "accept_details", "challenge_details", "refunds", "issuer_documents", "mode", "transaction_type",
        "customer_id", "merchant_account", "updated_by", "accept_reason",
    )  # fmt: skip
    return ParsedNotice(
        kind="dispute_result" if ruled else kind,
        event_ref=_event_ref(case_ref, step, status, amount, due),
        case_ref=case_ref,
        occurred_at=changed or told,
        stage=stage,
        status=status,
        reason=_reason(network, code, category),
        network=network,
        amount=amount,
        respond_by=_respond_by(due, status, step),
        references=references,
        parties=parties,
        ruling=_ruling(ruled, kind, amount),
        test=drill,
        text=_clipped(read, "issuer_comment"),
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _reason(network: str, code: str, category: str) -> Reason | None:
    """The scheme's own code where it and its scheme are told, else Airwallex's word."""
    if code:
        return Reason(scheme=network or vocabulary.SCHEME, code=code)
    return Reason(scheme=vocabulary.SCHEME, code=category) if category else None


def _respond_by(due: datetime | None, status: str, step: str) -> Due | None:
    """The due date where Airwallex still waits: also for a status that we do not know. Never for what it accepts itself."""
    closed = status in vocabulary.RULED or status in vocabulary.WAITING or step in vocabulary.AUTO_ACCEPTED
    return Due(at=due, raw=due.isoformat()) if due and not closed else None


def _ruling(ruled: tuple[str, bool] | None, kind: str, amount: Money) -> Ruling | None:
    """A bank may still charge back after an inquiry was closed."""
    return Ruling(result=ruled[0], final=ruled[1] and kind == "chargeback", amount=amount) if ruled else None


def _facts(read: Reader, brand: str, code: str, due: datetime | None, step: str) -> dict[str, str]:
    begun = read.moment("created_at", None)
    order = _clipped(read, "merchant_order_id")
    stated = {
        "dispute_created_at": begun.isoformat() if begun else "",
        "evidence_due_by": due.isoformat() if due else "",
        "card_brand": brand,
        "network_reason_code": code,
        "reason_name": _clipped(read, "reason.description"),
        "payment_method": _clipped(read, "payment_method_type"),
        "order_number": order,
        "case_type": step,
        "response_allowed": "false" if step in vocabulary.AUTO_ACCEPTED else "",
    }
    return {name: value for name, value in stated.items() if value}


def _references(read: Reader, case_ref: str) -> tuple[Reference, ...]:
    found = [Reference(type="case", value=case_ref, system="airwallex")]
    for path, kind, system in (
        ("payment_intent_id", "payment", "airwallex"),
        ("payment_attempt_id", "charge", "airwallex"),
        ("acquirer_reference_number", "arn", ""),
        ("merchant_order_id", "order", ""),
    ):
        if value := _clipped(read, path):
            found.append(Reference(type=kind, value=value, system=system))
    return tuple(found)


def _parties(read: Reader) -> tuple[Party, ...]:
    name = _clipped(read, "customer_name")
    return (Party(role="buyer", name=name),) if name else ()


def _event_ref(case_ref: str, step: str, status: str, amount: Money, due: datetime | None) -> str:
    """The same for the same state, however often it is told. A due date that was not told before is a new event."""
    state = [str(amount), due.isoformat() if due else ""]
    digest = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:12]
    return ":".join(filter(None, (case_ref, step, status, digest)))


def _identifier(read: Reader, path: str) -> str:
    value = read.text(path)
    if not _ID.fullmatch(value):
        raise Unreadable(f"{path}: {value[:60]!r} is no Airwallex id", code="bad_identifier")
    return value


def _word(read: Reader, path: str, default: str | None) -> str:
    text = read.text(path) if default is None else read.text(path, default)
    if text != default and not _WORD.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of Airwallex's", code="bad_word")
    return text


def _clipped(read: Reader, path: str) -> str:
    return read.text(path, "")[:255]
