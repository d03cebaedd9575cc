"""What papers tell in so many words: the order as its own record writes it, a parcel's way, the result of a check.

A package travels without our database. Its order record, or else its invoice, stands in for the order; lines that begin
with a known label, and a carrier's dated lines, give the facts of an exhibit. What is not written this way is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, time
from functools import lru_cache
from importlib.resources import files

import msgspec

from goodstanding.contract import Money, Order, Shipment

from ..amounts import found_in
from ..consistency_text import MOST_CHARACTERS, extract, folded
from .dates import arrived
from .matter import DELIVERY_KINDS, ExhibitFacts

_LINE = re.compile(r"(?m)^[ \t]*(?P<label>[^:：\n]{2,40})[:：][ \t]*(?P<value>[^\n]{1,400})$")
_LETTER = re.compile(r"\s*([A-Z])\b")
_POLICY_KINDS = ("ev.refund_policy", "ev.policy_disclosed", "ev.terms_accept_log")
_MOST_LINES = 4_000
_OF_DELIVERY = ("delivered_to", "delivered_at", "shipped_at", "signed_by", "tracking_number")
_OF_CHECKS = ("avs", "cvv")


class _Country(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    dollar: str = ""


class _Labels(msgspec.Struct, frozen=True):
    meta: dict[str, object]
    labels: dict[str, tuple[str, ...]]
    set_out: tuple[str, ...]
    in_force: tuple[str, ...]
    countries: dict[str, _Country]


@lru_cache(maxsize=1)
def labels_table() -> _Labels:
    raw = (files("goodstanding.knowledge") / "data" / "cues" / "labels.yaml").read_bytes()
    return msgspec.yaml.decode(raw, type=_Labels)


def told(text: str) -> dict[str, list[str]]:
    """The values of lines that begin with a known label, by fact, in their order."""
    found: dict[str, list[str]] = {}
    for number, match in enumerate(_LINE.finditer(text[:MOST_CHARACTERS])):
        if number > _MOST_LINES:
            break
        name = _by_label().get(folded(match["label"])[1])
        if name and match["value"].strip():
            found.setdefault(name, []).append(match["value"].strip())
    return found


def order_told(exhibits: Iterable[ExhibitFacts]) -> Order | None:
    """The order as the first order record tells it, else the first invoice; None where neither names an order."""
    by_kind = sorted(
        (one for one in exhibits if one.kind in ("ev.order_record", "ev.receipt_invoice")),
        key=lambda one: one.kind != "ev.order_record",
    )
    for one in by_kind:
        numbers = [value for value, _ in extract(one.text).orders]
        if numbers:
            return _order(numbers[0], told(one.text))
    return None


def with_facts(exhibit: ExhibitFacts) -> ExhibitFacts:
    """The exhibit with what its text tells; facts that it came with stand."""
    lines = told(exhibit.text)
    found: dict[str, str] = {}
    if exhibit.kind in DELIVERY_KINDS:
        found = _way(exhibit.text) | {name: lines[name][0] for name in _OF_DELIVERY if name in lines}
    for name in _OF_CHECKS:
        letter = _LETTER.match(lines[name][0].upper()) if name in lines else None
        if letter:
            found[name] = letter[1]
    if exhibit.kind in _POLICY_KINDS and (since := _policy_from(exhibit.text)):
        found["policy_from"] = since
    return ExhibitFacts(
        id=exhibit.id, kind=exhibit.kind, text=exhibit.text, facts=found | {k: v for k, v in exhibit.facts.items() if v}
    )


def country_of(address: str) -> str:
    """The ISO code of the country in which an address ends; "" where it names none."""
    tail = folded(re.split(r"[,，\n]", address.strip())[-1])[1]
    return _by_country().get(tail, "")


def _order(number: str, lines: dict[str, list[str]]) -> Order:
    place = lines.get("address") or ([] if "delivered_at" in lines else lines.get("delivered_to")) or [""]
    address = place[0]
    country = country_of(address)
    dollar = labels_table().countries[country].dollar if country else ""
    return Order(
        number=number,
        ordered_at=_moment(lines.get("ordered_at")),
        paid_at=_moment(lines.get("paid_at")),
        total=_sum(lines.get("total"), dollar),
        refunded=_sum(lines.get("refunded"), dollar),
        buyer_name=lines.get("buyer_name", [""])[0],
        buyer_email=lines.get("email", [""])[0],
        buyer_ip=lines.get("ip", [""])[0],
        shipping_address=address,
        country=country,
        shipments=tuple(_shipments(lines)),
    )


def _shipments(lines: dict[str, list[str]]) -> Iterable[Shipment]:
    numbers = lines.get("tracking_number", [])
    shipped, delivered = lines.get("shipped_at", []), lines.get("delivered_at", [])
    places = lines.get("delivered_to", [])
    for position in range(max(len(numbers), len(shipped), len(delivered))):
        # Of several parcels a value belongs to one for certain only where each has it.
        alone = max(len(numbers), len(shipped), len(delivered))
        yield Shipment(
            tracking_number=numbers[position] if position < len(numbers) else "",
            shipped_at=_moment(shipped[position:]) if len(shipped) == alone else None,
            delivered_at=_moment(delivered[position:]) if len(delivered) == alone else None,
            delivered_to=places[position] if len(places) == alone else "",
        )


def _moment(values: list[str] | None) -> datetime | None:
    """The moment where an offset is written, else the day (naive, midnight); None where it may be two days."""
    if not values:
        return None
    try:
        exact = datetime.fromisoformat(values[0])
        if exact.tzinfo is not None:
            return exact
    except ValueError:
        pass
    dates = extract(values[0]).dates
    return datetime.combine(dates[0].readings[0], time()) if dates and len(dates[0].readings) == 1 else None


def _sum(values: list[str] | None, dollar: str) -> Money | None:
    sums = found_in(values[0], dollar=dollar) if values else ()
    return sums[0][0] if sums else None


def _way(text: str) -> dict[str, str]:
    """When a parcel set out and when it came, from a carrier's dated lines."""
    found: dict[str, str] = {}
    set_out, came = [], []
    for line in text[:MOST_CHARACTERS].split("\n")[:_MOST_LINES]:
        dates = extract(line[:400]).dates
        if not dates or len(dates[0].readings) != 1:
            continue
        if arrived(line):
            came.append(dates[0].readings[0])
        elif _set_out().search(folded(line)[1]):
            set_out.append(dates[0].readings[0])
    if set_out:
        found["shipped_at"] = min(set_out).isoformat()
    if came:
        found["delivered_at"] = max(came).isoformat()
    return found


def _policy_from(text: str) -> str:
    words = "|".join(re.escape(word) for word in sorted(labels_table().in_force, key=len, reverse=True))
    for match in re.finditer(rf"(?:{words})[\s:：]{{0,4}}([^\n]{{4,40}})", text[:MOST_CHARACTERS], re.I):
        dates = extract(match[1]).dates
        if dates and dates[0].span[0] <= 4 and len(dates[0].readings) == 1:
            return dates[0].readings[0].isoformat()
    return ""


@lru_cache(maxsize=1)
def _by_label() -> dict[str, str]:
    return {form: name for name, words in labels_table().labels.items() for word in words for form in folded(word)}


@lru_cache(maxsize=1)
def _by_country() -> dict[str, str]:
    return {form: code for code, one in labels_table().countries.items() for name in one.names for form in folded(name)}


@lru_cache(maxsize=1)
def _set_out() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(folded(word)[1]) for word in labels_table().set_out))
