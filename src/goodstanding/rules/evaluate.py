"""Rules over the facts of a case: true, false or unknown. A fact that is missing makes a test unknown, never false.

``facts`` is a mapping with the keys of :data:`fields.FIELDS` (``amount`` a ``Money``, numbers ``Decimal`` or ``int``, texts
``str``, ``product`` a sequence of ``str``) and ``reason_scheme``; absent, None and "" all mean "not known".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from goodstanding.contract import Money

from . import operators
from .fields import FIELDS
from .model import AllOf, Always, AnyOf, Approvers, Expression, Not, Rule, Test

Facts = Mapping[str, Any]
Truth = bool | None
_Check = Callable[["_Case"], Truth]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a rule says of a case: ``matched`` None where it cannot be told, for the reasons in ``unknown_zh``."""

    rule: Rule
    matched: Truth
    unknown_zh: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Routing:
    """What the matching rules decide together. ``conflicts`` name settings on which a later rule wanted something else."""

    owner: str = ""
    playbook: str = ""
    template: str = ""
    approvers: Approvers | None = None
    four_eyes: bool = False
    tags: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    priority: str = ""
    matched: tuple[str, ...] = ()
    unknown: tuple[Verdict, ...] = ()
    conflicts: tuple[str, ...] = ()


class _Case:
    """The facts of one case; each text is folded and each sum converted once, however many rules ask."""

    __slots__ = ("facts", "rates", "sets", "sums")

    def __init__(self, facts: Facts, rates: Mapping[str, Decimal]) -> None:
        self.facts, self.rates = facts, rates
        self.sets: dict[str, frozenset[str] | None] = {}
        self.sums: dict[str, Decimal | None] = {}

    def texts(self, code: str, kind: str) -> frozenset[str] | None:
        if code not in self.sets:
            self.sets[code] = self._texts(code, kind)
        return self.sets[code]

    def _texts(self, code: str, kind: str) -> frozenset[str] | None:
        value = self.facts.get(code)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return frozenset(_fold(str(one)) for one in value) or None
        text = _fold(value)
        if kind == "country":
            return frozenset((text, text.partition("-")[0]))
        if kind == "reason":
            scheme = _fold(str(self.facts.get("reason_scheme") or ""))
            return frozenset((text, f"{scheme}:{text}")) if scheme else frozenset((text,))
        return frozenset((text,))

    def number(self, code: str) -> Decimal | None:
        value = self.facts.get(code)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        return Decimal(value)

    def amount(self, code: str, currency: str) -> Decimal | None:
        key = f"{code} {currency}"
        if key not in self.sums:
            self.sums[key] = self._amount(code, currency)
        return self.sums[key]

    def _amount(self, code: str, currency: str) -> Decimal | None:
        value = self.facts.get(code)
        if not isinstance(value, Money):
            return None
        if value.currency == currency:
            return value.amount
        table = {"EUR": Decimal(1), **self.rates}
        source, target = table.get(value.currency), table.get(currency)
        return value.amount / source * target if source and target and source > 0 and target > 0 else None


@dataclass(frozen=True)
class Compiled:
    """Rules made ready: one closure each. ``verdicts`` and ``route`` may be called for any number of cases."""

    rules: tuple[Rule, ...]
    checks: tuple[_Check, ...] = field(repr=False)

    def verdicts(self, facts: Facts, rates: Mapping[str, Decimal] | None = None) -> tuple[Verdict, ...]:
        """What each rule says of the case, by itself."""
        case = _Case(facts, rates or {})
        return tuple(_verdict(rule, check(case), case) for rule, check in zip(self.rules, self.checks, strict=True))

    def route(self, facts: Facts, rates: Mapping[str, Decimal] | None = None) -> Routing:
        """What the rules decide together: in order, the first that sets a thing wins; tags and who is told add up."""
        case, hits, unknown = _Case(facts, rates or {}), list[Rule](), list[Verdict]()
        for rule, check in zip(self.rules, self.checks, strict=True):
            truth = check(case)
            if truth is None:
                unknown.append(_verdict(rule, None, case))
            elif truth:
                hits.append(rule)
                if rule.stop:
                    break
        return _together(hits, unknown)


def compile_rules(rules: Iterable[Rule]) -> Compiled:
    """Rules as closures. ``rates`` are given with each case: units per euro, as in the ECB's table."""
    kept = tuple(rules)
    return Compiled(kept, tuple(_compile(rule.when) for rule in kept))


def route(rules: Iterable[Rule], facts: Facts, rates: Mapping[str, Decimal] | None = None) -> Routing:
    """What the rules decide for one case."""
    return compile_rules(rules).route(facts, rates)


