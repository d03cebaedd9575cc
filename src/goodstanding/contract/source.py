"""A source is an origin of facts and proof: orders, parcels, conversations, uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .channel import Http, Permission
from .money import Money
from .notice import Reference


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    title: str
    quantity: Decimal = Decimal(1)
    sku: str = ""
    price: Money | None = None


@dataclass(frozen=True, kw_only=True)
class Shipment:
    tracking_number: str = ""
    carrier: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_to: str = ""  # city and postcode as the carrier states them
    signed_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order as the shop or ERP tells it. Moments are aware; money is in the order's currency."""

    number: str
    ordered_at: datetime | None = None
    paid_at: datetime | None = None
    total: Money | None = None
    buyer_name: str = ""
    buyer_email: str = ""
    buyer_phone: str = ""
    buyer_ip: str = ""
    shipping_address: str = ""
    billing_address: str = ""
    country: str = ""
    references: tuple[Reference, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunded: Money | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A fact or a file that a source offers as evidence; ``kind`` is an id from ``knowledge/data/evidence``."""

    kind: str
    title: str
    origin: str
    proves_at: datetime | None = None
    content: bytes = b""
    media_type: str = ""
    filename: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    order: Order | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """``find`` answers with what it has on any of the references; an empty answer is an answer."""

    name: str
    label: str
    config: type
    find: Callable[[tuple[Reference, ...], Any, Http | None], Iterable[Finding]] | None = None
    orders: Callable[..., Iterable[Order]] | None = None  # reads an uploaded table; pure
    reads: tuple[Permission, ...] = ()
