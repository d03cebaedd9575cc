"""Dates, and the order they must stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from goodstanding.contract import Order

from ..consistency_text import MOST_CHARACTERS, extract
from .matter import (
    DAY_TOLERANCE,
    DELIVERY_KINDS,
    MOMENT_TOLERANCE,
    OTHER_ORDER_KINDS,
    Contradiction,
    ExhibitFacts,
    Matter,
    Side,
    unlike,
)
from .places import places_table, postcode_in


@dataclass(frozen=True)
class _When:
    """A moment or a whole day, as the earliest and the latest instant that it can mean."""

    first: datetime
    last: datetime
    side: Side
    bare: bool


def moment_of(value: datetime | date | str | None, source: str) -> _When | None:
    if isinstance(value, str):
        value = _parse(value)
    if value is None:
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _When(value, value, Side(value=value.isoformat(), source=source), bare=False)
    day = value.date() if isinstance(value, datetime) else value
    if not date(1990, 1, 1) <= day <= date(9998, 1, 1):
        return None
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _When(
        start - timedelta(hours=14), start + timedelta(hours=36), Side(value=day.isoformat(), source=source), bare=True
    )


def _parse(text: str) -> datetime | date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        found = extract(text[:200]).dates
        return found[0].readings[0] if found and len(found[0].readings) == 1 else None


_STEPS = ("ordered_at", "paid_at", "shipped_at", "delivered_at", "complained_at")
_STEPS_ZH = dict(zip(_STEPS, ("下单", "付款", "发货", "签收", "投诉"), strict=True))
#: Pairs whose wrong order is impossible in the world; the others happen (prepaid labels, authorise first, order later).
_IMPOSSIBLE = {("ordered_at", "shipped_at"), ("ordered_at", "delivered_at"), ("shipped_at", "delivered_at")}


def _moments(matter: Matter) -> dict[str, list[_When]]:
    order, found = matter.order, {step: list[_When]() for step in _STEPS}
    if order:
        values = [("ordered_at", order.ordered_at), ("paid_at", order.paid_at)]
        if len(order.shipments) == 1:  # of several parcels each has its own order, checked apart
            values += [("shipped_at", order.shipments[0].shipped_at), ("delivered_at", order.shipments[0].delivered_at)]
        for step, value in values:
            one = moment_of(value, "order")
            if one:
                found[step].append(one)
    for step in _STEPS[:4]:
        for kind, side in matter.facts(step):
            one = moment_of(side.value, side.source)
            if one and kind not in OTHER_ORDER_KINDS:
                found[step].append(one)
    complained = moment_of(matter.notice.complained_at, "notice")
    if complained:
        found["complained_at"].append(complained)
    return found


def order_of_dates(matter: Matter) -> Iterator[Contradiction]:
    found = _moments(matter)
    for place, earlier in enumerate(_STEPS):
        for later in _STEPS[place + 1 :]:
            if later == "complained_at" and earlier != "ordered_at" and not _answers_complaint(matter, earlier):
                continue
            for left in found[earlier]:
                for right in found[later]:
                    if left.first > right.last + MOMENT_TOLERANCE:
                        yield _wrong_order(earlier, later, left.side, right.side)
    for shipment in matter.order.shipments if matter.order and len(matter.order.shipments) > 1 else ():
        sent, came = moment_of(shipment.shipped_at, "order"), moment_of(shipment.delivered_at, "order")
        if sent and came and sent.first > came.last + MOMENT_TOLERANCE:
            yield _wrong_order("shipped_at", "delivered_at", sent.side, came.side)


def _answers_complaint(matter: Matter, step: str) -> bool:
    """A delivery after the complaint does not refute "not received"; other steps may come when they like."""
    return step == "delivered_at" and matter.notice.family == "not_received"


def _wrong_order(earlier: str, later: str, left: Side, right: Side) -> Contradiction:
    grade = "fatal" if (earlier, later) in _IMPOSSIBLE else "serious"
    what = f"日期顺序不合理，{_STEPS_ZH[earlier]}晚于{_STEPS_ZH[later]}"
    return unlike(grade, "date_order", f"{earlier}<{later}", left, right, what)


_SAID = {
    "delivered_at": re.compile(r"deliver(?:ed|y)|zugestellt|livr[ée]|entregad|consegnat|签收|妥投|送达", re.I),
    "shipped_at": re.compile(r"\bshipped|dispatched|versandt|verschickt|exp[ée]di[ée]|enviad|spedit|发货", re.I),
    "ordered_at": re.compile(
        r"\bordered\b|order (?:was )?placed|bestellt|command[ée] le|realiz[óo] el pedido|ordinat|下单", re.I
    ),
}
# A point after one or two digits belongs to a German date ("12. September"), one before a letter to a name.
_SENTENCE = re.compile(r"(?:[^.!?。！？;；\n]|\.(?=\S)|(?<=\D\d)\.|(?<=\D\d\d)\.)+")
_NEGATED = re.compile(r"\b(?:not|never|estimated|expected|scheduled|nicht|pas|no|non|voraussichtlich)\b|未|预计", re.I)


def same_dates(matter: Matter) -> Iterator[Contradiction]:
    order = matter.order
    for step in ("delivered_at", "shipped_at", "ordered_at", "paid_at"):
        known = _known_moments(order, step)
        if not known:
            continue
        others = [
            moment_of(side.value, side.source) for kind, side in matter.facts(step) if kind not in OTHER_ORDER_KINDS
        ]
        for other in others:
            if other and not any(_near(one, other) for one in known):
                grade = "fatal" if step == "delivered_at" else "serious"
                yield unlike(grade, "date", step, known[0].side, other.side, f"{_STEPS_ZH[step]}日期不一致")
        for words, readings in _said_dates(matter, step):
            if not any(_near(one, other) for one in known for other in readings):
                grade = "fatal" if step == "delivered_at" else "serious"
                side = Side(value=words, source="reply")
                yield unlike(grade, "date", step, known[0].side, side, f"答复中的{_STEPS_ZH[step]}日期与订单不符")


_ARRIVED = re.compile(r"\bdelivered\b|zugestellt|\blivr[ée]\b|entregado|consegnat|签收|妥投|已送达", re.I)


def delivery_lines(matter: Matter) -> Iterator[Contradiction]:
    """The line of a carrier's page that says "delivered": its date and postcode against the order's."""
    order = matter.order
    for one in matter.exhibits if order else ():
        if one.kind not in DELIVERY_KINDS:
            continue
        lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", one.text[:MOST_CHARACTERS])]
        lines = [(a, b) for a, b in lines if _ARRIVED.search(one.text[a:b]) and not _NEGATED.search(one.text[a:b])]
        known = _known_moments(order, "delivered_at")
        dated = [written for written in matter.read[one.id].dates if any(a <= written.span[0] < b for a, b in lines)]
        readings = [when for written in dated for day in written.readings if (when := moment_of(day, one.id))]
        if known and readings and not any(_near(ours, theirs) for ours in known for theirs in readings):
            yield unlike("fatal", "date", "delivered_at", known[0].side, readings[0].side, "签收日期不一致")
        yield from _delivery_postcode(one, [one.text[a:b] for a, b in lines], order)


def _delivery_postcode(one: ExhibitFacts, lines: list[str], order: Order | None) -> Iterator[Contradiction]:
    shape = places_table().postcodes.get(order.country.upper()) if order else None
    mine = postcode_in(order.shipping_address, order.country) if order else ""
    if order is None or shape is None or not shape.line or not mine:
        return
    found = (match[1] for line in lines for match in re.finditer(rf"(?<![\w-]){shape.line}", line.upper()))
    codes = [code for code in (postcode_in(one_code, order.country) for one_code in found) if code]
    if codes and mine not in codes:
        left, right = Side(value=order.shipping_address, source="order"), Side(value=codes[0], source=one.id)
        yield unlike("fatal", "postcode", "postcode", left, right, "邮编不一致")


def _known_moments(order: Order | None, step: str) -> list[_When]:
    if order is None:
        return []
    values = (
        [getattr(order, step)] if step in ("ordered_at", "paid_at") else [getattr(one, step) for one in order.shipments]
    )
    return [one for one in (moment_of(value, "order") for value in values) if one]


def _near(left: _When, right: _When) -> bool:
    # A moment is written down as a day of some zone; two moments may differ by the carrier's upload.
    slack = timedelta(0) if left.bare or right.bare else DAY_TOLERANCE
    return left.first <= right.last + slack and right.first <= left.last + slack


def _said_dates(matter: Matter, step: str) -> Iterator[tuple[str, list[_When]]]:
    """Dates in sentences of the reply that speak of one step and of no other."""
    pattern = _SAID.get(step)
    if pattern is None:
        return
    text = matter.reply.text
    for sentence in _SENTENCE.finditer(text):
        others = any(other.search(sentence[0]) for name, other in _SAID.items() if name != step)
        if not pattern.search(sentence[0]) or others or _NEGATED.search(sentence[0]):
            continue
        for written in matter.said.dates:
            if sentence.start() <= written.span[0] < sentence.end():
                readings = [one for one in (moment_of(day, "reply") for day in written.readings) if one]
                yield text[slice(*written.span)], readings
