"""Our requests beside those of the official library, our fields and fixtures against the vendor's own description."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml
from checkout_sdk.disputes.disputes import DisputeEvidenceRequest
from checkout_sdk.oauth_scopes import OAuthScopes
from tests.contracts.servers import spec
from tests.fakes.checkout import ALL, FakeCheckout

from goodstanding.channels import checkout as checkout_channel
from goodstanding.channels.checkout import vocabulary
from goodstanding.channels.checkout.api import PROVIDE
from goodstanding.channels.checkout.config import Config
from goodstanding.channels.checkout.defend import submit
from goodstanding.channels.checkout.evidence import KINDS, TEXT_CHARS, Plan
from goodstanding.contract import Bundle

pytestmark = pytest.mark.contract

FOLDER = Path(checkout_channel.__file__).parent / "fixtures"


@cache
def described(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        spec(f"checkout/nas_spec/components/schemas/Disputes/{name}.yaml").read_text()
    )
    return loaded


def test_evidence_fields_are_those_described_and_none_is_forgotten() -> None:
    fields = Plan(texts=dict.fromkeys(KINDS, "x"), uploads=()).fields(dict.fromkeys(KINDS, "file_1"))
    properties = described("ProvideEvidenceRequest")["properties"]
    assert set(fields) == set(properties) - {"_links"}
    assert {properties[name]["maximum"] for name in fields if name.endswith("_text")} == {TEXT_CHARS}
    jsonschema.validate(fields, {"type": "object", "properties": properties, "additionalProperties": False})
    newer = set(DisputeEvidenceRequest.__annotations__) - set(fields)
    assert newer == {"compelling_evidence"} | {name for name in newer if name.startswith("arbitration_")}


def test_words_are_those_described() -> None:
    properties = described("Dispute")["properties"]
    assert set(properties["category"]["enum"]) == set(vocabulary.CATEGORY)
    assert set(properties["status"]["enum"]) == {
        *vocabulary.OPEN,
        *vocabulary.RULED,
        "evidence_under_review",
        "arbitration_under_review",
    }
    assert set(properties["relevant_evidence"]["items"]["enum"]) <= set(KINDS)


def test_scopes_are_those_of_the_library() -> None:
    known = {value for name, value in vars(OAuthScopes).items() if name.isupper()}
    assert {*PROVIDE, *vocabulary.DANGEROUS_SCOPES} <= known


@pytest.mark.parametrize("name", ["dispute__whole", "disputes__listed"])
def test_our_fixtures_are_as_described(name: str) -> None:
    thing = json.loads((FOLDER / f"{name}.json").read_bytes())
    schemas = {
        "Dispute": described("Dispute"),
        "PaymentData": described("PaymentData"),
        "DisputeSummary": described("DisputeSummary"),
    }
    which = "Dispute" if name == "dispute__whole" else "DisputePaged"
    root = {**described(which), "components": {"schemas": schemas}}
    validator = jsonschema.Draft4Validator(root)
    # The patterns for ids are shorter than the ids of the description's own examples; an absent reason is null in practice.
    errors = [
        error
        for error in validator.iter_errors(thing)
        if "pattern" not in error.schema_path and error.instance is not None
    ]
    enums = [
        error for error in errors if "relevant_evidence" in error.absolute_path
    ]  # the enum stands on the list, not on its items
    assert [error.message for error in errors if error not in enums] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_same_requests_as_the_official_library(tmp_path: Path) -> None:
    """Reading, uploading, providing, submitting: method, path, authorisation, content."""
    from checkout_sdk.checkout_sdk import CheckoutSdk
    from checkout_sdk.environment import Environment
    from checkout_sdk.files.files import FileRequest

    document = tmp_path / "additional_evidence.pdf"
    document.write_bytes(b"%PDF-document")
    with FakeCheckout() as fake, httpx.Client(timeout=10) as http:
        dispute, config = (
            fake.open_dispute(),
            Config(**fake.key(ALL), api_base=fake.url, access_base=f"{fake.url}/connect/token"),
        )
        bundle = Bundle(
            case_ref=dispute["id"], stage="dispute", reason=None, network="visa", amount=None, references=(), language="en", reply_text="Delivered.",
            exhibits=(), document=b"%PDF-document",
        )  # fmt: skip
        submit(bundle, config, http)
        mine = [_shape(request) for request in fake.requests]
        fake.requests.clear()
        dispute["status"], environment = "evidence_required", Environment.sandbox()
        environment.base_uri = environment.files_uri = f"{fake.url}/"
        secret_key = (
            "sk_sbox_" + "a" * 27
        )  # this library takes disputes under a secret key only; the description has OAuth for all
        fake.tokens[secret_key] = ALL
        api = CheckoutSdk.builder().secret_key(secret_key).environment(environment).use_legacy_domain().build()
        api.disputes.get_dispute_details(dispute["id"])
        upload = FileRequest()
        upload.file, upload.purpose = str(document), "dispute_evidence"
        file_id = api.disputes.upload_file(upload).id
        request = DisputeEvidenceRequest()
        request.additional_evidence_file, request.additional_evidence_text = file_id, "Delivered."
        api.disputes.put_evidence(dispute["id"], request)
        api.disputes.submit_evidence(dispute["id"])
        theirs = [_shape(request) for request in fake.requests]
    assert theirs
    assert [item for item in theirs if item not in mine] == []


def _shape(request: Any) -> tuple[str, ...]:
    media = request.headers.get("content-type", "").partition(";")[0]
    fields = ""
    if request.method == "PUT":
        fields = ",".join(
            f"{name}={'file' if name.endswith('_file') else value}"
            for name, value in sorted(json.loads(request.body).items())
        )
    return (
        request.method,
        request.path,
        media if request.body else "",
        request.headers.get("authorization", "").partition(" ")[0],
        fields,
    )
