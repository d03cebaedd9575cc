"""What is wrong with a set of rules as a whole: conditions that no case meets, rules never reached, settings never used.

It reports only what it can prove. A condition with too many alternatives is said to be unchecked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodstanding.contract import Money

from .fields import FIELDS
from .model import Always, AnyOf, Expression, Not, Rule, Test

MOST_CLAUSES = 64
_OPPOSITE = {
    "eq": "ne", "ne": "eq", "gt": "le", "le": "gt", "lt": "ge", "ge": "lt", "in": "not_in", "not_in": "in",
    "contains": "not_contains", "not_contains": "contains", "known": "unknown", "unknown": "known",
}  # fmt: skip
_Clause = tuple[tuple[Test, bool], ...]  # tests, each meant (True) or denied (False)
_KEYS = ("owner", "playbook", "template", "approvers", "priority")
_KEYS_ZH = {"owner": "负责人", "playbook": "打法", "template": "模板", "approvers": "审批", "priority": "优先级"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``code``: ``never`` (no case can meet it), ``unreachable`` (an earlier rule stops every such case), ``overridden``
    (an earlier rule already sets this), ``same_name``, ``no_effect``, ``unchecked``. ``rule`` and ``by`` are places in the list."""

    code: str
    rule: int
    message_zh: str
    by: int | None = None


