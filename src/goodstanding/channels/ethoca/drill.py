"""A sample alert, for trying out a set-up. Everything in it is invented. Ethoca signs nothing, so neither does this."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from goodstanding.contract import Incoming

ORDER = "GS-1001"


def drill(config: Any, now: datetime) -> Incoming:  # noqa: ARG001 - nothing is set
    """A confirmed fraud, order GS-1001, marked as a drill."""
    alert = {
        "alertId": f"DRILL{int(now.timestamp()):020d}",
        "alertType": "CONFIRMEDFRAUD",
        "transactionAmount": "129.00",
        "transactionCurrency": "USD",
        "dateSubmitted": now.replace(microsecond=0).isoformat(),
        "goodstanding": {"drill": True, "order_name": ORDER},
    }
    headers = (("Content-Type", "application/json"),)
    return Incoming(origin="drill", body=json.dumps(alert).encode(), received_at=now, headers=headers)
