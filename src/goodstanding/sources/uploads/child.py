"""Runs alone in a limited process: opens files that may be hostile and says what they are.

Reads frames from standard input (four bytes of length, then the file) and answers each with a frame of JSON. Imports
nothing of ours, so that it starts quickly and nothing of ours is in reach. See sandbox.py.
"""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import sys
import warnings
import zipfile
from typing import Any, BinaryIO

MAX_PIXELS = 60_000_000
MAX_PAGES_READ = 50
MAX_PAGES = 2_000
MAX_TEXT = 200_000
_PDF_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
_EXIF_DATES = ("DateTimeOriginal", "DateTimeDigitized", "DateTime")


class Refusal(Exception):
    """The file is not taken; the argument is the code."""


def pdf(data: bytes) -> dict[str, Any]:
    """Pages, the first pages' text and the document's own dates."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Refusal("encrypted_pdf" if locked else "broken_pdf") from None
    pages = len(document)
    if pages == 0:
        raise Refusal("broken_pdf")
    if pages > MAX_PAGES:
        raise Refusal("too_many_pages")
    document[0].get_size()
    text, length = [], 0
    for index in range(min(pages, MAX_PAGES_READ)):
        page_text = document[index].get_textpage().get_text_bounded()
        text.append(page_text)
        length += len(page_text)
        if length > MAX_TEXT:
            break
    meta = document.get_metadata_dict()
    dates = {name: _pdf_date(meta.get(name, "")) for name in ("CreationDate", "ModDate")}
    return {"pages": pages, "text": "\f".join(text)[:MAX_TEXT], "dates": {k: v for k, v in dates.items() if v}}


def _pdf_date(value: str) -> str:
    match = _PDF_DATE.match(value)
    if not match:
        return ""
    year, month, day, hour, minute, second = (match[i] for i in range(1, 7))
    clock = f"T{hour}:{minute or '00'}:{second or '00'}" if hour else ""
    return f"{year}-{month or '01'}-{day or '01'}{clock}"


def image(data: bytes) -> dict[str, Any]:
    """Size and EXIF dates; the picture is decoded once to know that it can be."""
    from PIL import ExifTags, Image

    Image.MAX_IMAGE_PIXELS = None  # our own limit, checked before anything is decoded
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP", "TIFF")) as picture:
            width, height = picture.size
            frames = getattr(picture, "n_frames", 1)
            if width * height > MAX_PIXELS:
                raise Refusal("pixel_bomb")
            exif = picture.getexif()
            tags = {ExifTags.TAGS.get(tag, ""): value for tag, value in {**exif, **exif.get_ifd(0x8769)}.items()}
            picture.load()
    except (Refusal, MemoryError):
        raise
    except Exception:  # noqa: BLE001  decoders of broken pictures raise of every kind
        raise Refusal("broken_image") from None
    dates = {
        name: str(tags[name])[:19].replace(":", "-", 2).replace(" ", "T") for name in _EXIF_DATES if tags.get(name)
    }
    return {"width": width, "height": height, "pages": frames, "dates": dates}


def docx(data: bytes) -> dict[str, Any]:
    """The text of a Word document; refuses archives that unpack to much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > 2_000 or sum(part.file_size for part in parts) > 200 * 2**20:
                raise Refusal("zip_bomb")
            if any(part.file_size > 20 * 2**20 and part.file_size > 150 * max(part.compress_size, 1) for part in parts):
                raise Refusal("zip_bomb")
            names = {part.filename for part in parts}
            if "word/document.xml" not in names:
                raise Refusal("archive")
            body = archive.read("word/document.xml")[: 20 * 2**20].decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        raise Refusal("broken_docx") from None
    text = re.sub(r"<[^>]{0,2000}>", "", re.sub(r"</w:p>|<w:br/>", "\n", body))
    return {"text": text[:MAX_TEXT], "pages": 0, "dates": {}}


KINDS = {"pdf": pdf, "image": image, "docx": docx}


def answer(kind: str, data: bytes) -> dict[str, Any]:
    """What the file is, or ``refused`` with a code; never raises but for memory."""
    try:
        return KINDS[kind](data)
    except Refusal as refusal:
        return {"refused": str(refusal)}


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer frame after frame until the input ends."""
    while header := source.read(5):
        kind = {b"p": "pdf", b"i": "image", b"d": "docx"}[header[:1]]
        data = source.read(struct.unpack(">I", header[1:])[0])
        try:
            reply = answer(kind, data)
        except MemoryError:
            reply = {"refused": "too_heavy"}
        body = json.dumps(reply).encode()
        target.write(struct.pack(">I", len(body)) + body)
        target.flush()


def limit(memory: int) -> None:
    """Give up the right to more memory, files, or a core dump, before anything foreign is opened."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, 32)):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    limit(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    serve(sys.stdin.buffer, sys.stdout.buffer)
