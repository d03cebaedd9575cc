"""A small Airwallex on the loopback: keys with permissions, disputes that live, files, and challenges.

with FakeAirwallex() as airwallex:
    dispute = airwallex.open_dispute()
    config = Config(client_id="c", api_key=airwallex.key(), api_base=airwallex.url)
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Answer, Loopback, Request

VIEW, EDIT, UPLOAD = (
    "r:awx_action:payment_dispute_view",
    "w:awx_action:payment_dispute_edit",
    "w:awx_action:file_upload",
)
READING = frozenset({VIEW})
ALL = frozenset({VIEW, EDIT, UPLOAD})
CLIENT_ID = "invented-client-id"
#: What a challenge may hold, after the official library.
_FIELDS = {
    "challenged_by", "customer_info", "delivery_info", "description", "duplicate_charge_info", "order_info", "product_description",
    "product_type", "reason", "refund_refusal_reason", "request_id", "seller_info", "supporting_documents",
}  # fmt: skip
_DOCUMENTS = {
    "customer_communication_documents", "customer_signature_documents", "documents", "duplicate_charge_defense_documents",
    "other_documents", "proof_of_delivery_documents", "receipt_documents", "refund_policy_documents",
}  # fmt: skip


class Problem(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str = "invented words") -> None:
        super().__init__(code)
        self.status, self.body = status, {"code": code, "message": message}


class FakeAirwallex(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, frozenset[str]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.sent: list[dict[str, Any]] = []  # challenges as they went out
        self.page_size = 50
        self._made: set[str] = set()  # request ids

    def key(self, permissions: frozenset[str] = ALL) -> str:
        made = f"invented-key-{len(self.keys):04d}"
        self.keys[made] = permissions
        return made

    # --- a case lives ---

    def open_dispute(self, **changes: Any) -> dict[str, Any]:
        number = len(self.disputes) + 1
        made: dict[str, Any] = {
            "id": f"dis_fake{number:06d}", "amount": 86.4, "currency": "USD", "card_brand": "visa", "stage": "CHARGEBACK",
            "status": "REQUIRES_RESPONSE", "reason": {"type": "CONSUMER", "description": "Not received", "original_code": "13.1"},
            "merchant_order_id": f"GS-{2000 + number}", "payment_intent_id": f"int_fake{number:06d}", "due_at": "2026-11-19T23:59:59+0000",
            "created_at": "2026-11-05T14:14:00+0000", "updated_at": "2026-11-05T14:14:00+0000", **changes,
        }  # fmt: skip
        self.disputes[made["id"]] = made
        return made

    def move(self, dispute: dict[str, Any], status: str, **changes: Any) -> None:
        dispute.update(status=status, **{"updated_at": "2026-12-01T00:00:00+0000", **changes})

    def escalate(self, dispute: dict[str, Any]) -> None:
        """RFI to chargeback; chargeback to pre-arbitration, which Airwallex accepts by itself."""
        if dispute["stage"] == "RFI":
            self.move(dispute, "REQUIRES_RESPONSE", stage="CHARGEBACK", due_at="2026-12-19T23:59:59+0000")
        else:
            self.move(dispute, "PENDING_CLOSURE", stage="PRE_ARBITRATION", updated_at="2027-01-05T00:00:00+0000")

    def event(self, dispute: dict[str, Any]) -> bytes:
        """The body of a webhook about the dispute as it is now."""
        name = f"payment_dispute.{dispute['status'].lower()}"
        event = {"id": "evt_fake", "name": name, "created_at": dispute["updated_at"], "data": {"object": dispute}}
        return json.dumps(event).encode()

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        try:
            status, body = self._route(request)
        except Problem as problem:
            status, body = problem.status, problem.body
        return status, {}, json.dumps(body).encode()

    def _route(self, request: Request) -> tuple[int, dict[str, Any]]:
        if request.path == "/api/v1/authentication/login":
            key = request.headers.get("x-api-key", "")
            if key not in self.keys or request.headers.get("x-client-id") != CLIENT_ID:
                raise Problem(401, "credentials_invalid", f"UNAUTHORIZED {key}")
            return 201, {"token": f"token-of-{key}", "expires_at": "2026-11-06T12:30:00+0000"}
        allowed = self.keys.get(request.headers.get("authorization", "").removeprefix("Bearer token-of-"))
        if allowed is None:
            raise Problem(401, "unauthorized")
        if request.path == "/api/v1/files/upload":
            _need(UPLOAD, allowed)
            return 201, self._upload(request)
        found = re.fullmatch(r"/api/v1/pa/payment_disputes(?:/([\w.-]+)(?:/(\w+))?)?", request.path)
        if not found:
            raise Problem(404, "not_found")
        _need(VIEW if request.method == "GET" else EDIT, allowed)
        if not found[1]:
            return 200, self._listed(request)
        if found[1] not in self.disputes:
            raise Problem(404, "not_found")
        dispute = self.disputes[found[1]]
        if request.method == "GET":
            return 200, dispute
        if found[2] != "challenge":
            raise Problem(403, "never", "nothing but a challenge may be asked for")
        return 200, self._challenge(dispute, json.loads(request.body))

    def _listed(self, request: Request) -> dict[str, Any]:
        query = {name: values[0] for name, values in parse_qs(request.query).items()}
        start = int(query.get("page", 0))
        items = list(self.disputes.values())
        more = len(items) > start + self.page_size
        return {
            "items": items[start : start + self.page_size],
            "page_after": str(start + self.page_size) if more else "",
        }

    def _upload(self, request: Request) -> dict[str, Any]:
        found = re.search(
            rb'name="file"; filename="([^"]+)"\r\nContent-Type: \S+\r\n\r\n(.*)\r\n--', request.body, re.DOTALL
        )
        if not found:
            raise Problem(400, "invalid_argument")
        file_id = f"file_fake{len(self.files):04d}"
        self.files[file_id] = found[2]
        return {"file_id": file_id, "filename": found[1].decode(), "size": len(found[2])}

    def _challenge(self, dispute: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        documents = given.get("supporting_documents") or {}
        if set(given) - _FIELDS or set(documents) - _DOCUMENTS or not given.get("request_id"):
            raise Problem(400, "validation_error")
        if given["request_id"] in self._made:
            raise Problem(400, "duplicate_request")
        if dispute["status"] != "REQUIRES_RESPONSE" or dispute["stage"] == "PRE_ARBITRATION":
            raise Problem(400, "invalid_status_for_operation")
        ids = [file_id for listed in documents.values() for file_id in listed]
        if not ids or any(file_id not in self.files for file_id in ids):
            raise Problem(400, "validation_error", "no documents")
        self._made.add(given["request_id"])
        self.sent.append(given)
        self.move(dispute, "CHALLENGED", updated_at="2026-11-15T16:02:31+0000")
        return dispute


def _need(permission: str, allowed: frozenset[str]) -> None:
    if permission not in allowed:
        raise Problem(403, "unauthorized", f"needs {permission}")
