"""A small Square on the loopback: tokens with scopes, disputes that live, evidence added piece by piece and submitted.

with FakeSquare() as square:
    dispute = square.open_dispute()
    config = Config(access_token=square.token(), api_base=square.url)
"""

from __future__ import annotations

import json
import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Answer, Loopback, Request

READING = frozenset({"DISPUTES_READ", "PAYMENTS_READ"})
ALL = READING | {"DISPUTES_WRITE"}
_NEXT = {"EVIDENCE_REQUIRED": "PROCESSING", "INQUIRY_EVIDENCE_REQUIRED": "INQUIRY_PROCESSING"}


class Problem(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, detail: str = "", category: str = "INVALID_REQUEST_ERROR") -> None:
        super().__init__(code)
        self.status, self.error = status, {"category": category, "code": code, "detail": detail}


class FakeSquare(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, frozenset[str] | None] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.evidence: dict[str, list[dict[str, Any]]] = {}
        self.files: dict[str, bytes] = {}
        self.sent: list[list[dict[str, Any]]] = []  # evidence as it went to the bank
        self.page_size = 50
        self._made: dict[str, dict[str, Any]] = {}  # by idempotency key

    def token(self, scopes: frozenset[str] | None = ALL) -> str:
        """A new token; None is a personal one, which can do everything."""
        made = f"EAAAInvented{len(self.tokens):04d}"
        self.tokens[made] = scopes
        return made

    # --- a case lives ---

    def open_dispute(self, **changes: Any) -> dict[str, Any]:
        number = len(self.disputes) + 1
        made: dict[str, Any] = {
            "id": f"SQFAKE{number:08d}", "amount_money": {"amount": 8640, "currency": "USD"}, "brand_dispute_id": "100000809947",
            "card_brand": "VISA", "created_at": "2026-11-05T18:45:22.265Z", "disputed_payment": {"payment_id": f"SQPAY{number:08d}"},
            "due_at": "2026-11-19T00:00:00.000Z", "location_id": "LFAKE", "reason": "NOT_RECEIVED", "reported_at": "2026-11-05T00:00:00.000Z",
            "state": "EVIDENCE_REQUIRED", "updated_at": "2026-11-05T18:45:22.265Z", "version": 1, **changes,
        }  # fmt: skip
        self.disputes[made["id"]] = made
        self.evidence[made["id"]] = []
        return made

    def move(self, dispute: dict[str, Any], state: str, **changes: Any) -> None:
        dispute.update(state=state, updated_at="2026-12-01T00:00:00.000Z", version=dispute["version"] + 1, **changes)

    def event(self, dispute: dict[str, Any], kind: str = "dispute.state.updated") -> bytes:
        """The body of a webhook about the dispute as it is now."""
        told = {"type": "dispute", "id": dispute["id"], "object": {"dispute": dispute}}
        event = {
            "merchant_id": "MFAKE",
            "type": kind,
            "event_id": f"e{dispute['version']}",
            "created_at": dispute["updated_at"],
            "data": told,
        }
        return json.dumps(event).encode()

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        try:
            status, body = 200, self._route(request)
        except Problem as problem:
            status, body = problem.status, {"errors": [problem.error]}
        return status, {}, json.dumps(body).encode()

    def _route(self, request: Request) -> dict[str, Any]:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Problem(401, "UNAUTHORIZED", category="AUTHENTICATION_ERROR")
        scopes = self.tokens[token]
        if request.path == "/oauth2/token/status":
            return {"merchant_id": "MFAKE", **({"scopes": sorted(scopes)} if scopes is not None else {})}
        if payment := re.fullmatch(r"/v2/payments/(\w+)", request.path):
            self._need("PAYMENTS_READ", scopes)
            return {
                "payment": {"id": payment[1], "reference_id": "GS-2042", "card_details": {"card": {"last_4": "4242"}}}
            }
        self._need("DISPUTES_READ" if request.method == "GET" else "DISPUTES_WRITE", scopes)
        if request.path == "/v2/disputes":
            return self._page("disputes", list(self.disputes.values()), request)
        found = re.fullmatch(r"/v2/disputes/(\w+)(?:/([a-z-]+))?(?:/(\w+))?", request.path)
        if not found or found[1] not in self.disputes:
            raise Problem(404, "NOT_FOUND", "no such dispute")
        return self._one(self.disputes[found[1]], found[2] or "", found[3] or "", request)

    def _one(self, dispute: dict[str, Any], act: str, item: str, request: Request) -> dict[str, Any]:
        match request.method, act:
            case "GET", "":
                return {"dispute": dispute}
            case "GET", "evidence":
                return self._page("evidence", self.evidence[dispute["id"]], request)
            case "DELETE", "evidence":
                dispute["version"] += 1
                self.evidence[dispute["id"]] = [one for one in self.evidence[dispute["id"]] if one["id"] != item]
                return {}
            case "POST", "evidence-text":
                given = json.loads(request.body)
                if not 1 <= len(given["evidence_text"]) <= 500:
                    raise Problem(400, "VALUE_TOO_LONG")
                return self._added(dispute, given, {"evidence_text": given["evidence_text"]}, b"")
            case "POST", "evidence-files":
                return self._file(dispute, request)
            case "POST", "submit-evidence":
                return self._submit(dispute)
        raise Problem(404, "NOT_FOUND")

    def _need(self, scope: str, scopes: frozenset[str] | None) -> None:
        if scopes is not None and scope not in scopes:
            raise Problem(403, "INSUFFICIENT_SCOPES", category="AUTHENTICATION_ERROR")

    def _page(self, name: str, items: list[dict[str, Any]], request: Request) -> dict[str, Any]:
        start = int(parse_qs(request.query).get("cursor", ["0"])[0])
        page, end = items[start : start + self.page_size], start + self.page_size
        return {**({name: page} if page else {}), **({"cursor": str(end)} if end < len(items) else {})}

    def _file(self, dispute: dict[str, Any], request: Request) -> dict[str, Any]:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        parts = {
            part.get_param("name", header="content-disposition"): part
            for part in BytesParser(policy=HTTP).parsebytes(head + request.body).iter_parts()
        }
        given = json.loads(bytes(parts["request"].get_payload(decode=True)))
        name = str(parts["image_file"].get_filename())
        if len(name) > 40:
            raise Problem(400, "VALUE_TOO_LONG")
        file = {"evidence_file": {"filename": name, "filetype": given["content_type"]}}
        return self._added(dispute, given, file, bytes(parts["image_file"].get_payload(decode=True)))

    def _added(
        self, dispute: dict[str, Any], given: dict[str, Any], what: dict[str, Any], content: bytes
    ) -> dict[str, Any]:
        if dispute["state"] not in _NEXT:
            raise Problem(400, "BAD_REQUEST", "the dispute takes no evidence")
        if not 1 <= len(given["idempotency_key"]) <= 45:
            raise Problem(400, "VALUE_TOO_LONG")
        if given["idempotency_key"] not in self._made:
            made = {
                "id": f"SQEV{len(self._made):06d}",
                "dispute_id": dispute["id"],
                "evidence_type": given["evidence_type"],
                **what,
            }
            self._made[given["idempotency_key"]] = made
            self.evidence[dispute["id"]].append(made)
            self.files[made["id"]] = content
            dispute["version"] += 1
        return {"evidence": self._made[given["idempotency_key"]]}

    def _submit(self, dispute: dict[str, Any]) -> dict[str, Any]:
        if dispute["state"] not in _NEXT:
            raise Problem(400, "BAD_REQUEST", "the dispute is not open")
        self.sent.append(list(self.evidence[dispute["id"]]))
        self.move(dispute, _NEXT[dispute["state"]])
        return {"dispute": dispute}
