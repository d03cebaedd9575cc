"""The bundled fonts, and which characters they can show."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import typst

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
    return frozenset().union(*(code_points((FONTS / name).read_bytes()) for name in _REGULAR))


def code_points(font: bytes) -> set[int]:
    """The characters of a TrueType font, from its character map (formats 4 and 12)."""
    start = next(offset for tag, offset in _tables(font) if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    codes: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 8 + 8 * number)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind in _MAPS:
            codes.update(_MAPS[kind](font, start + offset))
    return codes


def _tables(font: bytes) -> Iterator[tuple[bytes, int]]:
    (count,) = struct.unpack_from(">H", font, 4)
    for number in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        yield tag, offset


def _segments(font: bytes, at: int) -> Iterator[int]:
    """Format 4: runs of the basic plane; within a run, glyph 0 means that a character is absent."""
    (twice,) = struct.unpack_from(">H", font, at + 6)
    ends, starts, deltas, offsets = (at + 14, at + 16 + twice, at + 16 + 2 * twice, at + 16 + 3 * twice)
    for place in range(0, twice, 2):
        last, first, delta, offset = (
            struct.unpack_from(">H", font, base + place)[0] for base in (ends, starts, deltas, offsets)
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            if offset:
                (glyph,) = struct.unpack_from(">H", font, offsets + place + offset + 2 * (code - first))
                if glyph:
                    yield code
            elif (code + delta) & 0xFFFF:
                yield code


def _groups(font: bytes, at: int) -> Iterator[int]:
    """Format 12: runs of all planes."""
    (count,) = struct.unpack_from(">I", font, at + 12)
    for first, last, _ in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * count]):
        yield from range(first, last + 1)


_MAPS = {4: _segments, 12: _groups}


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


def _spelled(run: Iterable[str]) -> str:
    words, codes = [], []
    for character in run:
        name = unicodedata.name(character, "")
        if unicodedata.category(character) in ("So", "Sk") and name:
            words.append(name.lower())
        else:
            codes.append(f"U+{ord(character):04X}")
    return "".join(f"[{part}]" for part in (*words, " ".join(codes)) if part)
