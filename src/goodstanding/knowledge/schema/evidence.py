"""Evidence vocabulary, what recipients accept as files, and how long to keep proof."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from .common import Record, Text


class EvidenceItem(
    Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="evidence_item"
):
    """A kind of exhibit."""

    name_zh: Text
    name_en: Text
    how_to_get_zh: Text
    stripe_fields: str
    shopify_fields: str
    retain_months_recommended: int


class FilePoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One limit. Sizes are megabytes as the recipient's text states them."""

    id: Text
    zh: Text
    values: tuple[str, ...] = ()
    max_mb: Decimal | None = None
    max_total_mb: Decimal | None = None
    max_pages: int | None = None
    max_pages_mastercard: int | None = None
    max_chars: int | None = None
    max_files: int | None = None
    max_dpi: int | None = None


class FileRule(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="file_rule"):
    """What one recipient accepts as files."""

    name_zh: Text
    rules: tuple[FilePoint, ...]


class Retention(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="retention"):
    """How long to keep a kind of proof, and why."""

    name_zh: Text
    months_min: int | None = None
    why_zh: Text


class WritingRule(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="rule"):
    """How a document or a bundle must be made."""

    name_zh: Text
    rules: tuple[FilePoint, ...]
    notes_zh: str | None = None


EvidenceRecord = EvidenceItem | FileRule | Retention | WritingRule
