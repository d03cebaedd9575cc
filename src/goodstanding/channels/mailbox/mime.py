"""The structure of a message over its raw bytes: which parts there are and where, exactly as sent.

A parser that builds objects would re-encode what it prints; an attached message must keep its bytes, or its signatures are
worthless. This one walks without recursion and stops at fixed depths and counts.
"""

from __future__ import annotations

import base64
import binascii
import email.errors
import email.header
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 20
MAX_PARTS = 2_000
_MAX_HEADER = 64 * 1024
_BLANK = re.compile(rb"\r?\n\r?\n")
_PARAM = re.compile(r";\s*([\w!#$%&'*+.^`|~-]{1,60})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;]*))")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Part:
    """One entity as a span of ``source``: nothing is copied until asked for. Depth 0 is the message itself."""

    source: bytes
    start: int
    middle: int  # where the body begins
    end: int
    depth: int
    type: str
    params: dict[str, str]

    @property
    def headers(self) -> bytes:
        """The header block, at most 64 KiB of it."""
        return self.source[self.start : min(self.middle, self.start + _MAX_HEADER)]

    @property
    def body(self) -> bytes:
        """The undecoded body."""
        return self.source[self.middle : self.end]

    def header(self, name: str) -> str:
        """The first header of that name, unfolded and decoded for reading; "" if absent."""
        return header(self.headers, name)

    @property
    def filename(self) -> str:
        """The attachment's name, if any."""
        disposition = _params(self.header("Content-Disposition"))[1]
        name = disposition.get("filename") or disposition.get("filename*") or self.params.get("name", "")
        return name.encode("utf-8", "replace").decode().replace("\0", "")[:255]

    @property
    def attached(self) -> bool:
        """Is the part declared an attachment?"""
        return self.header("Content-Disposition").strip().lower().startswith("attachment")

    def content(self) -> bytes:
        """The body with its transfer encoding undone; what cannot be decoded comes as it is."""
        encoding = self.header("Content-Transfer-Encoding").strip().lower()
        try:
            if encoding == "base64":
                return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", self.body) + b"==")
            if encoding == "quoted-printable":
                return quopri.decodestring(self.body)
        except (binascii.Error, ValueError):
            pass
        return self.body


def header(headers: bytes, name: str) -> str:
    """The first header of that name in a header block, unfolded and decoded for reading."""
    pattern = re.compile(rb"^" + re.escape(name.encode()) + rb"[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
    match = pattern.search(_FOLD.sub(b"", headers[:_MAX_HEADER]))
    if not match:
        return ""
    text = match[1].strip().decode("utf-8", "replace")
    if "=?" not in text:
        return text
    try:
        return str(email.header.make_header(email.header.decode_header(text[:10_000])))
    except (LookupError, ValueError, email.errors.MessageError):
        return text


def message(raw: bytes) -> Part:
    """The message as one part; its inner parts are not looked for."""
    return _part(raw, 0, len(raw), 0, "text/plain")


def walk(raw: bytes) -> Iterator[Part]:
    """The message and its parts, outermost first, in order; an attached message is yielded and not entered."""
    stack: list[tuple[int, int, int, str]] = [(0, len(raw), 0, "text/plain")]
    count = 0
    while stack and count < MAX_PARTS:
        start, end, depth, default = stack.pop()
        count += 1
        part = _part(raw, start, end, depth, default)
        yield part
        boundary = part.params.get("boundary", "")
        if part.type.startswith("multipart/") and boundary and depth < MAX_DEPTH:
            inner = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
            spans = _children(raw, part.middle, end, boundary, MAX_PARTS - count - len(stack))
            stack.extend((*span, depth + 1, inner) for span in reversed(spans))


def _part(source: bytes, start: int, end: int, depth: int, default: str) -> Part:
    middle = _body_start(source, start, end)
    declared, params = _params(header(source[start : min(middle, start + _MAX_HEADER)], "Content-Type"))
    return Part(source, start, middle, end, depth, declared or default, params)


def _body_start(source: bytes, start: int, end: int) -> int:
    """Past the blank line. An entity that begins with one has no headers; one without any is all headers."""
    for mark in (b"\r\n", b"\n"):
        if source.startswith(mark, start, end):
            return start + len(mark)
    match = _BLANK.search(source, start, min(end, start + 4 * _MAX_HEADER))
    return match.end() if match else end


def _params(value: str) -> tuple[str, dict[str, str]]:
    kind = value.partition(";")[0].strip().lower()
    params = {
        match[1].lower(): re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        for match in _PARAM.finditer(value[:4_000])
    }
    return kind, params


def _children(source: bytes, start: int, end: int, boundary: str, most: int) -> list[tuple[int, int]]:
    """The spans between the boundary lines; a missing closing line ends with the body."""
    mark = re.escape(boundary.encode("utf-8", "replace")[:200])
    pattern = re.compile(rb"^--" + mark + rb"(--)?[ \t]*\r?$", re.MULTILINE)
    spans: list[tuple[int, int]] = []
    opened = -1
    for match in pattern.finditer(source, start, end):
        if opened >= 0:
            spans.append((opened, max(opened, _before_newline(source, match.start()))))
        if match[1] or len(spans) >= most:
            return spans
        opened = min(match.end() + 1, end)
    if opened >= 0:
        spans.append((opened, end))
    return spans[: max(most, 0)]


def _before_newline(source: bytes, at: int) -> int:
    """The newline before a boundary belongs to the boundary."""
    return at - 2 if source[at - 2 : at] == b"\r\n" else at - 1
