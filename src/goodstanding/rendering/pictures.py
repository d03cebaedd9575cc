"""Pictures made fit to print: upright, flat, sRGB or grey, no larger than the paper can show, and nothing hidden inside."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

#: Largest picture that is decoded, in pixels. A JPEG is decoded at a fraction of its size, so a phone's largest is fine.
MAX_PIXELS = 60_000_000
MAX_JPEG_PIXELS = 220_000_000
_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP")  # a phone's MPO opens as JPEG
_FEW_COLOURS = 256
#: A picture with few pixels is printed no larger than this, so that a screenshot keeps a readable size.
SCREEN_DPI = 110.0

Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS


class Unprintable(Exception):
    """A file that cannot be put on paper. ``code`` names the reason; the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Box:
    """Room on the page, in points (1/72 inch)."""

    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Printed:
    """An encoded picture and its size on paper in points."""

    data: bytes
    suffix: str
    width: float
    height: float


def decoded(content: bytes, box: Box, dpi: int) -> Image.Image:
    """The picture upright in RGB or grey, no larger than ``box`` holds at ``dpi``. Raises :class:`Unprintable`."""
    limit = (max(1, round(box.width * dpi / 72)), max(1, round(box.height * dpi / 72)))
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            return _prepared(opened, limit)
    except UnidentifiedImageError:
        raise Unprintable(
            "exhibit.not_an_image", "is not a picture that can be opened; save it again as PNG or JPEG"
        ) from None
    except Image.DecompressionBombError:
        raise _too_large() from None
    except MemoryError:
        raise _too_large() from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, ArithmeticError) as error:
        message = f"is damaged ({error}); take it from its source again, or save it again as PNG or JPEG"
        raise Unprintable("exhibit.damaged", message) from None


def _prepared(opened: Image.Image, limit: tuple[int, int]) -> Image.Image:
    width, height = opened.size
    lossy = opened.format in ("JPEG", "MPO")
    if width * height > (MAX_JPEG_PIXELS if lossy else MAX_PIXELS):
        raise _too_large()
    longest = max(limit)  # orientation is applied after decoding, so either side may become the longer one
    if lossy:
        opened.draft("RGB" if opened.mode != "L" else "L", (longest, longest))
    profile = opened.info.get("icc_profile")
    picture: Image.Image = opened
    if max(picture.size) > 2 * longest and picture.mode not in ("P", "1"):
        picture = picture.reduce(max(picture.size) // longest)
    picture = ImageOps.exif_transpose(picture)
    picture = _srgb(_flat(picture), profile)
    picture.thumbnail(limit, Image.Resampling.BICUBIC, reducing_gap=1.5)
    picture.info = {}
    return picture


def _too_large() -> Unprintable:
    message = f"has more pixels than can be printed ({MAX_PIXELS // 10**6} million); scale it down, or crop it to what matters"
    return Unprintable("exhibit.too_many_pixels", message)


def _flat(picture: Image.Image) -> Image.Image:
    """On white, without transparency, in 8 bits."""
    if picture.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
        return (
            picture.point(lambda value: value / 256).convert("L")
            if picture.mode.startswith("I;16")
            else picture.convert("L")
        )
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    if picture.mode in ("RGB", "L", "CMYK"):
        return picture
    return picture.convert("L" if picture.mode in ("1", "LA") else "RGB")


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if turned is not None:
                return turned
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the plain numbers are the best that is left
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def encoded(
    picture: Image.Image, box: Box, dpi: int, jpeg: int, *, grayscale: bool, natural_dpi: float = SCREEN_DPI
) -> Printed:
    """The picture as JPEG, or as PNG where it has few colours and that is smaller, sized to fill ``box``.

    It is not made larger than it is at ``natural_dpi``. The size on paper does not depend on ``dpi``.
    """
    if grayscale:
        picture = picture.convert("L")
    scale = min(box.width / picture.width, box.height / picture.height, 72 / natural_dpi)
    width, height = picture.width * scale, picture.height * scale
    limit = (max(1, round(width * dpi / 72)), max(1, round(height * dpi / 72)))
    if picture.width > limit[0] or picture.height > limit[1]:
        picture = picture.resize(
            (min(picture.width, limit[0]), min(picture.height, limit[1])), Image.Resampling.LANCZOS
        )
    best, suffix = _jpeg(picture, jpeg), ".jpg"
    if picture.getcolors(_FEW_COLOURS) is not None:
        flat = _png(picture)
        if len(flat) < len(best):
            best, suffix = flat, ".png"
    return Printed(data=best, suffix=suffix, width=width, height=height)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, subsampling="4:2:0" if quality < 80 else "4:4:4")
    return out.getvalue()


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def reopened(printed: Printed) -> Image.Image:
    """The picture as the reader of the document will see it."""
    with Image.open(BytesIO(printed.data)) as opened:
        opened.load()
        return opened.copy()
