"""Places: postcodes, cities, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

import msgspec

from ..consistency_text import folded
from .matter import ORDER_KINDS, Contradiction, ExhibitFacts, Matter, Side, unlike
from .names import HAN


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
def places_table() -> _Places:
    raw = (files("goodstanding.knowledge") / "data" / "cues" / "places.yaml").read_bytes()
    return msgspec.yaml.decode(raw, type=_Places)


def postcode_in(text: str, country: str) -> str:
    """The postcode of that country in an address, as it is compared; "" where there is none or the country's shape is unknown.

    Of several numbers of that shape the last one counts: house numbers come first.
    """
    shape = places_table().postcodes.get(country.upper())
    if shape is None:
        return ""
    found = list(re.finditer(rf"(?<![\w-])(?:{shape.pattern})(?![\w-])", text.strip().upper()))
    if found and not shape.leading and found[-1].start() == 0 and found[-1][0] != text.strip().upper():
        return ""
    plain = re.sub(r"[\s-]", "", found[-1][0]) if found else ""
    return plain[: shape.compare] if shape.compare else plain


def city_stands_in(city: str, address: str) -> bool | None:
    """Does a city, under any of its names, stand in an address? None where the two are not in one script."""
    if not city.strip() or not address.strip() or bool(HAN.search(city)) != bool(HAN.search(address)):
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
    for group in places_table().cities:
        every = frozenset(form for name in group for form in folded(name))
        table.update(dict.fromkeys(every, every))
    return table


def _other_names(city: str) -> frozenset[str]:
    return _exonyms().get(city, frozenset((city,))) | {city}


@lru_cache(maxsize=1)
def _no_cities() -> frozenset[str]:
    table = places_table()
    return frozenset(form for word in (*table.not_cities, *table.countries) for form in folded(word))


def names_no_city(text: str) -> bool:
    """Does it name a door, a box, a person's office or a country, by its whole or by its first word?"""
    words = folded(text)[1].split()
    return not words or " ".join(words) in _no_cities() or words[0] in _no_cities()


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


def city_differs(city: str, address: str) -> bool:
    """Surely another city: neither the whole name nor a longer word of it (``LOS ANGELES CALIFORNIA``) stands there."""
    parts = [city, *(word for word in city.split() if len(word) > 3)]
    return all(city_stands_in(part, address) is False for part in parts)


def places(matter: Matter) -> Iterator[Contradiction]:
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
        yield unlike("fatal", "postcode", "postcode", known, side, "邮编不一致")
        return
    cities = [city] if city else [] if full else _cities_of(place)
    if not cities or not all(city_differs(one, known.value) for one in cities):
        return
    # One place under two names shares its postcode; without that there is nothing to say they are one.
    same = bool(mine and theirs)
    yield unlike("note" if same else "fatal", "city", "city", known, side, "城市写法不一致" if same else "城市不一致")
