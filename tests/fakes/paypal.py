"""A small PayPal on the loopback: disputes that live (inquiry, claim, evidence, decided, appealed), with the links it offers.

with FakePayPal() as paypal:
    case = paypal.open()
    config = paypal.config()
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs

from goodstanding.channels.paypal.config import Config

from .loopback import Answer, Loopback, Request

APP, SECRET = "InventedClientId0001", "invented-client-secret-0001"
READ = "https://uri.paypal.com/services/disputes/read-seller"
WRITE = "https://uri.paypal.com/services/disputes/update-seller"
_LIST = "/v1/customer/disputes"


class Problem(Exception):
    """An error answer."""

    def __init__(self, status: int, name: str, message: str = "") -> None:
        super().__init__(name)
        self.status, self.body = status, {"name": name, "message": message or name, "debug_id": "d1"}


class FakePayPal(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.disputes: dict[str, dict[str, Any]] = {}
        self.scopes = [READ, WRITE, "openid"]
        self.sent: list[tuple[str, str, dict[str, Any], dict[str, bytes]]] = []  # dispute, act, input, files
        self.verdict = "FAILURE"
        self.done: dict[str, dict[str, Any]] = {}

    def config(self, **changes: Any) -> Config:
        """A connection to this fake."""
        return Config(
            **{"client_id": APP, "client_secret": SECRET, "environment": "sandbox", "api_base": self.url} | changes
        )

    # --- a case lives ---

    def open(
        self, *, stage: str = "CHARGEBACK", rels: tuple[str, ...] = ("provide_evidence", "accept_claim"), **changes: Any
    ) -> dict[str, Any]:
        """A new dispute that waits for the merchant."""
        case = f"PP-R-FAKE-{len(self.disputes):05d}"
        made = {
            "dispute_id": case, "create_time": self._moment(), "update_time": self._moment(),
            "disputed_transactions": [{"seller_transaction_id": f"1FAKESELLER{len(self.disputes)}", "invoice_number": "GS-5001"}],
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_amount": {"currency_code": "USD", "value": "45.90"}, "dispute_life_cycle_stage": stage, "dispute_channel": "INTERNAL",
            "evidences": [], "seller_response_due_date": self._moment(days=10), **changes,
        }  # fmt: skip
        self.disputes[case] = made
        self.offer(case, *rels)
        return made

    def offer(self, case: str, *rels: str) -> None:
        """What may be done now."""
        here = f"{self.url}{_LIST}/{case}"
        self.disputes[case]["links"] = [{"href": here, "rel": "self", "method": "GET"}] + [
            {"href": f"{here}/{rel.replace('_', '-')}", "rel": rel, "method": "POST"} for rel in rels
        ]

    def change(self, case: str, **changes: Any) -> None:
        """Something changed over there."""
        self.now += timedelta(hours=1)
        self.disputes[case].update(changes, update_time=self._moment())

    def escalate(self, case: str) -> None:
        """The inquiry became a claim."""
        self.change(
            case,
            dispute_life_cycle_stage="CHARGEBACK",
            status="WAITING_FOR_SELLER_RESPONSE",
            seller_response_due_date=self._moment(days=10),
        )
        self.offer(case, "provide_evidence", "accept_claim")

    def decide(self, case: str, outcome: str, *, appealable: bool = False) -> None:
        """It was decided."""
        self.change(case, status="RESOLVED", dispute_outcome={"outcome_code": outcome})
        self.offer(case, *(("appeal",) if appealable else ()))

    def _moment(self, days: int = 0) -> str:
        return f"{self.now + timedelta(days=days):%Y-%m-%dT%H:%M:%S}.000Z"

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        try:
            return _json(200, self._route(request))
        except Problem as problem:
            return _json(problem.status, problem.body)

    def _route(self, request: Request) -> dict[str, Any]:
        if request.path == "/v1/oauth2/token":
            return self._token(request)
        if request.headers.get("authorization") != "Bearer A21AAFakeToken0001":
            raise Problem(401, "AUTHENTICATION_FAILURE")
        if request.path == "/v1/notifications/verify-webhook-signature":
            return {"verification_status": self.verdict}
        if not request.path.startswith(_LIST):
            raise Problem(404, "RESOURCE_NOT_FOUND")
        needed = READ if request.method == "GET" else WRITE
        if needed not in self.scopes:
            raise Problem(403, "NOT_AUTHORIZED")
        case, _, act = request.path.removeprefix(_LIST).strip("/").partition("/")
        if not case:
            return self._list(parse_qs(request.query))
        if case not in self.disputes:
            raise Problem(404, "RESOURCE_NOT_FOUND", "The specified resource does not exist.")
        if not act:
            return self.disputes[case]
        return self._act(case, act, request)

    def _token(self, request: Request) -> dict[str, Any]:
        given = request.headers.get("authorization", "")
        if given != "Basic " + base64.b64encode(f"{APP}:{SECRET}".encode()).decode():
            raise Problem(401, "invalid_client", "Client Authentication failed")
        return {
            "scope": " ".join(self.scopes),
            "access_token": "A21AAFakeToken0001",
            "token_type": "Bearer",
            "app_id": "APP-FAKE",
            "expires_in": 32400,
        }

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        after = query.get("update_time_after", [""])[0]
        wanted = query.get("disputed_transaction_id", [""])[0]
        found = [
            dispute for dispute in reversed(self.disputes.values())
            if dispute["update_time"] > after and (not wanted or any(item["seller_transaction_id"] == wanted for item in dispute["disputed_transactions"]))
        ]  # fmt: skip
        start, size = int(query.get("next_page_token", ["0"])[0]), int(query.get("page_size", ["10"])[0])
        names = ("dispute_id", "create_time", "update_time", "reason", "status", "dispute_amount", "links")
        page = [{name: dispute[name] for name in names} for dispute in found[start : start + size]]
        links = [{"href": f"{self.url}{_LIST}", "rel": "self", "method": "GET"}]
        if start + size < len(found):
            links.append(
                {
                    "href": f"https://elsewhere.example{_LIST}?next_page_token={start + size}",
                    "rel": "next",
                    "method": "GET",
                }
            )
        return {"items": page, "links": links}

    def _act(self, case: str, act: str, request: Request) -> dict[str, Any]:
        dispute = self.disputes[case]
        offered = [link["rel"].replace("_", "-") for link in dispute["links"]]
        once = request.headers.get("paypal-request-id", "")
        if once and once in self.done:
            return self.done[once]
        if act not in offered:
            raise Problem(422, "UNPROCESSABLE_ENTITY", "Action not allowed at this stage.")
        given, files = parts_of(request.headers.get("content-type", ""), request.body)
        self.sent.append((case, act, given, files))
        self.change(case, status="UNDER_REVIEW")
        dispute["evidences"] = [
            *dispute["evidences"],
            *({**item, "source": "SUBMITTED_BY_SELLER"} for item in given["evidences"]),
        ]
        self.offer(case)
        answer = {"links": [{"href": f"{self.url}{_LIST}/{case}", "rel": "self", "method": "GET"}]}
        if once:
            self.done[once] = answer
        return answer


def parts_of(content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The JSON part ``input``, and the files by their names."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    given: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        name = str(part.get_param("name", header="content-disposition"))
        if name == "input":
            assert part.get_content_type() == "application/json"
            given = json.loads(payload)
        else:
            files[f"{name}:{part.get_filename()}"] = payload
    return given, files


def _json(status: int, value: dict[str, Any]) -> Answer:
    return status, {}, json.dumps(value).encode()
