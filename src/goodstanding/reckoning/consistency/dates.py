"""Dates, and the order they must stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from goodstanding.contract import Order

from .. import harm
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
    source_zh,
    unlike,
)
from .names import same_name
from .places import city_differs, names_no_city, places_table, postcode_in


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
                    if left.first > right.last + MOMENT_TOLERANCE and not _other_parcel(matter, left, right):
                        yield _wrong_order(earlier, later, left.side, right.side)
    for shipment in matter.order.shipments if matter.order and len(matter.order.shipments) > 1 else ():
        sent, came = moment_of(shipment.shipped_at, "order"), moment_of(shipment.delivered_at, "order")
        if sent and came and sent.first > came.last + MOMENT_TOLERANCE:
            yield _wrong_order("shipped_at", "delivered_at", sent.side, came.side)


def _other_parcel(matter: Matter, left: _When, right: _When) -> bool:
    """Two exhibits about two parcels, each with its own number, say nothing of each other's days."""
    one, other = matter.parcels_of(left.side.source), matter.parcels_of(right.side.source)
    return left.side.source != right.side.source and bool(one) and bool(other) and not one & other


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
        r"\bordered\b|\bplaced on\b|order (?:was )?placed|bestellt|command[ée] le|realiz[óo] el pedido|ordinat|下单",
        re.I,
    ),
}
# A point after one or two digits belongs to a German date ("12. September"), one before a letter to a name.
SENTENCE = re.compile(r"(?:[^.!?。！？;；\n]|\.(?=\S)|(?<=\D\d)\.|(?<=\D\d\d)\.)+")
#: A sentence about goods that were sent again speaks of another parcel.
_ANOTHER = re.compile(r"replace|\bresent\b|\bersatz|rempla[cç]|reempla|sostitu|换货|补发|重发", re.I)
_MOST_LINES = 4_000
NEGATED = re.compile(r"\b(?:not|never|estimated|expected|scheduled|nicht|pas|no|non|voraussichtlich)\b|未|预计", re.I)


def same_dates(matter: Matter) -> Iterator[Contradiction]:
    order = matter.order
    for step in ("delivered_at", "shipped_at", "ordered_at", "paid_at"):
        known = _known_moments(order, step)
        others = [
            one
            for kind, side in matter.facts(step)
            if kind not in OTHER_ORDER_KINDS and (one := moment_of(side.value, side.source))
        ]
        grade = "fatal" if step == "delivered_at" else "serious"
        for other in others if known else ():
            if not any(_near(one, other) for one in known):
                yield unlike(grade, "date", step, known[0].side, other.side, f"{_STEPS_ZH[step]}日期不一致")
        if not known and step == "delivered_at":
            yield from _among_exhibits(matter, others)
        known = known or others
        for words, readings in _said_dates(matter, step) if known else ():
            if not any(_near(one, other) for one in known for other in readings):
                side = Side(value=words, source="reply")
                yield unlike(grade, "date", step, known[0].side, side, f"答复中的{_STEPS_ZH[step]}日期与资料不符")


def _among_exhibits(matter: Matter, found: list[_When]) -> Iterator[Contradiction]:
    """Two exhibits that give one parcel two days of arrival, where no order says which is right."""
    for place, left in enumerate(found):
        for right in found[place + 1 :]:
            if not _near(left, right) and not _other_parcel(matter, left, right):
                yield unlike("fatal", "date", "delivered_at", left.side, right.side, "签收日期不一致")


_ARRIVED = re.compile(
    r"\bdelivered\b|zugestellt|\blivr[ée]\b|entregado|consegnat|bezorgd|doręczon|签收|妥投|已送达|配達完了|お届け済み",
    re.I,
)
#: "Delivered to:" and its like name a place; they do not say that something came.
_PLACE_LABEL = re.compile(
    r"^\s*(?:to be )?(?:delivered|livr[ée]|entregado|consegnat[oa]) (?:to|in|at|à|en|a)\s*:", re.I
)
_AFTER_ARRIVED = re.compile(
    r"(?i:\bdelivered|zugestellt|\blivr[ée]|entregado|consegnato)\s+(?:in|à|en|a)\s+(?P<city>[A-ZÀ-Þ][\w'’ -]{2,40})\s*$"
)
_DENIED = re.compile(r"\s*[:=]\s*(?:no|nein|non|否|未)\b", re.I)
#: After the word for "delivered", as carriers in these countries write it: "DENVER, CO", "Front Door, AUSTIN TX 78704".
_CITY_AND_STATE = re.compile(
    r"(?:^|[,;]|\s{2})\s*(?P<city>[A-Z][A-Za-z.'’-]{1,30}(?: [A-Z][A-Za-z.'’-]{1,30}){0,3}),?\s+[A-Z]{2,3}(?=[\s,.]|$)"
)
_STATES_WRITTEN = ("US", "CA", "AU")


