"""Header words: RFC 2047 decoding that forgives, joining bytes of one charset before decoding them."""

from __future__ import annotations

import binascii
import re

from ..limits import MAX_HEADER
from .charset import decode

_WORD = re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]{0,4000})\?=")


def decode_words(value: str) -> str:
    """The header's text. Raw 8-bit bytes (kept as Latin-1) are decoded by what they look like."""
    value = value[:MAX_HEADER]
    out: list[str] = []
    at, charset, waiting = 0, "", b""
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        if between.strip() or (charset and match[1].lower() != charset):
            out.append(decode(waiting, charset) if waiting else "")
            waiting = b""
            out.append(_raw(between) if between.strip() else "")
        charset, waiting = match[1].lower(), waiting + _bytes(match[2], match[3])
        at = match.end()
    if waiting:
        out.append(decode(waiting, charset))
    out.append(_raw(value[at:]))
    return re.sub(r"[\r\n\t]+", " ", "".join(out)).replace("\x00", "").strip()


def _bytes(how: str, text: str) -> bytes:
    raw = text.encode("latin-1", "replace")
    if how in "bB":
        try:
            return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
        except binascii.Error:
            return b""
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), raw.replace(b"_", b" "))


def _raw(text: str) -> str:
    if text.isascii():
        return text
    return decode(text.encode("latin-1", "replace"), "")
