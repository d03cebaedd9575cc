"""What a package document is made from, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from goodstanding.contract import Exhibit, Violation


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How finely pictures are printed. ``dpi`` is pixels per inch at their printed size, ``jpeg`` Pillow's 1 to 95."""

    dpi: int
    jpeg: int

    @property
    def name(self) -> str:
        return f"{self.dpi} dpi, JPEG {self.jpeg}"


#: From fine to coarse. Below 100 dpi, text of the usual size in a scan stops being readable: there is no further step.
STEPS = (
    Quality(dpi=200, jpeg=85),
    Quality(dpi=200, jpeg=75),
    Quality(dpi=150, jpeg=75),
    Quality(dpi=150, jpeg=62),
    Quality(dpi=120, jpeg=60),
    Quality(dpi=100, jpeg=55),
)

PAGE_SIZES = ("a4", "us-letter")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One line of the timeline. ``at`` is aware (shown with its own offset) or a plain date; ``source`` names the proof.

    A source that is an exhibit's label (``A-3``) becomes a link to it.
    """

    at: datetime | date
    what: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class PackageSpec:
    """Everything a package document says. Two equal specs give the same bytes.

    ``fields`` are the facts of the cover in the order shown, labels already in the document's language.
    ``letter_markdown`` may use paragraphs, headings, lists, quotes, emphasis and tables; an exhibit's label in it becomes
    a link. ``as_of`` dates the letter and the file. ``flowing`` lets exhibits follow each other on a page, to save pages.
    Without ``cover`` the document begins with the letter or, where that is empty, with the first exhibit: for recipients
    that take one file for each kind of proof. ``qualities`` overrides ``quality`` for single exhibits, by id.
    """

    case_ref: str
    as_of: date
    letter_markdown: str
    title: str = ""
    subtitle: str = ""
    sender: str = ""
    recipient: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    timeline: tuple[Moment, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    language: str = "en"
    page_size: str = "a4"
    grayscale: bool = False
    flowing: bool = False
    cover: bool = True
    quality: Quality = STEPS[0]
    qualities: Mapping[str, Quality] = field(default_factory=dict)

    def quality_of(self, exhibit_id: str) -> Quality:
        """The quality in which that exhibit is printed."""
        return self.qualities.get(exhibit_id, self.quality)


@dataclass(frozen=True, kw_only=True)
class PackageResult:
    """A compiled document. ``exhibit_pages`` gives the first and last page of each exhibit by its label, counted from 1."""

    pdf: bytes
    pages: int
    exhibit_pages: Mapping[str, tuple[int, int]]
    warnings: tuple[Violation, ...] = ()
    quality: Quality = STEPS[0]
    labels: Mapping[str, str] = field(default_factory=dict)  # exhibit id to the label that it got
