"""Fitting a document into a recipient's limits."""

from __future__ import annotations

from rendering_cast import exhibit, jpeg, photo, png, spec, text_page

from goodstanding.contract import Limits
from goodstanding.rendering.fit import LEGIBLE, _readable, fit
from goodstanding.rendering.package import STEPS, PackageResult, Quality, compile_package


def test_a_document_that_fits_is_left_as_fine_as_it_is():
    one = spec(exhibit("a.jpg", jpeg(photo((1600, 1200))), "image/jpeg"))
    result = fit(one, Limits(max_total_bytes=10_000_000, max_pages=10))
    assert isinstance(result, PackageResult)
    assert result.quality == STEPS[0]
    assert result.pdf == compile_package(one).pdf


def test_photographs_are_made_coarser_until_they_fit():
    photos = [exhibit(f"{n}.jpg", jpeg(photo((3000, 2200), n), quality=97), "image/jpeg") for n in range(4)]
    fine = len(compile_package(spec(*photos)).pdf)
    result = fit(spec(*photos), Limits(max_total_bytes=fine // 3, max_file_bytes=fine))
    assert isinstance(result, PackageResult)
    assert len(result.pdf) <= fine // 3
    assert result.quality in STEPS[1:]
    assert len(result.exhibit_pages) == 4


def test_too_many_pages_flow_together_before_anything_is_refused():
    photos = [exhibit(f"{n}.jpg", jpeg(photo((1600, 1200), n)), "image/jpeg") for n in range(6)]
    result = fit(spec(*photos), Limits(max_pages=6))
    assert isinstance(result, PackageResult)
    assert result.pages <= 6
    assert len(result.exhibit_pages) == 6


def test_what_cannot_fit_says_by_how_much_and_what_each_exhibit_costs():
    big, small = (
        exhibit("big.jpg", jpeg(photo((3000, 2200))), "image/jpeg"),
        exhibit("note.txt", b"short", "text/plain"),
    )
    found = fit(spec(big, small), Limits(max_total_bytes=20_000, max_pages=2, source="doc.example"))
    assert not isinstance(found, PackageResult)
    codes = [violation.code for violation in found]
    assert codes == ["package.too_many_pages", "package.too_large", "package.cost", "package.cost"]
    over = found[1].facts
    assert int(over["is"]) - int(over["over"]) == int(over["limit"]) == 20_000
    assert over["source"] == "doc.example"
    assert [violation.subject for violation in found[2:]] == ["big.jpg", "note.txt"]
    assert int(found[2].facts["bytes"]) > 5_000
    assert found[3].facts["bytes"] == "0"


def test_small_print_is_held_at_a_finer_step_while_photographs_go_on(tmp_path):
    small = exhibit("small.png", png(text_page((1654, 2339), pixels=14, lines=120)), "image/png")
    usual = exhibit("usual.png", png(text_page((1654, 2339), pixels=36, lines=50)), "image/png")
    held: dict[str, Quality] = {}
    sheet = _readable(spec(small, usual, quality=STEPS[-1]), held, STEPS[1], tmp_path)
    assert held == {"small.png": STEPS[1]}
    assert sheet.detail["small.png"] >= LEGIBLE
    assert LEGIBLE <= sheet.detail["usual.png"] < 1
