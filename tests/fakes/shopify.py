"""A small Shopify shop on the loopback: disputes that live (inquiry, chargeback, submitted, due, decided), and that can fail.

    with FakeShopify() as shopify:
        dispute = shopify.open_dispute(type="INQUIRY")
        config = Config(access_token=shopify.token(), api_base=shopify.url)

GraphQL is answered by operation name, with whole objects; contract tests run our documents over the same objects with a real
GraphQL engine. The rules that matter are Shopify's: errors inside HTTP 200, files by REST, submission freezes, and on the due
date what is there is sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

READING = frozenset({"read_shopify_payments_disputes", "read_shopify_payments_dispute_evidences", "read_orders"})
ALL = READING | {"write_shopify_payments_dispute_evidences"}
SECRET = "shpss_invented_client_secret"
CLIENT_ID = "invented-client-id"
SLOTS = (
    "cancellationPolicyFile", "customerCommunicationFile", "refundPolicyFile", "serviceDocumentationFile", "shippingDocumentationFile",
    "uncategorizedFile",
)  # fmt: skip
WRITABLE = {
    *SLOTS, "accessActivityLog", "cancellationPolicyDisclosure", "cancellationRebuttal", "customerEmailAddress", "customerFirstName",
    "customerLastName", "refundPolicyDisclosure", "refundRefusalExplanation", "shippingAddress", "uncategorizedText", "submitEvidence",
}  # fmt: skip
_EACH, _ALL_FILES = 2_000_000, 4_000_000


@dataclass
class Request:
    """One call as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}

    @property
    def operation(self) -> str:
        """The name of the GraphQL operation, or the last part of the path."""
        found = re.match(r"\s*(?:query|mutation)\s+(\w+)", str(self.said.get("query", "")))
        return found[1] if found else self.path.rpartition("/")[2]


@dataclass
class Failure:
    """What to answer instead to the next matching operation; ``after`` acts first and then fails."""

    operation: str
    status: int = 500
    body: bytes = b'{"errors": "invented trouble"}'
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    hang_up: bool = False


