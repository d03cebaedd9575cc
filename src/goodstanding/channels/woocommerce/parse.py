"""From bytes to notices. Pure: no clock, no network.

A dispute comes whole, as Stripe's object with the shop's order beside it, or as a row of the shop's cache, where times are
text without a zone. Orders are no notices: their webhooks are taken and answer nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

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
from .verify import is_ping

MAX_BYTES = 8 * 1024 * 1024  # a page of 100 rows is about 60 kB, a large order about 100 kB
_MAX_UNREAD = 200
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")

_CHARGE_CARD = "charge.payment_method_details.card"
_CARD = "payment_method_details.card"
#: Known to be beside the point. ``evidence`` is the merchant's own answer as it stands there.
_IGNORED = (
    "object", "evidence", "balance_transaction", "balance_transactions", "charge", "order", "created", "goodstanding", "metadata",
    "fileSize", "issuer_evidence", "enhanced_eligibility_types", "payment_method_details", "is_charge_refundable",
    "wcpay_disputes_cache_id", "order_number", "stripe_account_id", "intended_submission_method", "evidence_details", "network_details",
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """A dispute, a row, or a list of either. The ping and webhooks of orders, products and the like answer nothing."""
    if is_ping(incoming):
        return ()
    topic = incoming.header("X-WC-Webhook-Topic").strip().lower()
    if topic and topic != DRILL_TOPIC:
        return _shop_event(topic)
    if not incoming.body.strip():
        raise Unreadable("WooCommerce: the body is empty; send the dispute's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"WooCommerce: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    return tuple(_notice(item) for item in _disputes(Reader.of_json(incoming.body)))


#: The drill comes as a webhook of an action, as WooCommerce sends them for anything that a plug-in does.
DRILL_TOPIC = "action.goodstanding_drill"


def _shop_event(topic: str) -> Iterable[Parsed]:
    if "dispute" in topic:
        raise Unreadable(
            f"topic {topic[:60]!r} is not known here; tell us, and read the dispute in WooCommerce meanwhile",
            code="unknown_event",
        )
    return ()


def _disputes(read: Reader) -> Iterator[Reader]:
    if read.has("data"):
        yield from read.items("data")
    elif read.has("dispute_id") or read.text("object", "") == "dispute":
        yield read
    else:
        raise Unreadable(
            "this is no dispute of WooPayments: send one as /wp-json/wc/v3/payments/disputes shows it",
            code="not_a_dispute",
        )


def _notice(read: Reader) -> ParsedNotice:
    row = read.has("dispute_id")
    case_ref = _name(read, "dispute_id" if row else "id")
    status, category = _word(read, "status"), _word(read, "reason", "")
    amount = _money(read)
    due = _row_due(read) if row else _due(read)
    waiting = status not in vocabulary.RULED and status not in vocabulary.SENT
    ruled = vocabulary.RULED.get(status)
    stage = vocabulary.stage(status)
    network = _network(read)
    code = _clipped(read, "network_reason_code") or _clipped(read, f"{_CARD}.network_reason_code")
    order = (
        _clipped(read, "order.number") or _clipped(read, "order_number") or _clipped(read, "goodstanding.order_number")
    )
    facts = _facts(read, due, order, code)
    drill = read.flag("goodstanding.drill", default=False)
    if drill:
        facts["drill"] = "true"
    references, parties = _references(read, case_ref, order, row=row), _parties(read, row=row)
    test = drill or read.flag("livemode", None) is False
    read.ignore(*_IGNORED)
    return ParsedNotice(
        kind="dispute_result" if ruled else "pre_dispute_alert" if stage == "inquiry" else "chargeback",
        event_ref=_event_ref(case_ref, status, category, amount, due if waiting else None),
        case_ref=case_ref,
        stage=stage,
        status=status,
        reason=_reason(network, code, category),
        reason_category=vocabulary.CATEGORY.get(category, ""),
        network=network,
        amount=amount,
        respond_by=due if waiting else None,
        references=references,
        parties=parties,
        ruling=Ruling(result=ruled, amount=amount) if ruled else None,
        test=test,
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _event_ref(case_ref: str, status: str, category: str, amount: Money, due: Due | None) -> str:
    """The same for the same state, read whole or as a row: a row's time is taken only while an answer is awaited."""
    when = (due.at.isoformat() if due.at else str(due.on)) if due else ""
    digest = hashlib.sha256(json.dumps([category, str(amount), when]).encode()).hexdigest()[:12]
    return f"{case_ref}:{status}:{digest}"


