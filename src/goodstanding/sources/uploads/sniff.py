"""What a file is, by its bytes; the name only says where the two disagree."""

from __future__ import annotations

import codecs
import re

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_IMAGE_NAMES = ("png", "jpg", "jpeg", "gif", "webp", "tif", "tiff")
_MAIL = re.compile(r"\A(?:[!-9;-~]{1,100}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}\n", re.ASCII)
_MAIL_NAMES = re.compile(
    r"^(?:from|received|return-path|message-id|mime-version|delivered-to):", re.IGNORECASE | re.MULTILINE
)
_TEXT_CHARS = 200_000


def media_type(data: bytes, filename: str) -> tuple[str, str]:
    """Media type and "", or "" and the code of the refusal."""
    suffix = filename.rpartition(".")[2].lower()
    if b"%PDF-" in data[:1024]:
        return "application/pdf", ""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind, ""
    if data.startswith(b"RIFF"):
        return ("image/webp", "") if data[8:12] == b"WEBP" else ("", "media")
    if refusal := _refused(data, suffix):
        return "", refusal
    if data.startswith(b"PK\x03\x04"):
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""
    return _text_type(data, suffix)


def _refused(data: bytes, suffix: str) -> str:
    if data[4:8] == b"ftyp":
        return "heic" if data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif") else "media"
    if data.startswith((b"ID3", b"OggS", b"\x1aE\xdf\xa3", b"\xff\xfb")):
        return "media"
    if data.startswith(_ARCHIVES):
        return "archive"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "spreadsheet" if suffix in ("xls", "xlsx") else "old_word"
    if data.startswith(b"PK\x03\x04"):
        return (
            "spreadsheet"
            if suffix in ("xlsx", "xlsm") or b"xl/" in data[:4096]
            else ""
            if suffix == "docx"
            else "archive"
        )
    return ""


def _text_type(data: bytes, suffix: str) -> tuple[str, str]:
    if suffix == "pdf":
        return "", "misnamed_pdf"
    if suffix in _IMAGE_NAMES:
        return "", "misnamed_image"
    decoded = text(data)
    if decoded is None:
        return "", "wrong_type"
    head = _MAIL.match(decoded[:65_536].replace("\r\n", "\n"))
    if suffix == "eml" or (head and _MAIL_NAMES.search(head[0])):
        return "message/rfc822", ""
    if decoded[:200].lstrip().lower().startswith(("<!doctype html", "<html")):
        return "", "wrong_type"
    return "text/plain", ""


def text(data: bytes) -> str | None:
    """The bytes as text in the encodings that people save in, or None where they are no text. At most 200,000 characters."""
    encodings = ("utf-16",) if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ("utf-8-sig", "gb18030")
    sample = data[: 4 * _TEXT_CHARS]
    for encoding in encodings:
        try:
            # The sample may end inside a character: the decoder keeps that rest back.
            decoded = codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) == len(data))
        except UnicodeDecodeError:
            continue
        control = sum(char < " " and char not in "\t\n\r\f\x1b" for char in decoded[:10_000])
        return decoded[:_TEXT_CHARS] if control == 0 else None
    return None
