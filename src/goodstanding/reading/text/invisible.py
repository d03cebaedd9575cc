"""Characters that no one sees: removed, and reported."""

from __future__ import annotations

import re

_ZERO = re.compile(
    "[\u200b\u200c\u200d\u2060\u2061-\u2064\ufeff\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\ufe00-\ufe0f\U000e0000-\U000e007f]"
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff\ud800-\udfff]")


def strip_invisible(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without them, and which kinds there were: ``zero_width`` (inside words), ``bidi``.

    Zero-width characters between spaces are the padding that mailing tools put after a preview line: nothing is meant by it.
    """
    found: list[str] = []
    if re.search("\\w[\u200b\u200c\u2060\ufeff\u00ad]+\\w", text[:60_000]):
        found.append("zero_width")
    if re.search("[\u202a-\u202e\u2066-\u2069]", text):
        found.append("bidi")
    clean = _BIDI.sub("", _ZERO.sub("", text))
    return _CONTROL.sub("", clean), tuple(found)
