"""A signed sample dispute, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from goodstanding.contract import Incoming

from .config import Config
from .verify import signature

_DAYS_TO_ANSWER = 7
ORDER = "GS-1001"


def drill(config: Config, now: datetime) -> Incoming:
    """A ``payment_dispute.requires_response`` in Airwallex's form: goods not received, order GS-1001.

    ``goodstanding`` marks it inside the signed body. Unsigned where the connection has no webhook secret.
    """
    number = int(now.timestamp())
    dispute = {
        "id": f"drill_{number}",
        "amount": 129.00,
        "currency": "USD",
        "card_brand": "visa",
        "stage": "CHARGEBACK",
        "status": "REQUIRES_RESPONSE",
        "reason": {"original_code": "13.1", "description": "Merchandise not received"},
        "merchant_order_id": ORDER,
        "due_at": _moment(now + timedelta(days=_DAYS_TO_ANSWER)),
        "created_at": _moment(now),
        "updated_at": _moment(now),
        "goodstanding": {"drill": True},
    }
    event = {
        "id": f"evt_drill_{number}",
        "name": "payment_dispute.requires_response",
        "created_at": _moment(now),
        "data": {"object": dispute},
    }
    body, stamp = json.dumps(event).encode(), str(number * 1000)
    headers = [("Content-Type", "application/json"), ("x-timestamp", stamp)]
    if secret := config.webhook_secret.strip():
        headers.append(("x-signature", signature(stamp, body, secret)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S%z")
