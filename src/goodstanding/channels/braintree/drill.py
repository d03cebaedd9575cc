"""A signed sample webhook, for trying out a set-up. Everything in it is invented."""

from __future__ import annotations

from base64 import encodebytes
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from goodstanding.contract import Incoming

from .config import Config
from .verify import SAMPLE_HEADER, body_signature, sign
from .xml import write_xml

ORDER = "GS-1001"
_DAYS_TO_ANSWER = 10


def drill(config: Config, now: datetime) -> Incoming:
    """``dispute_opened`` as Braintree would send it: Visa 13.1 (goods not received), order GS-1001.

    Unsigned, as by a forger, where the connection has no key pair.
    """
    payload = encodebytes(_notification(now.astimezone(UTC)).encode()).decode()
    fields, headers = {"bt_payload": payload}, [("Content-Type", "application/x-www-form-urlencoded")]
    pairs = config.pairs()
    if pairs:
        public, private = pairs[0]
        fields = {"bt_signature": f"{public}|{sign(payload, private)}", **fields}
    body = urlencode(fields).encode()
    if pairs:
        headers.append((SAMPLE_HEADER, body_signature(body, pairs[0][1])))
    return Incoming(origin="drill", body=body, received_at=now, headers=tuple(headers))


def _notification(now: datetime) -> str:
    moment = ("datetime", f"{now:%Y-%m-%dT%H:%M:%SZ}")
    dispute = {
        "id": f"drill{int(now.timestamp())}",
        "amount-disputed": "129.00",
        "amount-won": "0.00",
        "case-number": "CB1001",
        "created-at": moment,
        "currency-iso-code": "USD",
        "kind": "chargeback",
        "merchant-account-id": "invented_shop",
        "reason": "product_not_received",
        "reason-code": "13.1",
        "reason-description": "Merchandise/Services Not Received",
        "received-date": ("date", f"{now:%Y-%m-%d}"),
        "reply-by-date": ("date", f"{now + timedelta(days=_DAYS_TO_ANSWER):%Y-%m-%d}"),
        "status": "open",
        "updated-at": moment,
        "transaction": {
            "id": "drillgs1001",
            "amount": "129.00",
            "order-id": ORDER,
            "payment-instrument-subtype": "Visa",
        },
    }
    notice = {
        "timestamp": moment,
        "kind": "dispute_opened",
        "goodstanding-drill": "true",
        "subject": {"dispute": dispute},
    }
    return write_xml("notification", notice)
