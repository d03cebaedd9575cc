"""A small Stripe on the loopback: disputes that live (inquiry, chargeback, staged, sent, decided, appealed), and that can fail.

    with FakeStripe() as stripe:
        dispute = stripe.open_dispute(status="warning_needs_response")
        config = Config(api_key=stripe.key(), api_base=stripe.url, files_base=stripe.url)

Behaves as https://docs.stripe.com/api/disputes says where our adapter can tell the difference; nothing else is there.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pypdfium2

ALL = frozenset({"dispute_read", "dispute_write", "file_write", "event_read", "radar_read", "charge_read"})
READING = frozenset({"dispute_read", "event_read", "radar_read", "charge_read"})
_FILE_SLOTS = [
    "cancellation_policy",
    "customer_communication",
    "customer_signature",
    "duplicate_charge_documentation",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_documentation",
    "uncategorized_file",
]
_WAITING = ("warning_needs_response", "needs_response", "appeal_needs_response")
_UNDER_REVIEW = {
    "warning_needs_response": "warning_under_review",
    "needs_response": "under_review",
    "appeal_needs_response": "appeal_under_review",
}
_NEEDED = {
    ("GET", "disputes"): "dispute_read", ("POST", "disputes"): "dispute_write", ("POST", "files"): "file_write", ("GET", "events"): "event_read",
    ("GET", "radar"): "radar_read", ("GET", "charges"): "charge_read", ("POST", "charges"): "charge_write", ("POST", "refunds"): "charge_write",
    ("POST", "payment_intents"): "payment_intent_write", ("POST", "payouts"): "payout_write", ("POST", "transfers"): "transfer_write",
    ("POST", "topups"): "topup_write",
}  # fmt: skip


@dataclass
class Request:
    """One call as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    fields: list[tuple[str, str]]
    body: bytes = b""


@dataclass
class Failure:
    """What to answer instead, to the next request whose ``METHOD path`` matches; ``after`` acts first and then fails."""

    pattern: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b'{"error": {"type": "api_error", "message": "invented trouble"}}'
    after: bool = False
    hang_up: bool = False


