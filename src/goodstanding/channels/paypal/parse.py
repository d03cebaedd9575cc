"""From an event's bytes to a pointer, and from a dispute read back to a notice. Pure: no clock, no network."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from goodstanding.contract import (
    Due,
    Incoming,
    Money,
    Parsed,
    ParsedNotice,
    Party,
    Pointer,
    Reader,
    Reason,
    Reference,
    Ruling,
    Unreadable,
)

from . import vocabulary
from .facts import facts_of, links_of

MAX_BYTES = 4 * 1024 * 1024
_TYPE = re.compile(r"[A-Z0-9_-]{1,60}(\.[A-Z0-9_-]{1,60}){1,6}")
_ID = re.compile(r"[A-Za-z0-9-]{1,255}")
_WORDS = re.compile(r"[A-Z0-9_]{0,255}")
_ORDER = re.compile(r"[A-Za-z0-9#_./-]{1,64}")
_MAX_UNREAD = 200
_MAX_TEXT = 20_000
_MAX_LIST = 50

_IGNORED = (
    "links", "evidences", "messages", "offer", "extensions", "communication_details", "supporting_info", "adjudications",
    "money_movements", "fee_policy", "refund_details", "allowed_response_options", "dispute_asset", "disputed_transactions",
    "dispute_outcome",
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """A webhook event points to its dispute, which has to be read: PayPal sends a part of it only. What was read, or
    exported (one dispute, or a list), becomes notices. Events about other matters answer nothing.
    """
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"PayPal event: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    read = Reader.of_json(incoming.body)
    if read.has("event_type"):
        return _event(read)
    if read.has("dispute_id"):
        return (_dispute(read, None),)
    if read.has("items"):
        return tuple(_dispute(item, None) for item in read.items("items"))
    raise Unreadable(
        "event_type: missing; this is no PayPal webhook event and no dispute, send the JSON as PayPal shows it",
        code="not_an_event",
    )


def as_event(dispute: dict[str, Any], made_from: str) -> dict[str, Any]:
    """A dispute read from the API, in the form of an event. ``goodstanding`` marks that PayPal did not send it so."""
    return {
        "id": f"read-{dispute.get('dispute_id')}",
        "event_type": "CUSTOMER.DISPUTE.UPDATED",
        "resource_type": "dispute",
        "resource": dispute,
        "goodstanding": {"synthesised": True, "made_from": made_from},
    }


def _event(read: Reader) -> Iterable[Parsed]:
    event = read.text("event_type")
    if event not in vocabulary.EVENTS:
        if event.startswith("CUSTOMER.DISPUTE.") or not _TYPE.fullmatch(event):
            raise Unreadable(
                f"event_type: {event[:60]!r} is not known here; tell us, and read the case in PayPal meanwhile",
                code="unknown_event",
            )
        return ()
    if read.has("goodstanding"):
        return (_dispute(read.part("resource"), read.text("goodstanding.made_from", "")),)
    case = Reference(type="case", value=_name(read, "resource.dispute_id"), system="paypal")
    return (Pointer(reference=case, event_ref=_name(read, "id"), reason=event),)


def _dispute(read: Reader, made_from: str | None) -> ParsedNotice:
    case_ref = _name(read, "dispute_id")
    status, channel = _word(read, "status"), _word(read, "dispute_channel")
    stage = "alert" if channel == "ALERT" else vocabulary.STAGE.get(_word(read, "dispute_life_cycle_stage"), "")
    reason = _word(read, "reason")
    ruling = _ruling(read, status)
    return ParsedNotice(
        kind="dispute_result" if ruling else _kind(channel, stage),
        event_ref=state_ref(read, case_ref),
        case_ref=case_ref,
        occurred_at=read.moment("update_time", None) or read.moment("create_time", None),
        stage=stage,
        status=status,
        reason=Reason(scheme="paypal", code=reason) if reason else None,
        reason_category=vocabulary.CATEGORY.get(reason, ""),
        amount=_money(read, "dispute_amount"),
        respond_by=None if ruling else _respond_by(read, status),
        references=_references(read, case_ref),
        parties=_parties(read),
        ruling=ruling,
        test=_is_sandbox(read),
        text=_messages(read),
        facts=facts_of(read) | ({"drill": "true"} if made_from == "drill" else {}),
        unread=_unread(read),
    )


def _unread(read: Reader) -> tuple[str, ...]:
    """What nobody took; asked last."""
    read.ignore(*_IGNORED)
    return read.leftover()[:_MAX_UNREAD]


def state_ref(read: Reader, case_ref: str) -> str:
    """``PP-D-1:RESOLVED:1f0c…``: the same for the same state of a dispute, however often it is read."""
    parts = [
        read.text(name, "")
        for name in ("update_time", "status", "dispute_life_cycle_stage", "reason", "seller_response_due_date")
    ]
    parts += [read.text("dispute_amount.value", ""), read.text("dispute_outcome.outcome_code", "")]
    parts += [",".join(links_of(read))]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
    return f"{case_ref}:{read.text('status', '')[:60]}:{digest}"


def _kind(channel: str, stage: str) -> str:
    """EXTERNAL is the buyer's bank or card company, told by PayPal; anything else is PayPal's own process."""
    if channel == "ALERT":
        return "pre_dispute_alert"
    if channel == "EXTERNAL":
        return "pre_dispute_alert" if stage == "inquiry" else "chargeback"
    return "refund_dispute"


def _ruling(read: Reader, status: str) -> Ruling | None:
    """How it ended. Not final while PayPal still offers an appeal."""
    if status != "RESOLVED":
        return None
    code = _word(read, "dispute_outcome.outcome_code") if read.has("dispute_outcome") else ""
    final = "appeal" not in links_of(read) and _word(read, "dispute_state") != "APPEALABLE"
    refunded = _money(read, "dispute_outcome.amount_refunded") if read.has("dispute_outcome.amount_refunded") else None
    return Ruling(result=vocabulary.RULED.get(code, "closed"), final=final, amount=refunded)


def _respond_by(read: Reader, status: str) -> Due | None:
    """``seller_response_due_date`` where PayPal waits for the merchant. Without it nothing is computed."""
    path = "seller_response_due_date"
    if not read.has(path) or status in vocabulary.NOT_WAITING:
        return None
    return Due(at=read.moment(path), raw=read.text(path))


def _references(read: Reader, case_ref: str) -> tuple[Reference, ...]:
    found = [Reference(type="case", value=case_ref, system="paypal")]
    for item in read.items("disputed_transactions")[:_MAX_LIST]:
        named = (
            ("payment", "seller_transaction_id"),
            ("charge", "buyer_transaction_id"),
            ("invoice", "invoice_number"),
        )
        found += [
            Reference(type=kind, value=value, system="" if kind == "invoice" else "paypal")
            for kind, path in named
            if (value := item.text(path, "")) and len(value) <= 255
        ]
        if _ORDER.fullmatch(custom := item.text("custom", "")):
            found.append(Reference(type="order", value=custom))
    return tuple(dict.fromkeys(found))


def _parties(read: Reader) -> tuple[Party, ...]:
    for item in read.items("disputed_transactions")[:_MAX_LIST]:
        if name := item.text("buyer.name", "") if item.has("buyer") else "":
            return (Party(role="buyer", name=name[:300]),)
    return ()


def _messages(read: Reader) -> str:
    """What was written so far, oldest first as PayPal lists it; who wrote it before each."""
    said = [
        f"{item.text('posted_by', '?')} {item.text('time_posted', '')}: {item.text('content', '')}"
        for item in read.items("messages")[:_MAX_LIST]
        if item.text("content", "")
    ]
    return "\n\n".join(said)[:_MAX_TEXT]


def _is_sandbox(read: Reader) -> bool:
    """PayPal marks no test; the addresses in its links do."""
    return any("sandbox.paypal.com/" in item.text("href", "") for item in read.items("links")[:_MAX_LIST])


def _money(read: Reader, path: str) -> Money | None:
    return read.major_money(f"{path}.value", f"{path}.currency_code") if read.has(path) else None


def _name(read: Reader, path: str) -> str:
    text = read.text(path)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no PayPal identifier", code="bad_identifier")
    return text


def _word(read: Reader, path: str) -> str:
    """A word of an open vocabulary, or ""."""
    text = read.text(path, "")
    if not _WORDS.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of PayPal's", code="bad_word")
    return text
