"""A sample dispute, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.contract import Incoming

from .config import Config
from .parse import as_event
from .verify import SAMPLE_HEADER, drill_signature

ORDER = "GS-1001"
_DAYS_TO_ANSWER = 10


def drill(config: Config, now: datetime) -> Incoming:
    """A claim of goods not received, as it is after reading it: sandbox, order GS-1001.

    PayPal's own signature cannot be made here, and its webhook would point to a dispute that does not exist: the sample is
    a dispute as read, signed with the app's secret.
    """
    event = as_event(_dispute(now.astimezone(UTC)), "drill")
    body = json.dumps(event, indent=2).encode()
    headers = [("Content-Type", "application/json")]
    if config.client_secret.strip():
        headers.append((SAMPLE_HEADER, drill_signature(body, config.client_secret)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))


def _dispute(now: datetime) -> dict[str, Any]:
    case = f"PP-D-{int(now.timestamp())}"
    base = f"https://api-m.sandbox.paypal.com/v1/customer/disputes/{case}"
    moment = f"{now:%Y-%m-%dT%H:%M:%S}.000Z"
    return {
        "dispute_id": case,
        "create_time": moment,
        "update_time": moment,
        "disputed_transactions": [
            {
                "buyer_transaction_id": "1DRILLBUYER001001",
                "seller_transaction_id": "1DRILLSELLER01001",
                "create_time": moment,
                "transaction_status": "COMPLETED",
                "gross_amount": {"currency_code": "USD", "value": "129.00"},
                "invoice_number": ORDER,
                "custom": ORDER,
                "buyer": {"name": "Jordan Lee"},
                "seller": {"merchant_id": "INVENTED0SHOP1", "name": "Invented Shop"},
                "items": [{"item_name": "Desk lamp", "item_quantity": "1"}],
                "seller_protection_eligible": True,
            }
        ],
        "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "status": "WAITING_FOR_SELLER_RESPONSE",
        "dispute_amount": {"currency_code": "USD", "value": "129.00"},
        "dispute_life_cycle_stage": "CHARGEBACK",
        "dispute_channel": "INTERNAL",
        "messages": [{"posted_by": "BUYER", "time_posted": moment, "content": "The lamp never arrived."}],
        "seller_response_due_date": f"{now + timedelta(days=_DAYS_TO_ANSWER):%Y-%m-%dT%H:%M:%S}.000Z",
        "links": [
            {"href": base, "rel": "self", "method": "GET"},
            {"href": f"{base}/provide-evidence", "rel": "provide_evidence", "method": "POST"},
        ],
    }
