"""What reading gives back: values, where they stand, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal[
    "chargeback", "pre_dispute_alert", "refund_dispute", "regulator", "data_protection", "esp_warning",
    "spam_complaint_report", "review", "consumer_complaint", "legal_threat", "dispute_result", "not_a_notice",
]  # fmt: skip
#: The codes of kinds, in the order of ``docs/reference``.
KINDS: tuple[Kind, ...] = (
    "chargeback", "pre_dispute_alert", "refund_dispute", "regulator", "data_protection", "esp_warning",
    "spam_complaint_report", "review", "consumer_complaint", "legal_threat", "dispute_result", "not_a_notice",
)  # fmt: skip

Authority = Literal["genuine", "phishing", "unverified", "n/a"]

#: Names of the fields, in the order they are printed.
FIELDS = (
    "case_id", "reason_code", "reason_category", "network", "amount", "currency", "order_id", "deadline",
    "deadline_rule", "complainant",
)  # fmt: skip

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A value that was considered and not taken, with the reason's code."""

    value: str
    raw: str
    span: Span | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value read. ``text[span[0]:span[1]] == raw`` always; ``span`` is None where the value is not in a text (JSON)."""

    value: str
    raw: str
    span: Span | None
    rule: str
    alternatives: tuple[Alternative, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReading:
    """A stated date: ``local`` is ISO 8601 (date, or date and time), ``zone`` an IANA name or an offset.

    ``zone_origin`` is ``stated``, ``authority`` (the organisation's home) or ``assumed`` (nothing known: UTC).
    ``readings`` has every date that the words admit; more than one means that a person must choose, and the earlier warns.
    """

    raw: str
    local: str
    zone: str
    zone_origin: Literal["stated", "authority", "assumed"]
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason: a stable code and its parameters. Sentences are made on display (:mod:`goodstanding.reading.explain`)."""

    code: str
    params: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str:
        return dict(self.params).get(name, "")


def ground(code: str, **params: str) -> Ground:
    return Ground(code, tuple(sorted(params.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of the message. Counted kinds lie in ``Reading.text``; removed ones keep their words in ``content``.

    ``kind`` is ``subject``, ``newest``, ``forwarded``, ``attachment`` (counted) or ``note``, ``quoted``, ``hidden``,
    ``signature`` (removed, ``start == end``).
    """

    kind: str
    start: int
    end: int
    content: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as shown and as it leads. Never offered for clicking in an unproven mail."""

    shown: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who speaks: ``id`` of an organisation record, or "" with a free name."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one message is, whether it is genuine, and what it says."""

    text: str
    segments: tuple[Segment, ...] = ()
    language: str = ""
    kind: Kind = "not_a_notice"
    stage: str = ""
    authority: Authority = "n/a"
    authority_reasons: tuple[Ground, ...] = ()
    issuer: Issuer | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    deadline: DeadlineReading | None = None
    needs_human: tuple[str, ...] = ()
    signals: tuple[Ground, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    subject: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    links: tuple[Link, ...] = ()
    media_type: str = ""

    def value(self, name: str) -> str | None:
        """A field's value, or None where the text does not say."""
        found = self.fields.get(name)
        return found.value if found else None


def to_json(reading: Reading, file: str) -> dict[str, Any]:
    """The object that ``goodstanding read --json`` prints for one file."""
    from .explain import explain_need, explain_zh

    return {
        "file": file,
        "family": reading.kind,
        "authority": reading.authority,
        "issuer": reading.issuer.name if reading.issuer and reading.issuer.name else None,
        "language": reading.language or None,
        "needs_human": bool(reading.needs_human),
        "reasons": [
            *(f"{code}: {explain_need(code)}" for code in reading.needs_human),
            *(f"{item.code}: {explain_zh(item)}" for item in reading.authority_reasons),
        ],
        "fields": {name: reading.value(name) for name in FIELDS},
        "spans": {name: list(f.span) for name, f in reading.fields.items() if f.span is not None},
    }
