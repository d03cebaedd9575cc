"""Text of a PDF, page by page; pages without text go to the OCR engine where there is one."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

import pypdfium2

from .limits import MAX_PDF_BYTES, MAX_PDF_PAGES
from .ocr import GATE, Ocr

_SECONDS = 1.2  # for the text of all pages; OCR has its own limit
_OCR_PAGES = 6


@dataclass(frozen=True)
class PdfText:
    text: str
    problems: tuple[str, ...] = ()
    weak: str = ""  # lines that OCR was not sure of


def pdf_text(raw: bytes, ocr: Ocr | None = None) -> PdfText:
    """The words of a PDF; ``problems`` has ``unreadable``, ``too_large``, ``weak_ocr``, ``no_text``."""
    if len(raw) > MAX_PDF_BYTES:
        return PdfText("", ("too_large",))
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError:
        return PdfText("", ("unreadable",))
    try:
        return _pages(document, ocr)
    except pypdfium2.PdfiumError:
        return PdfText("", ("unreadable",))
    finally:
        document.close()


def _pages(document: pypdfium2.PdfDocument, ocr: Ocr | None) -> PdfText:
    started, texts, weak, problems = time.monotonic(), [], [], []
    for index in range(min(len(document), MAX_PDF_PAGES)):
        if time.monotonic() - started > _SECONDS and not ocr:
            problems.append("too_large")
            break
        page = document[index]
        words = page.get_textpage().get_text_bounded()[:60_000].replace("\r\n", "\n").replace("\ufffe", "-")
        if len(words.strip()) >= 20:
            texts.append(words)
        elif ocr is not None and index < _OCR_PAGES:
            read, unsure = picture_lines(_png(page), ocr)
            texts.append(read)
            weak.extend(unsure)
    if len(document) > MAX_PDF_PAGES:
        problems.append("too_large")
    if weak:
        problems.append("weak_ocr")
    text = "\n\n".join(part for part in texts if part.strip())
    if not text.strip():
        problems.append("no_text")
    return PdfText(text, tuple(dict.fromkeys(problems)), "\n".join(weak))


def _png(page: pypdfium2.PdfPage) -> bytes:
    width, height = page.get_size()
    scale = min(200 / 72, 2600 / max(width, height, 1))
    buffer = io.BytesIO()
    page.render(scale=scale).to_pil().convert("L").save(buffer, "PNG")
    return buffer.getvalue()


def picture_lines(picture: bytes, ocr: Ocr) -> tuple[str, list[str]]:
    """Sure lines as one text, unsure ones apart."""
    lines = ocr(picture)
    return "\n".join(item.text for item in lines if item.confidence >= GATE), [
        item.text for item in lines if item.confidence < GATE
    ]
