"""Proof that speaks against the one who hands it over: flagged before it is sent. The words are data, see ``harm.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import msgspec

from .consistency_text import MOST_CHARACTERS, folded


class Cue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A thing that harms: its phrases by language, where it counts, and what takes it away."""

    code: str
    grade: str
    elsewhere: str
    kinds: tuple[str, ...]
    zh: str
    phrases: dict[str, tuple[str, ...]]
    cancelled_by: str = ""
    softened: str = ""
    unless_after: tuple[str, ...] = ()


class Letter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grade: str
    zh: str


class Placeholder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grade: str
    pattern: str
    ignore_case: bool = False


class Cues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    meta: dict[str, object]
    cues: tuple[Cue, ...]
    delivered: dict[str, tuple[str, ...]]
    avs: dict[str, Letter]
    cvv: dict[str, Letter]
    placeholders: tuple[Placeholder, ...]


@dataclass(frozen=True, kw_only=True)
class Harm:
    """Something harmful in one exhibit (or in the reply, ``exhibit`` ""). ``quote`` is what was found, at ``span`` if in text."""

    grade: str
    code: str
    exhibit: str
    quote: str
    message_zh: str
    span: tuple[int, int] | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The cues that ship with the product."""
    raw = (files("goodstanding.knowledge") / "data" / "cues" / "harm.yaml").read_bytes()
    return msgspec.yaml.decode(raw, type=Cues)


def find(exhibit: str, kind: str, text: str, facts: Mapping[str, str] | None = None) -> tuple[Harm, ...]:
    """What in an exhibit would hurt its own side."""
    found = [*_phrases(exhibit, kind, text), *placeholders(exhibit, text), *_letters(exhibit, facts or {})]
    return tuple(found)


def placeholders(exhibit: str, text: str) -> tuple[Harm, ...]:
    """Unfilled template text."""
    found = []
    for grade, pattern in _placeholder_patterns():
        match = pattern.search(text[:MOST_CHARACTERS])
        if match:
            found.append(
                Harm(
                    grade=grade,
                    code="placeholder",
                    exhibit=exhibit,
                    quote=match[0].strip(),
                    span=match.span(),
                    message_zh=f"有未替换的占位文字“{match[0].strip()}”",
                )
            )
    return tuple(found)


def _phrases(exhibit: str, kind: str, text: str) -> Iterable[Harm]:
    plain = _plain(text[:MOST_CHARACTERS])
    spoken = [(cue, pattern.search(plain), pattern) for cue, pattern in _cue_patterns()]
    rest = plain
    for _, match, pattern in spoken:
        if match:
            rest = pattern.sub(" ", rest)
    delivered = bool(_delivered_pattern().search(rest))
    for cue, match, pattern in spoken:
        while match and _turned_round(cue, plain[: match.start()]):
            match = pattern.search(plain, match.end())
        if not match:
            continue
        grade = cue.grade if kind in cue.kinds else cue.elsewhere if kind in _spoken_kinds() else ""
        if grade == cue.grade and delivered and cue.cancelled_by == "delivered":
            grade = cue.softened
        if grade:
            quote = match[0].strip()
            yield Harm(grade=grade, code=cue.code, exhibit=exhibit, quote=quote, message_zh=f"{cue.zh}：“{quote}”")


def _letters(exhibit: str, facts: Mapping[str, str]) -> Iterable[Harm]:
    for name, table in (("avs", cues().avs), ("cvv", cues().cvv)):
        letter = table.get(facts.get(name, "").strip().upper())
        if letter:
            code = facts[name].strip().upper()
            message = f"{name.upper()} 结果 {code}：{letter.zh}"
            yield Harm(grade=letter.grade, code=f"{name}_mismatch", exhibit=exhibit, quote=code, message_zh=message)


def _turned_round(cue: Cue, before: str) -> bool:
    words = before.split()[-4:]
    tail = "".join(before.split())[-6:]
    return any(
        _plain(word).strip() in words or (not word.isascii() and tail.endswith(word)) for word in cue.unless_after
    )


def _plain(text: str) -> str:
    return folded(text)[1]


@lru_cache(maxsize=1)
def _cue_patterns() -> tuple[tuple[Cue, re.Pattern[str]], ...]:
    return tuple((cue, _any_of(cue.phrases)) for cue in cues().cues)


@lru_cache(maxsize=1)
def _delivered_pattern() -> re.Pattern[str]:
    return _any_of(cues().delivered)


@lru_cache(maxsize=1)
def _placeholder_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (one.grade, re.compile(one.pattern, re.M | (re.I if one.ignore_case else 0))) for one in cues().placeholders
    )


@lru_cache(maxsize=1)
def _spoken_kinds() -> frozenset[str]:
    """Kinds in which people or carriers speak; policies and product pages describe what may happen, not what did."""
    return frozenset(kind for cue in cues().cues for kind in cue.kinds)


def _any_of(phrases: Mapping[str, Iterable[str]]) -> re.Pattern[str]:
    latin: list[str] = []
    other: list[str] = []
    for phrase in (phrase for several in phrases.values() for phrase in several):
        (latin if _plain(phrase).isascii() else other).append(re.escape(_plain(phrase)))
    parts = [rf"\b(?:{'|'.join(sorted(latin, key=len, reverse=True))})\b"]
    return re.compile("|".join([*parts, *sorted(other, key=len, reverse=True)]))
