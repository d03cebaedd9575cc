"""Folding for comparison: the same length as the text, so that every position stays true."""

from __future__ import annotations

_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_TABLE: dict[int, int] = {
    **_FULLWIDTH,
    0x3000: 0x20, 0x00A0: 0x20, 0x2007: 0x20, 0x2009: 0x20, 0x202F: 0x20, 0x2002: 0x20, 0x2003: 0x20, 0x09: 0x20,
    0x2018: 0x27, 0x2019: 0x27, 0x02BC: 0x27, 0x00B4: 0x27, 0x201C: 0x22, 0x201D: 0x22, 0x201E: 0x22, 0x00AB: 0x22, 0x00BB: 0x22,
    0x2010: 0x2D, 0x2011: 0x2D, 0x2012: 0x2D, 0x2013: 0x2D, 0x2014: 0x2D, 0x2212: 0x2D,
}  # fmt: skip


def fold(text: str) -> str:
    """Lower case, plain quotes, dashes, spaces and half-width forms; ``len(fold(text)) == len(text)``."""
    plain = text.translate(_TABLE)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


def plain(text: str) -> str:
    """As :func:`fold`, letter case kept."""
    return text.translate(_TABLE)
