"""A candidate value and how one is chosen among several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..result import Alternative, Field, Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value seen in the text. ``weight`` says how much its surroundings speak for it; ``rule`` names what found it."""

    value: str
    span: Span
    weight: float
    rule: str
    note: str = ""


def choose(text: str, candidates: Iterable[Candidate], least: float) -> tuple[Field | None, bool]:
    """The heaviest candidate (the first of equals) as a field, and whether another value weighs as much."""
    ranked = sorted(candidates, key=lambda item: (-item.weight, item.span[0]))
    if not ranked or ranked[0].weight < least:
        return None, False
    best = ranked[0]
    others: dict[str, Candidate] = {}
    for item in ranked[1:]:
        if item.value != best.value:
            others.setdefault(item.value, item)
    tied = any(item.weight >= best.weight - 0.01 for item in others.values())
    rejected = tuple(
        Alternative(
            item.value,
            text[item.span[0] : item.span[1]],
            item.span,
            "equal" if item.weight >= best.weight - 0.01 else "weaker",
        )
        for item in list(others.values())[:8]
    )
    field = Field(
        value=best.value,
        raw=text[best.span[0] : best.span[1]],
        span=best.span,
        rule=best.rule,
        alternatives=rejected,
        note=best.note,
    )
    return field, tied
