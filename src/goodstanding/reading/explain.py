"""Sentences for reason codes, in Chinese and English: what was seen, and what to do."""

from __future__ import annotations

from .reasons import GROUNDS, NEEDS
from .result import Ground


def explain_zh(item: Ground) -> str:
    """The sentence of a reason; an unknown code is shown as it is."""
    return _said(item, 0)


def explain_en(item: Ground) -> str:
    """The same in English; an unknown code is shown with spaces."""
    return _said(item, 1)


def explain_need(code: str) -> str:
    """Why a person should look, in one phrase."""
    return NEEDS[code][0] if code in NEEDS else code


def explain_need_en(code: str) -> str:
    return NEEDS[code][1] if code in NEEDS else code.replace("_", " ")


def _said(item: Ground, language: int) -> str:
    words = GROUNDS.get(item.code)
    if words is None:
        return item.code.replace("_", " ") if language else item.code
    template = words[language]
    params = {key: value or "-" for key, value in item.params}
    try:
        return template.format_map(_Blank(params))
    except (KeyError, ValueError, IndexError):
        return template


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"
