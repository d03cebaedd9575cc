"""A seller's PDF as pictures of its pages: nothing that it carries besides (scripts, files, links, forms) comes along."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pypdfium2
from PIL import Image

from .pictures import Unprintable

#: Most pages of one PDF that go into a package.
MAX_PAGES = 60
_MAX_SIDE = 4000  # pixels
_MAX_POINTS = 20_000.0  # the most that PDF 1.7 allows is 14,400
_MAX_SHAPE = 60  # longer than wide
_MARGIN = 24  # pixels left white around what is printed
_PDFIUM = threading.Lock()  # PDFium may be used by one thread at a time


def pages(content: bytes, dpi: int) -> Iterator[tuple[Image.Image, float]]:
    """Each page without its empty margins, one at a time, with its pixels per inch of the original sheet.

    That is ``dpi``, or less for a sheet larger than the caps. Raises :class:`Unprintable`.
    """
    with _PDFIUM, closing(_opened(content)) as document:
        count = len(document)
        if count == 0:
            raise Unprintable("exhibit.no_pages", "has no pages; export it again")
        if count > MAX_PAGES:
            message = f"has {count} pages, more than the {MAX_PAGES} that one exhibit may have; keep only the pages that matter"
            raise Unprintable("exhibit.too_many_pages", message)
        for number in range(count):
            picture, real_dpi = _drawn(document, number, dpi)
            yield _trimmed(picture), real_dpi


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    if b"%PDF-" not in content[:1024]:
        raise Unprintable("exhibit.not_a_pdf", "is named a PDF but is not one; upload the real file")
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            message = "is protected by a password; save a copy without one and upload that"
            raise Unprintable("exhibit.encrypted", message) from None
        message = "is damaged and cannot be opened; take it from its source again, or print it to a new PDF"
        raise Unprintable("exhibit.damaged", message) from None


def _drawn(document: pypdfium2.PdfDocument, number: int, dpi: int) -> tuple[Image.Image, float]:
    try:
        with closing(document[number]) as page:
            width, height = page.get_size()
            if not (
                0 < width < _MAX_POINTS
                and 0 < height < _MAX_POINTS
                and max(width, height) < _MAX_SHAPE * min(width, height)
            ):
                raise Unprintable(
                    "exhibit.page_shape", f"has an impossible page size on page {number + 1}; print it to A4"
                )
            scale = min(dpi / 72, _MAX_SIDE / width, _MAX_SIDE / height)
            with closing(page.render(scale=scale, draw_annots=True, may_draw_forms=False)) as bitmap:
                drawn: Image.Image = bitmap.to_pil()
                return drawn.convert("RGB"), scale * 72
    except pypdfium2.PdfiumError:
        raise Unprintable("exhibit.damaged", f"is damaged on page {number + 1}; print it to a new PDF") from None


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without white margins, which would only make the words smaller on our page; an empty page stays as it is."""
    inked = picture.convert("L").point(lambda value: 255 if value < 245 else 0).getbbox()
    if inked is None:
        return picture
    left, top, right, bottom = inked
    box = (
        max(0, left - _MARGIN),
        max(0, top - _MARGIN),
        min(picture.width, right + _MARGIN),
        min(picture.height, bottom + _MARGIN),
    )
    return picture.crop(box)
