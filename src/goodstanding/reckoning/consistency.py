"""Every exhibit against every other, the order, the notice and the reply: what contradicts what, with both sources.

Grades: ``fatal`` blocks the package, ``serious`` must be looked at by a person, ``note`` is only shown. What cannot be
compared (another script, a missing value, two readings of a date of which one fits) is no contradiction.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files

import msgspec

from goodstanding.contract import Exhibit, Money, Order

from . import harm
from .amounts import number
from .consistency_text import MOST_CHARACTERS, TextFacts, extract, folded, upu_valid

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
_GRADES = ("fatal", "serious", "note")


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


_NO_NOTICE, _NO_REPLY = NoticeFacts(), ReplyFacts()


def check(
    exhibits: Iterable[ExhibitFacts],
    order: Order | None = None,
    notice: NoticeFacts = _NO_NOTICE,
    reply: ReplyFacts = _NO_REPLY,
) -> list[Contradiction]:
    """All contradictions and harmful proof, the gravest first; each pair of values once."""
    matter = _Matter(tuple(exhibits), order, notice, reply)
    found: dict[tuple[str, str, str, str], Contradiction] = {}
    for part in (
        _names,
        _places,
        _order_of_dates,
        _same_dates,
        _delivery_lines,
        _sums,
        _parcels,
        _order_numbers,
        _case_ids,
        _contacts,
        _policies,
        _harmful,
    ):
        for one in part(matter):
            found.setdefault(
                (one.code, one.field, one.left.value + one.left.source, one.right.value + one.right.source), one
            )
    return sorted(found.values(), key=lambda one: _GRADES.index(one.grade))


def blocking(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Those that must keep a package from going out."""
    return tuple(one for one in found if one.grade == "fatal")


# --- the matter, with each text read once -----------------------------------------------------------------------------


class _Matter:
    def __init__(
        self, exhibits: tuple[ExhibitFacts, ...], order: Order | None, notice: NoticeFacts, reply: ReplyFacts
    ) -> None:
        self.exhibits, self.order, self.notice, self.reply = exhibits, order, notice, reply
        currency = order.total.currency if order and order.total else notice.amount.currency if notice.amount else ""
        dollar = currency if currency in ("USD", "AUD", "CAD", "HKD", "SGD", "NZD", "MXN", "TWD") else ""
        yen = currency if currency in ("JPY", "CNY") else ""
        self.read: dict[str, TextFacts] = {one.id: extract(one.text, dollar=dollar, yen=yen) for one in exhibits}
        self.said = extract(reply.text, dollar=dollar, yen=yen)

    def facts(self, key: str) -> Iterator[tuple[str, Side]]:
        """(kind, value with its source) of a named fact in all exhibits and the reply; kind of the reply is "reply"."""
        for one in self.exhibits:
            if one.facts.get(key, "").strip():
                yield one.kind, Side(value=one.facts[key].strip(), source=one.id)
        if self.reply.facts.get(key, "").strip():
            yield "reply", Side(value=self.reply.facts[key].strip(), source="reply")


def _unlike(grade: str, code: str, name: str, left: Side, right: Side, what_zh: str) -> Contradiction:
    message = f"{what_zh}：{_source_zh(left.source)}为“{left.value}”，{_source_zh(right.source)}为“{right.value}”"
    return Contradiction(grade=grade, code=code, field=name, left=left, right=right, message_zh=message)


def _source_zh(source: str) -> str:
    return {"order": "订单", "notice": "通知", "reply": "答复"}.get(source, f"证据 {source} ")


# --- names ------------------------------------------------------------------------------------------------------------

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "herr",
        "frau",
        "m",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "sr",
        "sra",
        "señor",
        "senora",
        "signor",
        "signora",
        "sig",
    ]
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def same_name(left: str, right: str) -> str:
    """``same``, ``close`` (a slip of the pen), ``different``, or ``unknown`` (empty, or not in one script).

    Order of names, titles, initials, a missing middle name, diacritics and ö/oe/o do not matter.
    """
    if not left.strip() or not right.strip():
        return "unknown"
    if bool(_HAN.search(left)) != bool(_HAN.search(right)):
        return "unknown"
    best = "different"
    for one in folded(left):
        for other in folded(right):
            verdict = _compare_names(_tokens(one), _tokens(other))
            if verdict == "same":
                return "same"
            best = "close" if verdict == "close" else best
    return best