def _due(read: Reader) -> Due | None:
    """Unix seconds. 0 means that no answer is possible."""
    seconds = read.integer("evidence_details.due_by", 0)
    return Due(at=read.moment("evidence_details.due_by"), raw=str(seconds)) if seconds > 0 else None


def _row_due(read: Reader) -> Due | None:
    """``2026-11-20 02:46:00``: text without a zone. Whose clock it is, is nowhere said, so only the day is taken."""
    text = read.text("due_by", "")
    if not text or text.startswith("0000"):
        return None
    if not _TIME.fullmatch(text):
        raise Unreadable(f"due_by: {text[:60]!r} is no time of the form 2026-11-20 02:46:00", code="bad_time")
    return Due(on=read.day("due_by"), raw=text)


def _money(read: Reader) -> Money:
    amount, currency = read.integer("amount"), read.text("currency")
    try:
        return Money(Decimal(amount).scaleb(-vocabulary.decimals(currency)), currency)
    except ValueError as error:
        raise Unreadable(f"currency: {str(error)[:120]}", code="bad_currency") from None


def _network(read: Reader) -> str:
    """The card's network. A row's ``source`` is the brand, or another payment method's name."""
    paths = (f"{_CARD}.network", f"{_CARD}.brand", f"{_CHARGE_CARD}.network", f"{_CHARGE_CARD}.brand", "source")
    found = next((word for path in paths if (word := _clipped(read, path).lower())), "")
    return found if found != "unknown" else ""


def _reason(network: str, code: str, category: str) -> Reason | None:
    if network and code:
        return Reason(scheme=network, code=code)
    return Reason(scheme="stripe", code=category) if category else None


def _references(read: Reader, case_ref: str, order: str, *, row: bool) -> tuple[Reference, ...]:
    charge = "charge_id" if row else "charge.id" if read.has("charge.id") else "charge"
    payment = "payment_intent.id" if read.has("payment_intent.id") else "payment_intent"
    found = [Reference(type="case", value=case_ref, system="woocommerce")]
    found += [
        Reference(type=kind, value=_name(read, path), system="woocommerce")
        for kind, path in (("charge", charge), ("payment", payment))
        if read.has(path)
    ]
    if order:
        found.append(Reference(type="order", value=order))
    return tuple(found)


def _parties(read: Reader, *, row: bool) -> tuple[Party, ...]:
    name, email, country = (
        ("customer_name", "customer_email", "customer_country")
        if row
        else ("charge.billing_details.name", "charge.billing_details.email", "charge.billing_details.address.country")
    )
    party = Party(
        role="cardholder", name=_clipped(read, name), email=_clipped(read, email), country=_clipped(read, country)
    )
    return (party,) if party.name or party.email or party.country else ()


def _facts(read: Reader, due: Due | None, order: str, code: str) -> dict[str, str]:
    found = {
        "order_number": order,
        "network_reason_code": code,
        "card_last4": _clipped(read, f"{_CHARGE_CARD}.last4"),
        "submission_count": _clipped(read, "evidence_details.submission_count"),
        "evidence_due_by": due.at.isoformat() if due and due.at else due.raw if due else "",
    }
    for fact, path in (
        ("has_evidence", "evidence_details.has_evidence"),
        ("past_due", "evidence_details.past_due"),
        ("livemode", "livemode"),
    ):
        if read.has(path):
            found[fact] = "true" if read.flag(path) else "false"
    return {name: value for name, value in found.items() if value}


def _name(read: Reader, path: str) -> str:
    text = read.text(path)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no identifier of WooPayments", code="bad_identifier")
    return text


def _word(read: Reader, path: str, default: str | None = None) -> str:
    text = read.text(path) if default is None else read.text(path, default)
    if text != default and not _WORD.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of WooPayments", code="bad_word")
    return text


def _clipped(read: Reader, path: str) -> str:
    """Text beside the matter: of another type, it stays unread and the notice stands."""
    try:
        return read.text(path, "")[:255]
    except Unreadable:
        return ""
