"""Our PayPal adapter against a server made from PayPal's own description, and its bodies against that description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from tests.contracts.servers import Proxy, prism, recorder, spec
from tests.fakes.paypal import parts_of

from goodstanding.channels import paypal as paypal_channel
from goodstanding.channels.paypal import Config, channel
from goodstanding.channels.paypal.api import Session
from goodstanding.channels.paypal.evidence import NOTE_CHARS, TYPE_OF, carriers, plan
from goodstanding.channels.paypal.read import dispute
from goodstanding.channels.paypal.verify import message
from goodstanding.channels.paypal.vocabulary import CATEGORY, RULED, STAGE
from goodstanding.contract import Bundle, Exhibit, Incoming, ParsedNotice, Pointer, Reference

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@cache
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(spec("paypal/customer_disputes_v1.json").read_bytes())
    return loaded


def valid(thing: Any, schema: str) -> None:
    components = description()["components"]
    jsonschema.Draft4Validator({"$ref": f"#/components/schemas/{schema}", "components": components}).validate(thing)


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with prism(spec("paypal/derived-customer_disputes_v1.mock.json")) as url, recorder(url) as recording:
        yield recording


@pytest.fixture
def session(proxy: Proxy) -> Iterator[Session]:
    with httpx.Client(timeout=20) as client:
        config = Config(client_id="invented-client", client_secret="invented-secret", api_base=proxy.url)
        yield Session(config=config, http=client, token="A21AAInvented", scopes=(), app="")


def bundle(**changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": "PP-000-042-663-135", "stage": "dispute", "reason": None, "network": "", "amount": None, "references": (Reference(type="refund", value="5REFUND"),),
        "language": "en", "reply_text": "The parcel was delivered.", "exhibits": (), "document": b"%PDF-1.4", "digest": "d",
        "fields": {"tracking_number": "LB1CN", "carrier": "DE_DPD_DELISTACK", "tracking_url": "https://t.example/LB1CN"},
    }  # fmt: skip
    return Bundle(**values | changes)


def test_what_the_server_answers_is_understood(session: Session) -> None:
    found = dispute(session, "PP-000-042-663-135")
    (notice,) = channel.parse(Incoming(origin="upload", body=json.dumps(found).encode(), received_at=NOW))
    assert isinstance(notice, ParsedNotice)
    assert (notice.kind, notice.stage, str(notice.amount), notice.test) == (
        "refund_dispute",
        "inquiry",
        "3.00 USD",
        True,
    )


def test_lists_are_asked_as_described(session: Session, proxy: Proxy) -> None:
    session.get("/v1/customer/disputes", {"update_time_after": "2026-10-01T00:00:00.000Z", "page_size": "50"})
    session.get("/v1/customer/disputes", {"disputed_transaction_id": "1FAKE", "page_size": "1"})
    assert proxy.passed[-1].headers["authorization"] == "Bearer A21AAInvented"


@pytest.mark.parametrize("act", ["provide-evidence", "appeal"])
def test_evidence_is_taken(session: Session, proxy: Proxy, act: str) -> None:
    laid_out = plan(bundle())
    edge = laid_out.boundary("d")
    media = f"multipart/form-data; boundary={edge}"
    session.post(f"/v1/customer/disputes/PP-000-042-663-135/{act}", laid_out.body(edge), media, once="k")
    given, files = parts_of(proxy.passed[-1].headers["content-type"], proxy.passed[-1].body)
    assert files == {"file1:evidence-PP-000-042-663-135.pdf": b"%PDF-1.4"}
    for evidence in given["evidences"]:
        _valid_evidence(evidence)


def _valid_evidence(evidence: dict[str, Any]) -> None:
    """The description's pattern for carriers refuses an entry of its own list, the one with a space before it."""
    for parcel in evidence.get("evidence_info", {}).get("tracking_info", []):
        if parcel["carrier_name"] == " DE_DPD_DELISTACK":
            parcel["carrier_name"] = "UPS"
    valid(evidence, "evidence")


def test_every_kind_of_exhibit_makes_valid_evidence() -> None:
    for media_type in ("application/pdf", "image/jpeg", "image/png", "image/gif"):
        exhibits = tuple(
            Exhibit(
                id=kind,
                kind=kind,
                title=kind,
                media_type=media_type,
                content=b"x" + kind.encode(),
                sha256="",
                filename="Rück%schein 单 (1).final.pdf",
            )
            for kind in TYPE_OF
        )
        for evidence in plan(bundle(exhibits=exhibits, fields={"tracking_number": "A", "carrier": "Novel"})).evidences:
            _valid_evidence(evidence)


def test_the_list_of_carriers_is_paypals() -> None:
    theirs = description()["components"]["schemas"]["tracking_info"]["properties"]["carrier_name"]["enum"]
    assert set(carriers().values()) == set(theirs)
    assert [code for code in carriers().values() if code != code.strip()] == [" DE_DPD_DELISTACK"]


def test_words_are_paypals() -> None:
    schemas = description()["components"]["schemas"]
    assert set(STAGE) == set(schemas["dispute_lifecycle_stage"]["enum"])
    assert set(RULED) == set(schemas["dispute_outcome"]["properties"]["outcome_code"]["enum"])
    assert set(schemas["dispute_reason"]["enum"]) - set(CATEGORY) == {"OTHER", "PROBLEM_WITH_REMITTANCE"}
    types = schemas["evidence"]["properties"]["evidence_type"]["enum"]
    assert set(TYPE_OF.values()) | {"OTHER", "PROOF_OF_FULFILLMENT"} <= set(types)
    assert schemas["evidence"]["properties"]["notes"]["maxLength"] == NOTE_CHARS


def test_paypals_own_sample_points_and_its_resource_reads() -> None:
    body = spec("paypal/webhook.CUSTOMER.DISPUTE.CREATED.sample.json").read_bytes()
    (pointer,) = channel.parse(Incoming(origin="webhook", body=body, received_at=NOW))
    assert isinstance(pointer, Pointer) and pointer.reference.value == "PP-000-042-663-135"
    (notice,) = channel.parse(
        Incoming(origin="upload", body=json.dumps(json.loads(body)["resource"]).encode(), received_at=NOW)
    )
    assert isinstance(notice, ParsedNotice) and notice.unread == ()


FOLDER = Path(paypal_channel.__file__).parent / "fixtures"
READ = [
    path for path in sorted(FOLDER.glob("read__*.json")) if ".expected" not in path.name and "unknown" not in path.name
]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_our_fixtures_are_as_paypal_describes(path: Path) -> None:
    valid(json.loads(path.read_bytes())["resource"], "dispute")


def test_a_drill_is_as_paypal_describes() -> None:
    assert channel.drill
    valid(json.loads(channel.drill(Config(client_id="a", client_secret="b"), NOW).body)["resource"], "dispute")


def test_the_published_signature_message() -> None:
    (vector,) = [
        item for item in json.loads(spec("signatures/vectors.json").read_bytes()) if item["system"] == "paypal"
    ]
    said = message(
        vector["transmission_id"], vector["transmission_time"], vector["webhook_id"], vector["body"].encode()
    )
    assert said.decode() == vector["expected_message"]
    assert said.endswith(f"|{vector['crc32']}".encode())