class Problem(Exception):
    """An answer that is an error; GraphQL's come with HTTP 200."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status, self.body = status, body


class FakeShopify:
    """State and server in one."""

    def __init__(self) -> None:
        self.disputes: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.tokens: dict[str, frozenset[str]] = {}
        self.granted: frozenset[str] = ALL
        self.requests: list[Request] = []
        self.failures: list[Failure] = []
        self.sent: list[dict[str, Any]] = []  # evidence as it went to the bank
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shopify": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakeShopify:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def token(self, scopes: frozenset[str] = ALL) -> str:
        made = f"shpat_Invented{len(self.tokens):04d}"
        self.tokens[made] = scopes
        return made

    def fail(self, operation: str, status: int = 500, **kwargs: Any) -> None:
        self.failures.append(Failure(operation, status, **kwargs))

    # --- a case lives ---

    def open_dispute(self, **changes: Any) -> dict[str, Any]:
        """A new dispute as GraphQL shows it, with evidence as Shopify collects it."""
        number = 598735659 + len(self.disputes)
        made: dict[str, Any] = {
            "id": f"gid://shopify/ShopifyPaymentsDispute/{number}", "legacyResourceId": str(number), "type": "CHARGEBACK",
            "status": "NEEDS_RESPONSE", "amount": {"amount": "86.4", "currencyCode": "USD"}, "evidenceDueBy": "2026-11-20T04:59:59Z",
            "evidenceSentOn": None, "finalizedOn": None, "initiatedAt": "2026-11-05T14:14:00Z",
            "reasonDetails": {"reason": "PRODUCT_NOT_RECEIVED", "networkReasonCode": "13.1"},
            "order": {"id": "gid://shopify/Order/625362839", "legacyResourceId": "625362839", "name": f"#GS-{2000 + len(self.disputes)}"},
            "disputeEvidence": {
                "id": f"gid://shopify/ShopifyPaymentsDisputeEvidence/{number + 1000}", "submitted": False, "disputeFileUploads": [],
                "accessActivityLog": "collected by Shopify", "productDescription": "A lamp", "uncategorizedText": None,
                **dict.fromkeys(SLOTS),
            },
            **changes,
        }  # fmt: skip
        self.disputes[str(number)] = made
        return made

    def attach_by_hand(self, dispute: dict[str, Any], slot: str, name: str) -> None:
        """A person uploads a file in Shopify's own pages."""
        upload = self._file(name, b"%PDF-by-hand", slot)
        dispute["disputeEvidence"]["disputeFileUploads"].append(upload)
        dispute["disputeEvidence"][slot] = upload

    def due_date_passes(self, dispute: dict[str, Any]) -> None:
        """Shopify sends what it has."""
        self._submit(dispute)

    def decide(self, dispute: dict[str, Any], status: str) -> None:
        dispute.update(status=status, finalizedOn="2027-01-12T09:00:00Z")

    def escalate(self, dispute: dict[str, Any]) -> None:
        """The inquiry becomes a chargeback: Shopify changes the type, and asks for evidence anew."""
        dispute.update(
            type="CHARGEBACK", status="NEEDS_RESPONSE", evidenceSentOn=None, evidenceDueBy="2026-12-20T04:59:59Z"
        )
        dispute["disputeEvidence"] |= {"submitted": False, "id": dispute["disputeEvidence"]["id"] + "9"}

    def webhook(self, dispute: dict[str, Any]) -> bytes:
        """The body of a webhook: the REST object."""
        return json.dumps({
            "id": int(dispute["legacyResourceId"]), "order_id": 625362839, "type": dispute["type"].lower(), "amount": "86.40",
            "currency": "USD", "reason": dispute["reasonDetails"]["reason"].lower(), "network_reason_code": "13.1",
            "status": dispute["status"].lower(), "evidence_due_by": dispute["evidenceDueBy"], "evidence_sent_on": dispute["evidenceSentOn"],
            "finalized_on": dispute["finalizedOn"], "initiated_at": dispute["initiatedAt"],
        }).encode()  # fmt: skip

    @staticmethod
    def signed(body: bytes) -> str:
        return base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()

    def _submit(self, dispute: dict[str, Any]) -> None:
        dispute["disputeEvidence"]["submitted"] = True
        dispute.update(status="UNDER_REVIEW", evidenceSentOn="2026-11-15T16:02:31Z")
        self.sent.append(json.loads(json.dumps(dispute["disputeEvidence"])))

    # --- answering ---

    def handle(self, request: Request) -> tuple[int, dict[str, str], bytes] | None:
        """Status, headers, body; None hangs up."""
        with self._lock:
            self.requests.append(request)
            failure = next((item for item in self.failures if item.operation == request.operation), None)
            if failure:
                self.failures.remove(failure)
                if failure.after:
                    self._answer(request)
                return None if failure.hang_up else (failure.status, failure.headers, failure.body)
            status, body = self._answer(request)
            return status, {}, json.dumps(body).encode()

    def _answer(self, request: Request) -> tuple[int, dict[str, Any]]:
        try:
            if request.path == "/admin/oauth/access_token":
                return 200, self._exchange(request.said)
            scopes = self._scopes(request)
            if request.path.endswith("/graphql.json"):
                return 200, {"data": self._graphql(request, scopes)}
            return 200, self._rest(request, scopes)
        except Problem as problem:
            return problem.status, problem.body

    def _exchange(self, said: dict[str, Any]) -> dict[str, Any]:
        if (said.get("grant_type"), said.get("client_id"), said.get("client_secret")) != (
            "client_credentials",
            CLIENT_ID,
            SECRET,
        ):
            raise Problem(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        return {"access_token": self.token(self.granted), "scope": ",".join(self.granted), "expires_in": 86399}

    def _scopes(self, request: Request) -> frozenset[str]:
        token = request.headers.get("x-shopify-access-token", "")
        if token not in self.tokens:
            raise Problem(401, {"errors": f"[API] Invalid API key or access token {token}"})
        return self.tokens[token]

    def _graphql(self, request: Request, scopes: frozenset[str]) -> dict[str, Any]:
        document, values = request.said["query"], request.said.get("variables") or {}
        match request.operation:
            case "Scopes":
                handles = [{"handle": scope} for scope in scopes]
                shop = {"myshopifyDomain": "lantern-lane.myshopify.com", "plan": {"partnerDevelopment": True}}
                return {"currentAppInstallation": {"accessScopes": handles}, "shop": shop}
            case "Dispute" | "DisputeWithEvidence" | "Disputes" as name:
                _need("read_shopify_payments_disputes", scopes)
                if "disputeEvidence" in document:
                    _need("read_shopify_payments_dispute_evidences", scopes)
                if "order {" in document:
                    _need("read_orders", scopes)
                return (
                    self._listed(values)
                    if name == "Disputes"
                    else {"dispute": self.disputes.get(values["id"].rpartition("/")[2])}
                )
            case "Answer":
                _need("write_shopify_payments_dispute_evidences", scopes)
                return {"disputeEvidenceUpdate": self._update(values)}
        raise Problem(200, {"errors": [{"message": "no such operation", "extensions": {"code": "undefinedField"}}]})

    def _listed(self, values: dict[str, Any]) -> dict[str, Any]:
        newest_first = list(reversed(self.disputes.values()))
        start = int(values.get("after") or 0)
        page = newest_first[start : start + 50]
        more = len(newest_first) > start + 50
        return {
            "disputes": {
                "nodes": page,
                "pageInfo": {"hasNextPage": more, "endCursor": str(start + 50) if more else None},
            }
        }

    def _update(self, values: dict[str, Any]) -> dict[str, Any]:
        dispute = next((item for item in self.disputes.values() if item["disputeEvidence"]["id"] == values["id"]), None)
        if dispute is None:
            return _user_error("DISPUTE_EVIDENCE_NOT_FOUND", ["id"])
        evidence, given = dispute["disputeEvidence"], values["input"]
        if set(given) - WRITABLE:
            raise Problem(
                200, {"errors": [{"message": "Field is not defined", "extensions": {"code": "argumentNotAccepted"}}]}
            )
        if evidence["submitted"] or dispute["status"] != "NEEDS_RESPONSE":
            return _user_error("EVIDENCE_ALREADY_ACCEPTED", ["id"])
        uploads = {item["id"]: item for item in evidence["disputeFileUploads"]}
        for slot in SLOTS:
            if slot in given and given[slot]["id"] not in uploads:
                return _user_error("FILE_NOT_FOUND", ["input", slot])
        attached = {slot: uploads[given[slot]["id"]] if slot in given else evidence[slot] for slot in SLOTS}
        attached = {slot: None if given.get(slot, {}).get("destroy") else item for slot, item in attached.items()}
        if sum(item["fileSize"] for item in attached.values() if item) >= _ALL_FILES:
            return _user_error("FILES_SIZE_EXCEEDED_LIMIT", ["input"])
        evidence.update(
            {name: value for name, value in given.items() if name not in (*SLOTS, "submitEvidence")}, **attached
        )
        if given.get("submitEvidence"):
            self._submit(dispute)
        return {"disputeEvidence": {"id": evidence["id"], "submitted": evidence["submitted"]}, "userErrors": []}

    def _rest(self, request: Request, scopes: frozenset[str]) -> dict[str, Any]:
        found = re.fullmatch(
            r"/admin/api/2026-07/shopify_payments/disputes/(\d+)/dispute_file_uploads\.json", request.path
        )
        if request.method != "POST" or not found or found[1] not in self.disputes:
            raise Problem(404, {"errors": "Not Found"})
        if "write_shopify_payments_dispute_evidences" not in scopes:
            raise Problem(
                403,
                {
                    "errors": "[API] This action requires merchant approval for write_shopify_payments_dispute_evidences scope."
                },
            )
        given = request.said["dispute_file_upload"]
        content = base64.b64decode(given["data"], validate=True)
        if len(content) >= _EACH:
            raise Problem(422, {"errors": {"file": ["is too large"]}})
        slot = re.sub(r"_(.)", lambda part: part[1].upper(), given["document_type"])
        upload = self._file(given["filename"], content, slot)
        self.disputes[found[1]]["disputeEvidence"]["disputeFileUploads"].append(upload)
        number = int(upload["id"].rpartition("/")[2])
        return {
            "dispute_file_upload": {"id": number, "file_size": len(content), "original_filename": given["filename"]}
        }

    def _file(self, name: str, content: bytes, slot: str) -> dict[str, Any]:
        file_id = f"gid://shopify/ShopifyPaymentsDisputeFileUpload/{1047018778 + len(self.files)}"
        self.files[file_id] = content
        kind = re.sub(r"([A-Z])", r"_\1", slot).upper()
        return {"id": file_id, "originalFileName": name, "fileSize": len(content), "disputeEvidenceType": kind}


def _need(scope: str, scopes: frozenset[str]) -> None:
    if scope not in scopes:
        message = f"Access denied. Required access: `{scope}` access scope."
        raise Problem(200, {"errors": [{"message": message, "extensions": {"code": "ACCESS_DENIED"}}], "data": None})


def _user_error(code: str, where: list[str]) -> dict[str, Any]:
    return {
        "disputeEvidence": None,
        "userErrors": [{"code": code, "field": where, "message": f"invented words for {code}"}],
    }


class _Handler(BaseHTTPRequestHandler):
    shopify: FakeShopify
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write an answer, or the kernel waits 40 ms between head and body
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle(b"")

    def do_POST(self) -> None:
        self._handle(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _handle(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.shopify.handle(Request(self.command, self.path, headers, body))
        if answer is None:
            self.close_connection = True
            return
        status, more, content = answer
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Quiet."""
