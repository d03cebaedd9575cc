"""From a spec to the bytes of a PDF/A-2b. Pure: no clock, no network, no file that outlives the call."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import typst

from goodstanding.contract import Exhibit, Violation
from goodstanding.rendering import typeface
from goodstanding.rendering.pictures import Unprintable

from . import exhibits, prose
from .exhibits import Prepared
from .spec import PAGE_SIZES, PackageResult, PackageSpec
from .words import day, language_of, languages, moment, words

_TEMPLATE = Path(__file__).with_name("package.typ")
#: Typst cannot be stopped once it has started, so what it is given is bounded here.
MAX_EXHIBITS = 200
MAX_TEXT = 1_000_000  # characters of all text exhibits
MAX_PICTURES = 400  # pictures and pages of all exhibits
MAX_LETTER_CHARS = 200_000
_REGIONS = {"zh": "cn", "ja": "jp"}


class CannotCompile(Exception):
    """The typesetter refused the document; an error of ours, never of a seller's file. ``str()`` has its words."""


def compile_package(spec: PackageSpec) -> PackageResult:
    """Set the document. An exhibit that cannot be printed is left out and named in the warnings; the rest compiles.

    Equal specs give equal bytes. Raises ValueError for an unknown page size or language and :class:`CannotCompile`.
    """
    spec = _checked(spec)
    with tempfile.TemporaryDirectory(prefix="package-") as name:
        sheet = lay_out(spec, Path(name))
        return set_sheet(sheet)


@dataclass(kw_only=True)
class Sheet:
    """A document ready for the typesetter: its folder holds the pictures.

    ``weights`` is what each exhibit's pictures weigh, by id; ``detail`` how much of a text's outlines they still show.
    """

    spec: PackageSpec
    folder: Path
    data: dict[str, Any]
    weights: dict[str, int]
    detail: dict[str, float]
    warnings: list[Violation] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


def lay_out(spec: PackageSpec, folder: Path) -> Sheet:
    """Prepare everything, pictures one at a time, without setting it."""
    printer = _Printer()
    labels = labels_of(spec.exhibits)
    ready: list[tuple[Exhibit, Prepared]] = []
    for number, exhibit in enumerate(spec.exhibits[:MAX_EXHIBITS]):
        labelled = replace(exhibit, label=labels[exhibit.id])
        try:
            prepared = exhibits.prepare(labelled, spec, folder, f"{number:03}", printer.of(exhibit.id))
            _bounded([*(known for _, known in ready), prepared])
            ready.append((labelled, prepared))
        except Unprintable as error:
            printer.warnings.append(exhibits.refused(labelled, error))
    for _, prepared in ready:
        printer.warnings += prepared.noticed
    if len(spec.exhibits) > MAX_EXHIBITS:
        message = f"There are {len(spec.exhibits)} exhibits, more than the {MAX_EXHIBITS} a package may have; leave out the weakest."
        printer.warnings.append(Violation(code="package.too_many_exhibits", message=message))
    data = _data(spec, ready, printer)
    return Sheet(
        spec=spec,
        folder=folder,
        data=data,
        weights={exhibit.id: prepared.bytes for exhibit, prepared in ready},
        detail={exhibit.id: prepared.detail for exhibit, prepared in ready},
        warnings=printer.found(),
        labels={exhibit.id: exhibit.label for exhibit, _ in ready},
    )


def _bounded(together: Sequence[Prepared]) -> None:
    """The last one is refused where the exhibits together would be more than the typesetter is given."""
    if sum(len(paragraph) for prepared in together for paragraph in prepared.paragraphs) > MAX_TEXT:
        message = f"would bring the text of all exhibits over {MAX_TEXT:,} characters; cut it down to what matters"
        raise Unprintable("package.too_much_text", message)
    if sum(len(prepared.pictures) for prepared in together) > MAX_PICTURES:
        message = (
            f"would bring the pictures and pages of all exhibits over {MAX_PICTURES}; keep only the pages that matter"
        )
        raise Unprintable("package.too_many_pictures", message)


def set_sheet(sheet: Sheet) -> PackageResult:
    """Run the typesetter in the sheet's folder, which is all that it can read."""
    (sheet.folder / "data.json").write_text(json.dumps(sheet.data, ensure_ascii=False), "utf-8")
    main = sheet.folder / "package.typ"
    shutil.copyfile(_TEMPLATE, main)
    stamp = datetime.combine(sheet.spec.as_of, time(), UTC)
    compiler = typst.Compiler(str(main), root=str(sheet.folder), font_paths=typeface.loaded(), ignore_system_fonts=True)
    try:
        pdf, notices = compiler.compile_with_warnings(format="pdf", pdf_standards="a-2b", timestamp=stamp)
    except typst.TypstError as error:
        raise CannotCompile(f"{error.message} {error.diagnostic}") from error
    if notices or not isinstance(pdf, bytes):
        raise CannotCompile("; ".join(str(notice) for notice in notices) or "no document came out")
    edges = json.loads(compiler.query("<exhibit-edge>", field="value"))
    return PackageResult(
        pdf=pdf,
        pages=_page_count(pdf),
        exhibit_pages=_spans(edges),
        warnings=tuple(sheet.warnings),
        quality=sheet.spec.quality,
        labels=sheet.labels,
    )


