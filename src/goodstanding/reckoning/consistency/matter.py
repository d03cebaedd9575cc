"""What is held against what, and what is found: the values of the check, and each text read once."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from goodstanding.contract import Exhibit, Money, Order

from ..consistency_text import TextFacts, extract

#: Two bare dates, or a date and a moment, may be this far apart and still be the same day somewhere.
DAY_TOLERANCE = timedelta(hours=38)
#: Shop, gateway and carrier do not share a clock.
MOMENT_TOLERANCE = timedelta(hours=1)

DELIVERY_KINDS = ("ev.delivery_full_address", "ev.tracking_partial", "ev.signature_pod", "ev.pickup_ack")
#: Kinds that are about this one order, so another order's number in them is a mistake.
ORDER_KINDS = (*DELIVERY_KINDS, "ev.order_record", "ev.receipt_invoice")
#: Kinds that are about other orders by their nature.
OTHER_ORDER_KINDS = (
    "ev.distinct_orders", "ev.prior_transactions", "ev.recurring_history", "ev.duplicate_dispute", "ev.account_profile",
    "ev.no_other_payment", "ev.usage_log", "ev.replacement_or_repair",
)  # fmt: skip
GRADES = ("fatal", "serious", "note")


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of two values that do not agree, and where it stands (``order``, ``notice``, ``reply`` or an exhibit's id)."""

    value: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Two values that cannot both be right, or one that harms (then ``right`` is empty)."""

    grade: str
    code: str
    field: str
    left: Side
    right: Side
    message_zh: str
    parameters: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ExhibitFacts:
    """What an exhibit says. Known keys of ``facts``: ``buyer_name signed_by email ip country order_number tracking_number
    case_ref address city postcode amount refunded ordered_at paid_at shipped_at delivered_at policy_from policy_version
    avs cvv``. Moments are ISO 8601, sums ``12.30 EUR``."""

    id: str
    kind: str
    text: str = ""
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, exhibit: Exhibit) -> ExhibitFacts:
        return cls(id=exhibit.id, kind=exhibit.kind, text=exhibit.text, facts=exhibit.facts)


@dataclass(frozen=True, kw_only=True)
class NoticeFacts:
    """What the sender says of the matter. ``complained_at`` is when the buyer complained or the dispute was opened."""

    case_ref: str = ""
    amount: Money | None = None
    complained_at: datetime | date | None = None
    family: str = ""
    buyer_name: str = ""
    email: str = ""
    order_number: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplyFacts:
    """The reply: its text, and named facts it states, with the keys of :class:`ExhibitFacts`."""

    text: str = ""
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Matter:
    def __init__(
        self, exhibits: tuple[ExhibitFacts, ...], order: Order | None, notice: NoticeFacts, reply: ReplyFacts
    ) -> None:
        self.exhibits, self.order, self.notice, self.reply = exhibits, order, notice, reply
        currency = order.total.currency if order and order.total else notice.amount.currency if notice.amount else ""
        dollar = currency if currency in ("USD", "AUD", "CAD", "HKD", "SGD", "NZD", "MXN", "TWD") else ""
        yen = currency if currency in ("JPY", "CNY") else ""
        self.read: dict[str, TextFacts] = {one.id: extract(one.text, dollar=dollar, yen=yen) for one in exhibits}
        self.said = extract(reply.text, dollar=dollar, yen=yen)
        self._parcels = {
            one.id: frozenset(
                re.sub(r"[\s-]", "", value).upper()
                for value in (one.facts.get("tracking_number", ""), *(value for value, _ in self.read[one.id].tracking))
                if value.strip()
            )
            for one in exhibits
        }

    def parcels_of(self, exhibit: str) -> frozenset[str]:
        """The parcel numbers that an exhibit names, without spaces and in capitals; none for other sources."""
        return self._parcels.get(exhibit, frozenset())

    def facts(self, key: str) -> Iterator[tuple[str, Side]]:
        """(kind, value with its source) of a named fact in all exhibits and the reply; kind of the reply is "reply"."""
        for one in self.exhibits:
            if one.facts.get(key, "").strip():
                yield one.kind, Side(value=one.facts[key].strip(), source=one.id)
        if self.reply.facts.get(key, "").strip():
            yield "reply", Side(value=self.reply.facts[key].strip(), source="reply")


def unlike(grade: str, code: str, name: str, left: Side, right: Side, what_zh: str) -> Contradiction:
    message = f"{what_zh}：{source_zh(left.source)}为“{left.value}”，{source_zh(right.source)}为“{right.value}”"
    return Contradiction(grade=grade, code=code, field=name, left=left, right=right, message_zh=message)


def source_zh(source: str) -> str:
    return {"order": "订单", "notice": "通知", "reply": "答复"}.get(source, f"证据 {source} ")
