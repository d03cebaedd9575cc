"""The package document: what it says, how it is built, and what it refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from rendering_cast import NAMES, exhibit, jpeg, pdf, photo, png, spec, text_of, text_page

from goodstanding.rendering.package import Moment, compile_package, languages
from goodstanding.rendering.package.words import moment, words
from goodstanding.rendering.pdf_facts import inspect
from goodstanding.rendering.typeface import missing_glyphs, printable

MAIL = b"""From: =?utf-8?b?R8O8bnRlcg==?= <g@example.com>
To: shop@example.net
Date: Tue, 15 Sep 2026 10:00:00 +0200
Subject: Parcel
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

I got the parcel.
"""


def test_it_is_an_archival_pdf_with_embedded_fonts_and_nothing_active():
    result = compile_package(
        spec(exhibit("a.png", png(text_page()), "image/png"), exhibit("b.eml", MAIL, "message/rfc822"))
    )
    facts = inspect(result.pdf)
    assert (facts.pdfa, facts.output_intent, facts.fonts_not_embedded) == ("2B", True, ())
    assert not (facts.encrypted or facts.has_javascript or facts.has_embedded_files or facts.outside_links)
    assert facts.archival
    assert facts.pages == result.pages == 4
    assert facts.title == "Response and supporting evidence – dp_1042"
    assert {(round(w), round(h)) for w, h in facts.page_sizes} == {(595, 842)}
    assert facts.bookmarks == 4
    assert result.warnings == ()


def test_the_same_spec_gives_the_same_bytes_and_another_day_does_not():
    one = spec(exhibit("a.jpg", jpeg(photo((800, 600))), "image/jpeg"))
    first, second = compile_package(one), compile_package(one)
    assert first.pdf == second.pdf
    assert compile_package(replace(one, as_of=one.as_of + timedelta(days=1))).pdf != first.pdf


def test_every_page_has_case_and_number_and_every_exhibit_page_its_stamp():
    scan = pdf(text_page(), text_page())
    result = compile_package(
        spec(
            exhibit("pod.pdf", scan, "application/pdf", origin="DHL", proves_at=datetime(2026, 9, 9, tzinfo=UTC)),
            exhibit("b.eml", MAIL, "message/rfc822"),
        )
    )
    assert result.exhibit_pages == {"A-1": (3, 4), "A-2": (5, 5)}
    for number, page in enumerate(_pages(result.pdf), 1):
        assert "Case dp_1042" in page
        assert f"Page {number} of 5" in page
        assert ("Exhibit A-1" in page) == (number in (2, 3, 4))  # 2 is the letter
        if number in (3, 4):
            assert "9 September 2026, 00:00 (UTC) · DHL" in page
            assert re.search(r"SHA-256 [0-9a-f]{16}", page)
            assert ("continued" in page) == (number == 4)
    cover = _pages(result.pdf)[0]
    assert "3–4" in cover


@pytest.mark.parametrize("language", languages())
def test_names_are_set_in_every_language_without_a_missing_glyph(language):
    assert missing_glyphs(NAMES) == set()
    result = compile_package(spec(language=language, letter_markdown=NAMES, recipient=NAMES))
    assert result.warnings == ()
    found = text_of(result.pdf).replace(" ", "")
    for name in NAMES.split(", "):
        assert name.replace(" ", "") in found
    assert words(language)["title"].replace(" ", "") in found
    assert words(language).keys() == words("en").keys()
    assert inspect(result.pdf).language.startswith(language)


def test_what_the_fonts_lack_is_spelled_out_and_declared():
    assert missing_glyphs("a 김 ไ ع 👍\n") == {"김", "ไ", "ع", "👍"}
    assert printable("thanks 👍🏽 김민") == "thanks [thumbs up sign][emoji modifier fitzpatrick type-4] [U+AE40 U+BBFC]"
    result = compile_package(spec(exhibit("chat.txt", "ok 👍 김".encode(), "text/plain")))
    assert "ok [thumbs up sign] [U+AE40]" in text_of(result.pdf)
    (warning,) = result.warnings
    assert (warning.code, warning.subject, warning.grade) == ("package.missing_glyphs", "chat.txt", "note")


def test_direction_marks_cannot_make_a_line_read_otherwise():
    assert printable("invoice\u202egnp.exe\u200b") == "invoicegnp.exe"


INJECTION = '#read("/etc/passwd") #eval("1+1") *b* _i_ @ref $x^2$ <lab> = head #image("x") \\u{41} `raw` // c [x](http://a.example)'


def test_untrusted_text_is_printed_literally_everywhere():
    hostile = exhibit(
        "h.txt",
        INJECTION.encode(),
        "text/plain",
        title=INJECTION,
        origin=INJECTION,
        label="#pagebreak()",
        filename="../../etc/passwd",
    )
    result = compile_package(
        spec(
            hostile, case_ref=INJECTION, title=INJECTION, subtitle=INJECTION, sender=INJECTION, recipient=INJECTION,
            fields=((INJECTION, INJECTION),), timeline=(Moment(at=datetime(2026, 1, 1, tzinfo=UTC), what=INJECTION, source=INJECTION),),
            letter_markdown='#read("/etc/passwd") #eval("1+1") @ref $x^2$ <b>x</b> ![p](http://a.example/p.png)',
        )
    )  # fmt: skip
    found = text_of(result.pdf)
    assert found.count('#read("/etc/passwd")') >= 9
    assert "@ref $x^2$ <b>x</b>" in found
    assert "root:" not in found
    assert "Exhibit #pagebreak()" in found
    assert inspect(result.pdf).outside_links == 0


def test_a_label_in_the_letter_links_to_its_exhibit_and_only_as_a_whole_word():
    texts = [exhibit(f"{n}.txt", b"x", "text/plain", label=label) for n, label in enumerate(("A-1", "A-10", "2"))]
    result = compile_package(
        spec(*texts, letter_markdown="See A-10, not A-101 nor BA-1. In 2 days; Exhibit 2.", timeline=())
    )
    with pikepdf.open(BytesIO(result.pdf)) as document:
        links = [note for note in document.pages[1].obj.get("/Annots", []) if note.Subtype == "/Link"]
    assert len(links) == 2


def test_a_refused_exhibit_is_named_and_the_rest_compiles():
    good = exhibit("good.png", png(text_page()), "image/png")
    secret = BytesIO()
    with pikepdf.open(BytesIO(pdf(text_page()))) as document:
        document.save(secret, encryption=pikepdf.Encryption(owner="o", user="u"))
    endless = pikepdf.new()
    for _ in range(10_000):
        endless.add_blank_page()
    many = BytesIO()
    endless.save(many)
    bad = {
        "secret.pdf": (secret.getvalue(), "application/pdf", "exhibit.encrypted"),
        "endless.pdf": (many.getvalue(), "application/pdf", "exhibit.too_many_pages"),
        "text.pdf": (b"I am a text file", "application/pdf", "exhibit.not_a_pdf"),
        "cut.pdf": (b"%PDF-1.7\n1 0 obj<</Type/Cat", "application/pdf", "exhibit.damaged"),
        "cut.png": (png(photo((400, 400)))[:900], "image/png", "exhibit.damaged"),
        "odd.png": (b"not a picture", "image/png", "exhibit.not_an_image"),
        "bomb.png": (_bomb(), "image/png", "exhibit.too_many_pixels"),
        "empty.jpg": (b"", "image/jpeg", "exhibit.empty"),
        "blank.txt": (b" \n\t ", "text/plain", "exhibit.empty"),
        "reply.docx": (
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "exhibit.type",
        ),
        "white.pdf": (pdf(Image.new("RGB", (800, 1100), "white")), "application/pdf", "exhibit.blank"),
    }
    result = compile_package(spec(good, *(exhibit(name, content, kind) for name, (content, kind, _) in bad.items())))
    assert {w.subject: w.code for w in result.warnings} == {name: code for name, (_, _, code) in bad.items()}
    for warning in result.warnings:
        assert warning.grade == "fatal"
        assert warning.message.startswith(warning.subject)
        assert len(warning.message.split(";")) >= 2  # what, and what to do
    assert list(result.exhibit_pages) == ["A-1"]


def _bomb() -> bytes:
    """A PNG whose header claims 30,000 by 30,000 pixels."""
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_nothing_hidden_in_a_sellers_pdf_comes_along():
    active = BytesIO()
    with pikepdf.open(BytesIO(pdf(text_page()))) as document:
        document.Root.OpenAction = document.make_indirect(
            pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        )
        document.attachments["x.exe"] = pikepdf.AttachedFileSpec(document, b"MZ", filename="x.exe")
        document.save(active)
    assert inspect(active.getvalue()).has_javascript
    facts = inspect(compile_package(spec(exhibit("a.pdf", active.getvalue(), "application/pdf"))).pdf)
    assert not facts.has_javascript
    assert not facts.has_embedded_files


def test_blank_pages_of_a_scan_are_left_out_and_reported():
    white = Image.new("RGB", (1240, 1754), "white")
    result = compile_package(spec(exhibit("scan.pdf", pdf(text_page(), white, text_page(), white), "application/pdf")))
    assert result.exhibit_pages["A-1"] == (3, 4)
    (warning,) = result.warnings
    assert (warning.code, warning.facts["pages"]) == ("exhibit.blank_pages", "2")


def test_a_pdf_of_enormous_sheets_is_bounded():
    huge = pikepdf.new()
    huge.add_blank_page(page_size=(14_400, 14_400))
    huge.pages[0].Contents = huge.make_stream(b"0 0 0 rg 1000 1000 9000 9000 re f")
    out = BytesIO()
    huge.save(out)
    result = compile_package(spec(exhibit("huge.pdf", out.getvalue(), "application/pdf")))
    assert result.exhibit_pages["A-1"] == (3, 3)
    assert len(result.pdf) < 1_000_000


def test_broken_mail_is_still_shown():
    nested = b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" * 60 + b"the words"
    charset = b"Subject: x\nContent-Type: text/plain; charset=klingon-8\n\nwords \xff\xfe here"
    result = compile_package(
        spec(
            exhibit("n.eml", nested, "message/rfc822"),
            exhibit("c.eml", charset, "message/rfc822"),
            exhibit("g.txt", "发货单".encode("gb18030"), "text/plain"),
        )
    )
    found = text_of(result.pdf)
    assert "words" in found
    assert "发货单" in found


def test_a_long_chat_is_cut_where_the_reader_sees_it_and_declared():
    chat = "\n".join(f"{n}: is it there yet?" for n in range(12_000)).encode()
    result = compile_package(spec(exhibit("chat.txt", chat, "text/plain")))
    assert "the complete text is in the original file" in text_of(result.pdf)
    assert [w.code for w in result.warnings] == ["exhibit.text_shortened"]


def test_flowing_saves_pages_and_still_knows_them():
    photos = [exhibit(f"{n}.jpg", jpeg(photo((1600, 1200), n)), "image/jpeg") for n in range(6)]
    apart, flowing = compile_package(spec(*photos)), compile_package(spec(*photos, flowing=True))
    assert apart.pages == 8
    assert flowing.pages < apart.pages
    assert list(flowing.exhibit_pages) == [f"A-{n}" for n in range(1, 7)]
    for label, (first, last) in flowing.exhibit_pages.items():
        pages = _pages(flowing.pdf)
        assert f"Exhibit {label}" in pages[first - 1]
        assert first <= last <= flowing.pages


def test_grey_documents_hold_no_colour_picture():
    result = compile_package(spec(exhibit("a.jpg", jpeg(photo((900, 700))), "image/jpeg"), grayscale=True))
    with pikepdf.open(BytesIO(result.pdf)) as document:
        images = [o for o in document.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"]
        assert images
        for image in images:
            assert pikepdf.PdfImage(image).mode == "L"


def test_unknown_paper_language_and_twice_the_same_id_are_said_plainly():
    with pytest.raises(ValueError, match="page_size is 'a3'; it can be a4 or us-letter"):
        compile_package(spec(page_size="a3"))
    with pytest.raises(ValueError, match="cannot be set in 'xx'"):
        compile_package(spec(language="xx"))
    twin = exhibit("a.txt", b"x", "text/plain")
    with pytest.raises(ValueError, match=r"two exhibits have the id 'a\.txt'"):
        compile_package(spec(twin, twin))


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    compile_package(spec(exhibit("a.png", png(text_page()), "image/png")))
    assert list(Path(tmp_path).iterdir()) == []


def test_a_moment_is_written_with_its_own_offset():
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    assert moment(datetime(2026, 3, 1, 9, 5, tzinfo=kathmandu), "de") == "1. März 2026, 09:05 (UTC+5:45)"
    assert moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC).date(), "fr") == "1 mars 2026"
    assert (
        moment(datetime(2026, 3, 1, 9, 5, tzinfo=timezone(-timedelta(hours=3))), "zh")
        == "2026 年 3 月 1 日 09:05 (UTC−3)"
    )


def _pages(document: bytes) -> list[str]:
    import pypdfium2

    opened = pypdfium2.PdfDocument(document)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in opened]
    finally:
        opened.close()


@pytest.mark.parametrize("flowing", [False, True])
def test_without_a_cover_a_file_of_one_kind_of_proof_holds_nothing_else(flowing):
    proof = exhibit("pod.png", png(text_page()), "image/png", label="A-7")
    result = compile_package(spec(proof, cover=False, letter_markdown="", timeline=(), flowing=flowing))
    assert (result.pages, result.exhibit_pages) == (1, {"A-7": (1, 1)})
    assert "Case dp_1042" in _pages(result.pdf)[0]


def test_two_exhibits_may_not_share_a_label():
    one, other = (exhibit(name, b"x", "text/plain", label="A-1") for name in "ab")
    with pytest.raises(ValueError, match="two exhibits have the label 'A-1'"):
        compile_package(spec(one, other))


def test_what_a_package_may_hold_in_all_is_bounded_and_the_rest_is_named(monkeypatch):
    monkeypatch.setattr("goodstanding.rendering.package.compile.MAX_TEXT", 1_000)
    monkeypatch.setattr("goodstanding.rendering.package.compile.MAX_PICTURES", 2)
    texts = [exhibit(f"{n}.txt", b"word " * 100, "text/plain") for n in range(4)]
    scans = [exhibit(f"{n}.pdf", pdf(text_page(), text_page()), "application/pdf") for n in range(2)]
    result = compile_package(spec(*texts, *scans))
    assert [(w.code, w.subject) for w in result.warnings] == [
        ("package.too_much_text", "2.txt"), ("package.too_much_text", "3.txt"), ("package.too_many_pictures", "1.pdf"),
    ]  # fmt: skip
    assert list(result.exhibit_pages) == ["A-1", "A-2", "A-5"]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400), st.text(max_size=12), st.sampled_from(languages()))
def test_no_text_can_stop_the_document_or_leave_it_untrue(short, long, label, language):
    told = exhibit(
        "x.txt", b"x" + long.encode("utf-8", "replace"), "text/plain", title=short, origin=short, label=label
    )
    result = compile_package(
        spec(
            told, case_ref=short, title=short, sender=short, fields=((short, long),), letter_markdown=long, language=language,
            timeline=(Moment(at=datetime(2026, 1, 1, tzinfo=UTC), what=long, source=label),),
        )
    )  # fmt: skip
    facts = inspect(result.pdf)
    assert facts.archival
    assert facts.outside_links == 0
    assert len(result.exhibit_pages) == 1
