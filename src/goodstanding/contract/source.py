"""A source is an origin of facts and proof: orders, parcels, conversations, uploads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .channel import Grant, Http, Permission
from .incoming import Incoming
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


#: What a parcel may be said to be; an adapter maps what it knows and leaves the rest "".
PARCEL_STATES = ("announced", "moving", "out_for_delivery", "pickup", "delivered", "failed", "expired", "unknown")


@dataclass(frozen=True, kw_only=True)
class ParcelEvent:
    """One thing the carrier said. ``at`` only where it states an instant; ``when`` is the moment as it wrote it."""

    what: str
    at: datetime | None = None
    when: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class ParcelNews:
    """What is known of a parcel now. ``address`` is set only where the carrier itself states the full street address."""

    number: str
    carrier: str = ""
    state: str = ""  # one of PARCEL_STATES
    status: str = ""  # the sender's own word
    events: tuple[ParcelEvent, ...] = ()
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_to: str = ""
    address: str = ""
    signed_by: str = ""
    problem: str = ""  # why nothing is known of it, in the sender's words


#: The words in a picture; lent by who calls, because plug-ins do not know the reader.
Ocr = Callable[[bytes], str]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a source cannot do, it leaves out.

    ``find`` answers with what it has on any of the references; an empty answer is an answer. ``fetch`` gives the orders
    that are new or changed since a moment, known ones included. ``track`` asks for parcels by number. ``files`` reads one
    uploaded file. ``verify`` and ``parse`` are for sources that deliver to our door: the first raises Untrusted.
    """

    name: str
    label: str
    config: type
    find: Callable[[tuple[Reference, ...], Any, Http | None], Iterable[Finding]] | None = None
    orders: Callable[..., Iterable[Order]] | None = None  # reads an uploaded table; pure
    reads: tuple[Permission, ...] = ()
    probe: Callable[[Any, Http], Grant] | None = None
    fetch: Callable[[Any, Http, datetime], Iterable[Order]] | None = None
    track: Callable[[tuple[str, ...], Any, Http], Iterable[ParcelNews]] | None = None
    files: Callable[[str, bytes, Ocr | None], Iterable[Finding]] | None = None
    verify: Callable[[Incoming, Any], None] | None = None
    parse: Callable[[Incoming], Iterable[ParcelNews]] | None = None