def review(rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """All findings, in the order of the rules. Grows with the square of their number; 1,000 rules take well under a second."""
    clauses = [_clauses(rule.when) for rule in rules]
    found: list[Finding] = []
    names: dict[str, int] = {}
    for place, rule in enumerate(rules):
        label = _label(rules, place)
        if rule.name and rule.name in names:
            found.append(
                Finding(
                    code="same_name",
                    rule=place,
                    by=names[rule.name],
                    message_zh=f"{label}与第 {names[rule.name] + 1} 条重名",
                )
            )
        names.setdefault(rule.name, place)
        mine = clauses[place]
        if mine is None:
            found.append(Finding(code="unchecked", rule=place, message_zh=f"{label}条件太复杂，未检查冲突"))
            continue
        if not mine:
            found.append(Finding(code="never", rule=place, message_zh=f"{label}的条件自相矛盾，不会命中任何案件"))
            continue
        found += _against_earlier(rules, clauses, place)
    return tuple(found)


def _against_earlier(rules: Sequence[Rule], clauses: Sequence[list[_Clause] | None], place: int) -> list[Finding]:
    rule, mine, found = rules[place], clauses[place] or [], list[Finding]()
    left = {key for key in _KEYS if getattr(rule.then, key)}
    for earlier in range(place):
        other, theirs = rules[earlier], clauses[earlier]
        clash = {key for key in left if getattr(other.then, key)}
        if not theirs or not (other.stop or clash) or not all(_covered(one, theirs) for one in mine):
            continue
        if other.stop:
            message = f"{_label(rules, place)}永远轮不到：{_label(rules, earlier)}先命中并停止"
            return [Finding(code="unreachable", rule=place, by=earlier, message_zh=message)]
        for key in sorted(clash):
            left.discard(key)
            if getattr(other.then, key) != getattr(rule.then, key):
                message = f"{_label(rules, place)}的{_KEYS_ZH[key]}永不生效：{_label(rules, earlier)}总是先定"
                found.append(Finding(code="overridden", rule=place, by=earlier, message_zh=message))
    return found


def _label(rules: Sequence[Rule], place: int) -> str:
    name = rules[place].name
    return f"第 {place + 1} 条规则“{name}”" if name else f"第 {place + 1} 条规则"


def _clauses(when: Expression) -> list[_Clause] | None:
    """The condition as alternatives of plain tests, impossible ones left out; None where there are too many."""
    found = _spread(when, meant=True)
    return None if found is None else [clause for clause in found if _possible(clause)]


def _spread(when: Expression, *, meant: bool) -> list[_Clause] | None:
    if isinstance(when, Always):
        return [()] if meant else []
    if isinstance(when, Not):
        return _spread(when.part, meant=not meant)
    if isinstance(when, Test):
        return [((when, True),)] if meant else [_denied(when)]
    parts = [_spread(one, meant=meant) for one in when.parts]
    if isinstance(when, AnyOf) == meant:
        found: list[_Clause] = []
        for part in parts:
            if part is None or len(found) + len(part) > MOST_CLAUSES:
                return None
            found += part
        return found
    product: list[_Clause] = [()]
    for part in parts:
        if part is None or len(product) * len(part) > MOST_CLAUSES:
            return None
        product = [(*left, *right) for left in product for right in part]
    return product


def _denied(test: Test) -> _Clause:
    opposite = _OPPOSITE.get(test.operator)
    return ((Test(test.field, opposite, test.value), True),) if opposite else ((test, False),)


def _covered(clause: _Clause, others: Iterable[_Clause]) -> bool:
    """Is every case of the clause a case of one of the others?"""
    return any(all(_implied(clause, wanted) for wanted in other) for other in others)


def _implied(clause: _Clause, wanted: tuple[Test, bool]) -> bool:
    if wanted in clause:
        return True
    test, meant = wanted
    same = [one for one, is_meant in clause if is_meant and one.field == test.field]
    if not meant:
        return False
    if test.operator == "known":
        return any(one.operator != "unknown" for one in same)
    return any(_follows(one, test) for one in same)


def _follows(given: Test, wanted: Test) -> bool:
    """Does the wanted test follow from the given one on the same field?"""
    if given == wanted:
        return True
    left, right = _listed(given), _listed(wanted)
    if left is not None and right is not None:
        if given.operator in ("eq", "in"):
            # A text is one value, a product list is several: "all lie outside" does not follow from "one is this".
            single = FIELDS[given.field].type == "text"
            return left <= right if wanted.operator in ("eq", "in") else single and left.isdisjoint(right)
        return wanted.operator in ("ne", "not_in") and right <= left
    a, b = _bound(given), _bound(wanted)
    if a is None or b is None or a[0] != b[0]:
        return False
    return _range_follows(given.operator, a[1], wanted.operator, b[1])


def _range_follows(given: str, has: Decimal, wanted: str, limit: Decimal) -> bool:
    if given == "eq":
        return {
            "eq": has == limit,
            "ne": has != limit,
            "gt": has > limit,
            "ge": has >= limit,
            "lt": has < limit,
            "le": has <= limit,
        }[wanted]
    if given in ("gt", "ge"):
        strict = given == "gt" or has > limit
        return (wanted in ("gt", "ne") and has >= limit and strict) or (wanted == "ge" and has >= limit)
    if given in ("lt", "le"):
        strict = given == "lt" or has < limit
        return (wanted in ("lt", "ne") and has <= limit and strict) or (wanted == "le" and has <= limit)
    return False


def _possible(clause: _Clause) -> bool:
    tests = [test for test, meant in clause if meant]
    denied = {test for test, meant in clause if not meant}
    if any(test in denied for test in tests):
        return False
    return not any(_exclude(left, right) for i, left in enumerate(tests) for right in tests[i + 1 :])


def _exclude(left: Test, right: Test) -> bool:
    """Can no case meet both?"""
    if left.field != right.field:
        return False
    if "unknown" in (left.operator, right.operator):
        return left.operator != right.operator
    opposite = _OPPOSITE.get(right.operator)
    if (
        opposite
        and opposite != "known"
        and right.value is not None
        and _follows(left, Test(right.field, opposite, right.value))
    ):
        return True
    mine, theirs = _listed(left), _listed(right)
    both = left.operator in ("eq", "in") and right.operator in ("eq", "in")
    return bool(
        both
        and mine is not None
        and theirs is not None
        and FIELDS[left.field].type == "text"
        and mine.isdisjoint(theirs)
    )


def _listed(test: Test) -> frozenset[str] | None:
    if test.operator in ("in", "not_in") and isinstance(test.value, tuple):
        return frozenset(one.strip().casefold() for one in test.value)
    if test.operator in ("eq", "ne") and isinstance(test.value, str):
        return frozenset((test.value.strip().casefold(),))
    return None


def _bound(test: Test) -> tuple[str, Decimal] | None:
    if isinstance(test.value, Money):
        return test.value.currency, test.value.amount
    return ("", test.value) if isinstance(test.value, Decimal) else None
