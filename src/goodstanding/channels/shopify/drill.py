"""A signed sample dispute, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from goodstanding.contract import Incoming

from .config import Config
from .verify import signature
from .vocabulary import REST_VERSION

_DAYS_TO_ANSWER = 10
ORDER = "GS-1001"


def drill(config: Config, now: datetime) -> Incoming:
    """A ``disputes/create`` as Shopify would send it: goods not received, order GS-1001.

    ``goodstanding`` marks it inside the signed body. Unsigned, as by a forger, where the connection has no client secret.
    """
    last_day = (now + timedelta(days=_DAYS_TO_ANSWER)).replace(hour=23, minute=59, second=0, microsecond=0)
    dispute = {
        "id": int(now.timestamp()),
        "order_id": 1001,
        "type": "chargeback",
        "amount": "129.00",
        "currency": "USD",
        "reason": "product_not_received",
        "network_reason_code": "13.1",
        "status": "needs_response",
        "evidence_due_by": last_day.isoformat(),
        "evidence_sent_on": None,
        "finalized_on": None,
        "initiated_at": now.replace(microsecond=0).isoformat(),
        "goodstanding": {"drill": True, "order_name": ORDER},
    }
    body = json.dumps(dispute).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("X-Shopify-Topic", "disputes/create"),
        ("X-Shopify-API-Version", REST_VERSION),
        ("X-Shopify-Webhook-Id", f"drill-{int(now.timestamp())}"),
    ]
    if shop := config.shop.strip().lower():
        headers.append(("X-Shopify-Shop-Domain", shop))
    if secret := config.webhook_secret.strip():
        headers.append(("X-Shopify-Hmac-Sha256", signature(body, secret)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))
