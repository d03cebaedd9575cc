"""An uploaded conversation as proof: the file itself, and its words as text beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from goodstanding.contract import Finding, Ocr, Unreadable
from goodstanding.tables import TableError

from .lines import Line, shown
from .text import desk, whatsapp
from .tickets import json_tickets, table_tickets

MAX_BYTES = 20 * 2**20
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_TEXT_MOST = 200_000
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{")


def files(filename: str, content: bytes, ocr: Ocr | None = None) -> Iterator[Finding]:
    """The conversation in one file: a text or JSON export, a table, or a screenshot (its words only with ``ocr``).

    Raises Unreadable saying what is wrong and what to do.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(f"{filename}: larger than {MAX_BYTES // 2**20} MB; export a shorter period", code="too_large")
    picture = next((kind for mark, kind in _PICTURES.items() if content.startswith(mark)), "")
    if picture or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        words = ocr(content) if ocr else ""
        yield _finding(filename, content, picture or "image/webp", words, ())
        return
    lines, text, kind = _lines(filename, content)
    yield _finding(filename, content, kind, text, lines)


def _lines(filename: str, content: bytes) -> tuple[list[Line], str, str]:
    named = filename.lower()
    if named.endswith((".json", ".jsonl", ".ndjson")) or _JSON.match(content):
        lines = json_tickets(content)
        return _some(lines, filename), shown(lines), "application/json"
    if content.startswith(b"PK\x03\x04") or named.endswith((".csv", ".tsv", ".xlsx")):
        try:
            lines = table_tickets(content, filename)
        except (TableError, StopIteration) as error:
            said = str(error) or "the table is empty"
            raise Unreadable(f"{filename}: {said}", code=getattr(error, "code", "empty")) from None
        return _some(lines, filename), shown(lines), "text/csv"
    text = _decoded(filename, content)
    lines = whatsapp(text) or desk(text)
    return _some(lines, filename), shown(lines), "text/plain"


def _decoded(filename: str, content: bytes) -> str:
    for encoding in ("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{filename}: unknown text encoding; save it as UTF-8", code="encoding")


def _some(lines: list[Line], filename: str) -> list[Line]:
    if not lines:
        raise Unreadable(
            f"{filename}: no messages were found; upload WhatsApp's text export, a CSV or JSON of the service desk, or a screenshot",
            code="no_messages",
        )
    return lines


def _finding(filename: str, content: bytes, kind: str, text: str, lines: tuple[Line, ...] | list[Line]) -> Finding:
    dated = [line.at for line in lines if line.at]
    facts = {"messages": str(len(lines))} if lines else {}
    if text:
        facts["text"] = text[:_TEXT_MOST]
    if lines and not dated and lines[-1].when:
        facts["date_hint"] = lines[-1].when
    return Finding(
        kind="ev.customer_comm",
        title=(filename.rpartition(".")[0] or filename)[:200],
        origin="chats",
        proves_at=max(dated, default=None),
        content=content,
        media_type=kind,
        filename=filename,
        facts=facts,
    )
