"""A figure with its standing: what may be shown and what may be computed with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from .schema import Record, SourceNote

T = TypeVar("T")

#: Names in ``unconfirmed_fields`` that are matters of the record and not fields of it, with the fields they cast doubt on.
MATTERS: dict[str, tuple[str, ...]] = {
    "all": ("*",),
    "acquirer_requirement": ("months_min",),
    "cpa_2023_commencement": ("effective_from",),
    "currency": ("thresholds",),
    "defence_document_flow": ("explain_zh",),
    "details": ("obligation_zh", "check"),
    "es_transposition": ("effective_from",),
    "folded_into": (),
    "meet_and_confer_days": (),
    "merger_of_12_1": ("name_zh",),
    "official_thresholds": ("thresholds",),
    "penalty": ("penalty_zh",),
    "penalty_individual": ("penalty_zh",),
    "regional_roll_out": ("notes_zh",),
    "scope": ("applies_when_zh",),
    "thresholds": ("applies_when_zh",),
}


class Unconfirmed(Exception):
    """Something unconfirmed was about to be computed with: show it as unverified, or leave it out."""


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A value from a record. ``shown`` is for display, marked when not ``confirmed``; only ``value`` may be computed with."""

    shown: T | None
    confirmed: bool
    record_id: str
    field: str
    as_of: str
    source: tuple[SourceNote, ...]
    check_against: str | None = None

    @property
    def value(self) -> T:
        """The value, if confirmed and given; otherwise raises ``Unconfirmed`` naming the record and what to check."""
        if not self.confirmed or self.shown is None:
            why = "is not stated" if self.shown is None else "is not confirmed"
            where = f"; check {self.check_against}" if self.check_against else ""
            raise Unconfirmed(f"{self.record_id}, {self.field} {why}{where}")
        return self.shown

    @property
    def usable(self) -> bool:
        """May ``value`` be asked for?"""
        return self.confirmed and self.shown is not None


def fact(record: Record, field: str) -> Fact[Any]:
    """The value at a dotted path (``response_window.network_days``, ``steps.3.days``) with its standing.

    List elements are named by their ``id``, ``step``, ``for`` or ``code``, else by position from 0. An unknown path
    raises ``LookupError``: a misspelt path must not look like an absent figure.
    """
    value = _walk(record, field)
    return Fact(
        value, is_confirmed(record, field), record.id, field, record.as_of, record.source, _check_against(record)
    )


def is_confirmed(record: Record, field: str = "") -> bool:
    """Was the field, all around it and all within it, confirmed?"""
    if not record.confirmed:
        return False
    asked = _canonical(record, field)
    for doubtful in _doubts(record):
        shorter = min(len(doubtful), len(asked))
        # asking for the whole record ("") asks for its core: a doubt about one field does not touch it
        if doubtful[:shorter] == asked[:shorter] and (asked or not doubtful):
            return False
    return _parts_confirmed(record, asked)


def _doubts(record: Record) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for path in record.unconfirmed_fields:
        path = path.split(" where ")[0]
        head = path.split(".")[0]
        if not hasattr(record, head) or (head in MATTERS and getattr(record, head) is None):
            for covered in MATTERS.get(head, ("*",)):  # a name we cannot place casts doubt on everything
                found.append(() if covered == "*" else _canonical(record, covered))
        else:
            found.append(_canonical(record, path))
    return found


def _canonical(value: Any, path: str) -> tuple[str, ...]:
    """The path as far as it leads into the record, list elements by position."""
    done: list[str] = []
    for segment in _segments(value, path):
        done.append(segment[0])
    return tuple(done)


def _segments(value: Any, path: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    while path:
        name, inner, rest = _step(value, path)
        if name is None:
            break
        found.append((name, inner))
        value, path = inner, rest
    return found


def _step(value: Any, path: str) -> tuple[str | None, Any, str]:
    """One step along the path; ids may contain dots, so the longest name that fits is taken."""
    words = path.split(".")
    for size in range(len(words), 0, -1):
        name, rest = ".".join(words[:size]), ".".join(words[size:])
        hit, inner = _child(value, name)
        if hit is not None:
            return hit, inner, rest
    return None, None, ""


def _child(value: Any, name: str) -> tuple[str | None, Any]:
    if isinstance(value, msgspec.Struct):
        return (name, getattr(value, name)) if name in value.__struct_fields__ else (None, None)
    if isinstance(value, dict):
        return (name, value[name]) if name in value else (None, None)
    if isinstance(value, tuple):
        for position, item in enumerate(value):
            if name in _names(item):
                return str(position), item
        if name.isdigit() and int(name) < len(value) and not any(_names(item) for item in value):
            return name, value[int(name)]
    return None, None


def _names(item: Any) -> set[str]:
    if isinstance(item, str):
        return {item}
    named = (getattr(item, attribute, None) for attribute in ("id", "step", "for_", "code"))
    return {str(name) for name in named if name is not None}


def _walk(record: Record, path: str) -> Any:
    value: Any = record
    rest = path
    while rest:
        name, inner, left = _step(value, rest)
        if name is None:
            if value is None:
                return None
            raise LookupError(f"{record.id} has no field {path!r}")
        value, rest = inner, left
    return value


def _parts_confirmed(record: Record, asked: tuple[str, ...]) -> bool:
    value: Any = record
    for index, name in enumerate(asked):
        value = _child(value, name)[1] if not isinstance(value, tuple) else value[int(name)]
        if getattr(value, "confirmed", True) is False:
            return False
        doubtful = getattr(value, "unconfirmed", ())
        if doubtful and (index + 1 == len(asked) or asked[index + 1] in doubtful):
            return False
    return not asked or _within_confirmed(value)


def _within_confirmed(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_within_confirmed(item) for item in value)
    if isinstance(value, msgspec.Struct):
        return getattr(value, "confirmed", True) is not False and all(
            _within_confirmed(getattr(value, name)) for name in value.__struct_fields__ if name not in ("source",)
        )
    return True


def _check_against(record: Record) -> str | None:
    return record.check_against
