"""A seller's PDF as pictures of its pages: nothing that it carries besides (scripts, files, links, forms) comes along."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pypdfium2
from PIL import Image

from .pictures import Box, Unprintable

#: Most pages of one PDF that go into a package.
MAX_PAGES = 60
_MAX_SIDE = 4000  # pixels
_PDFIUM = threading.Lock()  # PDFium may be used by one thread at a time


def pages(content: bytes, box: Box, dpi: int) -> Iterator[Image.Image]:
    """Each page drawn to fit ``box`` at ``dpi``, one at a time. Raises :class:`Unprintable`."""
    with _PDFIUM, closing(_opened(content)) as document:
        count = len(document)
        if count == 0:
            raise Unprintable("exhibit.no_pages", "has no pages; export it again")
        if count > MAX_PAGES:
            message = f"has {count} pages, more than the {MAX_PAGES} that one exhibit may have; keep only the pages that matter"
            raise Unprintable("exhibit.too_many_pages", message)
        for number in range(count):
            yield _drawn(document, number, box, dpi)


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


def _drawn(document: pypdfium2.PdfDocument, number: int, box: Box, dpi: int) -> Image.Image:
    try:
        with closing(document[number]) as page:
            width, height = page.get_size()
            if not (width > 0 and height > 0):
                raise Unprintable("exhibit.damaged", f"has no size on page {number + 1}; print it to a new PDF")
            fit = min(box.width / width, box.height / height)
            scale = min(fit * dpi / 72, _MAX_SIDE / width, _MAX_SIDE / height)
            # a sheet a hundred times longer than wide still needs one pixel of width
            scale = max(scale, 1 / width, 1 / height)
            if width * height * scale * scale > _MAX_SIDE * _MAX_SIDE:
                raise Unprintable(
                    "exhibit.page_shape", f"has an impossible page shape on page {number + 1}; print it to A4"
                )
            with closing(page.render(scale=scale, draw_annots=True, may_draw_forms=False)) as bitmap:
                drawn: Image.Image = bitmap.to_pil()
                return drawn.convert("RGB")
    except pypdfium2.PdfiumError:
        raise Unprintable("exhibit.damaged", f"is damaged on page {number + 1}; print it to a new PDF") from None
