"""What the page tests are played with: signed-in browsers, and a case that has gone through the pipeline."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.test import Client
from PIL import Image, ImageDraw
from tests.cast import SECRET, Cast, connection

from goodstanding.channels import channels
from goodstanding.channels.stripe.verify import signed_header
from goodstanding.contract import Incoming, Money, Order, OrderLine, Shipment
from goodstanding.models import Case, Connection, Delivery, Member, Merchant, acting_for
from goodstanding.pipeline import advance, evidence, identify, orders, rebuild, receive

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def browser(member: Member | None, **headers: str) -> Client:
    """A signed-in browser; without a member, nobody's."""
    client = Client(headers={"Accept-Language": "zh-CN", **headers})
    if member is not None:
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def stripe(merchant: Merchant, label: str = "Stripe") -> Connection:
    """A connection that listens and has no key to call anyone with."""
    return connection(merchant, "stripe", label=label, settings={}, secrets={"webhook_secret": SECRET})


def body(number: int = 1, **dispute: Any) -> bytes:
    """A dispute as Stripe tells it: 59.90 USD, goods not received, order GS-1001."""
    channel = channels()["stripe"]
    assert channel.drill is not None
    event = json.loads(channel.drill(channel.config(), datetime.now(UTC)).body)
    event["id"] = f"evt_{number}"
    event["data"]["object"] |= {"id": f"dp_{20000 + number}", "amount": 5990, **dispute}
    return json.dumps(event).encode()


def delivered(where: Connection, content: bytes, *, genuine: bool = True) -> Delivery:
    """Through the door and the whole pipeline, at once."""
    now = datetime.now(UTC)
    signature = signed_header(content, SECRET if genuine else "another", now)
    headers = (("Stripe-Signature", signature), ("Content-Type", "application/json"))
    incoming = Incoming(origin="webhook", body=content, received_at=now, headers=headers)
    delivery = receive.store(where, incoming)
    identify.identify(where.merchant_id, delivery.pk)
    with acting_for(where.merchant_id):
        notices = list(delivery.notices.values_list("pk", flat=True))
    for pk in notices:
        advance.advance(where.merchant_id, pk)
    return delivery


def keep_order(merchant: Merchant, **changes: Any) -> None:
    """An order that was delivered."""
    at = datetime.now(UTC)
    told: dict[str, Any] = {
        "number": "GS-1001",
        "ordered_at": at - timedelta(days=20),
        "paid_at": at - timedelta(days=20),
        "total": Money(Decimal("59.90"), "USD"),
        "buyer_name": "Jordan Lee",
        "buyer_email": "jordan.lee@example.com",
        "shipping_address": "12 Elm St, Portland, OR 97201, US",
        "country": "US",
        "lines": (OrderLine(title="Desk lamp", sku="SKU-77", price=Money(Decimal("59.90"), "USD")),),
        "shipments": (
            Shipment(
                carrier="UPS",
                tracking_number="1Z999AA10123456784",
                shipped_at=at - timedelta(days=18),
                delivered_at=at - timedelta(days=14),
                delivered_to="12 Elm St, Portland, OR 97201, US",
            ),
        ),
    }
    with acting_for(merchant.pk):
        orders.keep(merchant.pk, "orders", [Order(**{**told, **changes})])


def picture(words: str = "proof") -> bytes:
    image = Image.new("RGB", (640, 400), "white")
    ImageDraw.Draw(image).text((40, 40), words, fill="black", font_size=28)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def a_case(people: Cast, *, proven: bool = False) -> Case:
    """Case 1 of the merchant: a chargeback with its order; ``proven`` adds what a package needs."""
    keep_order(people.merchant)
    delivered(stripe(people.merchant), body())
    if proven:
        with acting_for(people.merchant.pk):
            case = Case.objects.get(number=1)
            for kind in ("ev.delivery_full_address", "ev.signature_pod"):
                evidence.add(case, people.alice, f"{kind}.png", picture(kind), kind)
        rebuild.rebuild(people.merchant.pk, case.pk)
    with acting_for(people.merchant.pk):
        return Case.objects.with_facts().get(number=1)
