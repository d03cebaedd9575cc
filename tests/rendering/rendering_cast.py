"""Exhibits and specs that several tests use."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from goodstanding.contract import Exhibit
from goodstanding.rendering.package import Moment, PackageSpec
from goodstanding.rendering.typeface import FONTS

DAY = date(2026, 11, 24)
NAMES = "Günter Müßig, Élodie Lefèvre-Çelik, Łukasz Żółć, İbrahim Şahin, 张䶮, 歐陽修, 山田太郎, 辻さくら, Ελένη, Дмитро Їжак"


def exhibit(name: str, content: bytes, media_type: str, **more: Any) -> Exhibit:
    known = {"kind": "ev.other", "title": name, "filename": name} | more
    return Exhibit(id=name, media_type=media_type, content=content, sha256=hashlib.sha256(content).hexdigest(), **known)


def text_page(
    size: tuple[int, int] = (1240, 1754), *, pixels: int = 34, lines: int = 40, ink: Any = "black", paper: Any = "white"
) -> Image.Image:
    """A scanned page of text, 150 dpi A4 unless told otherwise."""
    picture = Image.new("RGB", size, paper)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(str(FONTS / "NotoSans-Regular.ttf"), pixels)
    for number in range(lines):
        draw.text(
            (80, 60 + number * int(pixels * 1.25)),
            f"{number:02} Delivered to 10115 Berlin, signed Müller",
            font=font,
            fill=ink,
        )
    return picture


def photo(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """Something like a photograph: soft shapes and a little grain."""
    small = Image.frombytes(
        "RGB", (24, 18), bytes((seed * 7919 + i * i * 31 + i * 17) % 256 for i in range(24 * 18 * 3))
    )
    soft = small.resize(size, Image.Resampling.BICUBIC)
    return Image.blend(soft, Image.effect_noise(size, 60).convert("RGB"), 0.3)


def jpeg(picture: Image.Image, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", **({"quality": 90} | options))
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def pdf(*pages: Image.Image) -> bytes:
    out = BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return out.getvalue()


def spec(*exhibits: Exhibit, **more: Any) -> PackageSpec:
    known: dict[str, Any] = {
        "case_ref": "dp_1042",
        "as_of": DAY,
        "sender": "Yunfan Trading 云帆贸易",
        "letter_markdown": "The parcel was **delivered** on 9 September (Exhibit A-1).",
        "fields": (("Case", "dp_1042"), ("Amount", "EUR 129.90")),
        "timeline": (Moment(at=datetime(2026, 9, 9, 12, 5, tzinfo=UTC), what="Delivered", source="A-1"),),
        "exhibits": exhibits,
    }
    return PackageSpec(**(known | more))


def text_of(document: bytes) -> str:
    """All text of a PDF, with line ends as spaces."""
    opened = pypdfium2.PdfDocument(document)
    try:
        pages = [page.get_textpage().get_text_range() for page in opened]
    finally:
        opened.close()
    return " ".join(" ".join(pages).split())
