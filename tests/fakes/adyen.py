"""A small Adyen on the loopback: disputes that live (inquiry, chargeback, defended, reversed, charged back again, decided).

    with FakeAdyen() as adyen:
        case = adyen.open()
        config = adyen.config()

Adyen tells of everything by signed webhook and can be asked nothing but which defence reasons a dispute takes.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from goodstanding.channels.adyen.config import Config
from goodstanding.channels.adyen.verify import basic, signature
from goodstanding.contract import Incoming

from .loopback import Answer, Loopback, Request

HMAC_KEY = "AB" * 32
USER, PASSWORD = "adyen-hook", "invented-hook-password"
ACCOUNT = "InventedShopECOM"
KEY = "AQEinventedApiKey0001"
NOT_RECEIVED = {
    "GoodsOrServicesProvided": {"GoodsOrServicesProvided": "Required", "TIDorInvoice": "Optional"},
    "SupplyDefenseMaterial": {"DefenseMaterial": "Required", "TIDorInvoice": "Optional"},
}


@dataclass
class Case:
    """One dispute as Adyen sees it."""

    ref: str
    reasons: dict[str, dict[str, str]]
    network: str = "visa"
    stage: str = "NOTIFICATION_OF_CHARGEBACK"
    open: bool = True
    supplied: dict[str, bytes] = field(default_factory=dict)
    defended: list[tuple[str, dict[str, bytes]]] = field(default_factory=list)


class FakeAdyen(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.cases: dict[str, Case] = {}
        self.webhooks: list[Incoming] = []
        self.roles: dict[str, list[str]] = {KEY: ["API dispute management"]}
        self.done: dict[str, tuple[int, dict[str, Any]]] = {}

    def config(self, **changes: Any) -> Config:
        """A connection to this fake."""
        values: dict[str, Any] = {
            "webhook_hmac_key": HMAC_KEY, "webhook_user": USER, "webhook_password": PASSWORD, "environment": "test",
            "merchant_account": ACCOUNT, "api_key": KEY, "api_base": f"{self.url}/dispute", "management_base": f"{self.url}/v3",
        }  # fmt: skip
        return Config(**values | changes)

    # --- a case lives ---

    def open(
        self,
        reasons: dict[str, dict[str, str]] | None = None,
        *,
        network: str = "visa",
        event: str = "NOTIFICATION_OF_CHARGEBACK",
    ) -> Case:
        """A new dispute, told by webhook."""
        case = Case(f"FAKEDISPUTE{len(self.cases):05d}", reasons or NOT_RECEIVED, network, event)
        self.cases[case.ref] = case
        self.tell(
            case, event, disputeStatus="Undefended", defensePeriodEndsAt=(self.now + timedelta(days=18)).isoformat()
        )
        return case

    def tell(self, case: Case, event: str, **more: str) -> Incoming:
        """A signed webhook about the case."""
        self.now += timedelta(hours=1)
        item: dict[str, Any] = {
            "additionalData": {"chargebackReasonCode": "13.1", "chargebackSchemeCode": case.network, **more},
            "amount": {"currency": "EUR", "value": 4590}, "eventCode": event, "eventDate": self.now.isoformat(),
            "merchantAccountCode": ACCOUNT, "merchantReference": f"GS-{4000 + len(self.cases)}", "originalReference": "FAKEPAYMENT00001",
            "paymentMethod": case.network, "pspReference": case.ref, "reason": "", "success": "true",
        }  # fmt: skip
        item["additionalData"]["hmacSignature"] = signature(item, HMAC_KEY)
        self.webhooks.append(delivery([item], self.now))
        return self.webhooks[-1]

    def reverse(self, case: Case) -> None:
        """The defence convinced for now: the money comes back."""
        self.tell(case, "CHARGEBACK_REVERSED", disputeStatus="Pending")

    def charge_again(self, case: Case) -> None:
        """The bank declined the defence."""
        self.tell(case, "SECOND_CHARGEBACK", disputeStatus="Lost")

    def pre_arbitrate(self, case: Case) -> None:
        """The bank opens pre-arbitration, which may be defended anew."""
        case.open, case.supplied = True, {}
        self.tell(
            case,
            "PREARBITRATION_OPEN",
            disputeStatus="Undefended",
            defensePeriodEndsAt=(self.now + timedelta(days=10)).isoformat(),
        )

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        roles = self.roles.get(request.headers.get("x-api-key", ""))
        if roles is None:
            return _json(401, {"status": 401, "errorCode": "000", "message": "HTTP Status Response - Unauthorized"})
        if request.path == "/v3/me":
            return _json(
                200,
                {
                    "id": "S2-1",
                    "username": "ws_1@Company.Invented",
                    "companyName": "Invented",
                    "active": True,
                    "roles": roles,
                    "associatedMerchantAccounts": [ACCOUNT],
                },
            )
        if "API dispute management" not in roles:
            return _json(403, {"status": 403, "errorCode": "010", "message": "Not allowed"})
        once = request.headers.get("idempotency-key", "")
        if once and once in self.done:
            return _json(*self.done[once])
        status, said = self._dispute(request.path.rpartition("/")[2], json.loads(request.body))
        if once:
            self.done[once] = (status, said)
        return _json(status, said)

    def _dispute(self, act: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        case = self.cases.get(asked.get("disputePspReference", ""))
        if case is None or asked.get("merchantAccountCode") != ACCOUNT:
            return 200, _result("Dispute not found", success=False)
        if act == "retrieveApplicableDefenseReasons":
            return 200, {"defenseReasons": self._reasons(case) if case.open else [], **_result()}
        if not case.open:
            return 200, _result("Dispute is not defendable", success=False)
        if act == "supplyDefenseDocument":
            for document in asked["defenseDocuments"]:
                case.supplied[document["defenseDocumentTypeCode"]] = base64.b64decode(document["content"])
            return 200, _result()
        if act == "deleteDisputeDefenseDocument":
            return 200, _result() if case.supplied.pop(asked["defenseDocumentType"], None) is not None else _result(
                "No such document", success=False
            )
        if act == "defendDispute":
            return 200, self._defend(case, asked["defenseReasonCode"])
        return 404, {"status": 404, "message": f"no act {act}"}

    def _defend(self, case: Case, code: str) -> dict[str, Any]:
        wanted = case.reasons.get(code)
        if wanted is None:
            return _result("Defense reason not applicable", success=False)
        if not _enough(wanted, case.supplied):
            return _result("Not all required defense documents are supplied", success=False)
        case.defended.append((code, dict(case.supplied)))
        case.open = False
        self.tell(case, "INFORMATION_SUPPLIED", disputeStatus="Pending")
        return _result()

    def _reasons(self, case: Case) -> list[dict[str, Any]]:
        return [
            {
                "defenseReasonCode": code,
                "satisfied": _enough(wanted, case.supplied),
                "defenseDocumentTypes": [
                    {"defenseDocumentTypeCode": name, "requirementLevel": level, "available": name in case.supplied}
                    for name, level in wanted.items()
                ],
            }
            for code, wanted in case.reasons.items()
        ]


def delivery(items: list[dict[str, Any]], at: datetime, headers: dict[str, str] | None = None) -> Incoming:
    """Items in one body, as Adyen delivers them."""
    body = json.dumps(
        {"live": "false", "notificationItems": [{"NotificationRequestItem": item} for item in items]}
    ).encode()
    given = {"Content-Type": "application/json", "Authorization": basic(USER, PASSWORD)} if headers is None else headers
    return Incoming(origin="webhook", body=body, received_at=at, headers=tuple(given.items()))


def _enough(wanted: dict[str, str], supplied: dict[str, bytes]) -> bool:
    either = [name for name, level in wanted.items() if level == "OneOrMore"]
    return all(name in supplied for name, level in wanted.items() if level == "Required") and (
        not either or any(name in supplied for name in either)
    )


def _result(message: str = "", *, success: bool = True) -> dict[str, Any]:
    return {"disputeServiceResult": {"success": success, **({"errorMessage": message} if message else {})}}


def _json(status: int, value: dict[str, Any]) -> Answer:
    return status, {}, json.dumps(value).encode()
