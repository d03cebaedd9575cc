"""A small WordPress with WooCommerce and WooPayments on the loopback: keys that read or write, disputes that live.

with FakeWoo() as woo:
    dispute = woo.open_dispute()
    config = Config(**woo.key("read"), api_base=woo.api)
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Answer, Loopback, Request

_PREFIX = "/wp-json/wc/v3"


class FakeWoo(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, tuple[str, str]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.has_woopayments = True
        self.manager = True

    @property
    def api(self) -> str:
        return self.url + _PREFIX

    def key(self, permissions: str) -> dict[str, str]:
        """Settings with a new key that may ``read``, ``write`` or ``read_write``."""
        number = len(self.keys)
        key, secret = f"ck_{number:040d}", f"cs_{number:040d}"
        self.keys[key] = (secret, permissions)
        return {"consumer_key": key, "consumer_secret": secret}

    def open_dispute(self, **changes: Any) -> dict[str, Any]:
        number = len(self.disputes) + 1
        made: dict[str, Any] = {
            "id": f"dp_1FakeWoo{number:04d}", "object": "dispute", "amount": 8640, "currency": "usd", "created": 1793008800 + number,
            "charge": f"ch_3FakeWoo{number:04d}", "reason": "product_not_received", "status": "needs_response", "livemode": True,
            "evidence_details": {"due_by": 1793836799, "has_evidence": False, "past_due": False, "submission_count": 0},
            "order": {"number": str(2000 + number)}, **changes,
        }  # fmt: skip
        self.disputes[made["id"]] = made
        return made

    def row(self, dispute: dict[str, Any]) -> dict[str, Any]:
        """The same as the shop's cache lists it."""

        def text(seconds: int) -> str:
            return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"

        due = dispute["evidence_details"]["due_by"]
        return {
            "dispute_id": dispute["id"], "charge_id": dispute["charge"], "amount": dispute["amount"], "currency": dispute["currency"],
            "reason": dispute["reason"], "status": dispute["status"], "created": text(dispute["created"]), "due_by": text(due),
            "order_number": int(dispute["order"]["number"]), "order": dispute["order"], "source": None, "wcpay_disputes_cache_id": 1,
        }  # fmt: skip

    def respond(self, request: Request) -> Answer:
        status, body = self._route(request)
        return status, {}, json.dumps(body).encode()

    def _route(self, request: Request) -> tuple[int, Any]:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        key, _, secret = base64.b64decode(given).decode().partition(":")
        known = self.keys.get(key)
        if known is None or known[0] != secret:
            return _error(401, "woocommerce_rest_authentication_error", "Consumer key is invalid.")
        needed = "read" if request.method == "GET" else "write"
        if needed not in known[1]:  # before any path is looked for
            return _error(
                401,
                "woocommerce_rest_authentication_error",
                f"The API key provided does not have {needed} permissions.",
            )
        path = request.path.removeprefix(_PREFIX)
        if not path.startswith("/payments/disputes") or not self.has_woopayments or request.method != "GET":
            return _error(404, "rest_no_route", "No route was found matching the URL and request method.")
        if not self.manager:
            return _error(403, "rest_forbidden", "Sorry, you are not allowed to do that.")
        if path == "/payments/disputes":
            return 200, {"data": self._page({name: values[0] for name, values in parse_qs(request.query).items()})}
        found = self.disputes.get(path.rpartition("/")[2])
        return (200, found) if found else _error(500, "resource_missing", "No such dispute")

    def _page(self, query: dict[str, str]) -> list[dict[str, Any]]:
        newest_first = sorted(self.disputes.values(), key=lambda item: -item["created"])
        size, number = int(query["pagesize"]), int(query["page"])
        return [self.row(item) for item in newest_first[size * (number - 1) : size * number]]


def _error(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"code": code, "message": message, "data": {"status": status}}
