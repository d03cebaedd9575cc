"""Statutory duties and withdrawal rights."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from .common import Day, Record, Text, When

Topic = Literal["consumer", "privacy", "payments", "answering"]
DeadlineType = Literal[
    "standing", "before_purchase", "before_delivery", "after_order", "after_delivery", "after_contract", "after_withdrawal",
    "after_cancel", "before_ship_deadline", "before_renewal", "unsubscribe", "answer", "report", "cardholder", "upcoming", "informational",
]  # fmt: skip


class DutyCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to see whether a shop fulfils the duty: our own test design, not the law's words."""

    target: Literal["public_page", "checkout", "email", "order_flow", "account", "records"]
    method_zh: Text
    pass_if_zh: Text
    fail_if_zh: Text
    automation: Literal["auto", "semi", "manual"]


class DutyDeadline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``days`` are calendar days; other units are in the key's name. ``upcoming`` is not yet a breach."""

    type: DeadlineType
    days: int | None = None
    days_min: int | None = None
    days_max: int | None = None
    alt_days: int | None = None
    business_days: int | None = None
    hours: int | None = None
    months: int | None = None
    extend_days: int | None = None
    extension_days: int | None = None
    late_delivery_days: int | None = None
    refund_days: int | None = None
    no_copy_days: int | None = None
    penalty_days: int | None = None
    applies_to_contracts_from: Day | None = None
    weekend_rule: Literal["extend_to_next_working_day", "none"] | None = None
    party: str | None = None
    statutory: bool | None = None
    start_zh: str | None = None
    zh: str | None = None


class Obligation(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A duty that can be checked on a shop, with the time to fulfil it or to answer."""

    jurisdiction: Text
    topic: Topic
    instrument: Text
    citation: Text
    effective_from: When
    obligation_zh: Text
    check: DutyCheck
    deadline: DutyDeadline
    effective_to: When | None = None
    effective_note_zh: str | None = None
    applies_when_zh: str | None = None
    exceptions_zh: str | None = None
    penalty_zh: str | None = None


class StartPoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"for_": "for"}):
    for_: Text
    zh: Text


class Extension(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zh: Text
    days: int | None = None


class RefundRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: int | None = None
    start_zh: str | None = None
    method_zh: str | None = None
    includes_zh: str | None = None
    withhold_zh: str | None = None
    zh: str | None = None


class ReturnRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zh: Text
    days: int | None = None


class Exemption(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Text
    zh: Text


class CoolingOff(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A destination's withdrawal right. ``days`` is null where there is none without a reason."""

    jurisdiction: Text
    name_zh: Text
    statutory_right: bool
    days: int | None = None
    day_type: Literal["calendar", "business"]
    basis: Literal["statutory", "conditional"]
    start_points: tuple[StartPoint, ...]
    extension_if_not_informed: Extension | None = None
    refund_rule: RefundRule | None = None
    return_rule: ReturnRule | None = None
    counting_rules_zh: tuple[str, ...]
    exceptions: tuple[Exemption, ...]
    notes_zh: str | None = None
