"""Takes uploaded proof: a Finding for each file that can be used, a refusal with its remedy for each that cannot."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from goodstanding.contract import Finding

from .guess import guess_kind
from .refusals import MESSAGES
from .sandbox import Job, inspect
from .sniff import media_type, text

MAX_BYTES = 50 * 2**20
MAX_FILES = 200
_DECODERS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
_MAIL_DATE = re.compile(r"^Date:[ \t]*(.{10,60})$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as a person chose it."""

    filename: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class UploadRefused:
    """Why a file was not taken and what to do instead. ``code`` is a key of ``refusals.MESSAGES``."""

    filename: str
    code: str
    message_zh: str
    message_en: str


def accept(uploads: Iterable[Upload]) -> Iterator[Finding | UploadRefused]:
    """One answer for each file, in order. Risky decoding happens in one limited child process for the whole batch.

    ``Finding.kind`` is a suggestion from name and text, "" where nothing suggests one. Its facts: ``sha256``, ``pages``,
    ``width``, ``height``, ``text`` (at most 200,000 characters) and ``date_hint``, a moment that the file itself states
    (EXIF, PDF, Date line; local time unless an offset stands there), which proves nothing until a person confirms it.
    """
    files = list(uploads)
    sniffed = [_sniff(index, upload) for index, upload in enumerate(files)]
    jobs = (Job(kind=decoder, data=upload.content) for upload, (kind, code) in zip(files, sniffed, strict=True)
            if not code and (decoder := _decoder(kind)))  # fmt: skip
    replies = inspect(jobs)
    for upload, (kind, code) in zip(files, sniffed, strict=True):
        reply: dict[str, Any] = {"refused": code} if code else next(replies) if _decoder(kind) else _plain(upload, kind)
        yield refuse(upload.filename, reply["refused"]) if "refused" in reply else _finding(upload, kind, reply)


def refuse(filename: str, code: str) -> UploadRefused:
    """The refusal of a file in both languages, beginning with its name."""
    zh, en = MESSAGES[code]
    limit = {"too_large": MAX_BYTES // 2**20, "too_many_files": MAX_FILES}.get(code, 0)
    name = filename[:120] or "未命名文件"
    return UploadRefused(
        filename=filename,
        code=code,
        message_zh=f"“{name}”：{zh.format(limit=limit)}",
        message_en=f"{name!r}: {en.format(limit=limit)}",
    )


def _sniff(index: int, upload: Upload) -> tuple[str, str]:
    if index >= MAX_FILES:
        return "", "too_many_files"
    if len(upload.content) > MAX_BYTES:
        return "", "too_large"
    if not upload.content.strip(b"\0 \r\n\t"):
        return "", "empty"
    return media_type(upload.content, upload.filename)


def _decoder(kind: str) -> str:
    return "image" if kind.startswith("image/") else _DECODERS.get(kind, "")


def _plain(upload: Upload, kind: str) -> dict[str, Any]:
    content = text(upload.content) or upload.content[:200_000].decode("utf-8", "replace")
    dates = {}
    if kind == "message/rfc822" and (match := _MAIL_DATE.search(content[:65_536])):
        dates["Date"] = match[1].strip()
    return {"text": content, "dates": dates}


def _finding(upload: Upload, kind: str, reply: Mapping[str, Any]) -> Finding:
    content = reply.get("text", "")
    facts = {name: str(reply[name]) for name in ("pages", "width", "height") if reply.get(name)}
    facts["sha256"] = hashlib.sha256(upload.content).hexdigest()
    if content:
        facts["text"] = content
    if hint := next(iter(reply.get("dates", {}).values()), ""):
        facts["date_hint"] = hint
    return Finding(
        kind=guess_kind(upload.filename, content, kind),
        title=upload.filename.rpartition(".")[0] or upload.filename,
        origin="uploads",
        content=upload.content,
        media_type=kind,
        filename=upload.filename,
        facts=facts,
    )
