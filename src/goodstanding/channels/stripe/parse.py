"""From an event's bytes to notices. Pure: no clock, no network."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from goodstanding.contract import (
    Due,
    Incoming,
    Money,
    Parsed,
    ParsedNotice,
    Pointer,
    Reader,
    Reason,
    Reference,
    Ruling,
    Unreadable,
)

from . import vocabulary
from .decode import decode
from .facts import dispute_facts, parties, warning_facts

_TYPE = re.compile(r"[a-z0-9_]{1,60}(\.[a-z0-9_]{1,60}){1,8}")
_ID = re.compile(r"[A-Za-z0-9_.:\-]{1,255}")
_MAX_UNREAD = 200

#: What we know to be beside the point. ``evidence`` is the merchant's own answer as Stripe keeps it; of an expanded charge
#: we take what is named in ``facts.py``.
_IGNORED = (
    "object", "pending_webhooks", "request", "data.previous_attributes", "data.object.object", "data.object.evidence",
    "data.object.balance_transaction", "data.object.balance_transactions", "data.object.livemode", "data.object.created",
    "data.object.charge", "data.object.payment_intent", "goodstanding", "context",
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """Snapshot events, thin events, and bare disputes or warnings (as exported, or listed) become notices or pointers.

    Events about other matters answer nothing; an event of our family that we do not know raises Unreadable naming its type.
    """
    payload = decode(incoming.body)
    kind_of_object = _kind_of_object(payload)
    if kind_of_object == "event":
        return _event(payload)
    if kind_of_object == "v2.core.event":
        return _thin_event(Reader(payload))
    if kind_of_object in _BARE:
        return (_BARE[kind_of_object](Reader(as_event(payload, "upload"))),)
    if kind_of_object == "list" and isinstance(payload.get("data"), list):
        return tuple(notice for item in payload["data"] for notice in _listed(item))
    raise Unreadable(
        f"object: {kind_of_object[:60]!r} is no Stripe event, dispute or early fraud warning; send the event's JSON as Stripe shows it",
        code="not_an_event",
    )


def as_event(thing: dict[str, Any], made_from: str) -> dict[str, Any]:
    """A dispute or warning read from the API, in the form of an event. ``goodstanding`` marks that Stripe did not send it so.

    The id is derived from what can change, so that reading the same state twice is the same event.
    """
    return {
        "id": snapshot_ref(thing),
        "object": "event",
        "type": "radar.early_fraud_warning.updated" if thing.get("object") == _WARNING else "charge.dispute.updated",
        "livemode": thing.get("livemode"),
        "data": {"object": thing},
        "goodstanding": {"synthesised": True, "made_from": made_from},
    }


def snapshot_ref(thing: dict[str, Any]) -> str:
    """``dp_1:needs_response:1f0c…``: the same for the same state of a dispute or warning."""
    details = thing.get("evidence_details")
    moves = thing.get("balance_transactions")
    state = [
        *(
            thing.get(key)
            for key in ("amount", "actionable", "reason", "intended_submission_method", "is_charge_refundable")
        ),
        {key: item for key, item in details.items() if key != "has_evidence"} if isinstance(details, dict) else None,
        len(moves) if isinstance(moves, list) else 0,
    ]
    digest = hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()[:12]
    return ":".join(str(part)[:80] for part in (thing.get("id") or "", thing.get("status") or "warning", digest))


def _kind_of_object(value: Any) -> str:
    """Stripe's ``object`` field; "" where there is none."""
    found = value.get("object") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _listed(item: Any) -> Iterable[Parsed]:
    kind_of_object = _kind_of_object(item)
    if kind_of_object == "event":
        return _event(item)
    if kind_of_object in _BARE:
        return (_BARE[kind_of_object](Reader(as_event(item, "upload"))),)
    raise Unreadable(
        f"data: a list of {kind_of_object[:60]!r}, not of disputes, warnings or events", code="not_an_event"
    )


def _event(payload: dict[str, Any]) -> Iterable[Parsed]:
    read = Reader(payload)
    event_type = _event_type(read)
    if handler := EVENTS.get(event_type):
        return (handler(read),)
    _other_matter(event_type)
    return ()


def _thin_event(read: Reader) -> Iterable[Parsed]:
    """A thin event says only that something changed: https://docs.stripe.com/event-destinations#thin-payload"""
    event_type = _event_type(read)
    known = event_type.removeprefix("v1.")
    if known not in EVENTS:
        _other_matter(known)
        return ()
    reference = Reference(type="case", value=_name(read, "related_object.id"), system="stripe")
    return (Pointer(reference=reference, event_ref=_name(read, "id"), reason=event_type),)


def _event_type(read: Reader) -> str:
    event_type = read.text("type")
    if not _TYPE.fullmatch(event_type):
        raise Unreadable(f"type: {event_type[:60]!r} is no Stripe event type", code="unknown_event")
    return event_type


