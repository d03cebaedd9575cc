"""Every exhibit against every other, the order, the notice and the reply: what contradicts what, with both sources.

Grades: ``fatal`` blocks the package, ``serious`` must be looked at by a person, ``note`` is only shown. What cannot be
compared (another script, a missing value, two readings of a date of which one fits) is no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterable

from goodstanding.contract import Order

from .dates import delivery_lines, order_of_dates, same_dates, undone
from .identifiers import case_ids, contacts, harmful, not_distinct, order_numbers, parcels, policies
from .matter import GRADES, Contradiction, ExhibitFacts, Matter, NoticeFacts, ReplyFacts, Side
from .names import names, same_name
from .places import city_stands_in, places, postcode_in
from .sums import sums
from .told import order_told, told, with_facts

__all__ = [
    "Contradiction",
    "ExhibitFacts",
    "NoticeFacts",
    "ReplyFacts",
    "Side",
    "blocking",
    "check",
    "city_stands_in",
    "order_told",
    "postcode_in",
    "same_name",
    "told",
    "with_facts",
]

_NO_NOTICE, _NO_REPLY = NoticeFacts(), ReplyFacts()


def check(
    exhibits: Iterable[ExhibitFacts],
    order: Order | None = None,
    notice: NoticeFacts = _NO_NOTICE,
    reply: ReplyFacts = _NO_REPLY,
) -> list[Contradiction]:
    """All contradictions and harmful proof, the gravest first; each pair of values once."""
    matter = Matter(tuple(exhibits), order, notice, reply)
    found: dict[tuple[str, str, str, str], Contradiction] = {}
    for part in (
        names,
        places,
        order_of_dates,
        same_dates,
        delivery_lines,
        undone,
        sums,
        parcels,
        order_numbers,
        not_distinct,
        case_ids,
        contacts,
        policies,
        harmful,
    ):
        for one in part(matter):
            found.setdefault(
                (one.code, one.field, one.left.value + one.left.source, one.right.value + one.right.source), one
            )
    return sorted(found.values(), key=lambda one: GRADES.index(one.grade))


def blocking(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Those that must keep a package from going out."""
    return tuple(one for one in found if one.grade == "fatal")
