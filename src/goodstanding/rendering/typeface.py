"""The bundled fonts, and which characters they can show."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
#: In this order a character is looked for: Latin, Greek and Cyrillic in the first, Chinese and Japanese in the second.
FAMILIES = ("Noto Sans", "Noto Sans SC")

_REGULAR = ("NotoSans-Regular.ttf", "NotoSansSC-Regular.ttf")
_LINE_BREAKS = {"\n", "\t", "\r"}


@lru_cache(maxsize=1)
def loaded() -> typst.Fonts:
    """The fonts as Typst wants them, read once per process."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """The code points that one of the bundled fonts can show."""
    codes: set[int] = set()
    for name in _REGULAR:
        with TTFont(FONTS / name, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


def missing_glyphs(text: str) -> set[str]:
    """Characters of the text that would print as an empty box: Korean, Thai, Arabic, emoji, rare ideographs."""
    shown = (character for character in set(text) - _LINE_BREAKS if not _invisible(character))
    return {character for character in shown if ord(character) not in covered()}


def printable(text: str) -> str:
    """The text with every character that cannot be shown spelled out in brackets, and invisible ones left out.

    A symbol is replaced by its Unicode name (``[thumbs up sign]``), a run of letters by its code points
    (``[U+D55C U+AE00]``), so that a reader sees that something stands there and a checker can tell what.
    Direction marks, which could make a line read otherwise than it is stored, are left out.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(character for character in text if not _invisible(character))
    absent = missing_glyphs(kept)
    if not absent:
        return kept
    return "".join(_spelled(run) if gone else "".join(run) for gone, run in groupby(kept, key=absent.__contains__))


def _invisible(character: str) -> bool:
    """Controls, direction marks, joiners and variation selectors: nothing to print."""
    if character in _LINE_BREAKS:
        return False
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return True
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")


def _spelled(run: object) -> str:
    characters = list(run)  # type: ignore[call-overload]
    words, codes = [], []
    for character in characters:
        name = unicodedata.name(character, "")
        if unicodedata.category(character) in ("So", "Sk") and name:
            words.append(name.lower())
        else:
            codes.append(f"U+{ord(character):04X}")
    return "".join(f"[{part}]" for part in (*words, " ".join(codes)) if part)
