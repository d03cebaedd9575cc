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
    """A ``payments/create`` as SHOPLINE would send it for a dispute: goods not received, order GS-1001.

    ``goodstanding`` marks it inside the signed body. Unsigned, as by a forger, where the connection has no app secret.
    """
    number = int(now.timestamp())
    detail = {
        "dispute_id": f"drill-{number}",
        "dispute_type": "CHARGEBACK",
        "stage": "CHARGEBACK",
        "amount": "129.00",
        "currency": "USD",
        "reason": "product_not_received",
        "create_time": now.replace(microsecond=0).isoformat(),
        "dispute_evidence_update_deadline": (now + timedelta(days=_DAYS_TO_ANSWER)).replace(microsecond=0).isoformat(),
        "goodstanding": {"drill": True, "order_name": ORDER},
    }
    body = json.dumps({"detail": detail}).encode()
    headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("X-Shopline-Topic", "payments/create"),
        ("X-Shopline-Webhook-Id", f"drill-{number}"),
    ]
    if shop := config.shop.strip().lower():
        headers.append(("X-Shopline-Shop-Domain", shop))
    if secret := config.webhook_secret.strip():
        headers.append(("X-Shopline-Hmac-Sha256", signature(body, secret)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))
