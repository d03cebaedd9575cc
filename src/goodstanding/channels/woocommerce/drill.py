"""A signed sample, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from goodstanding.contract import Incoming

from .config import Config
from .parse import DRILL_TOPIC
from .verify import signature

_DAYS_TO_ANSWER = 9
ORDER = "GS-1001"


def drill(config: Config, now: datetime) -> Incoming:
    """A dispute of WooPayments (goods not received, order GS-1001), sent and signed as the shop sends its webhooks.

    WooPayments itself sends none; what is tried is address, firewall and secret. Unsigned where there is no secret.
    """
    seconds = int(now.timestamp())
    last_day = (now + timedelta(days=_DAYS_TO_ANSWER)).replace(hour=23, minute=59, second=59, microsecond=0)
    dispute = {
        "id": f"dp_1DRILL{seconds}",
        "object": "dispute",
        "amount": 12900,
        "currency": "usd",
        "charge": "ch_3DRILLGS1001",
        "payment_intent": "pi_3DRILLGS1001",
        "created": seconds,
        "livemode": False,
        "reason": "product_not_received",
        "network_reason_code": "13.1",
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "network_reason_code": "13.1"}},
        "status": "needs_response",
        "evidence_details": {
            "due_by": int(last_day.timestamp()),
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "order": {"number": ORDER},
        "goodstanding": {"drill": True},
    }
    body = json.dumps(dispute).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("X-WC-Webhook-Topic", DRILL_TOPIC),
        ("X-WC-Webhook-Delivery-ID", f"drill-{seconds}"),
    ]
    if secret := config.webhook_secret.strip():
        headers.append(("X-WC-Webhook-Signature", signature(body, secret)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))
