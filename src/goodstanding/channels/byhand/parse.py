"""Pasted text and uploaded files: what they are by their bytes, and what a table of disputes says."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterable

from goodstanding.contract import Incoming, Letter, Parsed, Unreadable
from goodstanding.tables import TableError

from .disputes import disputes

#: File signatures of letters that come as documents or pictures. The text in them is read later, in a sandbox.
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_HEADER_LINE = re.compile(rb"(?:[!-9;-~]{1,100}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){2,}\r?\n", re.ASCII)
_MAIL_HEADERS = re.compile(
    rb"^(?:from|received|return-path|message-id|mime-version|delivered-to):", re.IGNORECASE | re.MULTILINE
)
_MAX_HEAD = 65_536


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """A Letter, or a notice for each row of a table of disputes. Raises Unreadable naming the file and what to do."""
    body, name = incoming.body, _name(incoming)
    if not body.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise Unreadable(f"{name}: the file is empty; upload it again", code="empty")
    media_type = _media_type(incoming)
    if media_type == "table":
        try:
            yield from disputes(body, name)
        except TableError as error:
            raise Unreadable(f"{name}: {error}", code=error.code) from None
        return
    yield Letter(event_ref=_digest(body), raw=body, media_type=media_type, filename=incoming.filename)


def _name(incoming: Incoming) -> str:
    return incoming.filename or ("the pasted text" if incoming.origin == "paste" else "the file")


def _digest(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _media_type(incoming: Incoming) -> str:
    """By the bytes; the name only tells CSV from other text. Raises Unreadable for what no one here can read."""
    body, suffix = incoming.body, incoming.filename.rpartition(".")[2].lower()
    for signature, media_type in _SIGNATURES:
        if body.startswith(signature):
            return media_type
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        if suffix in ("xlsx", "xls", "xlsm") or b"xl/" in body[:4096]:
            return "table"
        raise Unreadable(
            f"{_name(incoming)}: a Word document or archive; save it as PDF, or unpack it, and upload that",
            code="unsupported_type",
        )
    if body[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        raise Unreadable(
            f"{_name(incoming)}: an HEIC photo; export it as JPEG and upload that", code="unsupported_type"
        )
    if not _is_text(body):
        raise Unreadable(
            f"{_name(incoming)}: neither text, mail, PDF, picture nor table; upload .eml, .txt, .pdf, .json, .csv, .xlsx, .png or .jpg",
            code="unsupported_type",
        )
    return _text_type(body, suffix, incoming.origin)


def _text_type(body: bytes, suffix: str, origin: str) -> str:
    start = body[:_MAX_HEAD].lstrip(b"\xef\xbb\xbf \r\n\t")
    if suffix in ("csv", "tsv", "xls", "xlsx") and origin != "paste":
        return "table"
    if start[:1] in (b"{", b"[") and _is_json(body):
        return "application/json"
    head = _HEADER_LINE.match(start)
    if (head and _MAIL_HEADERS.search(head[0])) or suffix == "eml":
        return "message/rfc822"
    if start[:200].lower().startswith((b"<!doctype html", b"<html")):
        return "text/html"
    return "text/plain"


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _is_text(body: bytes) -> bool:
    """Text in any encoding that people save in: no control bytes but white space, or UTF-16."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    sample = body[:_MAX_HEAD]
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in sample)
    return control * 100 <= len(sample)
