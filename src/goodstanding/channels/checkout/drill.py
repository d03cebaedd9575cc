"""A signed sample dispute, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from goodstanding.contract import Incoming

from .config import Config
from .verify import signature

_DAYS_TO_ANSWER = 12
ORDER = "GS-1001"


def drill(config: Config, now: datetime) -> Incoming:
    """A ``dispute_evidence_required`` as Checkout.com would send it: sandbox, Visa 13.1, order GS-1001.

    Unsigned, as by a forger, where the connection has no signature key.
    """
    seconds = int(now.timestamp())
    told = now.replace(microsecond=0).isoformat()
    due = (now + timedelta(days=_DAYS_TO_ANSWER)).replace(hour=18, minute=0, second=0, microsecond=0)
    event = {
        "id": f"evt_drill{seconds}",
        "type": "dispute_evidence_required",
        "version": "1.2.0",
        "created_on": told,
        "data": {
            "id": f"dsp_drill{seconds}",
            "date": told,
            "category": "product_service_not_received",
            "amount": 12900,
            "currency": "USD",
            "reason_code": "13.1",
            "payment_id": "pay_drillGS1001",
            "payment_action_id": "act_drillGS1001",
            "payment_reference": ORDER,
            "payment_method": "VISA",
            "evidence_required_by": due.isoformat(),
            "goodstanding": {"drill": True},
        },
        "action_invocations": [],
        "_links": {"self": {"href": f"https://api.sandbox.checkout.com/workflows/events/evt_drill{seconds}"}},
    }
    body = json.dumps(event).encode()
    headers = [("Content-Type", "application/json")]
    if key := config.webhook_secret.strip():
        headers.append(("Cko-Signature", signature(body, key)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))
