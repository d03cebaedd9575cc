"""What a PDF says of itself, for preflight and tests: a check of claims, not a validation against ISO 19005."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_MAX_PAGES = 5000


class NotAPdf(ValueError):
    """The bytes cannot be opened as a PDF; the message says why."""


@dataclass(frozen=True, kw_only=True)
class PdfFacts:
    """``pdfa`` is the claim in the metadata (``2B``) or empty. Page sizes are in points, width by height, as displayed."""

    pages: int
    pdfa: str
    output_intent: bool
    fonts: tuple[str, ...]
    fonts_not_embedded: tuple[str, ...]
    encrypted: bool
    has_javascript: bool
    has_embedded_files: bool
    outside_links: int
    page_sizes: tuple[tuple[float, float], ...]
    title: str = ""
    language: str = ""
    bookmarks: int = 0

    @property
    def archival(self) -> bool:
        """Does it keep, as far as can be seen here, what PDF/A asks for and claims?"""
        clean = not (self.encrypted or self.has_javascript or self.fonts_not_embedded)
        return bool(self.pdfa) and self.output_intent and clean


def inspect(pdf: bytes) -> PdfFacts:
    """Read the facts. An encrypted file that needs a password gives what can be known without it; else :class:`NotAPdf`."""
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            return _facts(document)
    except pikepdf.PasswordError:
        return PdfFacts(
            pages=0, pdfa="", output_intent=False, fonts=(), fonts_not_embedded=(), encrypted=True, has_javascript=False,
            has_embedded_files=False, outside_links=0, page_sizes=(),
        )  # fmt: skip
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotAPdf(f"This is not a PDF that can be opened ({error}); export it again.") from None


def _facts(document: pikepdf.Pdf) -> PdfFacts:
    pages = list(document.pages[:_MAX_PAGES])
    fonts = dict(font for page in pages for font in _fonts(page.obj.get("/Resources", {}), 0))
    metadata = document.Root.get("/Metadata")
    xmp = metadata.read_bytes().decode("utf-8", "replace") if metadata is not None else ""
    names: Any = document.Root.get("/Names", {})
    with document.open_outline() as outline:
        bookmarks = _count(outline.root)
    return PdfFacts(
        pages=len(document.pages),
        pdfa=_claim(xmp),
        output_intent=bool(document.Root.get("/OutputIntents")),
        fonts=tuple(sorted(fonts)),
        fonts_not_embedded=tuple(sorted(name for name, embedded in fonts.items() if not embedded)),
        encrypted=document.is_encrypted,
        has_javascript=_scripted(document, names, pages),
        has_embedded_files="/EmbeddedFiles" in names or "/AF" in document.Root,
        outside_links=sum(1 for page in pages for note in page.obj.get("/Annots", []) if "/URI" in note.get("/A", {})),
        page_sizes=tuple(_size(page) for page in pages),
        title=str(document.docinfo.get("/Title", "")),
        language=str(document.Root.get("/Lang", "")),
        bookmarks=bookmarks,
    )


def _claim(xmp: str) -> str:
    found = [re.search(rf"pdfaid:{name}\s*(?:=\s*[\"']|>)\s*(\w+)", xmp) for name in ("part", "conformance")]
    return "".join(match.group(1).upper() for match in found if match)


def _fonts(resources: Any, depth: int) -> Iterator[tuple[str, bool]]:
    """Fonts of a page and of the forms drawn on it, each with: is it embedded?"""
    for font in resources.get("/Font", {}).values():
        inner = font.get("/DescendantFonts", [font])[0]
        if font.get("/Subtype") == "/Type3":
            continue
        descriptor = inner.get("/FontDescriptor", {})
        yield str(font.get("/BaseFont", "?")), any(key in descriptor for key in _FONT_FILES)
    if depth < 5:
        for form in resources.get("/XObject", {}).values():
            if form.get("/Subtype") == "/Form":
                yield from _fonts(form.get("/Resources", {}), depth + 1)


def _scripted(document: pikepdf.Pdf, names: Any, pages: list[pikepdf.Page]) -> bool:
    if "/JavaScript" in names or "/AA" in document.Root:
        return True
    actions: list[Any] = [document.Root.get("/OpenAction", {})]
    actions += [note.get("/A", {}) for page in pages for note in page.obj.get("/Annots", [])]
    return any(isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/JavaScript" for action in actions)


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = (float(value) for value in page.mediabox)
    width, height = abs(right - left), abs(top - bottom)
    turned = int(page.obj.get("/Rotate", 0)) % 180 == 90
    return (height, width) if turned else (width, height)


def _count(items: Any) -> int:
    return sum(1 + _count(item.children) for item in items)
