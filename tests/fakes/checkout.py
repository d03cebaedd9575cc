"""A small Checkout.com on the loopback: access keys with scopes, disputes that live to arbitration, evidence provided and submitted.

with FakeCheckout() as checkout:
    dispute = checkout.open_dispute()
    config = Config(**checkout.key({"disputes:view"}), api_base=checkout.url, access_base=checkout.url + "/connect/token")
"""

from __future__ import annotations

import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Answer, Loopback, Request

READING = frozenset({"disputes:view"})
ALL = READING | {"disputes:provide-evidence", "files:upload"}


class FakeCheckout(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, tuple[str, frozenset[str]]] = {}
        self.tokens: dict[str, frozenset[str]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.provided: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.sent: list[dict[str, Any]] = []  # evidence as it went to the scheme
        self.events: list[bytes] = []

    def key(self, scopes: frozenset[str] = ALL) -> dict[str, str]:
        """Settings with a new access key."""
        made = f"ack_invented{len(self.keys):04d}"
        self.keys[made] = (f"secret{len(self.keys):04d}", scopes)
        return {"client_id": made, "client_secret": self.keys[made][0]}

    # --- a case lives ---

    def open_dispute(self, **changes: Any) -> dict[str, Any]:
        number = len(self.disputes) + 1
        made: dict[str, Any] = {
            "id": f"dsp_fake{number:020d}", "category": "product_service_not_received", "amount": 8640, "currency": "USD",
            "reason_code": "13.1", "status": "evidence_required", "evidence_required_by": "2026-11-19T18:00:00Z",
            "received_on": "2026-11-05T15:20:31Z", "last_update": f"2026-11-05T15:20:{number % 60:02d}Z",
            "relevant_evidence": ["proof_of_delivery_or_service", "additional_evidence"],
            "payment": {"id": f"pay_fake{number}", "method": "VISA", "arn": "74548998294293193445538", "reference": f"GS-{2000 + number}"},
            **changes,
        }  # fmt: skip
        self.disputes[made["id"]] = made
        self._tell("dispute_evidence_required", made)
        return made

    def move(self, dispute: dict[str, Any], status: str, event: str = "") -> None:
        dispute.update(status=status, last_update="2026-12-01T00:00:00Z")
        self._tell(event or f"dispute_{status}", dispute)

    def _tell(self, event: str, dispute: dict[str, Any]) -> None:
        payment = dispute["payment"]
        data = {name: dispute[name] for name in ("id", "category", "amount", "currency", "reason_code")} | {
            "payment_id": payment["id"], "payment_reference": payment["reference"], "payment_method": payment["method"], "payment_arn": payment["arn"],
        }  # fmt: skip
        if event == "dispute_evidence_required":
            data["evidence_required_by"] = "2026-11-19T18:00:00+00:00"
        told = {
            "id": f"evt_fake{len(self.events)}",
            "type": event,
            "version": "1.2.0",
            "created_on": dispute["last_update"],
            "data": data,
        }
        self.events.append(json.dumps(told).encode())

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        status, body = self._route(request)
        return status, {}, b"" if body is None else json.dumps(body).encode()

    def _route(self, request: Request) -> tuple[int, Any]:
        if request.path == "/connect/token":
            return self._token({name: values[0] for name, values in parse_qs(request.body.decode()).items()})
        scopes = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if scopes is None:
            return 401, None
        return self._disputes(request, scopes)

    def _disputes(self, request: Request, scopes: frozenset[str]) -> tuple[int, Any]:
        needed = "disputes:view" if request.method == "GET" else "disputes:provide-evidence"
        if needed not in scopes:
            return 403, None
        if (request.method, request.path) == ("POST", "/files"):
            return (200, self._file(request)) if "files:upload" in scopes else (403, None)
        if request.path == "/disputes":
            return 200, self._page({name: values[0] for name, values in parse_qs(request.query).items()})
        found = re.fullmatch(r"/disputes/(\w+)(/evidence)?", request.path)
        dispute = self.disputes.get(found[1]) if found else None
        if not found or dispute is None:
            return 404, None
        match request.method, found[2]:
            case "GET", None:
                return 200, dispute
            case "GET", _:
                evidence = self.provided.get(dispute["id"])
                return (200, evidence) if evidence else (404, None)
            case "PUT", "/evidence":
                return self._provide(dispute, json.loads(request.body))
            case "POST", "/evidence":
                return self._submit(dispute)
        return 404, None

    def _token(self, form: dict[str, str]) -> tuple[int, Any]:
        known = self.keys.get(form.get("client_id", ""))
        if known is None or known[0] != form.get("client_secret"):
            return 400, {"error": "invalid_client"}
        asked = frozenset(form.get("scope", "").split())
        if not asked <= known[1]:
            return 400, {"error": "invalid_scope"}
        token = f"token.invented.{len(self.tokens):04d}"
        self.tokens[token] = asked
        return 200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer", "scope": " ".join(asked)}

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        lines = [
            {**{name: value for name, value in item.items() if name not in ("payment", "relevant_evidence")},
             "payment_id": item["payment"]["id"], "payment_method": item["payment"]["method"], "payment_arn": item["payment"]["arn"],
             "payment_reference": item["payment"]["reference"]}
            for item in self.disputes.values() if item["last_update"] >= query["from"]
        ]  # fmt: skip
        skip, limit = int(query["skip"]), int(query["limit"])
        return {"limit": limit, "skip": skip, "total_count": len(lines), "data": lines[skip : skip + limit]}

    def _file(self, request: Request) -> dict[str, Any]:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = {
            part.get_param("name", header="content-disposition"): part
            for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts()
        }
        assert parts["purpose"].get_content().strip() == "dispute_evidence"
        made = f"file_fake{len(self.files):022d}"
        self.files[made] = bytes(parts["file"].get_payload(decode=True))
        return {"id": made}

    def _provide(self, dispute: dict[str, Any], fields: dict[str, Any]) -> tuple[int, Any]:
        if not fields or dispute["status"] != "evidence_required":
            return 422, {"error_type": "request_invalid", "error_codes": ["evidence_not_accepted"]}
        if any(len(value) > 500 for name, value in fields.items() if name.endswith("_text")):
            return 422, {"error_type": "request_invalid", "error_codes": ["text_too_long"]}
        if any(value not in self.files for name, value in fields.items() if name.endswith("_file")):
            return 422, {"error_type": "request_invalid", "error_codes": ["file_not_found"]}
        self.provided.setdefault(dispute["id"], {}).update(fields)
        return 204, None

    def _submit(self, dispute: dict[str, Any]) -> tuple[int, Any]:
        if dispute["status"] != "evidence_required" or not self.provided.get(dispute["id"]):
            return 422, {"error_type": "request_invalid", "error_codes": ["evidence_not_accepted"]}
        self.sent.append(dict(self.provided[dispute["id"]]))
        self.move(dispute, "evidence_under_review", "dispute_evidence_submitted")
        return 204, None
