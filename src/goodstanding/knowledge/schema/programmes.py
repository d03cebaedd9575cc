"""Monitoring programmes of networks and gateways, and the rules of mailbox and e-mail providers."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from .common import Day, Point, Record, Text


class Dated(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    date: Day
    zh: Text


class Band(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of a programme's level. ``bps`` are basis points: 150 is 1.5 %."""

    min_count: int | None = None
    max_count: int | None = None
    min_bps: int | None = None
    max_bps: int | None = None
    ratio: str | None = None
    min_ecom_txns: int | None = None
    net_fraud_usd: int | None = None
    fraud_rate_bps: int | None = None
    max_3ds_share: str | None = None


class Thresholds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A programme's figures. ``bps`` are basis points, ``pct`` per cent, ``usd`` and ``aud`` major units."""

    merchant_excessive_bps: dict[str, int] = {}
    merchant_min_monthly_count: int | None = None
    cemea_min_count: int | None = None
    acquirer_above_standard_bps: int | None = None
    acquirer_excessive_bps: int | None = None
    enumeration: Band | None = None
    ecm: Band | None = None
    hecm: Band | None = None
    general: Band | None = None
    australia: Band | None = None
    listing_years: int | None = None
    fraud_amount_aud: int | None = None
    fraud_rate_bps: int | None = None
    advisory_pct: Decimal | None = None
    ratio_pct: Decimal | None = None
    min_sales: int | None = None
    lookback_months: int | None = None


class EarlyWarning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Our own, earlier alarm."""

    zh: Text
    safe_zone_bps: int | None = None


class Programme(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="programme"):
    """A watch list that a shop can get onto."""

    owner: Text
    name_en: Text
    name_zh: Text
    status: str
    effective: tuple[Dated, ...]
    metric_zh: Text
    thresholds: Thresholds
    consequences_zh: tuple[str, ...]
    exit_zh: str
    exclusions: tuple[Point, ...] = ()
    early_warning: EarlyWarning | None = None
    conflict_zh: str | None = None
    caveat_zh: str | None = None


class MailPoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: Text
    zh: Text
    threshold: int | None = None
    days: int | None = None
    target_pct: Decimal | None = None
    max_pct: Decimal | None = None
    review_pct: Decimal | None = None
    pause_pct: Decimal | None = None


class MailRule(Record, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="email_rule"):
    """What a mailbox or e-mail provider asks of bulk senders."""

    owner: Text
    name_en: Text
    name_zh: Text
    effective: tuple[Dated, ...]
    rules: tuple[MailPoint, ...]


ProgrammeRecord = Programme | MailRule