class Problem(Exception):
    """An error answer."""

    def __init__(self, status: int, message: str, code: str = "", kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status, self.error = status, {"type": kind, "message": message, **({"code": code} if code else {})}


class FakeStripe:
    """State and server in one; safe to use from the test's thread between requests."""

    def __init__(self, *, now: int = 1_793_008_800) -> None:
        self.now = now
        self.disputes: dict[str, dict[str, Any]] = {}
        self.warnings: dict[str, dict[str, Any]] = {}
        self.charges: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.events: list[dict[str, Any]] = []
        self.keys: dict[str, frozenset[str]] = {}
        self.requests: list[Request] = []
        self.failures: list[Failure] = []
        self.page_limits = {"mastercard": 19}
        self.sent: list[dict[str, Any]] = []  # evidence as it went to the bank
        self._answers: dict[str, tuple[int, bytes]] = {}
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stripe": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> FakeStripe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def key(self, permissions: frozenset[str] = ALL, prefix: str = "rk_test_") -> str:
        """A new key with these permissions."""
        made = f"{prefix}Invented{len(self.keys):04d}"
        self.keys[made] = permissions
        return made

    def fail(self, pattern: str, status: int = 500, **kwargs: Any) -> None:
        """Make the next request matching the pattern fail."""
        self.failures.append(Failure(pattern, status, **kwargs))

    # --- a case lives ---

    def open_dispute(self, *, network: str = "visa", code: str = "13.1", **changes: Any) -> dict[str, Any]:
        """A new dispute (status ``needs_response`` unless said otherwise), with its event."""
        number = len(self.disputes) + 1
        inquiry = str(changes.get("status", "")).startswith("warning_")
        made: dict[str, Any] = {
            "id": f"dp_1Fake{number:04d}", "object": "dispute", "amount": 8640, "balance_transactions": [], "charge": f"ch_3Fake{number:04d}",
            "created": self.now, "currency": "usd", "enhanced_eligibility_types": [], "evidence": {"enhanced_evidence": {}},
            "evidence_details": {
                "due_by": self.now + 9 * 86400, "enhanced_eligibility": {}, "has_evidence": False, "past_due": False, "submission_count": 0,
                "submission_method": "not_submitted",
            },
            "intended_submission_method": "prefer_smart_disputes", "is_charge_refundable": inquiry, "livemode": False, "metadata": {},
            "network_reason_code": code, "payment_intent": f"pi_3Fake{number:04d}",
            "payment_method_details": {
                "type": "card",
                "card": {"brand": network, "case_type": "inquiry" if inquiry else "chargeback", "network": network, "network_reason_code": code},
            },
            "reason": "product_not_received", "status": "needs_response", **changes,
        }  # fmt: skip
        self.disputes[made["id"]] = made
        self.charges[made["charge"]] = {
            "id": made["charge"],
            "object": "charge",
            "amount": made["amount"],
            "currency": made["currency"],
            "metadata": {"order_id": f"GS-{3000 + number}"},
        }
        self._happened("charge.dispute.created", made)
        return made

    def warn(self, **changes: Any) -> dict[str, Any]:
        """A new early fraud warning, with its event."""
        number = len(self.warnings) + 1
        made = {
            "id": f"issfr_1Fake{number:04d}", "object": "radar.early_fraud_warning", "actionable": True, "charge": f"ch_3Warned{number:04d}",
            "created": self.now, "fraud_type": "misc", "livemode": False, **changes,
        }  # fmt: skip
        self.warnings[made["id"]] = made
        self._happened("radar.early_fraud_warning.created", made)
        return made

    def escalate(self, dispute_id: str) -> None:
        """The inquiry becomes a chargeback, and the money is taken."""
        self._change(dispute_id, status="needs_response", is_charge_refundable=False)
        self.disputes[dispute_id]["payment_method_details"]["card"]["case_type"] = "chargeback"
        self._book(dispute_id, -1)

    def decide(self, dispute_id: str, status: str) -> None:
        """The bank decided: ``won``, ``lost``, ``warning_closed``, ``prevented``."""
        if status == "won":
            self._book(dispute_id, 1)
        self._change(dispute_id, status=status)
        self._happened("charge.dispute.closed", self.disputes[dispute_id])

    def open_appeal(self, dispute_id: str) -> None:
        """The decision may be appealed."""
        self.disputes[dispute_id]["evidence_details"]["due_by"] = self.now + 20 * 86400
        self._change(dispute_id, status="appeal_needs_response")

    def last_event(self) -> bytes:
        """The body of the newest event, as a webhook would bring it."""
        return json.dumps(self.events[-1], indent=2).encode()

    def _change(self, dispute_id: str, **changes: Any) -> None:
        self.disputes[dispute_id].update(changes)
        self._happened("charge.dispute.updated", self.disputes[dispute_id])

    def _book(self, dispute_id: str, sign: int) -> None:
        dispute = self.disputes[dispute_id]
        move = {
            "id": f"txn_{len(self.events)}",
            "object": "balance_transaction",
            "amount": sign * dispute["amount"],
            "currency": dispute["currency"],
            "fee": 1500 if sign < 0 else 0,
        }
        dispute["balance_transactions"].append(move)
        self._happened(f"charge.dispute.funds_{'withdrawn' if sign < 0 else 'reinstated'}", dispute)

    def _happened(self, event_type: str, thing: dict[str, Any]) -> None:
        with self._lock:
            self.now += 1
            self.events.append({
                "id": f"evt_1Fake{len(self.events):05d}", "object": "event", "api_version": "2026-10-28.endive", "created": self.now,
                "data": {"object": json.loads(json.dumps(thing))}, "livemode": thing["livemode"], "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None}, "type": event_type,
            })  # fmt: skip

    # --- answering ---

    def handle(self, request: Request) -> tuple[int, dict[str, str], bytes] | None:
        """Status, headers, body; None hangs up."""
        with self._lock:
            self.requests.append(request)
            failure = next(
                (item for item in self.failures if re.search(item.pattern, f"{request.method} {request.path}")), None
            )
            if failure:
                self.failures.remove(failure)
                if failure.after:
                    self._answer(request)
                return None if failure.hang_up else (failure.status, failure.headers, failure.body)
            status, body = self._answer(request)
            return status, {}, body

    def _answer(self, request: Request) -> tuple[int, bytes]:
        once = request.headers.get("idempotency-key")
        try:
            self._allowed(request)
            if once and once in self._answers:
                return self._repeated(once, request)
            status, body = 200, json.dumps(self._route(request)).encode()
        except Problem as problem:
            status, body = problem.status, json.dumps({"error": problem.error}).encode()
        if once and status not in (401, 403, 404):
            self._answers[once] = (status, body)
            self._bodies[once] = request.body
        return status, body

    def _repeated(self, once: str, request: Request) -> tuple[int, bytes]:
        if self._bodies[once] != request.body:
            raise Problem(
                400, "Keys for idempotent requests can only be used with the same parameters.", kind="idempotency_error"
            )
        return self._answers[once]

    def _allowed(self, request: Request) -> None:
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if key not in self.keys:
            raise Problem(401, f"Invalid API Key provided: {key[:8]}****")
        if key.startswith("sk_"):
            return
        needed = _NEEDED.get((request.method, request.path.split("/")[2]), "nothing")
        if needed not in self.keys[key]:
            raise Problem(
                403,
                f"The provided key '{key[:8]}***' does not have the required permissions for this endpoint on account 'acct_1Fake'. Having the 'rak_{needed}' permission would allow this request to continue.",
            )
        if ("expand[0]", "charge") in request.fields and "charge_read" not in self.keys[key]:
            raise Problem(
                403,
                "does not have the required permissions for this endpoint. Having the 'rak_charge_read' permission would allow this request to continue.",
            )

    def _route(self, request: Request) -> dict[str, Any]:
        parts = request.path.strip("/").split("/")[1:]
        values = _nested(request.fields)
        match request.method, *parts:
            case "GET", "disputes":
                return self._list(self.disputes, values)
            case "GET", "disputes", dispute_id:
                return self._shown(_found(self.disputes, dispute_id), values)
            case "POST", "disputes", dispute_id:
                return self._update(_found(self.disputes, dispute_id), values)
            case "POST", "files":
                return self._file(values)
            case "GET", "events":
                return self._list({event["id"]: event for event in self.events}, values)
            case "GET", "radar", "early_fraud_warnings":
                return self._list(self.warnings, values)
            case "GET", "radar", "early_fraud_warnings", warning_id:
                return self._shown(_found(self.warnings, warning_id), values)
            case "GET", "charges":
                return self._list(self.charges, values)
        raise Problem(404, f"No such object: '{parts[-1]}'", "resource_missing")

    def _shown(self, thing: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        if values.get("expand", {}).get("0") == "charge":
            return {**thing, "charge": self.charges.get(thing["charge"], {"id": thing["charge"], "object": "charge"})}
        return thing

    def _list(self, things: dict[str, dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
        since = int(values.get("created", {}).get("gte", 0))
        types = set(values.get("types", {}).values())
        newest_first = [
            thing
            for thing in reversed(things.values())
            if thing.get("created", self.now) >= since
            and (not types or thing.get("type") in types)
            and all(thing.get(name) == values[name] for name in ("charge", "payment_intent") if name in values)
        ]
        if after := values.get("starting_after"):
            newest_first = newest_first[[thing["id"] for thing in newest_first].index(after) + 1 :]
        limit = int(values.get("limit", 10))
        return {"object": "list", "data": newest_first[:limit], "has_more": len(newest_first) > limit, "url": "/"}

    def _file(self, values: dict[str, Any]) -> dict[str, Any]:
        content = values.get("file")
        if values.get("purpose") != "dispute_evidence" or not isinstance(content, bytes):
            raise Problem(400, "Missing required param: file.", "parameter_missing")
        file_id = f"file_1Fake{len(self.files):04d}"
        self.files[file_id] = content
        return {"id": file_id, "object": "file", "purpose": "dispute_evidence", "size": len(content), "type": "pdf"}

    def _update(self, dispute: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        given = values.get("evidence", {})
        details = dispute["evidence_details"]
        if dispute["status"] not in _WAITING:
            raise Problem(400, f"This dispute is {dispute['status']} and takes no evidence.", "dispute_not_open")
        appeal = dispute["status"] == "appeal_needs_response"
        if given and appeal != ("appeal" in given):
            raise Problem(400, "You can't update this evidence at this stage.", "parameter_invalid")
        staged = {name: value for name, value in {**dispute["evidence"], **given}.items() if value != ""}
        self._check_files(staged)
        self._check_pages(dispute, staged)
        dispute["evidence"] = staged
        details["has_evidence"] = bool(staged.keys() - {"enhanced_evidence"})
        dispute["intended_submission_method"] = values.get(
            "intended_submission_method", dispute["intended_submission_method"]
        )
        if values.get("submit", "true") == "true":
            self._submit(dispute)
        self._happened("charge.dispute.updated", dispute)
        return dispute

    def _submit(self, dispute: dict[str, Any]) -> None:
        details = dispute["evidence_details"]
        details.update(submission_count=details["submission_count"] + 1, submission_method="manual")
        dispute["status"] = _UNDER_REVIEW[dispute["status"]]
        self.sent.append(json.loads(json.dumps(dispute["evidence"])))
        verdict = {"winning_evidence": "won", "losing_evidence": "lost"}.get(
            dispute["evidence"].get("uncategorized_text", "")
        )
        if verdict:
            self.decide(dispute["id"], verdict)

    def _check_files(self, staged: dict[str, Any]) -> None:
        for slot in _FILE_SLOTS:
            if slot in staged and staged[slot] not in self.files:
                raise Problem(400, f"No such file upload: '{staged[slot]}'", "resource_missing")

    def _check_pages(self, dispute: dict[str, Any], staged: dict[str, Any]) -> None:
        most = self.page_limits.get(dispute["payment_method_details"]["card"]["network"], 49)
        pages = sum(_pages(self.files[staged[slot]]) for slot in _FILE_SLOTS if slot in staged)
        if pages > most:
            raise Problem(
                400, f"Evidence has {pages} pages, at most {most} are accepted.", "dispute_evidence_page_limit_exceeded"
            )


class _Handler(BaseHTTPRequestHandler):
    stripe: FakeStripe
    protocol_version = "HTTP/1.1"
    timeout = 5
    wbufsize = -1  # one write an answer, or the kernel waits 40 ms between head and body
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _serve(self, body: bytes) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        fields = parse_qsl(url.query, keep_blank_values=True) + _form(headers.get("content-type", ""), body)
        answer = self.stripe.handle(Request(self.command, url.path, headers, fields, body))
        if answer is None:
            self.close_connection = True
            return
        status, extra, content = answer
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **extra}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Quiet: tests look at ``requests``."""


def form_fields(content_type: str, body: bytes) -> list[tuple[str, Any]]:
    """The fields of a form body, urlencoded or multipart; a file's value is its bytes."""
    if not content_type.startswith("multipart/"):
        return list(parse_qsl(body.decode(), keep_blank_values=True))
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    found: list[tuple[str, Any]] = []
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            name = str(part.get_param("name", header="content-disposition"))
            found.append((name, payload if part.get_filename() else payload.decode()))
    return found


_form = form_fields


def _nested(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """``a[b][0]=x`` as ``{"a": {"b": {"0": "x"}}}``."""
    result: dict[str, Any] = {}
    for name, value in fields:
        *way, last = re.findall(r"[^\[\]]+", name)
        holder = result
        for step in way:
            holder = holder.setdefault(step, {})
        holder[last] = value
    return result


def _found(things: dict[str, dict[str, Any]], thing_id: str) -> dict[str, Any]:
    if thing_id not in things:
        raise Problem(404, f"No such object: '{thing_id}'", "resource_missing")
    return things[thing_id]


def _pages(content: bytes) -> int:
    try:
        return len(pypdfium2.PdfDocument(content))
    except pypdfium2.PdfiumError:
        return 1


def utc(seconds: int) -> datetime:
    """Stripe's seconds as a moment."""
    return datetime.fromtimestamp(seconds, UTC)
