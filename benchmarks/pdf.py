"""The package document against WeasyPrint and ReportLab on the same content, in one run; memory; recompression.

    python benchmarks/pdf.py [--packages 200]

Content: a cover, a letter, a timeline and ten photographs of 4 megapixels, one a page: 12 pages. Each engine gets pictures
that were made fit to print the same way, so that the engines are compared, and then GoodStanding's own whole way from the
sellers' bytes. WeasyPrint needs Pango (``apt install libpango-1.0-0 libpangoft2-1.0-0``) and is skipped, loudly, without.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import html
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image

from goodstanding.contract import Exhibit, Limits
from goodstanding.rendering.fit import fit
from goodstanding.rendering.package import Moment, PackageResult, PackageSpec, compile_package
from goodstanding.rendering.package.compile import Sheet, lay_out, set_sheet
from goodstanding.rendering.pdf_facts import inspect
from goodstanding.rendering.typeface import FONTS

_NUMBERS = itertools.count(1)
LETTER = "\n\n".join(
    [
        "To the dispute department,",
        *(f"Parcel {n} was handed to Günter Müller 李明 (A-{n})." for n in range(1, 9)),
    ]
)


def photo(width: int, height: int, seed: int) -> Image.Image:
    """Soft shapes and grain of several sizes: compresses, and shrinks, about as a photograph does."""
    small = Image.frombytes("RGB", (40, 30), bytes((seed * 7919 + i * i * 31 + i * 17) % 256 for i in range(3600)))
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    for size in (1, 2, 4, 8):
        grain = Image.effect_noise((width // size, height // size), 50).resize(
            (width, height), Image.Resampling.BICUBIC
        )
        picture = Image.blend(picture, grain.convert("RGB"), 0.13)
    return picture


def jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def exhibits(contents: list[bytes]) -> tuple[Exhibit, ...]:
    return tuple(
        Exhibit(
            id=f"e{n}", kind="ev.photo", title=f"Photograph {n}", media_type="image/jpeg", content=content, label=f"A-{n}",
            sha256=hashlib.sha256(content).hexdigest(), filename=f"{n}.jpg", origin="Carrier", proves_at=datetime(2026, 9, n, tzinfo=UTC),
        )
        for n, content in enumerate(contents, 1)
    )  # fmt: skip


def content(pictures: list[bytes]) -> PackageSpec:
    return PackageSpec(
        case_ref="dp_1042",
        as_of=date(2026, 11, 24),
        sender="Yunfan Trading 云帆贸易",
        letter_markdown=LETTER,
        fields=tuple((f"Field {n}", f"Value {n} 值") for n in range(8)),
        timeline=tuple(
            Moment(at=datetime(2026, 9, n, tzinfo=UTC), what=f"Parcel {n} delivered", source=f"A-{n}")
            for n in range(1, 6)
        ),
        exhibits=exhibits(pictures),
    )


def timed(make: Callable[[], bytes], repeats: int = 5) -> tuple[float, float, bytes]:
    """First call, median of the repeats, and the document."""
    start = time.perf_counter()
    document = make()
    first = time.perf_counter() - start
    later = []
    for _ in range(repeats):
        start = time.perf_counter()
        make()
        later.append(time.perf_counter() - start)
    return first, statistics.median(later), document


def weasyprint_document(spec: PackageSpec, folder: Path) -> Callable[[], bytes] | None:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        print(f"SKIPPED: WeasyPrint cannot run here ({str(error).splitlines()[0]})", file=sys.stderr)
        return None
    faces = "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};src:url('{(FONTS / name).as_uri()}')}}"
        for family, weight, name in (
            ("Noto Sans", 400, "NotoSans-Regular.ttf"), ("Noto Sans", 700, "NotoSans-Bold.ttf"),
            ("Noto Sans SC", 400, "NotoSansSC-Regular.ttf"), ("Noto Sans SC", 700, "NotoSansSC-Bold.ttf"),
        )
    )  # fmt: skip
    rows = "".join(f"<tr><td>{html.escape(a)}<td><b>{html.escape(b)}</b>" for a, b in spec.fields)
    times = "".join(
        f"<tr><td>{row.at:%Y-%m-%d %H:%M}<td>{html.escape(row.what)}<td>{row.source}" for row in spec.timeline
    )
    letter = "".join(f"<p>{html.escape(part)}" for part in spec.letter_markdown.split("\n\n"))
    pictures = "".join(
        f"<section><h2>Exhibit {x.label} · {x.title}</h2><img src='{file.as_uri()}'></section>"
        for x, file in zip(spec.exhibits, sorted(folder.glob("*.jpg")), strict=True)
    )
    page = (
        f"<style>{faces} @page{{size:A4;margin:25mm;@bottom-right{{content:'Page ' counter(page) ' of ' counter(pages)}}}}"
        "body{font:12pt 'Noto Sans','Noto Sans SC'} section,.new{break-before:page} img{max-width:100%;max-height:200mm}</style>"
        f"<h1>Response</h1><table>{rows}</table><div class=new><h1>Statement</h1>{letter}<table>{times}</table></div>{pictures}"
    )
    return lambda: HTML(string=page).write_pdf(pdf_variant="pdf/a-2b")


def reportlab_document(spec: PackageSpec, folder: Path) -> Callable[[], bytes] | None:
    try:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont
        from reportlab.platypus import Image as Picture
        from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table
    except ImportError as error:
        print(f"SKIPPED: ReportLab is not installed ({error})", file=sys.stderr)
        return None

    def make() -> bytes:
        pdfmetrics.registerFont(TTFont("SC", FONTS / "NotoSansSC-Regular.ttf"))
        style = ParagraphStyle("body", fontName="SC", fontSize=12, leading=18)
        flow = [
            Paragraph("Response", style),
            Table([list(row) for row in spec.fields], style=[("FONTNAME", (0, 0), (-1, -1), "SC")]),
        ]
        flow += [PageBreak(), *(Paragraph(html.escape(part), style) for part in spec.letter_markdown.split("\n\n"))]
        flow.append(Table([[f"{row.at:%Y-%m-%d %H:%M}", row.what, row.source] for row in spec.timeline]))
        for x, file in zip(spec.exhibits, sorted(folder.glob("*.jpg")), strict=True):
            flow += [
                PageBreak(),
                Paragraph(f"Exhibit {x.label} · {x.title}", style),
                Picture(str(file), width=440, height=330),
            ]
        out = BytesIO()
        SimpleDocTemplate(out, pagesize=A4).build(flow)
        return out.getvalue()

    return make


def rss() -> float:
    """Resident memory of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def _set_anew(sheet: Sheet) -> bytes:
    """Set the sheet under another case id each time: Typst remembers what it has set before."""
    sheet.data["case_ref"] = f"dp_{next(_NUMBERS)}"
    return set_sheet(sheet).pdf


