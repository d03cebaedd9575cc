"""Our Adyen adapter and Adyen's own library, against a server made from Adyen's own description; and Adyen's own samples."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from tests.contracts.servers import Passed, Proxy, prism, recorder, spec
from tests.fakes.adyen import HMAC_KEY, PASSWORD, USER, delivery

from goodstanding.channels import adyen as adyen_channel
from goodstanding.channels.adyen import Config, channel
from goodstanding.channels.adyen.api import dispute_call
from goodstanding.channels.adyen.verify import signature, verify
from goodstanding.channels.adyen.vocabulary import EVENTS, OTHER_MATTERS
from goodstanding.contract import Bundle, Incoming, ParsedNotice, Receipt, Reference

pytestmark = pytest.mark.contract

Adyen = pytest.importorskip("Adyen", reason="the official library is a development dependency: pip install Adyen")

KEY = "AQEinventedApiKey0001"
CASE, ACCOUNT = "DZ4DPSHB4WD2WN82", "InventedShopECOM"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with prism(spec("adyen/DisputeService-v30.json")) as url, recorder(url) as recording:
        yield recording


@pytest.fixture
def config(proxy: Proxy) -> Config:
    return Config(
        webhook_hmac_key=HMAC_KEY, webhook_user=USER, webhook_password=PASSWORD, environment="test", merchant_account=ACCOUNT,
        api_key=KEY, api_base=proxy.url,
    )  # fmt: skip


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=20) as client:
        yield client


def shape(request: Passed) -> dict[str, Any]:
    return {
        "call": f"{request.method} {request.path}",
        "body": json.loads(request.body),
        "key": request.headers.get("x-api-key"),
        "media": request.headers.get("content-type", "").partition(";")[0],
    }


def test_same_requests_as_the_official_library(proxy: Proxy, config: Config, http: httpx.Client) -> None:
    theirs = Adyen.Adyen()
    theirs.client.xapikey, theirs.client.platform = KEY, "test"
    api = theirs.disputes.disputes_api
    api.baseUrl = proxy.url
    who = {"disputePspReference": CASE, "merchantAccountCode": ACCOUNT}
    document = {
        "content": base64.b64encode(b"%PDF-1.4 \x00\xff").decode(),
        "contentType": "application/pdf",
        "defenseDocumentTypeCode": "DefenseMaterial",
    }
    acts: list[tuple[str, dict[str, Any], Any]] = [
        ("retrieveApplicableDefenseReasons", {}, api.retrieve_applicable_defense_reasons),
        ("supplyDefenseDocument", {"defenseDocuments": [document]}, api.supply_defense_document),
        (
            "deleteDisputeDefenseDocument",
            {"defenseDocumentType": "DefenseMaterial"},
            api.delete_dispute_defense_document,
        ),
        ("defendDispute", {"defenseReasonCode": "SupplyDefenseMaterial"}, api.defend_dispute),
    ]
    for act, values, they in acts:
        dispute_call(act, CASE, values, config, http)
        mine = shape(proxy.passed[-1])
        they({**who, **values})
        assert mine == shape(proxy.passed[-1])


def test_what_the_server_answers_is_understood(config: Config, http: httpx.Client) -> None:
    assert channel.requirements
    found = {item.code: item.need for item in channel.requirements(Reference(type="case", value=CASE), config, http)}
    assert found == {
        "TIDorInvoice": "any_of", "GoodsNotReturned": "any_of", "GoodsRepairedOrReplaced": "any_of", "GoodsWereAsDescribed": "any_of",
        "DefenseMaterial": "any_of",
    }  # fmt: skip


def test_every_body_that_a_submission_sends_is_valid(proxy: Proxy, http: httpx.Client) -> None:
    """The server has no state, so the last look says that nothing was supplied; answers that say otherwise are put before it."""
    sent: list[tuple[str, dict[str, Any]]] = []
    supplied = False

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal supplied
        act, body = request.url.path.rpartition("/")[2], json.loads(request.content)
        sent.append((act, body))
        passed = httpx.post(f"{proxy.url}/{act}", json=body, headers={"X-API-Key": KEY})
        assert passed.status_code == 200, passed.text
        supplied = supplied or act == "supplyDefenseDocument"
        text = passed.text.replace('"available":false', '"available":true') if supplied else passed.text
        return httpx.Response(200, text=text)

    bundle = Bundle(
        case_ref=CASE, stage="dispute", reason=None, network="visa", amount=None, references=(), language="en", reply_text="x", exhibits=(),
        document=b"%PDF-1.4", digest="d",
    )  # fmt: skip
    settings = Config(
        webhook_hmac_key=HMAC_KEY,
        webhook_user=USER,
        webhook_password=PASSWORD,
        merchant_account=ACCOUNT,
        api_key=KEY,
        api_base="https://mock.example",
    )
    assert channel.submit
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        receipt = channel.submit.send(bundle, settings, client)
    assert isinstance(receipt, Receipt) and receipt.state == "accepted"
    assert [act for act, _ in sent] == [
        "retrieveApplicableDefenseReasons",
        "supplyDefenseDocument",
        "retrieveApplicableDefenseReasons",
        "defendDispute",
    ]
    schemas = {
        "retrieveApplicableDefenseReasons": "DefenseReasonsRequest",
        "supplyDefenseDocument": "SupplyDefenseDocumentRequest",
        "defendDispute": "DefendDisputeRequest",
    }
    for act, body in sent:
        _valid(body, schemas[act], "adyen/DisputeService-v30.json")


def _valid(thing: Any, schema: str, path: str) -> None:
    components = json.loads(spec(path).read_bytes())["components"]
    jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": components}).validate(
        thing
    )


# --- Adyen's own samples ---


@cache
def webhooks() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(spec("adyen/Webhooks-v1.json").read_bytes())
    return loaded


def examples() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, path in webhooks()["webhooks"].items():
        content = path["post"]["requestBody"]["content"]["application/json"]
        for example in (content.get("examples") or {}).values():
            value = (
                example.get("value")
                or webhooks()["components"]["examples"][example["$ref"].rpartition("/")[2]]["value"]
            )
            found.append((name.strip("/"), value))
    return found


def test_all_events_of_the_description_are_ours_or_named_as_other_matters() -> None:
    assert {name.strip("/") for name in webhooks()["webhooks"]} <= EVENTS | OTHER_MATTERS
    declared = webhooks()["components"]["schemas"]["DisputesNotificationRequestItem"]["properties"]["eventCode"]["enum"]
    assert set(declared) <= EVENTS | OTHER_MATTERS
    assert len(EVENTS - set(declared)) == 6


def test_adyens_own_examples_are_understood() -> None:
    ours = [(name, value) for name, value in examples() if name in EVENTS]
    assert len(ours) >= 12
    for name, value in ours:
        (notice,) = channel.parse(Incoming(origin="upload", body=json.dumps(value).encode(), received_at=NOW))
        assert isinstance(notice, ParsedNotice), name
        assert notice.unread == (), name
        assert notice.reason is None or notice.reason.code == notice.reason.code.strip()
    others = [value for name, value in examples() if name in OTHER_MATTERS and "notificationItems" in value]
    assert others
    assert [
        list(channel.parse(Incoming(origin="upload", body=json.dumps(value).encode(), received_at=NOW)))
        for value in others
    ] == [[]] * len(others)


def test_every_additional_field_of_the_description_is_taken() -> None:
    schemas = webhooks()["components"]["schemas"]
    names = {
        *schemas["DisputesNotificationAdditionalData"]["properties"],
        *schemas["IssuerCommentsNotificationAdditionalData"]["properties"],
    }
    values = dict.fromkeys(names, "x") | {
        "defensePeriodEndsAt": "2026-12-18T10:15:30+01:00", "defendable": "true", "autoDefended": "false", "grossValue": "2000", "grossCurrency": "EUR",
    }  # fmt: skip
    item = {
        "additionalData": values,
        "amount": {"currency": "EUR", "value": 1},
        "eventCode": "ISSUER_COMMENTS",
        "pspReference": "A",
        "eventDate": "2026-10-05T09:12:33+02:00",
    }
    (notice,) = channel.parse(delivery([item], NOW))
    assert isinstance(notice, ParsedNotice)
    assert set(notice.unread) <= {"additionalData.nofReasonCode"}


FOLDER = Path(adyen_channel.__file__).parent / "fixtures"
#: Adyen's own schema lacks six event codes and the shop's own ``metadata.…``.
NOT_DESCRIBED = (
    "SCHEME_ARBITRATION",
    "PREARBITRATION_ACCEPTED",
    "PREARBITRATION_DECLINED",
    "PREARBITRATION_ISSUER",
    "PREARBITRATION_LOST",
    "AUTHORISATION",
    "CHARGEBACK__bare",
    "batch",
    "item",
    "ISSUER",
)
EVENT_FIXTURES = [
    path for path in sorted(FOLDER.glob("*.json")) if not path.name.startswith(NOT_DESCRIBED) and not path.name.endswith(".expected.json")
]  # fmt: skip


@pytest.mark.parametrize("path", EVENT_FIXTURES, ids=lambda path: path.stem)
def test_our_fixtures_are_as_adyen_describes(path: Path) -> None:
    event = json.loads(path.read_bytes())
    for entry in event["notificationItems"]:
        data = entry["NotificationRequestItem"].get("additionalData", {})
        entry["NotificationRequestItem"]["additionalData"] = {
            name: value for name, value in data.items() if not name.startswith("metadata.")
        }
    _valid(event, "ChargebackNotificationRequest", "adyen/Webhooks-v1.json")


# --- signatures that Adyen published ---


def vectors() -> list[dict[str, Any]]:
    return [item for item in json.loads(spec("signatures/vectors.json").read_bytes()) if item["system"] == "adyen"]


def test_the_published_signature_vectors() -> None:
    assert len(vectors()) == 5
    for vector in vectors():
        if "item_file" in vector:
            item = json.loads(spec(vector["item_file"]).read_bytes())
            assert signature(item, vector["key_hex"]) == item["additionalData"]["hmacSignature"], vector["id"]
            verify(
                delivery([item], NOW),
                Config(webhook_hmac_key=vector["key_hex"], webhook_user=USER, webhook_password=PASSWORD),
                None,
            )
        else:
            names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
            *head, value, currency, event, success = vector["signing_string"].split(":")
            item = dict(zip(names, head, strict=True)) | {
                "amount": {"value": int(value), "currency": currency},
                "eventCode": event,
                "success": success,
            }
            assert signature(item, vector["key_hex"]) == vector["expected"]
