"""From bytes to notices. Pure: no clock, no network.

A dispute comes as an event's ``data``, as a line of a list, or whole with its payment; they name things a little differently.
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

from . import vocabulary

MAX_BYTES = 4 * 1024 * 1024  # an event is about 2 kB, a page of 250 lines about 250 kB
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9_\-]{1,255}")
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_EVENT = re.compile(r"[a-z0-9_.]{1,100}")
_SANDBOX = re.compile(r"https://[A-Za-z0-9.\-]*sandbox\.checkout\.com/")
_IGNORED = ("entity_id", "sub_entity_id", "client_id", "processing_channel_id", "segment_id", "_links", "goodstanding", "payment_action_id",
            "payment_mcc", "is_ce_candidate", "date")  # fmt: skip
_IGNORED_PAYMENT = ("payment.action_id", "payment.mcc", "payment.3ds", "payment.eci", "payment.processing_channel_id")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """An event, a dispute, or a list of disputes. Events of other matters answer nothing; an unknown dispute event is named."""
    if not incoming.body.strip():
        raise Unreadable("Checkout.com event: the body is empty; send the event's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Checkout.com event: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    read = Reader.of_json(incoming.body)
    if read.has("type"):
        return _event(read)
    if read.has("data"):
        return tuple(_dispute(item, _word(item, "status"), {}) for item in read.items("data"))
    if read.has("object"):  # Stripe's objects, and WooPayments', say what they are; Checkout.com's have no such field
        raise Unreadable("object: present, so this is another gateway's dispute", code="not_an_event")
    return (_dispute(read, _word(read, "status"), {}),)


def _event(read: Reader) -> Iterable[Parsed]:
    kind_of_event = read.text("type")
    if not _EVENT.fullmatch(kind_of_event):
        raise Unreadable(f"type: {kind_of_event[:60]!r} is no event of Checkout.com", code="unknown_event")
    if not kind_of_event.startswith("dispute"):  # issuing_dispute_…: there the merchant is the claimant
        return ()
    word = kind_of_event.removeprefix("dispute_")
    if word not in vocabulary.EVENTS:
        raise Unreadable(
            f"type: {kind_of_event!r} is not known here; tell us, and read the dispute at Checkout.com meanwhile",
            code="unknown_event",
        )
    told_at = "created_on" if read.has("created_on") else "timestamp"  # since 2025 the one, before the other
    extra = {"event_type": kind_of_event, "api_version": read.text("version", "")[:40]}
    sandbox = _SANDBOX.match(read.text("_links.self.href", "") if read.has("_links.self") else "") is not None
    return (_dispute(read.part("data"), word, extra, at=read.moment(told_at, None), sandbox=sandbox),)


def _dispute(
    read: Reader, word: str, extra: dict[str, str], at: datetime | None = None, *, sandbox: bool = False
) -> ParsedNotice:
    case_ref = _name(read, "id")
    category = _word(read, "category", "")
    network = _network(read)
    code = _clipped(read, "reason_code")
    amount = read.minor_money("amount", "currency")
    due = _respond_by(read, word)
    happened = at or read.moment("last_update", None) or read.moment("received_on", None)
    resolved_reason = _clipped(read, "resolved_reason")
    order = _clipped(read, "payment_reference") or _clipped(read, "payment.reference")
    drill = read.flag("goodstanding.drill", default=False)
    facts = _facts(read, extra, order, resolved_reason, drill=drill)
    references = _references(read, case_ref, order)
    ruling = _ruling(word, resolved_reason, amount)
    test = drill or sandbox or _SANDBOX.match(_clipped(read, "_links.self.href")) is not None
    read.ignore(*_IGNORED, *_IGNORED_PAYMENT, "relevant_evidence", "evidence_required_by", "received_on", "last_update")
    return ParsedNotice(
        kind="dispute_result" if ruling else "chargeback",
        event_ref=_event_ref(case_ref, word, category, code, amount, due),
        case_ref=case_ref,
        occurred_at=happened,
        stage="arbitration" if word.startswith("arbitration") else "dispute",
        status=word,
        reason=_reason(network, code, category),
        reason_category=vocabulary.CATEGORY.get(category, ""),
        network=network,
        amount=amount,
        respond_by=due,
        references=references,
        ruling=ruling,
        test=test,
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _event_ref(case_ref: str, word: str, category: str, code: str, amount: Money, due: Due | None) -> str:
    """The same for the same step of the dispute, told by event or read, once or often."""
    state = [category, code, str(amount), due.at.isoformat() if due and due.at else ""]
    return f"{case_ref}:{word}:{hashlib.sha256(json.dumps(state).encode()).hexdigest()[:12]}"


def _respond_by(read: Reader, word: str) -> Due | None:
    """``evidence_required_by``, as long as nothing was sent or decided."""
    at = read.moment("evidence_required_by", None)
    if at is None or word in vocabulary.RULED or word in vocabulary.SENT:
        return None
    return Due(at=at, raw=read.text("evidence_required_by"))


def _ruling(word: str, resolved_reason: str, amount: Money) -> Ruling | None:
    """``resolved`` tells by its reason: an automatic refund (RDR) prevented the dispute, other reasons close it."""
    if word not in vocabulary.RULED:
        return None
    result, final = vocabulary.RULED[word]
    if resolved_reason == "rapid_dispute_resolution":
        result = "prevented"
    return Ruling(result=result, final=final, amount=amount)


def _network(read: Reader) -> str:
    method = (_clipped(read, "payment_method") or _clipped(read, "payment.method")).lower()
    return vocabulary.NETWORK.get(method, method)


def _reason(network: str, code: str, category: str) -> Reason | None:
    if code and network in vocabulary.CARD_NETWORKS:
        return Reason(scheme=network, code=code)
    return Reason(scheme="checkout", code=code or category) if code or category else None


def _references(read: Reader, case_ref: str, order: str) -> tuple[Reference, ...]:
    found = [Reference(type="case", value=case_ref, system="checkout")]
    for kind, paths in (("payment", ("payment_id", "payment.id")), ("arn", ("payment_arn", "payment.arn"))):
        value = next((text for path in paths if (text := _clipped(read, path))), "")
        if value:
            found.append(Reference(type=kind, value=value, system="checkout" if kind == "payment" else ""))
    if order:
        found.append(Reference(type="order", value=order))
    return tuple(found)


def _facts(read: Reader, extra: dict[str, str], order: str, resolved_reason: str, *, drill: bool) -> dict[str, str]:
    due = read.moment("evidence_required_by", None)
    received = read.moment("received_on", None)
    found = extra | {
        "order_number": order,
        "network_reason_code": _clipped(read, "reason_code"),
        "evidence_due_by": due.isoformat() if due else "",
        "dispute_created_at": received.isoformat() if received else "",
        "case_type": resolved_reason,
        "drill": "true" if drill else "",
    }
    return {name: value for name, value in found.items() if value}


def _name(read: Reader, path: str) -> str:
    text = read.text(path)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no identifier of Checkout.com", code="bad_identifier")
    return text


def _word(read: Reader, path: str, default: str | None = None) -> str:
    text = read.text(path) if default is None else read.text(path, default)
    if text != default and not _WORD.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of Checkout.com", code="bad_word")
    return text.lower()


def _clipped(read: Reader, path: str) -> str:
    """Text beside the matter: of another type, it stays unread and the notice stands."""
    try:
        return read.text(path, "")[:255]
    except Unreadable:
        return ""
