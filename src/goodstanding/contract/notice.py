"""What an adapter understood: in the sender's own terms. What it means is decided elsewhere, from knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from .money import Money

#: Steps of an outside matter, in their usual order. An adapter maps what it knows and leaves the rest "".
STAGES = ("alert", "inquiry", "dispute", "pre_arbitration", "arbitration", "appeal")

#: What a decider may have ruled.
RULINGS = ("won", "lost", "partly", "accepted", "withdrawn", "expired", "closed", "prevented")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Scheme and code exactly as the sender gave them: ``visa`` ``13.1``, ``stripe`` ``product_not_received``."""

    scheme: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A name by which an outside system knows a thing.

    ``type`` is one of ``case``, ``payment``, ``charge``, ``order``, ``arn``, ``invoice``, ``tracking``, ``refund``, ``customer``.
    """

    type: str
    value: str
    system: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """A person or body: the buyer, the cardholder, the authority that writes."""

    role: str  # "buyer", "cardholder", "authority", "lawyer", "complainant"
    name: str = ""
    email: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True)
class Due:
    """By when the sender wants an answer, as stated.

    Give ``at`` (aware) where the sender states an instant, or ``on`` where it states only a date; ``zone`` is the IANA
    name if the sender names one. A date without zone is taken at its earliest possible end by who computes deadlines.
    """

    at: datetime | None = None
    on: date | None = None
    zone: str = ""
    raw: str = ""


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """An outcome as the sender tells it. ``final`` is false where the sender's rules let it be reversed."""

    result: str  # one of RULINGS
    final: bool = True
    amount: Money | None = None


@dataclass(frozen=True, kw_only=True)
class ParsedNotice:
    """One understood event inside a delivery.

    ``kind`` is a code from ``knowledge/data/kinds`` (``chargeback``, ``pre_dispute_alert`` …), ``event_ref`` makes the event
    unique on its connection, ``case_ref`` is the identifier by which the sender wants the matter quoted. ``status`` is the
    sender's own word, untouched. ``facts`` hold what a person reads or a template quotes; their keys are declared in
    the kind's file. ``unread`` lists the paths of the payload that no one took.
    """

    kind: str
    event_ref: str
    case_ref: str
    occurred_at: datetime | None = None
    stage: str = ""
    status: str = ""
    reason: Reason | None = None
    reason_category: str = ""
    network: str = ""
    amount: Money | None = None
    respond_by: Due | None = None
    references: tuple[Reference, ...] = ()
    parties: tuple[Party, ...] = ()
    ruling: Ruling | None = None
    test: bool = False
    language: str = ""
    text: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Unstructured text that may be a notice: a mail, a paste, a scan. ``raw`` stays whole (an RFC 5322 message or text).

    ``enclosed_in`` is the ``event_ref`` of the mail to which a forwarded message was attached: such a message's own trace and
    result headers were supplied by whoever forwarded it and prove nothing. ``media_type`` may carry ``report-type`` as a
    parameter (``message/rfc822; report-type=feedback-report``).
    """

    event_ref: str
    raw: bytes
    media_type: str = "message/rfc822"
    filename: str = ""
    enclosed_in: str = ""


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """Something changed over there; the truth must be read with the channel's ``lookup``."""

    reference: Reference
    event_ref: str
    reason: str = ""


Parsed = ParsedNotice | Letter | Pointer
