"""Published signature vectors, Square's own description, and requests beside those of the official library."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from square.client import Square
from square.utils.webhooks_helper import verify_signature
from tests.contracts.servers import spec
from tests.fakes.square import FakeSquare

from goodstanding.channels import square as square_channel
from goodstanding.channels.square import channel, vocabulary
from goodstanding.channels.square.config import Config
from goodstanding.channels.square.defend import _BY_REASON, submit
from goodstanding.channels.square.evidence import LIMITS, TEXT_CHARS, TYPES
from goodstanding.channels.square.verify import signature, verify
from goodstanding.contract import Bundle, Incoming, ParsedNotice

pytestmark = pytest.mark.contract

FOLDER = Path(square_channel.__file__).parent / "fixtures"
NOW = datetime(2026, 11, 6, tzinfo=UTC)


@cache
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(gzip.decompress(spec("square/connect-v2-api.json.gz").read_bytes()))
    return loaded


@cache
def schemas() -> dict[str, Any]:
    def draft4(value: Any) -> Any:
        if isinstance(value, dict):
            value = {key: draft4(item) for key, item in value.items()}
            if value.pop("nullable", False):
                value = {"anyOf": [{"type": "null"}, value]}
            if "$ref" in value:
                value = {"$ref": value["$ref"]}
            return value
        return [draft4(item) for item in value] if isinstance(value, list) else value

    converted: dict[str, Any] = draft4(description()["components"]["schemas"])
    return converted


def errors(thing: Any, schema: str) -> list[str]:
    root = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": schemas()}}
    return [
        f"{'.'.join(map(str, item.absolute_path))}: {item.message[:200]}"
        for item in jsonschema.Draft4Validator(root).iter_errors(thing)
    ]


@pytest.mark.parametrize("vector_id", ["square-1", "square-2"])
def test_published_vectors(vector_id: str) -> None:
    vectors = json.loads(spec("signatures/vectors.json").read_bytes())
    vector = next(item for item in vectors if item["id"] == vector_id)
    body = vector["body"].encode()
    assert signature(vector["url"], body, vector["key"]) == vector["expected"]
    assert verify_signature(
        request_body=vector["body"],
        signature_header=vector["expected"],
        signature_key=vector["key"],
        notification_url=vector["url"],
    )
    config = Config(webhook_secret=vector["key"], notification_url=vector["url"])
    headers = (("x-square-hmacsha256-signature", vector["expected"]),)
    verify(Incoming(origin="webhook", body=body, received_at=NOW, headers=headers), config, None)


def test_words_are_those_described() -> None:
    found = description()["components"]["schemas"]
    assert set(found["DisputeState"]["enum"]) == {*vocabulary.OPEN, *vocabulary.SENT, *vocabulary.RULED}
    assert (
        set(found["DisputeReason"]["enum"])
        == {*vocabulary.CATEGORY, *vocabulary.UNANSWERABLE}
        == {*_BY_REASON, *vocabulary.UNANSWERABLE}
    )
    assert set(found["DisputeEvidenceType"]["enum"]) == set(TYPES)
    assert found["CreateDisputeEvidenceTextRequest"]["properties"]["evidence_text"]["maxLength"] == TEXT_CHARS
    said = found["CreateDisputeEvidenceFileRequest"]["properties"]["content_type"]["description"]
    assert all(media_type in said for media_type in LIMITS.media_types)
    brands = {brand.lower() for brand in found["CardBrand"]["enum"]}
    assert set(vocabulary.NETWORK) <= brands


def test_all_events_of_disputes_are_known_and_no_other() -> None:
    told = {
        item["x-webhook"]["event"] for item in description()["components"]["schemas"].values() if "x-webhook" in item
    }
    assert {name for name in told if name.startswith("dispute")} == set(vocabulary.EVENTS)


def test_scopes_that_write_are_sorted() -> None:
    flows = description()["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    writes = {scope for scope in flows["scopes"] if "WRITE" in scope} - vocabulary.DANGEROUS_SCOPES
    assert writes == {
        "ADDON_CONFIGURATIONS_WRITE", "APPOINTMENTS_ALL_WRITE", "APPOINTMENTS_WRITE", "CUSTOMERS_WRITE", "DISPUTES_WRITE", "EMPLOYEES_WRITE",
        "INVENTORY_WRITE", "ITEMS_WRITE", "ONLINE_STORE_SNIPPETS_WRITE", "RESERVATIONS_WRITE", "TIMECARDS_SETTINGS_WRITE", "TIMECARDS_WRITE", "VENDOR_WRITE",
    }  # fmt: skip
    asked = {permission.name for permission in (*channel.reads, *channel.writes)}
    assert asked <= set(flows["scopes"])


@pytest.mark.parametrize("name", ["DisputeCreatedEvent", "DisputeStateUpdatedEvent", "DisputeEvidenceCreatedEvent", "DisputeEvidenceDeletedEvent", "DisputeStateChangedEvent", "DisputeEvidenceAddedEvent", "DisputeEvidenceRemovedEvent"])  # fmt: skip
def test_squares_own_examples_are_understood(name: str) -> None:
    example = description()["components"]["schemas"][name]["example"]
    (notice,) = channel.parse(Incoming(origin="webhook", body=json.dumps(example).encode(), received_at=NOW))
    assert isinstance(notice, ParsedNotice)
    assert (notice.case_ref, str(notice.amount), notice.reason_category, notice.unread) == (
        "ORSEVtZAJxb37RA1EiGw",
        "88.01 USD",
        "incorrect_amount",
        (),
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("dispute.*.json")), ids=lambda path: path.stem)
def test_our_fixtures_are_as_described(path: Path) -> None:
    if path.name.endswith(".expected.json") or "unknown_words" in path.name:
        return
    dispute = json.loads(path.read_bytes())["data"]["object"]["dispute"]
    assert errors(dispute, "Dispute") == []


def test_what_is_sent_is_as_described_and_as_the_official_library_sends_it() -> None:
    bundle = Bundle(
        case_ref="SQFAKE00000001", stage="dispute", reason=None, network="visa", amount=None, references=(), language="en", reply_text="Delivered.",
        exhibits=(), document=b"%PDF-document",
    )  # fmt: skip
    with FakeSquare() as fake, httpx.Client(timeout=10) as http:
        dispute, token = fake.open_dispute(), fake.token()
        submit(bundle, Config(access_token=token, api_base=fake.url), http)
        mine = [_shape(request) for request in fake.requests]
        for request in fake.asked("evidence-text"):
            assert errors(json.loads(request.body), "CreateDisputeEvidenceTextRequest") == []
        dispute["state"] = "EVIDENCE_REQUIRED"
        fake.evidence[dispute["id"]].clear()
        fake.requests.clear()
        library = Square(token=token, base_url=fake.url)
        library.disputes.get(dispute_id=dispute["id"])
        library.disputes.evidence.list(dispute_id=dispute["id"])
        library.disputes.create_evidence_text(dispute_id=dispute["id"], idempotency_key="k1", evidence_type="REBUTTAL_EXPLANATION", evidence_text="Delivered.")  # fmt: skip
        library.disputes.create_evidence_file(
            dispute_id=dispute["id"],
            request={"idempotency_key": "k2", "evidence_type": "GENERIC_EVIDENCE", "content_type": "application/pdf"},
            image_file=("evidence.pdf", b"%PDF-document", "application/pdf"),
        )
        library.disputes.submit_evidence(dispute_id=dispute["id"])
        theirs = [_shape(request) for request in fake.requests]
    assert theirs
    assert [item for item in theirs if item not in mine] == []


def _shape(request: Any) -> tuple[str, ...]:
    """What must be the same: call, authorisation, media type, and the names and values of fields but keys."""
    media, fields = request.headers.get("content-type", "").partition(";")[0], ""
    if request.path.endswith("evidence-text"):
        fields = json.dumps(
            {name: value for name, value in sorted(json.loads(request.body).items()) if name != "idempotency_key"}
        )
    if request.path.endswith("evidence-files"):
        fields = ",".join(
            name
            for name in ('name="request"', 'name="image_file"', '"evidence_type"', '"content_type"')
            if name.encode() in request.body
        )
    body = media if fields else ""
    return request.method, request.path, request.headers.get("authorization", ""), body, fields
