"""The closed operators. Each is a function of (what the case has, what the rule wants); its docstring is its documentation.

Texts compare without regard to letter case and surrounding space. Amounts and numbers arrive in one unit.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal


def eq(has: Decimal, wanted: Decimal) -> bool:
    """= 等于"""
    return has == wanted


def ne(has: Decimal, wanted: Decimal) -> bool:
    """≠ 不等于"""
    return has != wanted


def gt(has: Decimal, wanted: Decimal) -> bool:
    """> 大于"""
    return has > wanted


def ge(has: Decimal, wanted: Decimal) -> bool:
    """≥ 大于或等于"""
    return has >= wanted


def lt(has: Decimal, wanted: Decimal) -> bool:
    """< 小于"""
    return has < wanted


def le(has: Decimal, wanted: Decimal) -> bool:
    """≤ 小于或等于"""
    return has <= wanted


def in_(has: frozenset[str], wanted: frozenset[str]) -> bool:
    """属于：案件的值（或其中任一个）在所列之中；= 是只列一个的情形"""
    return not has.isdisjoint(wanted)


def not_in(has: frozenset[str], wanted: frozenset[str]) -> bool:
    """不属于：案件的值（全部）都不在所列之中；≠ 是只列一个的情形"""
    return has.isdisjoint(wanted)


def contains(has: frozenset[str], wanted: str) -> bool:
    """包含：案件的值（或其中任一个）里有这段文字"""
    return any(wanted in one for one in has)


def not_contains(has: frozenset[str], wanted: str) -> bool:
    """不包含：案件的值（全部）里都没有这段文字"""
    return not any(wanted in one for one in has)


def starts(has: frozenset[str], wanted: str) -> bool:
    """开头是：案件的值（或其中任一个）以这段文字开头"""
    return any(one.startswith(wanted) for one in has)


def known(has: object) -> bool:
    """已知：案件里有这一项"""
    return has is not None


def unknown(has: object) -> bool:
    """未知：案件里没有这一项"""
    return has is None


NUMERIC: dict[str, Callable[[Decimal, Decimal], bool]] = {"eq": eq, "ne": ne, "gt": gt, "ge": ge, "lt": lt, "le": le}
SETS: dict[str, Callable[[frozenset[str], frozenset[str]], bool]] = {
    "eq": in_,
    "in": in_,
    "ne": not_in,
    "not_in": not_in,
}
PIECES: dict[str, Callable[[frozenset[str], str], bool]] = {
    "contains": contains,
    "not_contains": not_contains,
    "starts": starts,
}
PRESENCE: dict[str, Callable[[object], bool]] = {"known": known, "unknown": unknown}

#: How a sentence writes each operator, the first is printed.
SIGNS = {
    "eq": ("=", "＝", "=="),
    "ne": ("≠", "!=", "<>"),
    "gt": (">", "＞"),
    "ge": ("≥", ">="),
    "lt": ("<", "＜"),
    "le": ("≤", "<="),
    "in": ("属于",),
    "not_in": ("不属于",),
    "contains": ("包含",),
    "not_contains": ("不包含",),
    "starts": ("开头是",),
    "known": ("已知",),
    "unknown": ("未知",),
}
BY_SIGN = {sign: code for code, signs in SIGNS.items() for sign in signs}
