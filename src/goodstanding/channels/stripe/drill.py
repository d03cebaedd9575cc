"""A signed sample dispute, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from goodstanding.contract import Incoming

from .config import Config
from .evidence import FILE_SLOTS, LONG_TEXTS, SHORT_TEXTS
from .verify import signed_header
from .vocabulary import API_VERSION

#: Stripe gives card disputes 7 to 21 days; its ``due_by`` is the last second of a UTC day.
_DAYS_TO_ANSWER = 9
ORDER = "GS-1001"


def drill(config: Config, now: datetime) -> Incoming:
    """A ``charge.dispute.created`` as Stripe would send it: test mode, Visa 13.1 (goods not received), order GS-1001.

    Unsigned, as by a forger, where the connection has no webhook secret.
    """
    body = json.dumps(_event(now), indent=2).encode()
    headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"),
    ]
    if secret := config.webhook_secret.strip():
        headers.append(("Stripe-Signature", signed_header(body, secret, now)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))


def _event(now: datetime) -> dict[str, Any]:
    seconds = int(now.timestamp())
    return {
        "id": f"evt_1DRILL{seconds}",
        "object": "event",
        "api_version": API_VERSION,
        "created": seconds,
        "type": "charge.dispute.created",
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "data": {"object": _dispute(now, seconds)},
    }


def _dispute(now: datetime, seconds: int) -> dict[str, Any]:
    last_day = (now + timedelta(days=_DAYS_TO_ANSWER)).replace(hour=23, minute=59, second=59, microsecond=0)
    return {
        "id": f"dp_1DRILL{seconds}",
        "object": "dispute",
        "amount": 12900,
        "balance_transactions": [],
        "charge": "ch_3DRILLGS1001",
        "created": seconds,
        "currency": "usd",
        "enhanced_eligibility_types": [],
        "evidence": {
            **dict.fromkeys((*FILE_SLOTS, *LONG_TEXTS, *SHORT_TEXTS)),
            "customer_email_address": "jordan.lee@example.com",
            "customer_name": "Jordan Lee",
            "customer_purchase_ip": "203.0.113.24",
            "enhanced_evidence": {},
        },
        "evidence_details": {
            "due_by": int(last_day.timestamp()),
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": "prefer_manual",
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {"order_id": ORDER, "goodstanding_drill": "true"},
        "network_reason_code": "13.1",
        "payment_intent": "pi_3DRILLGS1001",
        "payment_method_details": {
            "type": "card",
            "card": {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "13.1"},
        },
        "reason": "product_not_received",
        "status": "needs_response",
    }
