"""What may be handed over, what the recipient's rules say of it, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .money import Money
from .notice import Reason, Reference


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One piece of proof as it goes into a package.

    ``kind`` is an id from ``knowledge/data/evidence`` (``ev.delivery_full_address``), ``proves_at`` the moment that it
    shows, ``sha256`` the hex digest of ``content``. ``label`` is the exhibit's letter or number in the package.
    """

    id: str
    kind: str
    title: str
    media_type: str
    content: bytes
    sha256: str
    filename: str = ""
    label: str = ""
    proves_at: datetime | None = None
    origin: str = ""
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """A frozen package: reply, exhibits, and the document compiled from both."""

    case_ref: str
    stage: str
    reason: Reason | None
    network: str
    amount: Money | None
    references: tuple[Reference, ...]
    language: str
    reply_text: str
    exhibits: tuple[Exhibit, ...]
    document: bytes = b""  # the compiled PDF
    digest: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)  # named facts of the case: customer_name, shipping_date …


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a recipient accepts; None where its rules say nothing that we could confirm. Sizes are bytes."""

    media_types: tuple[str, ...] = ()
    max_file_bytes: int | None = None
    max_total_bytes: int | None = None
    max_pages: int | None = None
    max_files: int | None = None
    max_text_chars: int | None = None
    max_total_text_chars: int | None = None
    one_file_per_slot: bool = False
    slots: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    filename_pattern: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """Something this dispute accepts or demands as proof, in the recipient's own code.

    ``need`` is ``required``, ``any_of`` or ``helpful``; ``evidence`` lists our evidence ids that satisfy it, if we know.
    """

    code: str
    need: str
    evidence: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A rule that a package breaks. ``code`` names the rule, ``facts`` its numbers; ``grade`` is fatal, serious or note."""

    code: str
    message: str
    grade: str = "fatal"
    subject: str = ""  # exhibit id, field or page
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the recipient said when it took the package. ``state`` is ``accepted`` or ``unknown`` (ask before trying again)."""

    state: str
    reference: str = ""
    at: datetime | None = None
    raw: Mapping[str, str] = field(default_factory=dict)
