"""Kinds of notice, the facts they may carry, families of reasons, and the finer reason categories."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .common import Named, Text

Stage = Literal["alert", "inquiry", "dispute", "pre_arbitration", "arbitration", "appeal"]
FactType = Literal["text", "moment", "day", "money", "email", "address", "url", "number", "flag", "list"]


class FactKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named fact that a notice may carry and a template may quote."""

    key: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    zh: Text
    en: Text
    type: FactType
    note_zh: str | None = None


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of notice: what it is, what it is not, and what follows."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z_]*$")]
    label: Named
    is_zh: Text
    is_not_zh: str
    stages: tuple[Stage, ...]
    answer_needed: Literal["yes", "sometimes", "no"]
    without_answer_zh: Text
    facts: tuple[str, ...]
    disclaimers_zh: tuple[str, ...]


class Family(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reasons that are answered alike. ``reasons`` are record ids, ``categories`` codes of the finer list."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z_]*$")]
    label: Named
    about_zh: Text
    reasons: tuple[str, ...]
    categories: tuple[str, ...] = ()


class Unfamilied(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason that belongs to no family. ``umbrella`` means it covers several: the gateway's category may tell."""

    reason: Text
    why_zh: Text
    umbrella: bool = False


class ReasonCategory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(pattern=r"^[a-z][a-z_]*$")]
    zh: Text
    en: Text
