"""From a webhook's bytes to a notice. Pure: no clock, no network.

The documentation lists the fields under ``detail``, which may be the object that holds them or its heading: both are read.
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

MAX_BYTES = 4 * 1024 * 1024  # a dispute is about 1 kB; SHOPLINE states no limit
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9_.\-]{1,120}")
_WORD = re.compile(r"[A-Za-z0-9_.\- ]{1,60}")
_VERSION = re.compile(r"v?[0-9]{6,8}")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """The dispute of a webhook. Webhooks of other topics answer nothing; an unknown ``payments/…`` raises Unreadable."""
    topic = incoming.header("X-Shopline-Topic").strip().lower()
    if topic and topic not in vocabulary.TOPICS:
        return _other_topic(topic)
    if not incoming.body.strip():
        raise Unreadable("SHOPLINE webhook: the body is empty; send the dispute's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"SHOPLINE webhook: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    whole = Reader.of_json(incoming.body)
    facts = {"event_type": topic} if topic else {}
    version = incoming.header("X-Shopline-API-Version").strip()
    if _VERSION.fullmatch(version):
        facts["api_version"] = version
    if not whole.has("detail.dispute_id"):
        return (_notice(whole, facts, topic),)
    return (_notice(whole.part("detail"), facts, topic, beside=whole.leftover()),)


def _other_topic(topic: str) -> Iterable[Parsed]:
    if topic in vocabulary.PRIVACY_TOPICS:
        raise Unreadable(
            f"topic {topic}: a request under privacy law that SHOPLINE passes on to the app; answer it in SHOPLINE",
            code="privacy_request",
        )
    if topic.startswith("payments/") or "dispute" in topic:
        raise Unreadable(
            f"topic {topic[:60]!r} is not known here; tell us, and read the dispute in SHOPLINE meanwhile",
            code="unknown_event",
        )
    return ()


def _notice(read: Reader, facts: dict[str, str], topic: str, beside: tuple[str, ...] = ()) -> ParsedNotice:
    case_ref = _identifier(read, "dispute_id")
    matter = _word(read, "dispute_type").upper()
    step, status, sub_status, reason = (_word(read, name, "") for name in ("stage", "status", "sub_status", "reason"))
    amount = read.major_money("amount", "currency")
    begun, changed, due = (
        read.moment(name, None) for name in ("create_time", "update_time", "dispute_evidence_update_deadline")
    )
    ruled = vocabulary.RULED.get(status.upper())
    kind, stage = vocabulary.TYPE.get(matter, ("chargeback", ""))
    order_name = _clipped(read, "goodstanding.order_name")
    drill = read.flag("goodstanding.drill", default=False)
    references = _references(read, case_ref, order_name)
    facts |= _facts(read, begun, due) | ({"drill": "true"} if drill else {})
    facts |= {"order_number": order_name} if order_name else {}
    facts |= {"case_type": matter}
    read.ignore("exchange", "merchant_id", "shop_id", "channel_dispute_id", "stage_final_amount")
    return ParsedNotice(
        kind="dispute_result" if ruled else kind,
        event_ref=_event_ref(case_ref, matter, step, status, [sub_status, reason, str(amount), _iso(due)]),
        case_ref=case_ref,
        # create_time is no moment of a later change.
        occurred_at=changed or (begun if topic == "payments/create" else None),
        stage=vocabulary.STAGE.get(step.upper(), stage) if kind == "chargeback" else stage,
        status=": ".join(filter(None, (status, sub_status))) or matter,
        reason=Reason(scheme=vocabulary.SCHEME, code=reason) if reason else None,
        reason_category=vocabulary.CATEGORY.get(reason.lower(), ""),
        amount=amount,
        respond_by=Due(at=due, raw=_iso(due)) if due and not ruled else None,
        references=references,
        ruling=_ruling(ruled, kind, amount),
        test=drill,
        facts=facts,
        unread=(*read.leftover(), *beside)[:_MAX_UNREAD],
    )


def _ruling(ruled: tuple[str, bool] | None, kind: str, amount: Money) -> Ruling | None:
    """Whether a bank opens the matter again after an inquiry is closed is not SHOPLINE's to say."""
    return Ruling(result=ruled[0], final=ruled[1] and kind == "chargeback", amount=amount) if ruled else None


def _facts(read: Reader, begun: datetime | None, due: datetime | None) -> dict[str, str]:
    stated = {
        "dispute_created_at": _iso(begun),
        "evidence_due_by": _iso(due),
        "card_brand": _clipped(read, "credit_card.brand"),
        "card_last4": _clipped(read, "credit_card.last4"),
        "payment_method": _clipped(read, "payment_method"),
    }
    read.ignore("credit_card")
    return {name: value for name, value in stated.items() if value}


def _references(read: Reader, case_ref: str, order_name: str) -> tuple[Reference, ...]:
    """``seller_order_id`` is the store's order, ``trade_order_id`` SHOPLINE's payment of it."""
    found = [Reference(type="case", value=case_ref, system="shopline")]
    for path, kind in (("seller_order_id", "order"), ("trade_order_id", "payment"), ("channel_deal_id", "payment")):
        if read.has(path):
            found.append(Reference(type=kind, value=_identifier(read, path), system="shopline"))
    if order_name:
        found.append(Reference(type="order", value=order_name))
    return tuple(found)


def _identifier(read: Reader, path: str) -> str:
    value = read.text(path)
    if not _ID.fullmatch(value):
        raise Unreadable(f"{path}: {value[:60]!r} is no SHOPLINE id", code="bad_identifier")
    return value


def _word(read: Reader, path: str, default: str | None = None) -> str:
    text = read.text(path) if default is None else read.text(path, default)
    if text != default and not _WORD.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of SHOPLINE's", code="bad_word")
    return text


def _event_ref(case_ref: str, matter: str, step: str, status: str, rest: list[str]) -> str:
    """The same for the same state, however often it is told, and whatever an unsigned header says."""
    digest = hashlib.sha256(json.dumps([step, status, *rest]).encode()).hexdigest()[:12]
    return ":".join(filter(None, (case_ref, matter, step, status, digest)))


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _clipped(read: Reader, path: str) -> str:
    return read.text(path, "")[:255]
