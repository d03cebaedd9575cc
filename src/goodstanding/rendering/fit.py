"""Make a package document small enough for its recipient without making it unreadable.

Pictures are printed more coarsely, one step after the other, until the document fits. An exhibit that is text (a scan, a
screenshot) is measured at every step: where less than ``LEGIBLE`` of its outlines would be left, it stays at the step
before, while the photographs go on. The coarsest step is 100 pixels per inch, about 17 pixels for the height of a line of
12-point text, and nothing goes below it. Where there are too many pages, exhibits are set one after the other without
page breaks. When all that is not enough, the answer says what each exhibit costs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from goodstanding.contract import Limits, Violation

from .package.compile import Sheet, lay_out, set_sheet
from .package.spec import STEPS, PackageResult, PackageSpec, Quality

#: The least share of a text's outlines that must be left, see ``legibility.kept_detail``. Seen by eye on Latin text: at 0.30
#: it reads well, at 0.24 with effort, at 0.19 letters run together. Text of 12 points keeps 0.48 at the coarsest step.
LEGIBLE = 0.35
#: What a document weighs beside its pictures, at the least, in bytes: spares setting a document that cannot fit.
_FRAME = 20_000


def fit(spec: PackageSpec, limits: Limits) -> PackageResult | tuple[Violation, ...]:
    """The finest document that the limits allow, or what keeps it from fitting and the cost of each exhibit.

    Raises what :func:`goodstanding.rendering.package.compile_package` raises.
    """
    room = min((size for size in (limits.max_file_bytes, limits.max_total_bytes) if size is not None), default=None)
    result, weights = _smallest(spec, room)
    if limits.max_pages is not None and result.pages > limits.max_pages and not spec.flowing:
        result, weights = _smallest(replace(spec, flowing=True), room)
    broken = _broken(result, limits.max_pages, room, limits.source)
    return (*broken, *_costs(spec, result, weights)) if broken else result


def _smallest(spec: PackageSpec, room: int | None) -> tuple[PackageResult, Mapping[str, int]]:
    """Go down the steps until the document fits into ``room`` bytes; else the coarsest document."""
    held = dict(spec.qualities)
    steps = STEPS[STEPS.index(spec.quality) :] if spec.quality in STEPS else (spec.quality,)
    before = steps[0]
    for quality in steps:
        with tempfile.TemporaryDirectory(prefix="package-") as name:
            sheet = _readable(replace(spec, quality=quality), held, before, Path(name))
            if quality != steps[-1] and room is not None and sum(sheet.weights.values()) + _FRAME > room:
                before = quality
                continue
            result = set_sheet(sheet)
        if room is None or len(result.pdf) <= room:
            break
        before = quality
    return result, sheet.weights


def _readable(spec: PackageSpec, held: dict[str, Quality], before: Quality, folder: Path) -> Sheet:
    """Lay out; an exhibit whose text would suffer is held, now and at later steps, at the quality of the step before."""
    sheet = lay_out(replace(spec, qualities=held), folder)
    suffering = [name for name, kept in sheet.detail.items() if kept < LEGIBLE and name not in held]
    if not suffering:
        return sheet
    held.update(dict.fromkeys(suffering, before))
    return lay_out(replace(spec, qualities=held), folder)


def _broken(result: PackageResult, max_pages: int | None, room: int | None, source: str) -> list[Violation]:
    found = []
    if max_pages is not None and result.pages > max_pages:
        found.append(_over("package.too_many_pages", result.pages, max_pages, "pages", source))
    if room is not None and len(result.pdf) > room:
        found.append(_over("package.too_large", len(result.pdf), room, "bytes", source))
    return found


def _over(code: str, is_now: int, limit: int, unit: str, source: str) -> Violation:
    message = (
        f"The document has {is_now:,} {unit}, {is_now - limit:,} more than the recipient takes ({limit:,}), "
        "also with its pictures as coarse as they may be; leave out exhibits, or cut them to what matters."
    )
    facts = {"is": str(is_now), "limit": str(limit), "over": str(is_now - limit), "unit": unit, "source": source}
    return Violation(code=code, message=message, facts=facts)


def _costs(spec: PackageSpec, result: PackageResult, weights: Mapping[str, int]) -> list[Violation]:
    """What leaving out each exhibit would save, the heaviest first."""
    notes = []
    for exhibit in sorted(spec.exhibits, key=lambda item: (-weights.get(item.id, 0), item.id)):
        label = result.labels.get(exhibit.id)
        if label is None:
            continue
        first, last = result.exhibit_pages[label]
        pages, size = last - first + 1, weights[exhibit.id]
        message = f"Leaving out {label} ({exhibit.title or exhibit.filename}) saves {size:,} bytes and {pages} page(s)."
        facts = {"bytes": str(size), "pages": str(pages), "label": label}
        notes.append(Violation(code="package.cost", message=message, grade="note", subject=exhibit.id, facts=facts))
    return notes
