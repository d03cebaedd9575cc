"""Card networks: dispute reasons, flows, rules and groups of codes."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from .common import Confirmation, Day, Point, Record, Text

Network = Literal["visa", "mastercard", "amex", "discover"]
Need = Literal["required", "any_of", "helpful"]
Status = Literal[
    "live", "dormant", "legacy", "deprecated_shown_by_gateways", "retired", "regional", "programme", "inquiry", "process", "status_codes",
]  # fmt: skip
NetworkCategory = Literal[
    "fraud", "authorization", "processing_error", "consumer", "documentation", "unrecognized", "programme", "process", "industry",
    "legacy", "regional", "other",
]  # fmt: skip


class EvidenceNeed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exhibit that a reason asks for: ``any_of`` means at least one of these normally decides the case."""

    id: Text
    need: Need
    when_zh: str | None = None


class FilingWindow(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the cardholder or issuer has. Days are calendar days."""

    days: Annotated[int, Meta(ge=1)] | None = None
    start_zh: str | None = None
    notes_zh: str | None = None
    cap_days_from_processing: int | None = None
    cap_days_from_settlement: int | None = None
    issuer_wait_days: int | None = None


class GatewayWindows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What gateways leave of the network's time, in words: for planning, never for arithmetic."""

    stripe: str
    shopify_payments: str
    adyen: str
    paypal: str


class ResponseWindow(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the acquirer has; the merchant's own deadline is the gateway's case field."""

    network_days: Annotated[int, Meta(ge=1)]
    counted_from: str
    actor: str
    gateway: GatewayWindows
    alt_network_days: int | None = None
    flow: str | None = None
    notes_zh: str | None = None


class PreDispute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can stop a dispute before it is filed. Coverage is text where the sources only say "partly"."""

    rdr: bool
    order_insight: bool | None = None
    cdrn_alert: str | None = None
    ethoca_alert: str | None = None
    collaboration_hours: int | None = None
    inquiry_stage: bool | None = None
    notes_zh: str | None = None


class Liability(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    three_ds: str
    default: Literal["merchant", "merchant_or_acquirer", "acquirer"]
    zh: str | None = None


class Maps(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The gateway categories that this reason is shown under."""

    stripe_category: str
    shopify_reason: str | None = None


class SubCondition(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Text
    zh: Text
    name_en: str | None = None


class Renumbering(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zh: Text
    effective: Day


class ReasonCode(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="reason_code"):
    """A network's reason for a dispute, what it asks for, and how it is lost."""

    network: Network
    code: Text
    status: Status
    name_en: Text
    name_zh: Text
    category: NetworkCategory
    explain_zh: Text
    filing_window: FilingWindow | None = None
    response_window: ResponseWindow | None = None
    pre_dispute: PreDispute
    evidence: tuple[EvidenceNeed, ...]
    losing_mistakes_zh: tuple[str, ...]
    liability: Liability
    ce3_eligible: bool
    maps: Maps
    invalid_when: tuple[Point, ...] = ()
    recent_changes: tuple[Point, ...] = ()
    sub_conditions: tuple[SubCondition, ...] = ()
    parent: str | None = None
    folded_into: str | None = None
    four_digit: str | None = None
    stripe_numeric: tuple[str, ...] | None = None
    first_party_trust_eligible: bool | None = None
    planned_renumbering: Renumbering | None = None
    conflict_zh: str | None = None
    notes_zh: str | None = None

    @property
    def lookup_code(self) -> str:
        """The code, or ``4853.not_provided`` for a sub-condition that has no code of its own."""
        return self.id.split(".", 1)[1] if self.parent else self.code


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    step: int
    actor: str
    action_zh: Text
    days: int | None = None


class Flow(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="flow"):
    """The steps of a dispute on a network, with who acts and how long each may take."""

    network: Network
    name_zh: Text
    steps: tuple[Step, ...]
    applies_to: tuple[str, ...] = ()
    notes_zh: str | None = None


class KnownMeaning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Text
    en: Text
    zh: Text


class CodeGroup(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="code_group"):
    """Codes that mean something together and have no record each."""

    network: Network
    codes: Annotated[tuple[str, ...], Meta(min_length=1)]
    name_zh: Text
    explain_zh: Text
    status: Status | None = None
    known_meanings: tuple[KnownMeaning, ...] = ()


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Text
    zh: Text
    change: Literal["carried_over", "new", "changed"] | None = None
    any_of: tuple[str, ...] = ()
    min_days_exclusive: int | None = None
    max_days_inclusive: int | None = None
    device_id_min_len: int | None = None
    fingerprint_min_len: int | None = None


class Version(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule's text for disputes processed between two days, both included."""

    conditions: tuple[Condition, ...]
    valid_from: Day | None = None
    valid_to: Day | None = None
    current_on_compile_date: bool | None = None
    applies_to_zh: str | None = None


class AutomaticQualification(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    live: Day
    zh: Text


class NetworkRule(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="rule"):
    """A network's rule that belongs to no single reason."""

    network: Network
    name_zh: Text
    name_en: str | None = None
    rules: tuple[Point, ...] = ()
    applies_to: tuple[str, ...] = ()
    explain_zh: str | None = None
    conditions: tuple[Condition, ...] = ()
    versions: tuple[Version, ...] = ()
    submission: tuple[Point, ...] = ()
    effective: Day | None = None
    effect_zh: str | None = None
    automatic_qualification: AutomaticQualification | None = None
    common_errors_zh: tuple[str, ...] = ()
    notes_zh: str | None = None


NetworkRecord = ReasonCode | Flow | CodeGroup | NetworkRule