def _tokens(name: str) -> list[str]:
    parts = name.split()
    return [part for part in parts if part not in _TITLES] or parts


def _compare_names(left: list[str], right: list[str]) -> str:
    if not left or not right:
        return "close"
    if sorted("".join(left)) == sorted("".join(right)) and set("".join(left)) and _rotations(left) & _rotations(right):
        return "same"
    short, long = sorted((left, right), key=len)
    rest, whole = list(long), 0
    for token in sorted(short, key=len, reverse=True):
        match = next((one for one in rest if one == token), None) or next(
            (one for one in rest if _initial(one, token)), None
        )
        if match is None:
            break
        rest.remove(match)
        whole += match == token and len(token) > 1
    else:
        return "same" if whole else "close"
    ratio = difflib.SequenceMatcher(None, " ".join(sorted(left)), " ".join(sorted(right))).ratio()
    return "close" if ratio >= 0.85 else "different"


def _rotations(tokens: list[str]) -> set[str]:
    return {"".join(tokens[i:] + tokens[:i]) for i in range(len(tokens))}


def _initial(one: str, other: str) -> bool:
    return (len(one) == 1 or len(other) == 1) and one[0] == other[0]


def _names(matter: _Matter) -> Iterator[Contradiction]:
    known = Side(value=matter.order.buyer_name if matter.order else "", source="order")
    if not known.value:
        known = Side(value=matter.notice.buyer_name, source="notice")
    others = [("notice", Side(value=matter.notice.buyer_name, source="notice")), *matter.facts("buyer_name")]
    for _, other in others:
        verdict = same_name(known.value, other.value)
        if verdict in ("close", "different"):
            yield _unlike(
                "serious" if verdict == "different" else "note", "name", "buyer_name", known, other, "买家姓名不一致"
            )
    for _, other in matter.facts("signed_by"):
        if same_name(known.value, other.value) == "different":
            yield _unlike("note", "signed_by_other", "signed_by", known, other, "签收人不是买家本人")


# --- places -----------------------------------------------------------------------------------------------------------


class _Postcode(msgspec.Struct, frozen=True):
    pattern: str
    compare: int
    leading: bool = True
    line: str = ""


class _Places(msgspec.Struct, frozen=True):
    meta: dict[str, object]
    postcodes: dict[str, _Postcode]
    cities: tuple[tuple[str, ...], ...]
    not_cities: tuple[str, ...]
    countries: tuple[str, ...]


@lru_cache(maxsize=1)
def _places_table() -> _Places:
    raw = (files("goodstanding.knowledge") / "data" / "cues" / "places.yaml").read_bytes()
    return msgspec.yaml.decode(raw, type=_Places)


def postcode_in(text: str, country: str) -> str:
    """The postcode of that country in an address, as it is compared; "" where there is none or the country's shape is unknown.

    Of several numbers of that shape the last one counts: house numbers come first.
    """
    shape = _places_table().postcodes.get(country.upper())
    if shape is None:
        return ""
    found = list(re.finditer(rf"(?<![\w-])(?:{shape.pattern})(?![\w-])", text.strip().upper()))
    if found and not shape.leading and found[-1].start() == 0 and found[-1][0] != text.strip().upper():
        return ""
    plain = re.sub(r"[\s-]", "", found[-1][0]) if found else ""
    return plain[: shape.compare] if shape.compare else plain


def city_stands_in(city: str, address: str) -> bool | None:
    """Does a city, under any of its names, stand in an address? None where the two are not in one script."""
    if not city.strip() or not address.strip() or bool(_HAN.search(city)) != bool(_HAN.search(address)):
        return None
    names = {name for one in folded(city) for name in _other_names(one)}
    places = [f" {one} " for one in folded(address)]
    joined = ["".join(place.split()) for place in places]
    return any(f" {name} " in place for name in names for place in places) or any(
        len(name) > 5 and "".join(name.split()) in place for name in names for place in joined
    )


@lru_cache(maxsize=1)
def _exonyms() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for group in _places_table().cities:
        every = frozenset(form for name in group for form in folded(name))
        table.update(dict.fromkeys(every, every))
    return table


def _other_names(city: str) -> frozenset[str]:
    return _exonyms().get(city, frozenset((city,))) | {city}


@lru_cache(maxsize=1)
def _no_cities() -> frozenset[str]:
    table = _places_table()
    return frozenset(form for word in (*table.not_cities, *table.countries) for form in folded(word))


