"""Pictures: upright, flat, without what their makers hid in them, and still readable."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from rendering_cast import exhibit, jpeg, photo, png, text_page

from goodstanding.rendering import legibility
from goodstanding.rendering.fit import LEGIBLE
from goodstanding.rendering.package import STEPS
from goodstanding.rendering.pictures import Box, Unprintable, decoded, encoded, reopened

ROOM = Box(width=470, height=630)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def test_a_photo_taken_sideways_stands_upright():
    picture = Image.new("RGB", (400, 200), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 100, 200), fill="black")
    turned = Image.Exif()
    turned[0x0112] = 6  # the camera was turned: show it a quarter to the right
    upright = decoded(jpeg(picture, exif=turned), ROOM, 200)
    assert upright.size == (200, 400)
    assert upright.getpixel((100, 20))[0] < 50
    assert upright.getpixel((100, 380))[0] > 200


def test_place_and_camera_are_not_handed_on():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    content = jpeg(photo((300, 200)), exif=exif, comment=b"SecretComment")
    printed = encoded(decoded(content, ROOM, 200), ROOM, 200, 85, grayscale=False)
    assert b"Secret" in content
    assert b"Secret" not in printed.data
    assert b"Exif" not in printed.data


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("CMYK", "JPEG"),
        ("CMYK", "TIFF"),
        ("LA", "PNG"),
        ("1", "PNG"),
        ("P", "GIF"),
        ("I;16", "PNG"),
        ("L", "JPEG"),
        ("RGBA", "WEBP"),
        ("RGB", "BMP"),
    ],
)
def test_every_kind_of_picture_becomes_rgb_or_grey(mode, kind):
    picture = Image.new(mode, (120, 80))
    result = decoded(saved(picture, kind), ROOM, 200)
    assert result.mode in ("RGB", "L")
    assert result.size == (120, 80)


def test_what_is_transparent_is_white():
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert decoded(saved(clear, "PNG"), ROOM, 200).getpixel((10, 10)) == (255, 255, 255)


def test_grey_of_sixteen_bits_keeps_its_tone():
    half = Image.new("I;16", (10, 10), 32_768)
    assert abs(decoded(saved(half, "PNG"), ROOM, 200).getpixel((5, 5)) - 128) <= 1


def test_cyan_ink_prints_cyan():
    red, green, blue = decoded(saved(Image.new("CMYK", (20, 20), (255, 0, 0, 0)), "TIFF"), ROOM, 200).getpixel((5, 5))
    assert red < 60
    assert green > 120
    assert blue > 180


def test_a_phones_double_picture_opens():
    content = saved(photo((300, 200)), "MPO", save_all=True, append_images=[photo((300, 200), 2)])
    assert decoded(content, ROOM, 200).size == (300, 200)


def test_no_more_pixels_than_paper_and_no_larger_than_its_room():
    large = decoded(jpeg(photo((6000, 4000))), ROOM, 200)
    assert large.width <= ROOM.width * 200 / 72 + 1
    printed = encoded(large, ROOM, 100, 60, grayscale=False)
    assert printed.width <= ROOM.width + 0.01
    assert reopened(printed).width <= ROOM.width * 100 / 72 + 1
    small = encoded(Image.new("RGB", (110, 55)), ROOM, 200, 85, grayscale=False)
    assert (round(small.width), round(small.height)) == (72, 36)


def test_a_flat_screenshot_stays_sharp_and_small():
    screenshot = Image.new("RGB", (1200, 800), "white")
    ImageDraw.Draw(screenshot).rectangle((100, 100, 500, 120), fill="black")
    printed = encoded(screenshot, ROOM, 200, 85, grayscale=False)
    assert printed.suffix == ".png"
    assert len(printed.data) < 5_000


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", jpeg(photo((300, 300)))[:2000], b"GIF89a", b"RIFF0000WEBPVP8 "]
)
def test_damaged_pictures_are_refused_with_advice(content):
    with pytest.raises(Unprintable, match="save it again"):
        decoded(content, ROOM, 200)


def test_blank_is_told_from_nearly_blank():
    page = Image.new("RGB", (1240, 1754), (250, 249, 247))
    assert legibility.is_blank(page)
    ImageDraw.Draw(page).text((100, 100), "Signed: Müller", fill="black", font_size=24)
    assert not legibility.is_blank(page)


def test_coloured_words_that_vanish_in_grey_are_reported():
    assert legibility.in_black_and_white(text_page(), exhibit("a", b"", ""), 1) == []
    assert legibility.in_black_and_white(photo((1200, 900)), exhibit("a", b"", ""), 1) == []
    # these two have the same luminance: 0.299 r + 0.587 g + 0.114 b
    red_on_green = text_page(ink=(220, 60, 60), paper=(40, 152, 60))
    (warning,) = legibility.in_black_and_white(red_on_green, exhibit("chat.png", b"", ""), 3)
    assert (warning.code, warning.grade, warning.facts["page"]) == ("exhibit.colour_only", "serious", "3")


def test_kept_detail_falls_with_every_real_loss_and_tells_text_from_photographs():
    page = text_page((1240, 1754), pixels=24, lines=55)
    assert legibility.is_text(page)
    assert not legibility.is_text(photo((1200, 900)))
    kept = [
        legibility.kept_detail(page, page.resize((1240 * n // 10, 1754 * n // 10), Image.Resampling.LANCZOS))
        for n in (10, 7, 5, 3)
    ]
    assert kept[0] == pytest.approx(1.0)
    assert kept == sorted(kept, reverse=True)
    assert kept[-1] < LEGIBLE


def test_text_of_the_usual_size_survives_the_coarsest_step():
    page = decoded(png(text_page((1654, 2339), pixels=33, lines=50)), ROOM, STEPS[0].dpi)  # 12 points at 200 dpi
    coarse = encoded(page, ROOM, STEPS[-1].dpi, STEPS[-1].jpeg, grayscale=False)
    assert legibility.kept_detail(page, reopened(coarse)) > LEGIBLE
