"""How to answer: questions, exhibits, approvals, tone."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .common import Text
from .kinds import Stage
from .reasons import Need


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to ask the seller. ``fact`` is the key that the answer fills, if it fills one."""

    zh: Text
    fact: str | None = None
    why_zh: str | None = None


class ExhibitNeed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    evidence: Text
    need: Need
    when_zh: str | None = None


class Playbook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind (and family) is answered. An empty ``family`` answers what no narrower playbook does.

    ``by_hand``: a letter beside the answer (to the buyer, not to the decider), chosen by a person and never for a case.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z_.]*$")]
    label: Text
    kind: Text
    family: str = ""
    networks: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    by_hand: bool = False
    questions: tuple[Question, ...]
    exhibits: tuple[ExhibitNeed, ...]
    approvals: Literal["one", "two"]
    approvals_why_zh: Text
    tone_zh: Text
    disclaimers_zh: Annotated[tuple[str, ...], Meta(min_length=1)]
    records: Annotated[tuple[str, ...], Meta(min_length=1)]
