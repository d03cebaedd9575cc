"""Payment gateways: their windows and fees, and the words they use for reasons."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from .common import Confirmation, Day, Record, Text
from .reasons import EvidenceNeed, Maps

GatewayName = Literal["stripe", "shopify_payments", "adyen", "paypal", "klarna", "cash_app_pay"]


class ResponseDays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a gateway says of the time to answer. The case's own field always wins."""

    min: int | None = None
    max: int | None = None
    unit: Literal["calendar_days"] | None = None
    unauthorized: int | None = None
    other: int | None = None
    adyen_variant: tuple[str, ...] = ()
    authority_zh: str | None = None
    cutoff_zh: str | None = None
    zh: str | None = None


class Fee(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fee in major units of its currency."""

    id: Text
    amount: Decimal | None = None
    currency: str | None = None
    by_currency: dict[str, Decimal] = {}
    effective: Day | None = None
    condition_zh: str | None = None
    zh: str | None = None


class DayRange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    min: int | None = None
    max: int | None = None
    days: int | None = None
    zh: str | None = None


class FilingDays(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    default: int | None = None
    cup: int | None = None
    visa_mastercard_max: int | None = None
    days: int | None = None
    start_zh: str | None = None


class RegionalDays(Confirmation, frozen=True, kw_only=True, forbid_unknown_fields=True):
    region: tuple[str, ...]
    scheme: str
    days: int
    effective: Day


class GatewayProfile(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="gateway"):
    """How a gateway runs disputes."""

    gateway: GatewayName
    name_zh: Text
    response_days: ResponseDays | None = None
    fees: tuple[Fee, ...] = ()
    decision_days: DayRange | None = None
    rules_zh: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    counted_from: str | None = None
    defend_days: dict[str, int] = {}
    rfi_days: dict[str, int | tuple[str, ...]] = {}
    filing_days: FilingDays | None = None
    regional: tuple[RegionalDays, ...] = ()
    auto_defence_zh: tuple[str, ...] = ()
    buyer_open_days: int | None = None
    escalate_days: DayRange | None = None
    seller_claim_response_days: DayRange | None = None
    notes_zh: str | None = None


class GatewayReason(
    Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="gateway_reason"
):
    """A gateway's own category: often several network codes in one."""

    gateway: GatewayName
    code: Text
    name_zh: Text
    name_en: str | None = None
    network_codes: dict[str, tuple[str, ...]] = {}
    maps: Maps | None = None
    evidence: tuple[EvidenceNeed, ...] = ()
    response_days: str | None = None
    seller_protection_zh: str | None = None
    notes_zh: str | None = None


class GatewayCodes(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="code_group"):
    """Codes of a gateway that mean something together and have no record each."""

    gateway: GatewayName
    codes: tuple[str, ...]
    name_zh: Text
    explain_zh: Text


class GatewayNote(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="rule"):
    """Something to know about a gateway's vocabulary."""

    gateway: GatewayName
    name_zh: Text
    explain_zh: Text


GatewayRecord = GatewayProfile | GatewayReason | GatewayCodes | GatewayNote
