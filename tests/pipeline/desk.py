"""What the journeys are told with: a posted event, the worker's turn, a look at the case."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.test import Client
from PIL import Image, ImageDraw
from tests.cast import SECRET

from goodstanding import jobs
from goodstanding.contract import Money, Order, OrderLine, Reference, Shipment
from goodstanding.models import Case, Connection, Member, Merchant, Package, acting_for
from goodstanding.pipeline import evidence, orders

OPENED = datetime(2026, 11, 10, 8, tzinfo=UTC)


def event(kind: str = "dispute.opened", *, name: str = "evt_1", day: int = 0, **dispute: Any) -> dict[str, Any]:
    """An event of the example channel; ``day`` counts from the first one."""
    told = {
        "id": "D-20001",
        "stage": "chargeback",
        "status": "awaiting_merchant",
        "network": "visa",
        "reason_code": "13.1",
    }
    money = {"amount": 5990, "currency": "USD", "order_number": "GS-1001"}
    if kind == "dispute.closed":
        told, money = {"id": "D-20001", "status": "closed"}, {}
    else:
        told["respond_by"] = (OPENED + timedelta(days=day + 40)).isoformat()
    return {
        "id": name,
        "type": kind,
        "created_at": (OPENED + timedelta(days=day)).isoformat(),
        "dispute": {**told, **money, **dispute},
    }


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The example channel's signature over these bytes, of now."""
    stamp = str(int(datetime.now(UTC).timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Acme-Signature": f"t={stamp},v1={digest}"}


def post(connection: Connection, body: bytes | dict[str, Any], **headers: str) -> Any:
    """Through the door, signed unless headers are given."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(
        f"/in/{connection.token}/", content, content_type="application/json", headers=headers or signed(content)
    )


def work() -> None:
    """Everything that is queued, and what follows from it."""
    jobs.work_until_idle()


def arrive(connection: Connection, *events: dict[str, Any]) -> None:
    """Events one after the other, each worked before the next."""
    for item in events:
        assert post(connection, item).status_code == 200
        work()


def the_case(merchant: Merchant) -> Case:
    """The only case there is."""
    with acting_for(merchant.pk):
        return Case.objects.with_facts().select_related("merchant", "connection").get()


def current(case: Case) -> Package | None:
    with acting_for(case.merchant_id):
        return Package.objects.filter(case=case, superseded_at__isnull=True).select_related("reply").first()


def order(number: str = "GS-1001", **changes: Any) -> Order:
    """An order that was delivered and signed for."""
    told: dict[str, Any] = {
        "number": number,
        "ordered_at": OPENED - timedelta(days=20),
        "paid_at": OPENED - timedelta(days=20),
        "total": Money(Decimal("59.90"), "USD"),
        "buyer_name": "Jordan Lee",
        "buyer_email": "jordan.lee@example.com",
        "shipping_address": "12 Elm St, Portland, OR 97201, US",
        "country": "US",
        "lines": (
            OrderLine(title="Desk lamp", sku="SKU-77", quantity=Decimal(1), price=Money(Decimal("59.90"), "USD")),
        ),
        "shipments": (
            Shipment(
                carrier="UPS",
                tracking_number="1Z999AA10123456784",
                shipped_at=OPENED - timedelta(days=18),
                delivered_at=OPENED - timedelta(days=14),
                delivered_to="12 Elm St, Portland, OR 97201, US",
                signed_by="J Lee",
            ),
        ),
        "references": (Reference(type="payment", value="pay_77"),),
    }
    return Order(**{**told, **changes})


def keep_order(merchant: Merchant, **changes: Any) -> None:
    with acting_for(merchant.pk):
        orders.keep(merchant.pk, "orders", [order(**changes)])


def picture(words: str, colour: str = "white") -> bytes:
    """A screenshot with words on it."""
    image = Image.new("RGB", (900, 500), colour)
    ImageDraw.Draw(image).text((40, 40), words, fill="black", font_size=28)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def prove(case: Case, member: Member | None, *kinds: str) -> None:
    """One exhibit of each kind, and the package that follows."""
    with acting_for(case.merchant_id):
        for kind in kinds:
            evidence.add(case, member, f"{kind.removeprefix('ev.')}.png", picture(f"Exhibit {kind}"), kind)
    work()
