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
    """A ``payment.dispute.state-change.initiated`` in Klarna's form: goods not received, order GS-1001.

    ``goodstanding`` marks it inside the signed body. Unsigned where the connection has no signing key.
    """
    number, stamp = int(now.timestamp()), now.replace(microsecond=0).isoformat()
    event = {
        "event_type": "payment.dispute.state-change.initiated",
        "event_id": f"drill-{number}",
        "occurred_at": stamp,
        "metadata": {"event_type": "payment.dispute.state-change.initiated", "live": False},
        "payload": {
            "payment_dispute_id": f"krn:drill:payment:dispute:{number}",
            "state": "INITIATED",
            "dispute_reason": "PRODUCTS_OR_SERVICES_NOT_RECEIVED",
            "purchase_reference": ORDER,
            "representment": {
                "state": "EVIDENCE_REQUESTED",
                "expires_at": (now + timedelta(days=_DAYS_TO_ANSWER)).replace(microsecond=0).isoformat(),
            },
            "dispute_details": {"dispute_amount": 12900, "currency": "EUR"},
            "created_at": stamp,
            "updated_at": stamp,
            "goodstanding": {"drill": True},
        },
    }
    body = json.dumps(event).encode()
    headers = [("Content-Type", "application/json")]
    if secret := config.webhook_secret.strip():
        headers += [("Klarna-Signature", signature(body, secret)), ("Klarna-Signing-Key-Id", "drill")]
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))
