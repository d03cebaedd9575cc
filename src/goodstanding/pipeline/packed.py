"""What is inside a package: its document, its reply, the exhibits with their kinds and the text that can be read in them."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2

from goodstanding.contract import Violation
from goodstanding.reckoning import consistency
from goodstanding.rendering.messages import written

_MOST_PAGES, _MOST_CHARACTERS, _MOST_PAGE_CHARACTERS = 400, 200_000, 50_000
#: Of all exhibits together; what comes after is not held against anything.
_MOST_TEXT = 2_000_000
#: What may be found wrong with an archive whose files can still be read one by one.
STILL_READABLE = frozenset({"archive.altered", "archive.missing", "archive.extra", "archive.manifest_altered"})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
#: Fewer letters and figures than this prove nothing ("n/a", "see above").
_LEAST_PROOF = 8


@dataclass
class Contents:
    document: bytes = b""
    reply: str = ""
    case_ref: str = ""
    exhibits: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    packed: bool = False

    @property
    def readable(self) -> bool:
        """Can every exhibit be read without recognising pictures?"""
        return bool(self.texts) and all(text.strip() for text in self.texts.values())


def opened(package: bytes) -> Contents:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found = Contents(case_ref=str(manifest.get("case", ""))[:200])
        names, left = set(archive.namelist()), _MOST_TEXT
        for entry in manifest["files"]:
            if entry["name"] not in names:
                continue
            try:
                content = archive.read(entry["name"])
            except _BROKEN:
                continue  # it is named among what was altered
            if entry.get("kind") == "package":
                found.document = content
            elif entry.get("kind") == "reply":
                found.reply = content.decode("utf-8", "replace")[:_MOST_CHARACTERS]
            else:
                left -= len(_enter(found, entry, content, left))
    return found


def _enter(found: Contents, entry: dict[str, Any], content: bytes, left: int) -> str:
    label = str(entry.get("exhibit") or entry["name"])[:200]
    media_type = str(entry.get("media_type", ""))
    text = _text_of(content, media_type)[: max(0, left)]
    found.exhibits.append({"label": label})
    found.kinds[label] = str(entry.get("kind", ""))
    found.texts[label] = text
    written_out = media_type.startswith("text/") or media_type == "message/rfc822"
    if not content.strip() or (
        written_out and left > 0 and sum(map(str.isalnum, text)) < _LEAST_PROOF and not _says_much(text)
    ):
        found.empty.append(label)
    return text


def _says_much(text: str) -> bool:
    """A result in a word ("AVS: Y") or a few Chinese characters is short and still says something."""
    return bool(consistency.told(text)) or sum("\u3400" <= character <= "\u9fff" for character in text) >= 4


def _text_of(content: bytes, media_type: str) -> str:
    """What can be read without recognising pictures; bounded."""
    if media_type == "application/pdf":
        return "\n".join(pages_of(content))[:_MOST_CHARACTERS]
    if media_type.startswith("text/") or media_type == "message/rfc822":
        return written(content, media_type).text[:_MOST_CHARACTERS]
    return ""


def pages_of(pdf: bytes) -> Iterator[str]:
    """The text of each page, "" for one that cannot be read; bounded."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            yield _page_text(document, number)
    finally:
        document.close()


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""
    try:
        words = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    else:
        text = str(words.get_text_range(0, min(words.count_chars(), _MOST_PAGE_CHARACTERS)))
        words.close()
        return text
    finally:
        page.close()


def blank(pdf: bytes) -> bool:
    """Is nothing drawn on any page?"""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            try:
                page = document[number]
            except pypdfium2.PdfiumError:
                return False
            drawn = next(page.get_objects(max_depth=1), None)
            page.close()
            if drawn is not None:
                return False
        return True
    finally:
        document.close()


def violation(code: str, message: str, grade: str = "fatal", **facts: object) -> Violation:
    return Violation(code=code, message=message, grade=grade, facts={key: str(value) for key, value in facts.items()})