def dry_run(
    rule: Rule, cases: Iterable[tuple[str, Facts]], rates: Mapping[str, Decimal] | None = None
) -> tuple[tuple[str, Verdict], ...]:
    """The past cases, by their key, that the rule would have caught, and those where it cannot be told."""
    compiled = compile_rules((rule,))
    found = ((key, compiled.verdicts(facts, rates)[0]) for key, facts in cases)
    return tuple((key, verdict) for key, verdict in found if verdict.matched is not False)


def _fold(text: str) -> str:
    return text.strip().casefold()


def _compile(when: Expression) -> _Check:
    if isinstance(when, Test):
        return _compile_test(when)
    if isinstance(when, Always):
        return lambda _case: True
    if isinstance(when, Not):
        inner = _compile(when.part)
        return lambda case: None if (truth := inner(case)) is None else not truth
    return _compile_parts([_compile(one) for one in when.parts], decisive=isinstance(when, AnyOf))


def _compile_parts(parts: Sequence[_Check], *, decisive: bool) -> _Check:
    """One part that says ``decisive`` settles it, even where others are unknown."""

    def check(case: _Case) -> Truth:
        answer: Truth = not decisive
        for part in parts:
            truth = part(case)
            if truth is decisive:
                return decisive
            if truth is None:
                answer = None
        return answer

    return check


def _compile_test(test: Test) -> _Check:
    code, kind = test.field, FIELDS[test.field].type
    if test.operator in operators.PRESENCE:
        presence = operators.PRESENCE[test.operator]
        return lambda case: presence(case.facts.get(code) or (0 if case.facts.get(code) == 0 else None))
    if isinstance(test.value, Money):
        compare, wanted, currency = operators.NUMERIC[test.operator], test.value.amount, test.value.currency
        return lambda case: None if (has := case.amount(code, currency)) is None else compare(has, wanted)
    if isinstance(test.value, Decimal):
        compare, number = operators.NUMERIC[test.operator], test.value
        return lambda case: None if (has := case.number(code)) is None else compare(has, number)
    if test.operator in operators.SETS:
        among = operators.SETS[test.operator]
        values = test.value if isinstance(test.value, tuple) else (str(test.value),)
        listed = frozenset(_fold(one) for one in values)
        return lambda case: None if (texts := case.texts(code, kind)) is None else among(texts, listed)
    piece, text = operators.PIECES[test.operator], _fold(str(test.value))
    return lambda case: None if (texts := case.texts(code, kind)) is None else piece(texts, text)


def _verdict(rule: Rule, matched: Truth, case: _Case) -> Verdict:
    reasons = tuple(dict.fromkeys(_unknowns(rule.when, case))) if matched is None else ()
    return Verdict(rule=rule, matched=matched, unknown_zh=reasons)


def _unknowns(when: Expression, case: _Case) -> Iterable[str]:
    if isinstance(when, Test):
        if not _answerable(when, case):
            value = case.facts.get(when.field)
            if isinstance(when.value, Money) and isinstance(value, Money):
                yield f"没有 {value.currency} 到 {when.value.currency} 的汇率，无法比较金额；请载入汇率表"
            else:
                yield f"案件里没有“{FIELDS[when.field].zh[0]}”"
    elif isinstance(when, Not):
        yield from _unknowns(when.part, case)
    elif isinstance(when, AllOf | AnyOf):
        for one in when.parts:
            yield from _unknowns(one, case)


def _answerable(test: Test, case: _Case) -> bool:
    if test.operator in operators.PRESENCE:
        return True
    if isinstance(test.value, Money):
        return case.amount(test.field, test.value.currency) is not None
    if isinstance(test.value, Decimal):
        return case.number(test.field) is not None
    return case.texts(test.field, FIELDS[test.field].type) is not None


def _together(hits: Sequence[Rule], unknown: Sequence[Verdict]) -> Routing:
    chosen: dict[str, Any] = {}
    setter: dict[str, str] = {}
    tags: dict[str, None] = {}
    tell: dict[str, None] = {}
    conflicts = []
    for place, rule in enumerate(hits, start=1):
        name = rule.name or f"#{place}"
        tags |= dict.fromkeys(rule.then.tags)
        tell |= dict.fromkeys(rule.then.tell)
        for key in ("owner", "playbook", "template", "approvers", "priority"):
            value = getattr(rule.then, key)
            if not value:
                continue
            if key not in chosen:
                chosen[key], setter[key] = value, name
            elif chosen[key] != value:
                conflicts.append(f"“{name}”的 {key} 未生效：已由“{setter[key]}”先定")
    return Routing(
        **chosen,
        four_eyes=any(rule.then.four_eyes for rule in hits),  # once asked for, no other rule takes it away
        tags=tuple(tags),
        tell=tuple(tell),
        matched=tuple(rule.name or f"#{place}" for place, rule in enumerate(hits, start=1)),
        unknown=tuple(unknown),
        conflicts=tuple(conflicts),
    )
