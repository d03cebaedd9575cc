"""The bundled fonts cover what the product promises, and their licence lies beside them."""

from __future__ import annotations

import pytest

from goodstanding.rendering.typeface import FONTS, code_points, missing_glyphs

ALPHABETS = {
    "German": "äöüÄÖÜßẞ„“‚‘",
    "French": "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’ ",
    "Spanish": "áéíñóúü¿¡ªº",
    "Polish": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "Turkish": "çğıöşüÇĞİÖŞÜ",
    "Romanian": "ăâîșțĂÂÎȘȚ",
    "Vietnamese": "ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơư",
    "Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "Cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћџ",
    "Japanese": "あいうえおアイウエオがぎゃっー々〆ヶ辻畑峠込髙﨑",
    "Chinese": "简体繁體，。、；：「」『』《》（）【】￥…—·㎡℃",
    "rare names": "䶮喆犇淼垚燚堃昇祎玥珺曌",
    "money": "€$£¥₹₽₩₺₿¢",
}


@pytest.mark.parametrize("script", ALPHABETS)
def test_every_promised_script_is_covered(script):
    assert missing_glyphs(ALPHABETS[script]) == set()


def test_bold_has_what_regular_has():
    for family in ("NotoSans", "NotoSansSC"):
        regular, bold = (code_points((FONTS / f"{family}-{style}.ttf").read_bytes()) for style in ("Regular", "Bold"))
        assert regular == bold


def test_the_character_map_is_read_as_fonttools_reads_it():
    font_tools = pytest.importorskip(
        "fontTools.ttLib", reason="fonttools is not installed: the reader is checked by the other tests only"
    )
    for path in FONTS.glob("*.ttf"):
        assert code_points(path.read_bytes()) == set(font_tools.TTFont(path, lazy=True).getBestCmap()), path.name


def test_the_licence_is_beside_the_fonts_and_its_reserved_name_is_not_used():
    for path in FONTS.glob("*.ttf"):
        licence = (FONTS / f"OFL-{path.stem.split('-')[0]}.txt").read_text("utf-8")
        assert "SIL Open Font License, Version 1.1" in licence
        assert "Source" not in path.stem
