"""One exhibit as files and data for the template."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from goodstanding.contract import Exhibit, Violation
from goodstanding.rendering import legibility, messages, pictures, scans
from goodstanding.rendering.pictures import Box, Printed, Unprintable

from .spec import STEPS, PackageSpec
from .words import words

_TEXT = ("text/plain", "text/html", "text/csv", "text/markdown", "application/json", "message/rfc822")


@dataclass(kw_only=True)
class Prepared:
    """What the template needs of one exhibit, and what was noticed while preparing it."""

    pictures: list[dict[str, Any]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    shortened: bool = False
    bytes: int = 0
    detail: float = 1.0  # the least that is kept of a text's outlines, against the finest print
    noticed: list[Violation] = field(default_factory=list)


def room(spec: PackageSpec) -> Box:
    """Where a picture may stand on an exhibit's page, under its stamp."""
    width, height = (595.3, 841.9) if spec.page_size == "a4" else (612.0, 792.0)
    millimetre = 72 / 25.4
    return Box(width=width - 44 * millimetre, height=height - (92 if spec.flowing else 74) * millimetre)


def media_type_of(exhibit: Exhibit) -> str:
    """What the bytes are, where they say so; else what they were declared as."""
    head = exhibit.content[:1024]
    for mark, kind in (
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
    ):
        if head.startswith(mark):
            return kind
    if b"%PDF-" in head and exhibit.media_type == "application/pdf":
        return "application/pdf"
    return exhibit.media_type.split(";")[0].strip().lower()


def prepare(exhibit: Exhibit, spec: PackageSpec, folder: Path, stem: str, show: Callable[[str], str]) -> Prepared:
    """Write the exhibit's pictures into ``folder`` and return the rest as data. Raises :class:`Unprintable`."""
    kind = media_type_of(exhibit)
    if not exhibit.content:
        raise Unprintable("exhibit.empty", "is empty; upload it again")
    if kind == "application/pdf" or kind.startswith("image/"):
        return _drawn(exhibit, spec, folder, stem, kind)
    if kind in _TEXT or kind.startswith("text/"):
        return _typeset(exhibit, spec, kind, show)
    message = f"is of a type that cannot be printed ({kind or 'unknown'}); save it as PDF, PNG, JPEG or text"
    raise Unprintable("exhibit.type", message)


def _drawn(exhibit: Exhibit, spec: PackageSpec, folder: Path, stem: str, kind: str) -> Prepared:
    box, result, quality = room(spec), Prepared(), spec.quality_of(exhibit.id)
    blank = 0
    for number, (finest, natural_dpi) in enumerate(_images(exhibit.content, kind, box), 1):
        if kind == "application/pdf" and legibility.is_blank(finest):
            blank += 1
            continue
        result.noticed += legibility.in_black_and_white(finest, exhibit, number)
        textual = (spec.flowing or quality != STEPS[0]) and legibility.is_text(finest)
        frame = Box(width=box.width, height=box.height / 2.4) if spec.flowing and not textual else box
        printed = pictures.encoded(
            finest, frame, quality.dpi, quality.jpeg, grayscale=spec.grayscale, natural_dpi=natural_dpi
        )
        if quality != STEPS[0] and textual:
            result.detail = min(result.detail, legibility.kept_detail(finest, pictures.reopened(printed)))
        _write(printed, folder / f"{stem}-{number}{printed.suffix}", result)
    if blank and not result.pictures:
        raise Unprintable("exhibit.blank", "has nothing on any page; take it from its source again")
    if blank:
        result.noticed.append(
            _note(exhibit, "exhibit.blank_pages", f"{blank} blank page(s) were left out", pages=str(blank))
        )
    return result


def _images(content: bytes, kind: str, box: Box) -> Iterator[tuple[Image.Image, float]]:
    """The pictures of an exhibit, each with the pixels per inch at which it has its natural size."""
    if kind == "application/pdf":
        yield from scans.pages(content, STEPS[0].dpi)
    else:
        yield pictures.decoded(content, box, STEPS[0].dpi), pictures.SCREEN_DPI


def _write(printed: Printed, path: Path, result: Prepared) -> None:
    path.write_bytes(printed.data)
    result.bytes += len(printed.data)
    result.pictures.append({"name": path.name, "width": printed.width, "height": printed.height})


def _typeset(exhibit: Exhibit, spec: PackageSpec, kind: str, show: Callable[[str], str]) -> Prepared:
    text = messages.written(exhibit.content, kind)
    table = words(spec.language)
    shown = show(text.text).replace("\t", "    ").strip()
    result = Prepared(
        headers=[(str(table[key]), show(value)) for key, value in text.headers],
        paragraphs=[part.strip("\n") for part in shown.split("\n\n") if part.strip()],
        shortened=text.shortened,
    )
    if not (result.paragraphs or result.headers):
        raise Unprintable("exhibit.empty", "has no text; upload it again")
    if text.shortened:
        message = f"only the first {messages.MAX_CHARS} characters are printed; cut it down to what matters"
        result.noticed.append(_note(exhibit, "exhibit.text_shortened", message, characters=str(len(exhibit.content))))
    return result


def _note(exhibit: Exhibit, code: str, message: str, **facts: str) -> Violation:
    name = exhibit.filename or exhibit.title or exhibit.id
    return Violation(code=code, message=f"{name}: {message}.", grade="note", subject=exhibit.id, facts=facts)


def refused(exhibit: Exhibit, error: Unprintable) -> Violation:
    """The exhibit stays out: says which file, why, and what to do."""
    name = exhibit.filename or exhibit.title or exhibit.id
    return Violation(code=error.code, message=f"{name} {error}.", grade="fatal", subject=exhibit.id)