def arrived(line: str) -> bool:
    """Does this line of a tracking page say that the parcel came?"""
    verb = _ARRIVED.search(line)  # what is denied after it is something else: "Delivered. Signature not required."
    if verb is None or _DENIED.match(line, verb.end()) or _PLACE_LABEL.search(line):
        return False
    return not NEGATED.search(line[: verb.start()])


def delivery_lines(matter: Matter) -> Iterator[Contradiction]:
    """The line of a carrier's page that says "delivered": its date and postcode against the order's."""
    order = matter.order
    for one in matter.exhibits if order else ():
        if one.kind not in DELIVERY_KINDS:
            continue
        lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", one.text[:MOST_CHARACTERS])]
        lines = [(a, b) for a, b in lines if arrived(one.text[a:b])]
        known = _known_moments(order, "delivered_at")
        dated = [written for written in matter.read[one.id].dates if any(a <= written.span[0] < b for a, b in lines)]
        readings = [when for written in dated for day in written.readings if (when := moment_of(day, one.id))]
        if known and readings and not any(_near(ours, theirs) for ours in known for theirs in readings):
            yield unlike("fatal", "date", "delivered_at", known[0].side, readings[0].side, "签收日期不一致")
        yield from _delivery_postcode(one, [one.text[a:b] for a, b in lines], order)
        yield from _delivery_city(one, [one.text[a:b] for a, b in lines], order)


def _delivery_city(one: ExhibitFacts, lines: list[str], order: Order | None) -> Iterator[Contradiction]:
    """The city that the line names, where the address of the order knows no such city."""
    if order is None or not order.shipping_address.strip():
        return
    for line in lines:
        match = _AFTER_ARRIVED.search(line)
        word = _ARRIVED.search(line)
        if match is None and word and order.country.upper() in _STATES_WRITTEN:
            match = _CITY_AND_STATE.search(line[word.end() :])
        city = match["city"].strip() if match else ""
        if (
            city
            and not names_no_city(city)
            and city_differs(city, order.shipping_address)
            and same_name(city, order.buyer_name) not in ("same", "close")
        ):
            left, right = Side(value=order.shipping_address, source="order"), Side(value=city, source=one.id)
            yield unlike("fatal", "city", "city", left, right, "城市不一致")


def undone(matter: Matter) -> Iterator[Contradiction]:
    """A parcel's page whose last word is not "delivered": returned or lost afterwards, or never more than attempted."""
    for one in matter.exhibits:
        if one.kind not in DELIVERY_KINDS:
            continue
        lines = [line for line in one.text[:MOST_CHARACTERS].split("\n")[:_MOST_LINES] if line.strip()]
        came = [_last_day(line) for line in lines if arrived(line)]
        for line in lines:
            for found in harm.find(one.id, one.kind, line):
                lost = found.code in ("not_delivered", "returned") and found.grade == "fatal"
                if lost and not _came_after(came, _last_day(line)):
                    yield _harmful("fatal", found)
                elif found.code == "attempted" and not came:
                    yield _harmful("serious", found)


def _harmful(grade: str, found: harm.Harm) -> Contradiction:
    left, right = Side(value=found.quote, source=found.exhibit), Side(value="", source="")
    message = f"{source_zh(found.exhibit).strip()}：{found.message_zh}"
    return Contradiction(
        grade=grade, code=f"harm.{found.code}", field="text", left=left, right=right, message_zh=message
    )


def _came_after(came: list[date | None], day: date | None) -> bool:
    """Was it delivered on or after that day? Without days on either side the order of the lines says nothing."""
    known = [one for one in came if one]
    if day is None:
        return bool(came) and not known
    return any(one >= day for one in known)


def _last_day(line: str) -> date | None:
    dates = extract(line[:400]).dates
    return max(dates[0].readings) if dates else None


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
    """Of each sentence of the reply that speaks of the step: the dates that stand nearer to it than to another step.

    They are given together, since a sentence may name one day more ("of the order of 2 May"); the words are of the nearest.
    """
    if step not in _SAID:
        return
    text = matter.reply.text[:MOST_CHARACTERS]
    for sentence in SENTENCE.finditer(text):
        if NEGATED.search(sentence[0]) or _ANOTHER.search(sentence[0]):
            continue
        verbs = [(match.span(), name) for name, one in _SAID.items() for match in one.finditer(sentence[0])]
        if not any(name == step for _, name in verbs):
            continue
        near: list[tuple[int, str, list[_When]]] = []
        for written in matter.said.dates:
            if sentence.start() <= written.span[0] < sentence.end():
                start, end = (place - sentence.start() for place in written.span)
                gap, name = min((max(first - end, start - last), name) for (first, last), name in verbs)
                if name == step:
                    readings = [one for one in (moment_of(day, "reply") for day in written.readings) if one]
                    near.append((gap, text[slice(*written.span)], readings))
        if near:
            yield min(near, key=lambda one: one[0])[1], [one for _, _, readings in near for one in readings]
