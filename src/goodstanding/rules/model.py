"""What a rule is: tests joined by and, or, not; and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from goodstanding.contract import Money

#: A value that a test compares with; its type follows from the field and the operator.
Value = str | Decimal | Money | tuple[str, ...] | None

PRIORITIES = {"urgent": "紧急", "high": "高", "normal": "普通", "low": "低"}


class RuleError(ValueError):
    """A rule that cannot be read. ``str()`` is Chinese and names the place and the way out; ``at`` is the character or -1."""

    def __init__(self, message: str, at: int = -1) -> None:
        super().__init__(f"第 {at + 1} 个字符处：{message}" if at >= 0 else message)
        self.at = at


@dataclass(frozen=True)
class Test:
    """``field operator value``; the value is None for the operators ``known`` and ``unknown``."""

    field: str
    operator: str
    value: Value = None

    __test__ = False


@dataclass(frozen=True)
class Always:
    """True of every case."""


@dataclass(frozen=True)
class Not:
    part: Expression


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Expression, ...]


Expression = Test | Always | Not | AllOf | AnyOf


def all_of(*parts: Expression) -> Expression:
    """All of the parts, in the one form that prints and parses to itself: flat, never with one part."""
    flat = [
        one
        for part in parts
        for one in (part.parts if isinstance(part, AllOf) else (part,))
        if not isinstance(one, Always)
    ]
    return Always() if not flat else flat[0] if len(flat) == 1 else AllOf(tuple(flat))


def any_of(*parts: Expression) -> Expression:
    """Any of the parts, in the one form that prints and parses to itself. Needs at least one part."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, AnyOf) else (part,))]
    if not flat:
        raise RuleError("“任一”里至少要有一个条件")
    return flat[0] if len(flat) == 1 else AnyOf(tuple(flat))


def negate(part: Expression) -> Expression:
    """Not the part; twice is the part itself."""
    return part.part if isinstance(part, Not) else Not(part)


@dataclass(frozen=True)
class Approvers:
    """Who must agree: everyone in turn (``sequence``), or one of them (``any_of``). People or roles (财务, 客服负责人)."""

    mode: str
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Then:
    """What a rule sets. ``tags`` and ``tell`` add up over rules; of the others the first rule that matches sets them."""

    owner: str = ""
    playbook: str = ""
    template: str = ""
    approvers: Approvers | None = None
    four_eyes: bool = False
    tags: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    priority: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When/then. ``stop``: if it matches, no later rule is looked at."""

    name: str = ""
    when: Expression = field(default_factory=Always)
    then: Then = field(default_factory=Then)
    stop: bool = False
