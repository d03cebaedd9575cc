"""A small Braintree on the loopback: disputes that live (retrieval, chargeback, evidence, finalized, decided), told by signed XML.

with FakeBraintree() as braintree:
    case = braintree.open()
    config = braintree.config()
"""

from __future__ import annotations

import base64
import json
from base64 import encodebytes
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qs, urlencode
from xml.sax.saxutils import escape

from goodstanding.channels.braintree.config import Config
from goodstanding.channels.braintree.verify import sign
from goodstanding.channels.braintree.xml import read_xml
from goodstanding.contract import Incoming

from .loopback import Answer, Loopback, Request

MERCHANT, PUBLIC, PRIVATE = "inventedmerchant1", "inventedpublickey1", "invented-private-key-0001"
_XML = {"Content-Type": "application/xml"}


class Problem(Exception):
    """An error answer of Braintree's own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = (
            f'<api-error-response><errors><dispute><errors type="array"><error><code>{code}</code><attribute type="symbol">base</attribute>'
            f"<message>{message}</message></error></errors></dispute></errors><message>{message}</message></api-error-response>"
        )


class FakeBraintree(Loopback):
    """State and server in one."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.disputes: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, bytes] = {}
        self.sent: list[tuple[str, list[dict[str, str]]]] = []
        self.webhooks: list[Incoming] = []
        self.rights = ["View Disputes", "Add Dispute Evidence"]
        self.admin = False
        self.page_size = 50

    def config(self, **changes: Any) -> Config:
        """A connection to this fake."""
        values: dict[str, Any] = {
            "merchant_id": MERCHANT, "public_key": PUBLIC, "private_key": PRIVATE, "environment": "sandbox", "api_base": self.url,
            "graphql_base": f"{self.url}/graphql",
        }  # fmt: skip
        return Config(**values | changes)

    # --- a case lives ---

    def open(self, kind: str = "chargeback", **changes: Any) -> dict[str, Any]:
        """A new open dispute, told by webhook."""
        number = len(self.disputes)
        made: dict[str, Any] = {
            "id": f"fake{number:05d}", "amount-disputed": "45.90", "amount-won": "0.00", "currency-iso-code": "USD", "kind": kind,
            "reason": "product_not_received", "reason-code": "13.1", "received-date": f"{self.now:%Y-%m-%d}", "status": "open",
            "reply-by-date": f"{self.now + timedelta(days=10):%Y-%m-%d}", "updated-at": self._moment(),
            "transaction": {"id": f"faketrans{number}", "order-id": f"GS-{6000 + number}", "payment-instrument-subtype": "Visa"},
            "evidence": [], **changes,
        }  # fmt: skip
        self.disputes[made["id"]] = made
        self.tell(made["id"], "dispute_opened")
        return made

    def decide(self, case: str, status: str) -> None:
        """The bank decided, or the date passed."""
        self._change(case, status=status)
        self.tell(case, f"dispute_{status}")

    def pre_arbitrate(self, case: str) -> dict[str, Any]:
        """The bank goes on: at Braintree a new dispute that names the old one."""
        return self.open("pre_arbitration", **{"original-dispute-id": case})

    def tell(self, case: str, kind: str) -> Incoming:
        """A signed webhook about the case."""
        self.webhooks.append(webhook(kind, _xml("dispute", self.disputes[case]), self.now))
        return self.webhooks[-1]

    def _change(self, case: str, **changes: Any) -> None:
        self.now += timedelta(hours=1)
        self.disputes[case].update(changes, **{"updated-at": self._moment()})

    def _moment(self) -> str:
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"

    # --- answering ---

    def respond(self, request: Request) -> Answer:
        if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{PUBLIC}:{PRIVATE}".encode()).decode():
            if request.path == "/graphql":
                return (
                    200,
                    {},
                    b'{"errors": [{"message": "x", "extensions": {"errorClass": "AUTHENTICATION"}}], "data": null}',
                )
            return 401, _XML, b""
        if request.path == "/graphql":
            return self._viewer()
        try:
            return 200, _XML, self._route(request).encode()
        except Problem as problem:
            return problem.status, _XML, problem.body.encode()
        except KeyError:
            return 404, _XML, b""

    def _viewer(self) -> Answer:
        viewer = {
            "id": "v", "rights": [{"name": name} for name in self.rights], "roles": [{"name": "r", "isAccountAdmin": self.admin}],
            "merchant": {"id": MERCHANT},
        }  # fmt: skip
        return 200, {}, json.dumps({"data": {"viewer": viewer}}).encode()

    def _route(self, request: Request) -> str:
        parts = request.path.strip("/").split("/")
        if parts[:2] != ["merchants", MERCHANT]:
            raise KeyError(request.path)
        match request.method, *parts[2:]:
            case "POST", "document_uploads":
                return self._document(request)
            case "POST", "disputes", "advanced_search":
                return self._search(request)
            case "GET", "disputes", case:
                return _xml("dispute", self.disputes[case])
            case "POST", "disputes", case, "evidence":
                return self._add(self._open(case, "95701"), read_xml(request.body)["evidence"])
            case "DELETE", "disputes", case, "evidence", evidence:
                held = self._open(case, "95702")["evidence"]
                held[:] = [item for item in held if item["id"] != evidence]
                return ""
            case "PUT", "disputes", case, "finalize":
                return self._finalize(self._open(case, "95705"))
        raise KeyError(request.path)

    def _open(self, case: str, code: str) -> dict[str, Any]:
        dispute = self.disputes[case]
        if dispute["status"] != "open":
            raise Problem(422, code, "This can be done to an open dispute only.")
        return dispute

    def _document(self, request: Request) -> str:
        fields = form_of(request)
        content = fields["file"]
        if fields.get("document_upload[kind]") != b"evidence_document":
            raise Problem(422, "84901", "Kind is invalid.")
        if len(content) > 4 * 2**20:
            raise Problem(422, "84902", "File is too large.")
        upload = f"doc{len(self.documents)}"
        self.documents[upload] = content
        return f"<document-upload><id>{upload}</id><kind>evidence_document</kind><size type='integer'>{len(content)}</size></document-upload>"

    def _add(self, dispute: dict[str, Any], given: dict[str, str]) -> str:
        upload = given.get("document_upload_id", "")
        if upload and upload not in self.documents:
            raise Problem(422, "95703", "No such document.")
        piece = {
            "id": f"ev{len(self.documents)}{len(dispute['evidence'])}",
            "comments": given.get("comments", ""),
            "url": upload,
        }
        dispute["evidence"].append(piece)
        return _xml("evidence", piece)

    def _finalize(self, dispute: dict[str, Any]) -> str:
        self.sent.append((dispute["id"], [dict(piece) for piece in dispute["evidence"]]))
        self._change(dispute["id"], status="disputed")
        self.tell(dispute["id"], "dispute_disputed")
        return ""

    def _search(self, request: Request) -> str:
        asked = read_xml(request.body)["search"]
        since = asked.get("received_date", {}).get("min", "")[:10]
        transaction = asked.get("transaction_id", {}).get("is", "")
        found = [
            dispute for dispute in reversed(self.disputes.values())
            if dispute["received-date"] >= since and transaction in ("", dispute["transaction"]["id"])
        ]  # fmt: skip
        page = int(parse_qs(request.query)["page"][0])
        shown = "".join(_xml("dispute", item) for item in found[(page - 1) * self.page_size : page * self.page_size])
        counts = (("current-page-number", page), ("page-size", self.page_size), ("total-items", len(found)))
        heads = "".join(f'<{name} type="integer">{value}</{name}>' for name, value in counts)
        return f'<disputes type="collection">{heads}{shown}</disputes>'


def webhook(kind: str, subject: str, at: datetime, *, public: str = PUBLIC, private: str = PRIVATE) -> Incoming:
    """A webhook as Braintree posts it."""
    xml = f'<notification><timestamp type="datetime">{at:%Y-%m-%dT%H:%M:%SZ}</timestamp><kind>{kind}</kind><subject>{subject}</subject></notification>'
    payload = encodebytes(xml.encode()).decode()
    body = urlencode({"bt_signature": f"{public}|{sign(payload, private)}", "bt_payload": payload}).encode()
    return Incoming(
        origin="webhook", body=body, received_at=at, headers=(("Content-Type", "application/x-www-form-urlencoded"),)
    )


def form_of(request: Request) -> dict[str, bytes]:
    """The parts of a multipart form."""
    message = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode() + request.body
    )
    found: dict[str, bytes] = {}
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = payload
    return found


def _xml(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"<{name}>{''.join(_xml(key, item) for key, item in value.items())}</{name}>"
    if isinstance(value, list):
        return f'<{name} type="array">{"".join(_xml("item", item) for item in value)}</{name}>'
    return f"<{name}>{escape(str(value))}</{name}>"