def _cities_of(place: str) -> list[str]:
    """What may be the city in a carrier's ``Front Door, AUSTIN, TX 78701, US``: parts that are words and no country."""
    found = []
    for part in re.split(r"[,;/\n]", place):
        words = [word for word in part.split() if not any(char.isdigit() for char in word)]
        while len(words) > 1 and len(words[-1]) <= 2 and words[-1].isascii():  # AUSTIN TX US
            words.pop()
        if words and not (len(words) == 1 and len(words[0]) <= 2) and folded(" ".join(words))[1] not in _no_cities():
            found.append(" ".join(words))
    return found


def _city_differs(city: str, address: str) -> bool:
    """Surely another city: neither the whole name nor a longer word of it (``LOS ANGELES CALIFORNIA``) stands there."""
    parts = [city, *(word for word in city.split() if len(word) > 3)]
    return all(city_stands_in(part, address) is False for part in parts)


def _places(matter: _Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None or not order.shipping_address.strip():
        return
    known = Side(value=order.shipping_address, source="order")
    for shipment in order.shipments:
        if shipment.delivered_to.strip():
            yield from _place(
                shipment.delivered_to, Side(value=shipment.delivered_to, source="order"), known, order.country
            )
    for one in (*matter.exhibits, ExhibitFacts(id="reply", kind="reply", facts=matter.reply.facts)):
        if one.kind not in (*ORDER_KINDS, "reply"):
            continue
        keys = [key for key in ("address", "delivered_to", "city", "postcode") if one.facts.get(key, "").strip()]
        place = ", ".join(one.facts[key].strip() for key in keys)
        if place:
            city = one.facts.get("city", "").strip()
            yield from _place(
                place, Side(value=place, source=one.id), known, order.country, city, full="address" in keys
            )


def _place(
    place: str, side: Side, known: Side, country: str, city: str = "", *, full: bool = False
) -> Iterator[Contradiction]:
    mine, theirs = postcode_in(known.value, country), postcode_in(place, country)
    if mine and theirs and mine != theirs:
        yield _unlike("fatal", "postcode", "postcode", known, side, "邮编不一致")
        return
    cities = [city] if city else [] if full else _cities_of(place)
    if not cities or not all(_city_differs(one, known.value) for one in cities):
        return
    # One place under two names shares its postcode; without that there is nothing to say they are one.
    same = bool(mine and theirs)
    yield _unlike("note" if same else "fatal", "city", "city", known, side, "城市写法不一致" if same else "城市不一致")


# --- dates ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _When:
    """A moment or a whole day, as the earliest and the latest instant that it can mean."""

    first: datetime
    last: datetime
    side: Side
    bare: bool


def _when(value: datetime | date | str | None, source: str) -> _When | None:
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


def _moments(matter: _Matter) -> dict[str, list[_When]]:
    order, found = matter.order, {step: list[_When]() for step in _STEPS}
    if order:
        values = [("ordered_at", order.ordered_at), ("paid_at", order.paid_at)]
        if len(order.shipments) == 1:  # of several parcels each has its own order, checked apart
            values += [("shipped_at", order.shipments[0].shipped_at), ("delivered_at", order.shipments[0].delivered_at)]
        for step, value in values:
            one = _when(value, "order")
            if one:
                found[step].append(one)
    for step in _STEPS[:4]:
        for kind, side in matter.facts(step):
            one = _when(side.value, side.source)
            if one and kind not in OTHER_ORDER_KINDS:
                found[step].append(one)
    complained = _when(matter.notice.complained_at, "notice")
    if complained:
        found["complained_at"].append(complained)
    return found


def _order_of_dates(matter: _Matter) -> Iterator[Contradiction]:
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
        sent, came = _when(shipment.shipped_at, "order"), _when(shipment.delivered_at, "order")
        if sent and came and sent.first > came.last + MOMENT_TOLERANCE:
            yield _wrong_order("shipped_at", "delivered_at", sent.side, came.side)


def _answers_complaint(matter: _Matter, step: str) -> bool:
    """A delivery after the complaint does not refute "not received"; other steps may come when they like."""
    return step == "delivered_at" and matter.notice.family == "not_received"


def _wrong_order(earlier: str, later: str, left: Side, right: Side) -> Contradiction:
    grade = "fatal" if (earlier, later) in _IMPOSSIBLE else "serious"
    what = f"日期顺序不合理，{_STEPS_ZH[earlier]}晚于{_STEPS_ZH[later]}"
    return _unlike(grade, "date_order", f"{earlier}<{later}", left, right, what)


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


def _same_dates(matter: _Matter) -> Iterator[Contradiction]:
    order = matter.order
    for step in ("delivered_at", "shipped_at", "ordered_at", "paid_at"):
        known = _known_moments(order, step)
        if not known:
            continue
        others = [_when(side.value, side.source) for kind, side in matter.facts(step) if kind not in OTHER_ORDER_KINDS]
        for other in others:
            if other and not any(_near(one, other) for one in known):
                grade = "fatal" if step == "delivered_at" else "serious"
                yield _unlike(grade, "date", step, known[0].side, other.side, f"{_STEPS_ZH[step]}日期不一致")
        for words, readings in _said_dates(matter, step):
            if not any(_near(one, other) for one in known for other in readings):
                grade = "fatal" if step == "delivered_at" else "serious"
                side = Side(value=words, source="reply")
                yield _unlike(grade, "date", step, known[0].side, side, f"答复中的{_STEPS_ZH[step]}日期与订单不符")


_ARRIVED = re.compile(r"\bdelivered\b|zugestellt|\blivr[ée]\b|entregado|consegnat|签收|妥投|已送达", re.I)


def _delivery_lines(matter: _Matter) -> Iterator[Contradiction]:
    """The line of a carrier's page that says "delivered": its date and postcode against the order's."""
    order = matter.order
    for one in matter.exhibits if order else ():
        if one.kind not in DELIVERY_KINDS:
            continue
        lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", one.text[:MOST_CHARACTERS])]
        lines = [(a, b) for a, b in lines if _ARRIVED.search(one.text[a:b]) and not _NEGATED.search(one.text[a:b])]
        known = _known_moments(order, "delivered_at")
        dated = [written for written in matter.read[one.id].dates if any(a <= written.span[0] < b for a, b in lines)]
        readings = [when for written in dated for day in written.readings if (when := _when(day, one.id))]
        if known and readings and not any(_near(ours, theirs) for ours in known for theirs in readings):
            yield _unlike("fatal", "date", "delivered_at", known[0].side, readings[0].side, "签收日期不一致")
        yield from _delivery_postcode(one, [one.text[a:b] for a, b in lines], order)


def _delivery_postcode(one: ExhibitFacts, lines: list[str], order: Order | None) -> Iterator[Contradiction]:
    shape = _places_table().postcodes.get(order.country.upper()) if order else None
    mine = postcode_in(order.shipping_address, order.country) if order else ""
    if order is None or shape is None or not shape.line or not mine:
        return
    found = (match[1] for line in lines for match in re.finditer(rf"(?<![\w-]){shape.line}", line.upper()))
    codes = [code for code in (postcode_in(one_code, order.country) for one_code in found) if code]
    if codes and mine not in codes:
        left, right = Side(value=order.shipping_address, source="order"), Side(value=codes[0], source=one.id)
        yield _unlike("fatal", "postcode", "postcode", left, right, "邮编不一致")


def _known_moments(order: Order | None, step: str) -> list[_When]:
    if order is None:
        return []
    values = (
        [getattr(order, step)] if step in ("ordered_at", "paid_at") else [getattr(one, step) for one in order.shipments]
    )
    return [one for one in (_when(value, "order") for value in values) if one]


def _near(left: _When, right: _When) -> bool:
    # A moment is written down as a day of some zone; two moments may differ by the carrier's upload.
    slack = timedelta(0) if left.bare or right.bare else DAY_TOLERANCE
    return left.first <= right.last + slack and right.first <= left.last + slack


def _said_dates(matter: _Matter, step: str) -> Iterator[tuple[str, list[_When]]]:
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
                readings = [one for one in (_when(day, "reply") for day in written.readings) if one]
                yield text[slice(*written.span)], readings


# --- sums -------------------------------------------------------------------------------------------------------------


def _money(text: str) -> Money | None:
    match = re.fullmatch(r"\s*(?P<sum>[\d.,' ]{1,24})\s*(?P<currency>[A-Za-z]{3})\s*", text)
    value = number(match["sum"], match["currency"].upper()) if match else None
    return Money(value, match["currency"]) if match and value is not None else None


def _sums(matter: _Matter) -> Iterator[Contradiction]:
    order, disputed = matter.order, matter.notice.amount
    total = order.total if order else None
    if total and disputed:
        left, right = Side(value=str(total), source="order"), Side(value=str(disputed), source="notice")
        if total.currency != disputed.currency:
            yield _unlike("note", "currency", "amount", left, right, "争议币种与订单币种不同（可能是结算换汇）")
        elif disputed.amount > total.amount:
            yield _unlike("serious", "amount_over_total", "amount", left, right, "争议金额大于订单总额")
        elif disputed.amount < total.amount:
            yield _unlike("note", "amount_partial", "amount", left, right, "争议的是部分金额")
    refunded = order.refunded if order else None
    if refunded and total and refunded.currency == total.currency and refunded.amount > total.amount:
        left, right = Side(value=str(total), source="order"), Side(value=str(refunded), source="order")
        yield _unlike("serious", "refund_over_total", "refunded", left, right, "已退金额大于订单总额")
    if refunded and refunded.amount > 0:
        for _, side in matter.facts("refunded"):
            other = _money(side.value)
            if other and other.currency == refunded.currency and other.amount != refunded.amount:
                yield _unlike(
                    "serious", "refund", "refunded", Side(value=str(refunded), source="order"), side, "退款金额不一致"
                )
    yield from _stated_sums(matter, total)


def _stated_sums(matter: _Matter, total: Money | None) -> Iterator[Contradiction]:
    if total is None:
        return
    known = _own_sums(matter)
    for kind, side in matter.facts("amount"):
        money = _money(side.value)
        if kind in OTHER_ORDER_KINDS or money is None or money.currency != total.currency or money.amount in known:
            continue
        grade = "fatal" if kind in ("ev.order_record", "ev.receipt_invoice", "reply") else "serious"
        yield _unlike(grade, "amount", "amount", Side(value=str(total), source="order"), side, "金额不一致")
    for one in matter.exhibits:
        sums = [money for money, _ in matter.read[one.id].amounts if money.currency == total.currency]
        if (
            one.kind in ("ev.order_record", "ev.receipt_invoice")
            and sums
            and not known & {money.amount for money in sums}
        ):
            side = Side(value=str(max(sums, key=lambda money: money.amount)), source=one.id)
            yield _unlike(
                "fatal", "amount", "amount", Side(value=str(total), source="order"), side, "凭证里没有本订单的金额"
            )
    known |= {money.amount for read in matter.read.values() for money, _ in read.amounts}
    for money, _ in matter.said.amounts:
        if money.currency == total.currency and money.amount not in known:
            side = Side(value=str(money), source="reply")
            yield _unlike(
                "serious",
                "amount_unknown",
                "amount",
                Side(value=str(total), source="order"),
                side,
                "答复里的金额在订单与通知中都没有",
            )


def _own_sums(matter: _Matter) -> set[object]:
    """Sums of the matter itself: total, lines, refund, dispute, and what is left of the total after either."""
    order, sums = matter.order, set[object]()
    if order:
        sums |= {
            money.amount for money in (order.total, order.refunded, *(line.price for line in order.lines)) if money
        }
        sums |= {line.price.amount * line.quantity for line in order.lines if line.price}
        if order.total and order.refunded:
            sums.add(order.total.amount - order.refunded.amount)
    if matter.notice.amount:
        sums.add(matter.notice.amount.amount)
        if order and order.total:
            sums.add(order.total.amount - matter.notice.amount.amount)
    return sums


# --- identifiers ------------------------------------------------------------------------------------------------------


def _id(text: str) -> str:
    return re.sub(r"[\s#._-]", "", text).upper()


def _parcels(matter: _Matter) -> Iterator[Contradiction]:
    numbers = [one.tracking_number for one in matter.order.shipments if one.tracking_number] if matter.order else []
    known = {_id(one) for one in numbers}
    if not known:
        return
    ours = Side(value=", ".join(numbers), source="order")
    for kind, side in matter.facts("tracking_number"):
        if _id(side.value) not in known:
            grade = "fatal" if kind in (*DELIVERY_KINDS, "reply") else "note"
            yield _unlike(grade, "tracking", "tracking_number", ours, side, "运单号不属于本订单")
    for one in matter.exhibits:
        found = [value for value, _ in matter.read[one.id].tracking]
        if (
            found
            and one.kind in DELIVERY_KINDS
            and not known & {_id(value) for value in found}
            and not _in_text(known, one.text)
        ):
            side = Side(value=found[0], source=one.id)
            yield _unlike("fatal", "tracking", "tracking_number", ours, side, "物流证据的运单号不属于本订单")
    for value, _ in matter.said.tracking:
        if _id(value) not in known and (not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", value) or upu_valid(value)):
            yield _unlike(
                "fatal",
                "tracking",
                "tracking_number",
                ours,
                Side(value=value, source="reply"),
                "答复里的运单号不属于本订单",
            )


def _in_text(known: Iterable[str], text: str) -> bool:
    plain = _id(text)
    return any(one in plain for one in known)


def _order_numbers(matter: _Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None or not order.number.strip():
        return
    ours = Side(value=order.number, source="order")
    names = {_id(order.number), *(_id(one.value) for one in order.references if one.type == "order")}
    if matter.notice.order_number and _id(matter.notice.order_number) not in names:
        side = Side(value=matter.notice.order_number, source="notice")
        yield _unlike("serious", "order_number", "order_number", ours, side, "通知所指订单号不同")
    for kind, side in matter.facts("order_number"):
        if kind not in OTHER_ORDER_KINDS and _id(side.value) not in names:
            yield _unlike("fatal", "order_number", "order_number", ours, side, "订单号不是本案订单")
    for one in matter.exhibits:
        found = [value for value, _ in matter.read[one.id].orders]
        if one.kind in ORDER_KINDS and found and not _in_text(names, one.text):
            side = Side(value=found[0], source=one.id)
            yield _unlike("fatal", "order_number", "order_number", ours, side, "证据里是另一张订单")
    if matter.notice.family != "duplicate_processing" and matter.said.orders and not _in_text(names, matter.reply.text):
        side = Side(value=matter.said.orders[0][0], source="reply")
        yield _unlike("fatal", "order_number", "order_number", ours, side, "答复写的是另一张订单")


def _case_ids(matter: _Matter) -> Iterator[Contradiction]:
    if matter.notice.case_ref:
        ours = Side(value=matter.notice.case_ref, source="notice")
        for _, side in matter.facts("case_ref"):
            if _id(side.value) != _id(matter.notice.case_ref):
                yield _unlike("fatal", "case_ref", "case_ref", ours, side, "案件编号不一致")


def _contacts(matter: _Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None:
        return
    email = Side(value=order.buyer_email, source="order")
    others = [("notice", Side(value=matter.notice.email, source="notice")), *matter.facts("email")]
    for kind, side in others:
        if email.value and side.value and _mailbox(email.value) != _mailbox(side.value):
            grade = "note" if kind in OTHER_ORDER_KINDS else "serious"
            yield _unlike(grade, "email", "email", email, side, "买家邮箱不一致")
    for name, value, grade, what in (
        ("ip", order.buyer_ip, "serious", "下单 IP 不一致"),
        ("country", order.country, "serious", "收货国家不一致"),
        ("ip_country", order.country, "note", "下单 IP 所在国与收货国不同"),
    ):
        for kind, side in matter.facts(name):
            if value and kind not in OTHER_ORDER_KINDS and side.value.upper() != value.upper():
                yield _unlike(grade, name, name, Side(value=value, source="order"), side, what)


def _mailbox(address: str) -> str:
    local, _, domain = address.strip().lower().partition("@")
    local = local.partition("+")[0]
    return f"{local.replace('.', '') if domain in ('gmail.com', 'googlemail.com') else local}@{domain}"


def _policies(matter: _Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None:
        return
    bought = _when(order.ordered_at, "order")
    for _, side in matter.facts("policy_from"):
        since = _when(side.value, side.source)
        if bought and since and since.first > bought.last:
            yield _unlike("serious", "policy_later", "policy_from", bought.side, side, "政策在下单之后才生效")
    version = order.extra.get("policy_version", "")
    for _, side in matter.facts("policy_version"):
        if version and side.value != version:
            yield _unlike(
                "serious",
                "policy_version",
                "policy_version",
                Side(value=version, source="order"),
                side,
                "政策版本与下单时不同",
            )


def _harmful(matter: _Matter) -> Iterator[Contradiction]:
    found = [
        one for exhibit in matter.exhibits for one in harm.find(exhibit.id, exhibit.kind, exhibit.text, exhibit.facts)
    ]
    found += harm.placeholders("reply", matter.reply.text)
    for one in found:
        yield Contradiction(
            grade=one.grade,
            code=f"harm.{one.code}",
            field="text",
            left=Side(value=one.quote, source=one.exhibit),
            right=Side(value="", source=""),
            message_zh=f"{_source_zh(one.exhibit).strip()}：{one.message_zh}",
        )