def _other_matter(event_type: str) -> None:
    """Raises Unreadable unless the event is plainly about something else."""
    first, *rest = event_type.split(".")
    ours = rest and (first == "radar" or (first == "charge" and rest[0] == "dispute"))
    if not ours and (first == "charge" or first in vocabulary.OTHER_MATTERS):
        return
    raise Unreadable(
        f"type: {event_type!r} is not known here; tell us, and read the case in Stripe meanwhile", code="unknown_event"
    )


# --- disputes -------------------------------------------------------------------------------------------------------


def dispute(read: Reader) -> ParsedNotice:
    """Any ``charge.dispute.*`` event: the object says what is the case, whatever the event is called."""
    _of_type(read, "dispute")
    livemode = _livemode(read)
    status = _name(read, "data.object.status")
    case_type = _word(read, "data.object.payment_method_details.card.case_type")
    method = _word(read, "data.object.payment_method_details.type")
    network = _network(read)
    category = _word(read, "data.object.reason")
    stage = _stage(read, status, case_type)
    ruling = _ruling(read, status, method)
    facts = dispute_facts(read, livemode=livemode, stage=stage, status=status)
    return _finish(
        read,
        kind="dispute_result" if ruling else _kind(read, stage, method),
        event_ref=_name(read, "id"),
        case_ref=_name(read, "data.object.id"),
        occurred_at=read.moment("created", None),
        stage=stage,
        status=status,
        reason=_reason(read, network, category, method),
        reason_category=vocabulary.CATEGORY.get(category, ""),
        network=network,
        amount=_money(read, "data.object.amount", "data.object.currency"),
        respond_by=_respond_by(read, status),
        references=_references(read, "data.object.id"),
        parties=parties(read),
        ruling=ruling,
        test=livemode is False,
        facts=facts,
    )


def _stage(read: Reader, status: str, case_type: str) -> str:
    by_case_type = vocabulary.STAGE_OF_CASE_TYPE.get(case_type, "")
    by_status = vocabulary.STAGE_OF_STATUS.get(status, "")
    if by_status == "dispute" and by_case_type in ("inquiry", "alert") and not _funds_moved(read):
        return by_case_type  # the case type is the finer word as long as no money was taken
    return by_status or by_case_type or ("inquiry" if status.startswith("warning_") else "")


def _funds_moved(read: Reader) -> bool:
    return read.has("data.object.balance_transactions.0")


def _kind(read: Reader, stage: str, method: str) -> str:
    if (
        method in ("klarna", "paypal")
        or _word(read, "data.object.payment_method_details.amazon_pay.dispute_type") == "claim"
    ):
        return "refund_dispute"  # the buyer's claim in the wallet's own process
    return "pre_dispute_alert" if stage in ("alert", "inquiry") else "chargeback"


def _ruling(read: Reader, status: str, method: str) -> Ruling | None:
    result = vocabulary.RULED.get(status)
    if result is None:
        return None
    appealed = read.has("data.object.evidence.appeal")
    # An eligible card dispute may be appealed once decided: https://docs.stripe.com/changelog/endive/2026-10-28/evidence-submission-appeal-dispute-decisions
    final = not (result == "lost" and method in ("", "card") and not appealed)
    return Ruling(result=result, final=final, amount=_money(read, "data.object.amount", "data.object.currency"))


def _network(read: Reader) -> str:
    for path in ("data.object.payment_method_details.card.network", "data.object.payment_method_details.card.brand"):
        network = _word(read, path).lower()
        if network and network != "unknown":
            return network
    return ""


def _reason(read: Reader, network: str, category: str, method: str) -> Reason | None:
    code = _word(read, "data.object.payment_method_details.card.network_reason_code")
    code = code or _word(read, "data.object.network_reason_code")
    if code and network:
        return Reason(scheme=network, code=code)
    if method in ("klarna", "paypal"):
        own = _word(read, f"data.object.payment_method_details.{method}.reason_code")
        if own:
            return Reason(scheme=method, code=own)
    return Reason(scheme="stripe", code=category) if category else None


def _respond_by(read: Reader, status: str) -> Due | None:
    """``due_by`` where Stripe still waits for the merchant. null and 0 mean that no answer is possible."""
    path = "data.object.evidence_details.due_by"
    seconds = read.integer(path, 0)
    decided_or_sent = status in vocabulary.RULED or (
        status in vocabulary.STAGE_OF_STATUS and status not in vocabulary.OPEN
    )
    if seconds <= 0 or decided_or_sent:
        return None
    return Due(at=read.moment(path), raw=str(seconds))


# --- early fraud warnings -------------------------------------------------------------------------------------------

_WARNING = "radar.early_fraud_warning"


