"""A sample alert, for trying out a set-up. Everything in it is invented. No signature is documented, so it has none."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from goodstanding.contract import Incoming

ORDER = "GS-1001"


def drill(config: Any, now: datetime) -> Incoming:  # noqa: ARG001 - nothing is set
    """A dispute alert, order GS-1001, marked as a drill."""
    alert = {
        "alert_id": f"drill-{int(now.timestamp())}",
        "alert_type": "DISPUTE",
        "amount": "129.00",
        "currency": "USD",
        "goodstanding": {"drill": True, "order_name": ORDER},
    }
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin="drill", body=json.dumps(alert).encode(), received_at=now, headers=headers)
