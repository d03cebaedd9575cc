"""Our Braintree adapter and Braintree's own library: the same requests, and its signed samples through our code."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from tests.contracts.servers import spec
from tests.fakes.braintree import MERCHANT, PRIVATE, PUBLIC, FakeBraintree, form_of
from tests.fakes.loopback import Request

from goodstanding.channels.braintree import channel
from goodstanding.channels.braintree.api import API_VERSION, call
from goodstanding.channels.braintree.config import Config
from goodstanding.channels.braintree.evidence import File
from goodstanding.channels.braintree.vocabulary import KINDS, OTHER_MATTERS, RULED, STAGE
from goodstanding.channels.braintree.xml import read_xml, write_xml
from goodstanding.contract import Incoming, ParsedNotice

pytestmark = pytest.mark.contract

sdk = pytest.importorskip("braintree", reason="the official library is a development dependency: pip install braintree")

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[FakeBraintree]:
    with FakeBraintree() as fake:
        yield fake


@pytest.fixture
def theirs(server: FakeBraintree) -> Any:
    port = str(urlsplit(server.url).port)
    here = sdk.environment.Environment("development", "127.0.0.1", port, "", False, None, "127.0.0.1", port)
    return sdk.BraintreeGateway(
        sdk.Configuration(environment=here, merchant_id=MERCHANT, public_key=PUBLIC, private_key=PRIVATE)
    )


def shape(request: Request) -> dict[str, Any]:
    """What must be the same: call, what is said in the body, and the headers that Braintree acts on."""
    media = request.headers.get("content-type", "").partition(";")[0]
    body: Any = request.body and (form_of(request) if media.startswith("multipart") else read_xml(request.body))
    names = ("authorization", "x-apiversion", "accept")
    return {
        "call": f"{request.method} {request.path}?{request.query}",
        "body": body,
        **{name: request.headers.get(name) for name in names},
    }


def test_same_requests_as_the_official_library(server: FakeBraintree, theirs: Any) -> None:
    config = server.config()
    text = {"comments": 'The parcel & its "label": 100% – 已签收', "category": None, "sequence_number": None}
    since = datetime(2026, 5, 1, tzinfo=UTC)
    search = {"received_date": {"min": ("datetime", "2026-05-01T00:00:00Z")}}
    content = b"%PDF-1.4\r\n\x00\xff test\r\n"
    body, media = File(name="evidence.pdf", media_type="application/pdf", content=content).body("d")
    file = io.BytesIO(content)
    file.name = "evidence.pdf"
    case = server.open()["id"]
    with httpx.Client(timeout=10) as http:
        acts = [
            (lambda: call("GET", f"/disputes/{case}", config, http), lambda: theirs.dispute.find(case)),
            (lambda: call("POST", "/disputes/advanced_search?page=1", config, http, body=write_xml("search", search).encode()), lambda: list(theirs.dispute.search(sdk.DisputeSearch.received_date >= since).disputes.items)),
            (lambda: call("POST", "/document_uploads", config, http, body=body, media_type=media), lambda: theirs.document_upload.create({"kind": "evidence_document", "file": file})),
            (lambda: call("POST", f"/disputes/{case}/evidence", config, http, body=write_xml("evidence", {"document_upload_id": "doc0", "category": None}).encode()), lambda: theirs.dispute.add_file_evidence(case, "doc0")),
            (lambda: call("POST", f"/disputes/{case}/evidence", config, http, body=write_xml("evidence", text).encode()), lambda: theirs.dispute.add_text_evidence(case, text["comments"])),
            (lambda: call("DELETE", f"/disputes/{case}/evidence/ev1", config, http), lambda: theirs.dispute.remove_evidence(case, "ev1")),
        ]  # fmt: skip
        for we, they in acts:
            we()
            mine = shape(server.requests[-1])
            they()
            assert mine == shape(server.requests[-1])
        call("PUT", f"/disputes/{case}/finalize", config, http)
        mine = shape(server.requests[-1])
        server.disputes[case]["status"] = "open"
        theirs.dispute.finalize(case)
        assert mine == shape(server.requests[-1])
    assert mine["x-apiversion"] == API_VERSION == sdk.Configuration.api_version()


def test_words_are_the_librarys() -> None:
    def words(holder: type) -> set[str]:
        return {value for name, value in vars(holder).items() if not name.startswith("_") and isinstance(value, str)}

    kinds = words(sdk.WebhookNotification.Kind)
    assert {kind for kind in kinds if kind.startswith("dispute_")} == set(KINDS)
    assert not [kind for kind in kinds - set(KINDS) if not kind.startswith(OTHER_MATTERS)]
    assert words(sdk.Dispute.Kind) == set(STAGE)
    assert words(sdk.Dispute.Status) - set(RULED) == {"open", "under_review", "disputed"}


def samples() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(spec("braintree/webhook-samples.json").read_bytes())
    return loaded


def test_published_samples_are_trusted_and_read() -> None:
    config = Config(merchant_id="m", public_key="integration_public_key", private_key="integration_private_key")
    found = {name: sample for name, sample in samples().items() if isinstance(sample, dict) and "bt_payload" in sample}
    assert len(found) >= 4
    for name, sample in found.items():
        body = urlencode({"bt_signature": sample["bt_signature"], "bt_payload": sample["bt_payload"]}).encode()
        incoming = Incoming(origin="webhook", body=body, received_at=NOW)
        assert channel.verify
        channel.verify(incoming, config, None)
        (notice,) = channel.parse(incoming)
        assert isinstance(notice, ParsedNotice)
        assert (str(notice.amount), notice.network, notice.reason_category, notice.unread) == (
            "100.00 USD",
            "visa",
            "fraudulent",
            (),
        ), name
        assert base64.b64decode(sample["bt_payload"]).decode() == sample["xml"]
