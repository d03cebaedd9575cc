"""Facts of a PDF that others made."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from rendering_cast import pdf, spec, text_page

from goodstanding.rendering.package import compile_package
from goodstanding.rendering.pdf_facts import NotAPdf, inspect


def test_a_plain_pdf_claims_nothing():
    facts = inspect(pdf(text_page()))
    assert (facts.pages, facts.pdfa, facts.output_intent, facts.archival) == (1, "", False, False)


def test_a_font_that_is_only_named_is_found():
    document = pikepdf.new()
    page = document.add_blank_page()
    page.obj.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F1=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
    )
    out = BytesIO()
    document.save(out)
    assert inspect(out.getvalue()).fonts_not_embedded == ("/Helvetica",)


def test_encryption_with_and_without_a_password_to_open():
    for user, pages in (("u", 0), ("", 1)):
        out = BytesIO()
        with pikepdf.open(BytesIO(pdf(text_page()))) as document:
            document.save(out, encryption=pikepdf.Encryption(owner="o", user=user))
        facts = inspect(out.getvalue())
        assert (facts.encrypted, facts.pages) == (True, pages)


def test_a_sideways_page_is_measured_as_displayed():
    document = pikepdf.new()
    document.add_blank_page(page_size=(500, 700))
    document.pages[0].Rotate = 90
    out = BytesIO()
    document.save(out)
    assert inspect(out.getvalue()).page_sizes == ((700.0, 500.0),)


def test_a_claim_survives_only_in_our_own_bytes():
    with pikepdf.open(BytesIO(compile_package(spec()).pdf)) as document:
        del document.Root.Metadata
        out = BytesIO()
        document.save(out)
    assert inspect(out.getvalue()).pdfa == ""


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n"])
def test_what_is_no_pdf_is_said_plainly(content):
    with pytest.raises(NotAPdf, match="export it again"):
        inspect(content)