def labels_of(items: Sequence[Exhibit]) -> dict[str, str]:
    """Each exhibit's label by its id: its own, or the next free ``A-1``, ``A-2``…"""
    taken = {item.label for item in items if item.label}
    free = (f"A-{number}" for number in range(1, 10**6) if f"A-{number}" not in taken)
    return {item.id: item.label or next(free) for item in items}


class _Printer:
    """Makes text printable and remembers, per subject, what had to be spelled out."""

    def __init__(self) -> None:
        self.warnings: list[Violation] = []
        self._absent: dict[str, set[str]] = {}

    def of(self, subject: str) -> Any:
        def show(text: str) -> str:
            absent = typeface.missing_glyphs(text)
            if absent:
                self._absent.setdefault(subject, set()).update(absent)
            return typeface.printable(text)

        return show

    def found(self) -> list[Violation]:
        return [*self.warnings, *(_spelled_out(subject, absent) for subject, absent in self._absent.items())]


def _spelled_out(subject: str, absent: set[str]) -> Violation:
    some = " ".join(sorted(absent)[:12])
    message = (
        f"{len(absent)} character(s) cannot be shown in the document's fonts and are printed as their names ({some}); "
        "add a picture of the original, or write the words in Latin letters."
    )
    return Violation(
        code="package.missing_glyphs", message=message, grade="note", subject=subject, facts={"characters": some}
    )


def _checked(spec: PackageSpec) -> PackageSpec:
    if spec.page_size not in PAGE_SIZES:
        raise ValueError(f"page_size is {spec.page_size!r}; it can be {' or '.join(PAGE_SIZES)}")
    language = language_of(spec.language)
    if language is None:
        raise ValueError(f"a package cannot be set in {spec.language!r}; languages are {', '.join(languages())}")
    if len(spec.letter_markdown) > MAX_LETTER_CHARS:
        raise ValueError(
            f"the letter has {len(spec.letter_markdown)} characters; at most {MAX_LETTER_CHARS} can be set"
        )
    for what, names in (
        ("id", [item.id for item in spec.exhibits]),
        ("label", [item.label for item in spec.exhibits if item.label]),
    ):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            raise ValueError(f"two exhibits have the {what} {twice[0]!r}; give each its own")
    return replace(spec, language=language)


def _data(spec: PackageSpec, ready: Sequence[tuple[Exhibit, Prepared]], printer: _Printer) -> dict[str, Any]:
    table, show = words(spec.language), printer.of("")
    labels = [exhibit.label for exhibit, _ in ready]
    title = show(spec.title or str(table["title"]))
    return {
        "meta": {
            "title": f"{title} – {show(spec.case_ref)}",
            "author": show(spec.sender) or show(spec.case_ref),
            "subject": show(spec.subtitle),
            "date": [spec.as_of.year, spec.as_of.month, spec.as_of.day],
        },
        "lang": spec.language,
        "region": _REGIONS.get(spec.language),
        "paper": spec.page_size,
        "grayscale": spec.grayscale,
        "flowing": spec.flowing,
        "cover": spec.cover,
        "words": {key: value for key, value in table.items() if isinstance(value, str)},
        "case_ref": show(spec.case_ref),
        "title": title,
        "subtitle": show(spec.subtitle),
        "sender": show(spec.sender),
        "recipient": show(spec.recipient),
        "date": day(spec.as_of, spec.language),
        "fields": [[show(name), show(value)] for name, value in spec.fields],
        "letter": prose.blocks(spec.letter_markdown, labels, str(table["exhibit"]), printer.of("letter")),
        "timeline": [
            {"at": moment(row.at, spec.language), "what": show(row.what), "source": show(row.source)}
            for row in spec.timeline
        ],
        "numbers": {show(label): number for number, label in enumerate(labels)},
        "exhibits": [_exhibit(n, exhibit, prepared, spec, printer) for n, (exhibit, prepared) in enumerate(ready)],
    }


def _exhibit(
    number: int, exhibit: Exhibit, prepared: Prepared, spec: PackageSpec, printer: _Printer
) -> Mapping[str, Any]:
    show = printer.of(exhibit.id)
    when = moment(exhibit.proves_at, spec.language) if exhibit.proves_at else ""
    return {
        "n": number,
        "label": show(exhibit.label),
        "title": show(exhibit.title or exhibit.filename or str(words(spec.language)["no_title"]))[:140],
        "day": day(exhibit.proves_at.date(), spec.language) if exhibit.proves_at else "",
        "stamp": [
            line
            for line in (
                "  ·  ".join(filter(None, (when, show(exhibit.origin)[:120]))),
                f"SHA-256 {exhibit.sha256[:16]}",
            )
            if line
        ],
        "pictures": prepared.pictures,
        "headers": prepared.headers,
        "paragraphs": prepared.paragraphs,
        "shortened": prepared.shortened,
    }


def _page_count(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def _spans(edges: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, int]]:
    """First and last page by label, from the marks that the template leaves at each exhibit's beginning and end."""
    spans: dict[str, tuple[int, int]] = {}
    for edge in edges:
        first, last = spans.get(edge["label"], (edge["page"], edge["page"]))
        spans[edge["label"]] = (min(first, edge["page"]), max(last, edge["page"]))
    return spans
