"""What every record has: an id, its sources, the day it is asserted for, and whether that was confirmed."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Protocol

from msgspec import Meta, Struct

#: A day, a month or a year: ``2026-04-18``, ``2026-04``, ``2026``.
When = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
#: A calendar day.
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
#: How a supporting text was read; see docs/reference/knowledge.md.
Basis = Literal["official_text", "provider_doc", "third_party_of_official", "secondary", "memory"]
Text = Annotated[str, Meta(min_length=1)]


class SourceNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document that supports a record, and how it was read."""

    document: Text
    basis: Basis
    section: str | None = None
    url: str | None = None
    dated: When | None = None
    url_precision: Literal["site"] | None = None


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a record that says for itself whether it was confirmed; ``unconfirmed`` lists its own keys that were not."""

    confirmed: bool = True
    unconfirmed: tuple[str, ...] = ()
    check_against: str | None = None


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One idea with its provenance. Read figures through ``knowledge.fact``: it knows which of them were confirmed."""

    id: Text
    source: Annotated[tuple[SourceNote, ...], Meta(min_length=1)]
    as_of: When
    confirmed: bool
    unconfirmed_fields: tuple[str, ...] = ()
    check_against: str | None = None


class Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A label in both interface languages."""

    zh: Text
    en: Text


class Point(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A numbered or named statement inside a record."""

    zh: Text
    id: str | None = None
    effective: Day | None = None


class HasId(Protocol):
    """Anything that can be cited."""

    @property
    def id(self) -> str: ...


Values = dict[str, Any]