def engines(spec: PackageSpec) -> None:
    print("12 pages, 10 photographs                first s   repeat s     KB  pages  PDF/A  repeat, times ours")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sheet = lay_out(spec, folder)
        ours = timed(lambda: _set_anew(sheet))
        lines = [("Typst, same pictures (this product)", ours)]
        for label, build in (("WeasyPrint", weasyprint_document), ("ReportLab", reportlab_document)):
            make = build(spec, folder)
            if make is not None:
                lines.append((label, timed(make)))
    lines.append(
        (
            "whole: sellers' bytes to document",
            timed(lambda: compile_package(replace(spec, case_ref=f"dp_{next(_NUMBERS)}")).pdf),
        )
    )
    for label, (first, repeat, document) in lines:
        facts = inspect(document)
        ratio = repeat / ours[1]
        print(
            f"{label:38} {first:8.2f} {repeat:10.3f} {len(document) / 1000:6.0f} {facts.pages:6} {facts.pdfa or '–':>6} {ratio:10.1f}"
        )


def in_a_row(spec: PackageSpec, count: int) -> None:
    print(f"\n{count} different packages in a row: memory in MB")
    for number in range(count + 1):
        if number in (0, 1, 10, 50, 100, 150, count):
            gc.collect()
            print(f"  after {number:4}: {rss():6.0f}")
        if number < count:
            changed = replace(
                spec,
                case_ref=f"dp_{number}",
                exhibits=exhibits([jpeg(photo(900, 700, number * 3 + n), 85) for n in range(3)]),
            )
            compile_package(changed)


def recompression() -> None:
    originals = [jpeg(photo(4000, 3000, n), 93) for n in range(10)]
    total = sum(map(len, originals))
    print(f"\nrecompression of {total / 1e6:.1f} MB of photographs")
    for limit in (4_000_000, 1_000_000):
        start = time.perf_counter()
        result = fit(content(originals), Limits(max_total_bytes=limit, max_pages=49))
        spent = time.perf_counter() - start
        if isinstance(result, PackageResult):
            size = len(result.pdf)
            outcome = f"{size / 1e6:.2f} MB, {total / size:.0f} times smaller, {result.quality.name}"
        else:
            outcome = result[0].message
        print(f"  limit {limit / 1e6:.0f} MB: {outcome} ({spent:.1f} s)")
    print(f"  memory after it: {rss():.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=200)
    options = parser.parse_args()
    spec = content([jpeg(photo(2300, 1725, n), 85) for n in range(10)])
    engines(spec)
    in_a_row(spec, options.packages)
    recompression()


if __name__ == "__main__":
    main()
