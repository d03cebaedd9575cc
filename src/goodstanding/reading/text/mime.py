"""A MIME splitter for mail that may be broken or hostile: linear in size, capped in depth and parts.

The standard library's parser tests every line against every open boundary and recurses; a mail of nested multiparts
stalls or breaks it. Here a part is a slice of the message, and a boundary is looked for once per level.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ..limits import MAX_DEPTH, MAX_HEADER, MAX_HEADER_BYTES, MAX_PARTS

_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:", re.ASCII)
_PARAM = re.compile(r""";\s*([A-Za-z0-9_\-*]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.){0,2000})"?|([^;\s"]{0,2000}))""")


@dataclass(frozen=True)
class Part:
    """One part: its header lines in order (unfolded, bytes kept as Latin-1) and its undecoded body."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    depth: int = 0
    cut: bool = False

    def get(self, name: str) -> str:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def all(self, name: str) -> tuple[str, ...]:
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    @cached_property
    def params(self) -> dict[str, str]:
        return params_of(self.get("content-type"))

    @cached_property
    def media_type(self) -> str:
        value = self.get("content-type").split(";", 1)[0].strip().lower()
        return value if re.fullmatch(r"[\w.+-]+/[\w.+-]+", value) else "text/plain"

    @cached_property
    def disposition(self) -> str:
        return self.get("content-disposition").split(";", 1)[0].strip().lower()

    @cached_property
    def filename(self) -> str:
        from .words import decode_words

        named = params_of(self.get("content-disposition")).get("filename") or self.params.get("name", "")
        return decode_words(named)[:200]

    def decoded(self, cap: int) -> bytes:
        """The body with its transfer encoding undone, at most ``cap`` bytes."""
        how = self.get("content-transfer-encoding").strip().lower()
        if how == "base64":
            return unbase64(self.body, cap)
        if how == "quoted-printable":
            return quopri.decodestring(self.body[: cap * 3])[:cap]
        if how in ("x-uuencode", "uuencode", "x-uue"):
            return _unuu(self.body[: cap * 2])[:cap]
        return self.body[:cap]


def unbase64(body: bytes, cap: int) -> bytes:
    """Base64 with junk and missing padding forgiven."""
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", body[: cap * 2])
    try:
        return binascii.a2b_base64(clean[: len(clean) // 4 * 4] + _tail(clean))[:cap]
    except binascii.Error:
        return b""


def _tail(clean: bytes) -> bytes:
    rest = clean[len(clean) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _unuu(body: bytes) -> bytes:
    out = bytearray()
    for line in body.splitlines():
        if line.startswith((b"begin", b"end")):
            continue
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            continue
    return bytes(out)


def params_of(value: str) -> dict[str, str]:
    """Parameters of a structured header; RFC 2231 pieces are joined and percent signs undone."""
    found: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAM.finditer(value[:MAX_HEADER]):
        name = match[1].lower()
        text = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else (match[3] or "")
        if "*" in name:
            base, _, order = name.partition("*")
            number = order.rstrip("*")
            pieces.setdefault(base, []).append((int(number) if number.isdecimal() else 0, name.endswith("*"), text))
        else:
            found.setdefault(name, text)
    for base, parts in pieces.items():
        found.setdefault(base, _rfc2231(sorted(parts)))
    return found


def _rfc2231(parts: list[tuple[int, bool, str]]) -> str:
    from urllib.parse import unquote_to_bytes

    charset, joined = "utf-8", b""
    for index, (_, encoded, text) in enumerate(parts):
        piece = text
        if index == 0 and encoded and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        joined += unquote_to_bytes(piece) if encoded else piece.encode("utf-8", "replace")
    try:
        return joined.decode(charset or "utf-8", "replace")
    except LookupError:
        return joined.decode("utf-8", "replace")


def split_headers(raw: bytes) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Header lines and body. A first line that is no header means: all body."""
    head_end, body_start = _blank_line(raw)
    block = raw[: min(head_end, MAX_HEADER_BYTES)]
    lines: list[list[bytes]] = []
    for number, line in enumerate(block.splitlines()):
        if line[:1] in b" \t" and line[:1] and lines:
            lines[-1].append(line)
        elif number == 0 and line.startswith((b"From ", b">From ")):
            continue
        elif _FIELD.match(line):
            lines.append([line])
        elif number == 0:
            return (), raw
        elif lines and line.strip():
            # A line without a colon in the header block: the blank line was forgotten, the body starts here.
            start = raw.find(line)
            return tuple(_field(item) for item in lines), raw[start:]
    return tuple(_field(item) for item in lines), raw[body_start:]


def _blank_line(raw: bytes) -> tuple[int, int]:
    if raw.startswith(b"\r\n"):
        return 0, 2
    if raw.startswith(b"\n"):
        return 0, 1
    ends = [(at, at + len(mark)) for mark in (b"\r\n\r\n", b"\n\n", b"\r\r") if (at := raw.find(mark)) >= 0]
    return min(ends) if ends else (len(raw), len(raw))


def _field(lines: list[bytes]) -> tuple[str, str]:
    joined = b" ".join(line.strip() for line in lines)[: MAX_HEADER * 2]
    name, _, value = joined.partition(b":")
    return name.strip().decode("latin-1"), value.strip()[:MAX_HEADER].decode("latin-1")


def parse(raw: bytes, depth: int = 0) -> Part:
    headers, body = split_headers(raw)
    return Part(headers, body, depth)


def walk(root: Part) -> Iterator[Part]:
    """Leaves in reading order (``message/*`` parts are leaves). Stops at the caps; the last part given is marked ``cut``."""
    stack, seen = [root], 0
    while stack:
        part = stack.pop()
        seen += 1
        if seen > MAX_PARTS:
            yield Part(part.headers, b"", part.depth, cut=True)
            return
        if part.media_type.startswith("multipart/") and part.depth < MAX_DEPTH:
            children = children_of(part)
            if children:
                stack.extend(reversed(children))
                continue
        yield part


def children_of(part: Part) -> list[Part]:
    """The direct parts of a multipart; a missing boundary parameter is taken from the first line that looks like one."""
    boundary = part.params.get("boundary", "").rstrip().encode("latin-1", "replace")
    if not boundary:
        guess = re.search(rb"(?m)^--([^\r\n]{1,70})\r?$", part.body[:20_000])
        if not guess:
            return []
        boundary = guess[1].rstrip()
    digest = part.media_type == "multipart/digest"
    return [_child(piece, part.depth + 1, digest) for piece in _pieces(part.body, boundary)]


def _child(piece: bytes, depth: int, digest: bool) -> Part:
    child = parse(piece, depth)
    if digest and not child.get("content-type"):
        return Part((*child.headers, ("Content-Type", "message/rfc822")), child.body, depth)
    return child


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    mark, at, start, count = b"--" + boundary, 0, -1, 0
    while count <= MAX_PARTS:
        at = body.find(mark, at)
        if at < 0:
            break
        if at == 0 or body[at - 1] in b"\r\n":
            end = body.find(b"\n", at)
            tail = body[at + len(mark) : end if end >= 0 else len(body)].strip()
            if tail in (b"", b"--"):
                if start >= 0:
                    yield body[start:at].removesuffix(b"\n").removesuffix(b"\r")
                    count += 1
                start = -1 if tail == b"--" or end < 0 else end + 1
                if start < 0:
                    return
                at = start
                continue
        at += len(mark)
    if start >= 0:
        yield body[start:]
