"""A small Klarna on the loopback: keys, disputes that live through evidence, preliminary decision and appeal.

with FakeKlarna() as klarna:
    dispute = klarna.open_dispute()
    config = Config(api_key=klarna.key(), api_base=klarna.url)
"""

from __future__ import annotations

import json
import re
from typing import Any

from tests.fakes.loopback import Answer, Loopback, Request

READING = frozenset({"read"})
ALL = READING | {"write"}


class Problem(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str = "invented words") -> None:
        super().__init__(code)
        self.status, self.body = status, {"error_code": code, "error_message": message}


class FakeKlarna(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, frozenset[str]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.sent: list[tuple[str, dict[str, Any]]] = []  # act and body, as they went out

    def key(self, permissions: frozenset[str] = ALL) -> str:
        made = f"klarna_test_api_invented{len(self.keys):04d}"
        self.keys[made] = permissions
        return made

    # --- a case lives ---

    def open_dispute(self, **changes: Any) -> dict[str, Any]:
        number = len(self.disputes) + 1
        made: dict[str, Any] = {
            "payment_dispute_id": f"krn:network:eu1:test:payment:dispute:{number:07d}", "state": "INITIATED",
            "dispute_reason": "PRODUCTS_OR_SERVICES_NOT_RECEIVED", "purchase_reference": f"GS-{2000 + number}",
            "dispute_details": {"dispute_amount": 8640, "currency": "EUR"}, "created_at": "2026-11-05T09:45:00Z",
            "representment": {"state": "EVIDENCE_REQUESTED", "expires_at": "2026-11-26T09:45:00Z"},
            "updated_at": "2026-11-05T09:45:00Z", **changes,
        }  # fmt: skip
        self.disputes[made["payment_dispute_id"]] = made
        return made

    def decide_against(self, dispute: dict[str, Any]) -> None:
        """The preliminary decision, which may be appealed."""
        dispute.update(
            state="PRE_ARBITRATION", arbitration_expires_at="2026-12-28T09:45:00Z", updated_at="2026-12-20T08:31:01Z",
            arbitration={"preliminary_outcome": "LOST", "preliminary_outcome_detailed": "INSUFFICIENT_PROOF_OF_DELIVERY"},
        )  # fmt: skip

    def close(self, dispute: dict[str, Any], outcome: str) -> None:
        dispute.update(
            state="CLOSED", dispute_outcome=outcome, closed_at="2027-01-12T09:00:00Z", updated_at="2027-01-12T09:00:00Z"
        )

    def event(self, dispute: dict[str, Any]) -> bytes:
        """The body of a webhook about the dispute as it is now."""
        name = f"payment.dispute.state-change.{dispute['state'].lower().replace('_', '-')}"
        return json.dumps({"event_type": name, "metadata": {"live": True}, "payload": dispute}).encode()

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        try:
            status, body = 200, self._route(request)
        except Problem as problem:
            status, body = problem.status, problem.body
        return status, {}, json.dumps(body).encode()

    def _route(self, request: Request) -> dict[str, Any]:
        allowed = self.keys.get(request.headers.get("authorization", "").removeprefix("Basic "))
        if allowed is None:
            raise Problem(401, "UNAUTHORIZED", request.headers.get("authorization", ""))
        if ("read" if request.method == "GET" else "write") not in allowed:
            raise Problem(403, "FORBIDDEN")
        if request.path == "/v4/payment/disputes" and request.method == "GET":
            return {"disputes": list(self.disputes.values())}
        found = re.fullmatch(r"/v4/payment/disputes/([\w:.-]+)(?:/(\w+))?", request.path)
        if not found or found[1] not in self.disputes:
            raise Problem(404, "NOT_FOUND")
        dispute = self.disputes[found[1]]
        match request.method, found[2]:
            case "GET", None:
                return dispute
            case "POST", "attachments":
                return self._upload(dispute, request)
            case "POST", "represent" | "appeal" as act:
                return self._act(dispute, act, json.loads(request.body))
        raise Problem(403, "NEVER", "nothing but an answer may be asked for")

    def _upload(self, dispute: dict[str, Any], request: Request) -> dict[str, Any]:
        found = re.search(
            rb'name="file"; filename="[^"]+"\r\nContent-Type: \S+\r\n\r\n(.*)\r\n--', request.body, re.DOTALL
        )
        if not found:
            raise Problem(400, "BAD_REQUEST")
        file_id = f"{dispute['payment_dispute_id']}:attachment:{len(self.files) + 1}"
        self.files[file_id] = found[1]
        return {"payment_dispute_attachment_id": file_id}

    def _act(self, dispute: dict[str, Any], act: str, given: dict[str, Any]) -> dict[str, Any]:
        before, after = ("INITIATED", "REPRESENTMENT") if act == "represent" else ("PRE_ARBITRATION", "ARBITRATION")
        if dispute["state"] != before:
            raise Problem(409, "CONFLICT")
        attached = [item["payment_dispute_attachment_id"] for item in given.get("attachments", [])]
        needed = attached if act == "represent" else given.get("additional_information")
        if not needed or set(attached) - set(self.files) or set(given) - {"attachments", "additional_information"}:
            raise Problem(400, "VALIDATION_ERROR")
        self.sent.append((act, given))
        dispute.update(state=after, updated_at=f"2026-{'11' if act == 'represent' else '12'}-22T16:02:31Z")
        if act == "represent":
            dispute["representment"]["state"] = "EVIDENCE_RECEIVED"
        return {"state": after}
