"""A signed sample delivery, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from goodstanding.contract import Incoming

from .config import Config
from .verify import WHOLE_BODY_HEADER, basic, body_signature, signature

ORDER = "GS-1001"
_DAYS_TO_ANSWER = 14


def drill(config: Config, now: datetime) -> Incoming:
    """A ``NOTIFICATION_OF_CHARGEBACK`` as Adyen would send it: test, Visa 13.1 (goods not received), order GS-1001.

    Unsigned, as by a forger, where the connection has no HMAC key.
    """
    key = config.webhook_hmac_key.strip()
    item = _item(config, now)
    if key:
        item["additionalData"]["hmacSignature"] = signature(item, key)
    body = json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}, indent=2).encode()
    headers = [("Content-Type", "application/json")]
    if key:
        headers.append((WHOLE_BODY_HEADER, body_signature(body, key)))
    if config.webhook_user and config.webhook_password:
        headers.append(("Authorization", basic(config.webhook_user, config.webhook_password)))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))


def _item(config: Config, now: datetime) -> dict[str, Any]:
    seconds = int(now.timestamp())
    return {
        "additionalData": {
            "arn": "74000000000000000001001",
            "chargebackReasonCode": "13.1",
            "chargebackSchemeCode": "visa",
            "defendable": "true",
            "defensePeriodEndsAt": (now + timedelta(days=_DAYS_TO_ANSWER)).replace(microsecond=0).isoformat(),
            "disputeStatus": "Undefended",
            "goodstanding.drill": "true",
            "paymentMethodVariant": "visacredit",
        },
        "amount": {"currency": "USD", "value": 12900},
        "eventCode": "NOTIFICATION_OF_CHARGEBACK",
        "eventDate": now.replace(microsecond=0).isoformat(),
        "merchantAccountCode": config.merchant_account or "YOUR_MERCHANT_ACCOUNT",
        "merchantReference": ORDER,
        "originalReference": "DRILLGS100100001",
        "paymentMethod": "visa",
        "pspReference": f"DRILL{seconds}",
        "reason": "Merchandise/Services Not Received",
        "success": "true",
    }
