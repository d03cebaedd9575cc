"""From a webhook's bytes to a notice. Pure: no clock, no network.

Shopify tells a dispute in two forms, which say the same: the REST object (webhooks) and the GraphQL node (what we read).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
from .verify import both

MAX_BYTES = 4 * 1024 * 1024  # a dispute is under 1 kB; Shopify states no limit
_MAX_UNREAD = 200
_ID = re.compile(r"(?:gid://shopify/[A-Za-z]{1,60}/)?([0-9]{1,20})(?:\?[^\s]{0,100})?")
_WORD = re.compile(r"[A-Za-z0-9_.\-]{1,60}")
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}|unstable")


@dataclass(frozen=True)
class Form:
    """Where one of Shopify's two forms keeps what."""

    id: str
    reason: str
    network_reason: str
    amount: str
    currency: str
    due: str
    sent: str
    finalized: str
    initiated: str
    order: str
    ignored: tuple[str, ...]


_REST = Form(
    id="id", reason="reason", network_reason="network_reason_code", amount="amount", currency="currency",
    due="evidence_due_by", sent="evidence_sent_on", finalized="finalized_on", initiated="initiated_at", order="order_id",
    ignored=("goodstanding", "admin_graphql_api_id"),
)  # fmt: skip
_GRAPHQL = Form(
    id="legacyResourceId", reason="reasonDetails.reason", network_reason="reasonDetails.networkReasonCode", amount="amount.amount",
    currency="amount.currencyCode", due="evidenceDueBy", sent="evidenceSentOn", finalized="finalizedOn", initiated="initiatedAt",
    order="order.legacyResourceId", ignored=("goodstanding", "id", "order.id", "disputeEvidence"),
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """A dispute, or a list of them, in either form. Webhooks of other topics answer nothing; an unknown ``disputes/…`` raises Unreadable."""
    topic = next(iter(both(incoming, "Topic")), "").lower()
    if topic and topic not in vocabulary.TOPICS:
        return _other_topic(topic)
    if not incoming.body.strip():
        raise Unreadable("Shopify webhook: the body is empty; send the dispute's JSON", code="empty")
    if len(incoming.body) > MAX_BYTES:
        raise Unreadable(f"Shopify webhook: {len(incoming.body)} bytes, more than {MAX_BYTES}", code="too_large")
    facts = {"event_type": topic} if topic else {}
    version = next(iter(both(incoming, "API-Version")), "")
    if _VERSION.fullmatch(version):
        facts["api_version"] = version
    triggered = _triggered(incoming)
    return tuple(_notice(read, dict(facts), triggered) for read in _disputes(Reader.of_json(incoming.body)))


def _other_topic(topic: str) -> Iterable[Parsed]:
    if topic in vocabulary.PRIVACY_TOPICS:
        raise Unreadable(
            f"topic {topic}: a request under privacy law that Shopify passes on to the app; answer it in Shopify",
            code="privacy_request",
        )
    if topic.startswith("disputes/"):
        raise Unreadable(
            f"topic {topic[:60]!r} is not known here; tell us, and read the dispute in Shopify meanwhile",
            code="unknown_event",
        )
    return ()


def _disputes(read: Reader) -> Iterator[Reader]:
    if read.has("disputes.nodes"):
        yield from read.items("disputes.nodes")
    elif read.has("disputes"):
        yield from read.items("disputes")
    elif read.has("dispute"):
        yield read.part("dispute")
    else:
        yield read


def _notice(read: Reader, facts: dict[str, str], triggered: datetime | None) -> ParsedNotice:
    form = _GRAPHQL if read.has("legacyResourceId") or read.has("reasonDetails") else _REST
    case_ref = _case_ref(read, form)
    matter, status, category = (_word(read, "type"), _word(read, "status"), _word(read, form.reason, ""))
    amount = read.major_money(form.amount, form.currency)
    moments = {name: read.moment(getattr(form, name), None) for name in ("initiated", "due", "sent", "finalized")}
    ruled = vocabulary.RULED.get(status)
    facts |= _facts(read, form, moments)
    order_name = _order_name(read)
    if order_name:
        facts["order_number"] = order_name
    references = _references(read, form, case_ref, order_name)
    drill = read.flag("goodstanding.drill", default=False)
    if drill:
        facts["drill"] = "true"
    read.ignore(*form.ignored)
    return ParsedNotice(
        kind=_kind(matter, ruled),
        event_ref=_event_ref(case_ref, matter, status, category, amount, moments),
        case_ref=case_ref,
        occurred_at=_occurred(status, moments, triggered),
        stage=vocabulary.STAGE.get(matter, ""),
        status=status,
        # In GraphQL's spelling, so that a reason is one reason in whichever form it came.
        reason=Reason(scheme=vocabulary.SCHEME, code=category.upper()) if category else None,
        reason_category=vocabulary.CATEGORY.get(category, ""),
        amount=amount,
        respond_by=_respond_by(moments["due"], status),
        references=references,
        # Whether a bank opens the matter again after an inquiry is closed is not Shopify's to say.
        ruling=Ruling(result=ruled, final=matter != "inquiry", amount=amount) if ruled else None,
        test=drill,
        facts=facts,
        unread=read.leftover()[:_MAX_UNREAD],
    )


def _kind(matter: str, ruled: str | None) -> str:
    if ruled:
        return "dispute_result"
    return "pre_dispute_alert" if matter == "inquiry" else "chargeback"


def _case_ref(read: Reader, form: Form) -> str:
    """The REST number. A GraphQL id (``gid://shopify/ShopifyPaymentsDispute/598735659``) names the same dispute by the same number."""
    path = form.id if read.has(form.id) else "id"
    return number(read.text(path), path)


def number(value: str, path: str) -> str:
    """The number in an id of either kind."""
    found = _ID.fullmatch(value)
    if not found:
        raise Unreadable(f"{path}: {value[:60]!r} is no Shopify id", code="bad_identifier")
    return found[1]


def _word(read: Reader, path: str, default: str | None = None) -> str:
    """A word of Shopify's, in lower case: GraphQL writes ``NEEDS_RESPONSE`` what REST writes ``needs_response``."""
    text = read.text(path) if default is None else read.text(path, default)
    if text != default and not _WORD.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no word of Shopify's", code="bad_word")
    return text.lower()


def _respond_by(due: datetime | None, status: str) -> Due | None:
    """The due date where Shopify still waits: also for a status that we do not know."""
    if due is None or status in vocabulary.RULED or status in vocabulary.SENT:
        return None
    return Due(at=due, raw=due.isoformat())


def _occurred(status: str, moments: dict[str, datetime | None], triggered: datetime | None) -> datetime | None:
    """When this state began: decided, sent, or told by Shopify; None where nothing says it, as in what was just read.

    ``initiated_at`` is no such moment: an inquiry that becomes a chargeback may keep it, and would seem older than its answer.
    """
    stated = (
        moments["finalized"] if status in vocabulary.RULED else moments["sent"] if status in vocabulary.SENT else None
    )
    return stated or triggered


def _triggered(incoming: Incoming) -> datetime | None:
    """``X-Shopify-Triggered-At``. It is not signed; but whoever repeats a body under another moment repeats a known event."""
    try:
        return Reader({"at": next(iter(both(incoming, "Triggered-At")), "")[:40] or None}).moment("at", None)
    except Unreadable:
        return None


def _event_ref(
    case_ref: str, matter: str, status: str, category: str, amount: Money, moments: dict[str, datetime | None]
) -> str:
    """The same for the same state, in whichever form and however often it is told, and whatever an unsigned header says."""
    state = [
        vocabulary.CATEGORY.get(category, category),
        str(amount),
        *(at.isoformat() if at else "" for at in moments.values()),
    ]
    digest = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:12]
    return f"{case_ref}:{matter}:{status}:{digest}"


def _facts(read: Reader, form: Form, moments: dict[str, datetime | None]) -> dict[str, str]:
    network_code = _clipped(read, form.network_reason)
    facts = {"network_reason_code": network_code} if network_code else {}
    if due := moments["due"]:
        facts["evidence_due_by"] = due.isoformat()
    if initiated := moments["initiated"]:
        facts["dispute_created_at"] = initiated.isoformat()
    return facts | {"has_evidence": "true" if moments["sent"] else "false"}


def _order_name(read: Reader) -> str:
    """The order's number as the shop shows it, without ``#``; webhooks do not bring it."""
    name = _clipped(read, "order.name") or _clipped(read, "goodstanding.order_name")
    return name.lstrip("#").strip()


def _references(read: Reader, form: Form, case_ref: str, order_name: str) -> tuple[Reference, ...]:
    found = [Reference(type="case", value=case_ref, system="shopify")]
    if read.has(form.order):
        order_id = number(read.text(form.order), form.order)
        found.append(Reference(type="order", value=order_id, system="shopify"))
    if order_name:
        found.append(Reference(type="order", value=order_name))
    return tuple(found)


def _clipped(read: Reader, path: str) -> str:
    return read.text(path, "")[:255]