def warning(read: Reader) -> ParsedNotice:
    """``radar.early_fraud_warning.*``: the issuer suspects fraud (TC40, SAFE). It states no date: refund soon, or not at all."""
    _of_type(read, _WARNING)
    livemode = _livemode(read)
    fraud_type = _word(read, "data.object.fraud_type")
    return _finish(
        read,
        kind="pre_dispute_alert",
        event_ref=_name(read, "id"),
        case_ref=_name(read, "data.object.id"),
        occurred_at=read.moment("created", None) or read.moment("data.object.created", None),
        stage="alert",
        status="",
        reason=Reason(scheme="stripe", code=fraud_type) if fraud_type else None,
        reason_category="fraudulent",
        network=_charge_network(read),
        amount=_charge_amount(read),
        references=_references(read, "data.object.id"),
        parties=parties(read),
        test=livemode is False,
        facts=warning_facts(read, livemode=livemode),
    )


def _charge_network(read: Reader) -> str:
    return _word(read, "data.object.charge.payment_method_details.card.network")


def _charge_amount(read: Reader) -> Money | None:
    if read.has("data.object.charge.amount") and read.has("data.object.charge.currency"):
        return _money(read, "data.object.charge.amount", "data.object.charge.currency")
    return None


# --- shared ---------------------------------------------------------------------------------------------------------


def _finish(read: Reader, **fields: Any) -> ParsedNotice:
    read.ignore(*_IGNORED)
    return ParsedNotice(**fields, unread=read.leftover()[:_MAX_UNREAD])


def _of_type(read: Reader, wanted: str) -> None:
    found = read.text("data.object.object", wanted)
    if found != wanted:
        raise Unreadable(f"data.object.object: expected {wanted!r}, got {found[:60]!r}", code="wrong_object")


def _livemode(read: Reader) -> bool | None:
    """None where neither event nor object says it: what may be live is treated as live."""
    found = read.flag("livemode", None)
    return read.flag("data.object.livemode", None) if found is None else found


def _name(read: Reader, path: str) -> str:
    """An identifier or a status: not empty, no white space, at most 255 characters."""
    text = read.text(path)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no Stripe identifier", code="bad_identifier")
    return text


def _word(read: Reader, path: str) -> str:
    """A word of an open vocabulary, or ""."""
    text = read.text(path, "")
    if len(text) > 255:
        raise Unreadable(f"{path}: {len(text)} characters, more than 255", code="too_long")
    return text


def _money(read: Reader, amount_path: str, currency_path: str) -> Money:
    amount, currency = read.integer(amount_path), read.text(currency_path)
    try:
        return Money(Decimal(amount).scaleb(-vocabulary.decimals(currency)), currency)
    except ValueError as error:
        raise Unreadable(f"{currency_path}: {str(error)[:120]}", code="bad_currency") from None


def _references(read: Reader, case_path: str) -> tuple[Reference, ...]:
    found = [Reference(type="case", value=_name(read, case_path), system="stripe")]
    charge = _expandable(read, "data.object.charge")
    payment = _expandable(read, "data.object.payment_intent")
    found += [
        Reference(type=kind, value=value, system="stripe")
        for kind, value in (("charge", charge), ("payment", payment))
        if value
    ]
    for item in read.items("data.object.charge.refunds.data") if read.has("data.object.charge.refunds.data") else []:
        found.append(Reference(type="refund", value=_name(item, "id"), system="stripe"))
    if customer := _word(read, "data.object.charge.customer") if read.has("data.object.charge.customer") else "":
        found.append(Reference(type="customer", value=customer, system="stripe"))
    found += [Reference(type="order", value=number) for number in _order_numbers(read)]
    return tuple(dict.fromkeys(found))


def _expandable(read: Reader, path: str) -> str:
    """Stripe gives an id, or the whole object where it was asked to expand it."""
    return _name(read, f"{path}.id") if read.has(f"{path}.id") else _name(read, path) if read.has(path) else ""


def _order_numbers(read: Reader) -> Iterable[str]:
    holders = ("data.object.metadata", "data.object.charge.metadata", "data.object.payment_intent.metadata")
    for holder in holders:
        for key in vocabulary.ORDER_KEYS:
            if number := _word(read, f"{holder}.{key}"):
                yield number
                break


EVENTS: dict[str, Callable[[Reader], ParsedNotice]] = {
    "charge.dispute.created": dispute,
    "charge.dispute.updated": dispute,
    "charge.dispute.closed": dispute,
    "charge.dispute.funds_withdrawn": dispute,
    "charge.dispute.funds_reinstated": dispute,
    "radar.early_fraud_warning.created": warning,
    "radar.early_fraud_warning.updated": warning,
}

_BARE = {"dispute": dispute, _WARNING: warning}
