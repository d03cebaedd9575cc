"""A signed sample dispute, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from goodstanding.contract import Incoming

from .config import Config
from .verify import signature

_DAYS_TO_ANSWER = 13
ORDER = "GS-1001"


def drill(config: Config, now: datetime) -> Incoming:
    """A ``dispute.created`` as Square would send it: goods not received, order GS-1001.

    Signed for the notification URL of the settings; unsigned, as by a forger, where there is no signature key.
    """
    seconds, told = int(now.timestamp()), now.replace(microsecond=0).isoformat()
    due = (now + timedelta(days=_DAYS_TO_ANSWER)).replace(hour=0, minute=0, second=0, microsecond=0)
    case = f"DRILL{seconds}"
    dispute = {
        "id": case,
        "amount_money": {"amount": 12900, "currency": "USD"},
        "card_brand": "VISA",
        "created_at": told,
        "disputed_payment": {"payment_id": "DRILLPAYMENTGS1001"},
        "due_at": due.isoformat(),
        "reason": "NOT_RECEIVED",
        "state": "EVIDENCE_REQUIRED",
        "updated_at": told,
        "version": 1,
        "goodstanding": {"drill": True, "order_number": ORDER},
    }
    event = {
        "merchant_id": "DRILLMERCHANT",
        "type": "dispute.created",
        "event_id": f"drill-{seconds}",
        "created_at": told,
        "data": {"type": "dispute", "id": case, "object": {"dispute": dispute}},
    }
    body, url = json.dumps(event).encode(), config.notification_url.strip()
    headers = [("Content-Type", "application/json")]
    if key := config.webhook_secret.strip():
        headers.append(("x-square-hmacsha256-signature", signature(url, body, key)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers), url=url)
