"""Our Stripe adapter and Stripe's own library, against a server made from Stripe's own description."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import jsonschema
import pytest
import stripe
from tests.contracts.servers import Passed, Proxy, prism, recorder, spec
from tests.fakes.stripe import form_fields

from goodstanding.channels import stripe as stripe_channel
from goodstanding.channels.stripe import channel
from goodstanding.channels.stripe.api import get, post, upload
from goodstanding.channels.stripe.config import Config
from goodstanding.channels.stripe.evidence import FILE_SLOTS, LIMITS, LONG_TEXTS, SHORT_CHARS, SHORT_TEXTS, plan
from goodstanding.channels.stripe.parse import EVENTS
from goodstanding.channels.stripe.read import _DANGEROUS, _READS, _WRITES, fetch
from goodstanding.channels.stripe.vocabulary import API_VERSION, CATEGORY, OTHER_MATTERS, STAGE_OF_STATUS
from goodstanding.contract import Bundle, Incoming, ParsedNotice, Reference

pytestmark = pytest.mark.contract

KEY = "rk_test_Invented0001"
#: Newer than the description we have (2026-05-27.dahlia): https://docs.stripe.com/changelog/endive/2026-10-28
NEWER_FIELDS = {"evidence[appeal]", "intended_submission_method"}
NEWER_STATUSES = {"appeal_needs_response", "appeal_under_review"}


@cache
def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        gzip.decompress(spec("stripe/openapi.spec3.2026-05-27.dahlia.json.gz").read_bytes())
    )
    return loaded


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with prism(spec("stripe/derived-disputes-subset.dahlia.json")) as url, recorder(url) as recording:
        yield recording


@pytest.fixture
def ours(proxy: Proxy) -> Iterator[tuple[Config, httpx.Client]]:
    with httpx.Client(timeout=20) as client:
        yield Config(api_key=KEY, api_base=proxy.url, files_base=proxy.url), client


@pytest.fixture
def theirs(proxy: Proxy) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, base_addresses={"api": proxy.url, "files": proxy.url}, max_network_retries=0)


def shape(request: Passed) -> dict[str, Any]:
    """What must be the same: method, path, query, names and values of fields, and the headers that Stripe acts on."""
    url = urlsplit(request.path)
    fields = form_fields(request.headers.get("content-type", ""), request.body) if request.body else []
    return {
        "call": f"{request.method} {url.path}",
        "query": sorted(parse_qsl(url.query)),
        "fields": sorted(fields, key=str),
        "media": request.headers.get("content-type", "").partition(";")[0] if request.body else "",
        "authorization": request.headers.get("authorization"),
        "version": request.headers.get("stripe-version"),
        "keyed": "idempotency-key" in request.headers,
    }


def last(proxy: Proxy) -> dict[str, Any]:
    return shape(proxy.passed[-1])


EVIDENCE: dict[str, Any] = {
    "customer_name": "Jordan Example",
    "uncategorized_text": "The parcel & its label: 100% – 已签收",
    "receipt": "file_1Invented",
    "enhanced_evidence": {
        "visa_compelling_evidence_3": {
            "disputed_transaction": {"customer_purchase_ip": "198.51.100.7", "merchandise_or_services": "merchandise"},
            "prior_undisputed_transactions": [
                {"charge": "ch_1"},
                {"charge": "ch_2", "shipping_address": {"city": "Springfield"}},
            ],
        }
    },
}


def test_same_requests_as_the_official_library(
    proxy: Proxy, ours: tuple[Config, httpx.Client], theirs: stripe.StripeClient
) -> None:
    config, http = ours
    acts = [
        (lambda: get("/v1/disputes/dp_123", {}, config, http), lambda: theirs.v1.disputes.retrieve("dp_123")),
        (
            lambda: get("/v1/disputes/dp_123", {"expand": ["charge"]}, config, http),
            lambda: theirs.v1.disputes.retrieve("dp_123", {"expand": ["charge"]}),
        ),
        (
            lambda: get("/v1/disputes", {"limit": 100, "created": {"gte": 1700000000}}, config, http),
            lambda: theirs.v1.disputes.list({"limit": 100, "created": {"gte": 1700000000}}),
        ),
        (
            lambda: get("/v1/events", {"types": list(EVENTS), "limit": 100}, config, http),
            lambda: theirs.v1.events.list({"types": list(EVENTS), "limit": 100}),
        ),
        (
            lambda: get("/v1/radar/early_fraud_warnings", {"limit": 1}, config, http),
            lambda: theirs.v1.radar.early_fraud_warnings.list({"limit": 1}),
        ),
        (
            lambda: post("/v1/disputes/dp_123", {"evidence": EVIDENCE, "intended_submission_method": "manual", "submit": False}, config, http, once="k1"),
            lambda: theirs.v1.disputes.update("dp_123", {"evidence": EVIDENCE, "intended_submission_method": "manual", "submit": False}),  # type: ignore[typeddict-item]
        ),
        (
            lambda: post("/v1/disputes/dp_123", {"evidence": {"appeal": {"card": {"reason_for_filing": "x", "supporting_files": ["file_1"]}}}, "submit": True}, config, http, once="k2"),
            lambda: theirs.v1.disputes.update("dp_123", {"evidence": {"appeal": {"card": {"reason_for_filing": "x", "supporting_files": ["file_1"]}}}, "submit": True}),
        ),
        (
            lambda: upload("evidence.pdf", "application/pdf", b"%PDF-1.4\r\n\x00\xff test\r\n", config, http, once="k3"),
            lambda: theirs.v1.files.create({"purpose": "dispute_evidence", "file": io.BytesIO(b"%PDF-1.4\r\n\x00\xff test\r\n")}),
        ),
    ]  # fmt: skip
    for we, they in acts:
        we()
        mine = last(proxy)
        they()
        assert mine == last(proxy)
    assert mine["version"] == API_VERSION


def test_what_the_server_answers_is_understood(ours: tuple[Config, httpx.Client]) -> None:
    config, http = ours
    assert channel.lookup and channel.requirements
    (notice,) = channel.parse(channel.lookup(Reference(type="case", value="dp_123"), config, http))
    assert isinstance(notice, ParsedNotice)
    assert (notice.kind, notice.stage, notice.network, str(notice.amount)) == (
        "pre_dispute_alert",
        "inquiry",
        "visa",
        "10.00 USD",
    )
    warning = get("/v1/radar/early_fraud_warnings/issfr_1", {}, config, http)
    (notice,) = channel.parse(
        Incoming(origin="upload", body=json.dumps(warning).encode(), received_at=datetime.now(UTC))
    )
    assert isinstance(notice, ParsedNotice)
    assert notice.facts["fraud_type"] == "misc"


def test_fetch_reads_what_the_server_lists(ours: tuple[Config, httpx.Client]) -> None:
    """Events older than Stripe keeps them: disputes and warnings are listed."""
    config, http = ours
    found = [
        notice
        for incoming in fetch(config, http, datetime.now(UTC) - timedelta(days=60))
        for notice in channel.parse(incoming)
    ]
    assert [type(notice) for notice in found] == [ParsedNotice, ParsedNotice]


# --- names and values against the whole description ---


def _update_fields() -> dict[str, Any]:
    body = description()["paths"]["/v1/disputes/{dispute}"]["post"]["requestBody"]["content"]
    properties: dict[str, Any] = body["application/x-www-form-urlencoded"]["schema"]["properties"]
    return properties


def test_evidence_fields_are_stripes_and_none_is_forgotten() -> None:
    fields = _update_fields()["evidence"]["properties"]
    assert set(FILE_SLOTS) | set(LONG_TEXTS) | set(SHORT_TEXTS) | {"enhanced_evidence"} == set(fields)
    assert {fields[name]["maxLength"] for name in LONG_TEXTS} == {LIMITS.max_text_chars}
    assert {fields[name]["maxLength"] for name in SHORT_TEXTS} == {SHORT_CHARS}
    assert not [name for name in FILE_SLOTS if "maxLength" in fields[name]]


def test_every_field_that_a_package_sends_is_described() -> None:
    fields = {
        f"ce3.disputed_transaction.{name}": "x" * 20
        for name in (
            "customer_account_id",
            "customer_device_id",
            "customer_device_fingerprint",
            "merchandise_or_services",
        )
    }
    fields |= {
        f"ce3.prior_undisputed_transactions.{n}.shipping_address.{line}": "x"
        for n in (0, 1)
        for line in ("city", "country", "line1", "line2", "postal_code", "state")
    }
    fields |= {f"ce3.prior_undisputed_transactions.{n}.charge": "ch_1" for n in (0, 1)} | dict.fromkeys(
        (*LONG_TEXTS, *SHORT_TEXTS), "x"
    )
    bundle = Bundle(
        case_ref="dp_1", stage="dispute", reason=None, network="visa", amount=None, references=(), language="en", reply_text="x", exhibits=(), fields=fields
    )  # fmt: skip
    evidence = plan(bundle).evidence(dict.fromkeys(FILE_SLOTS, "file_1"))
    assert "evidence[appeal]" not in {f"evidence[{name}]" for name in evidence}
    _described(evidence, _update_fields()["evidence"], "evidence")
    unknown = {"evidence", "submit", "intended_submission_method"} - set(_update_fields())
    assert unknown <= NEWER_FIELDS


def _described(value: Any, schema: dict[str, Any], where: str) -> None:
    options = [schema, *schema.get("anyOf", [])]
    if isinstance(value, dict):
        properties = next((option["properties"] for option in options if "properties" in option), {})
        for name, item in value.items():
            assert name in properties, f"{where}[{name}] is not in Stripe's description"
            _described(item, properties[name], f"{where}[{name}]")
    elif isinstance(value, list):
        for item in value:
            _described(item, next(option["items"] for option in options if "items" in option), f"{where}[]")


def test_addresses_asked_exist_and_take_that_method() -> None:
    paths = [("get", path) for path in _READS.values()]
    paths += [("post", path) for path, _ in _WRITES.values()] + [("post", path) for path in _DANGEROUS.values()]
    known = description()["paths"]
    for method, path in paths:
        like = [name for name in known if _fits(name, path)]
        assert any(method in known[name] for name in like), f"{method} {path}"


def _fits(template: str, path: str) -> bool:
    ours, theirs = path.split("/"), template.split("/")
    return len(ours) == len(theirs) and all(b.startswith("{") or a == b for a, b in zip(ours, theirs, strict=True))


def test_probed_writes_carry_nothing_that_stripe_demands() -> None:
    """An update without fields must be a valid update: else 400 could hide what 403 would have told."""
    for path in _DANGEROUS.values():
        (name,) = [name for name in description()["paths"] if _fits(name, path)]
        body = (
            description()["paths"][name]["post"]
            .get("requestBody", {})
            .get("content", {})
            .get("application/x-www-form-urlencoded", {})
        )
        assert not body.get("schema", {}).get("required")


def test_all_event_types_of_the_description_are_ours_or_named_as_other_matters() -> None:
    endpoint = description()["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"]["content"][
        "application/x-www-form-urlencoded"
    ]
    types = set(endpoint["schema"]["properties"]["enabled_events"]["items"]["enum"]) - {"*"}
    ours = {name for name in types if name.startswith(("charge.dispute.", "radar."))}
    assert ours == set(EVENTS)
    assert {name.partition(".")[0] for name in types - ours} - OTHER_MATTERS == {"charge"}


def test_reasons_and_statuses_are_those_described() -> None:
    dispute = description()["components"]["schemas"]["dispute"]["properties"]
    assert set(CATEGORY) <= {word.strip("`,. ") for word in dispute["reason"]["description"].split()}
    assert set(dispute["status"]["enum"]) - {"won", "lost"} == set(STAGE_OF_STATUS) - NEWER_STATUSES


# --- objects against the whole description, and published objects through our parser ---


@cache
def _schemas() -> dict[str, Any]:
    def draft4(value: Any) -> Any:
        if isinstance(value, dict):
            value = {key: draft4(item) for key, item in value.items()}
            if value.pop("nullable", False):
                value = {"anyOf": [{"type": "null"}, value]}
            return value
        return [draft4(item) for item in value] if isinstance(value, list) else value

    converted: dict[str, Any] = draft4(description()["components"]["schemas"])
    return converted


def errors(thing: Any, schema: str) -> list[str]:
    validator = jsonschema.Draft4Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": _schemas()}}
    )
    return [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(thing)
    ]


FOLDER = Path(stripe_channel.__file__).parent / "fixtures"
#: Those that should be as described: not the answers, not the old shape, not what is no event of ours.
EVENT_FIXTURES = [
    path
    for path in sorted(FOLDER.glob("*.json"))
    if path.name.startswith(("charge.dispute", "radar."))
    and not path.name.endswith(".expected.json")
    and "api_2019" not in path.name
]


@pytest.mark.parametrize("path", EVENT_FIXTURES, ids=lambda path: path.stem)
def test_our_fixtures_are_as_stripe_describes(path: Path) -> None:
    event = json.loads(path.read_bytes())
    thing = event["data"]["object"]
    if thing.get("status") in NEWER_STATUSES:
        thing["status"] = "needs_response"
    schema = "dispute" if thing["object"] == "dispute" else "radar.early_fraud_warning"
    assert not errors(thing, schema) + errors(event, "event")


def test_the_old_shape_lacks_only_what_was_added_since() -> None:
    dispute = json.loads((FOLDER / "charge.dispute.created__api_2019.json").read_bytes())["data"]["object"]
    assert errors(dispute, "dispute")
    assert not [error for error in errors(dispute, "dispute") if "is a required property" not in error]


def test_a_drill_is_as_stripe_describes() -> None:
    assert channel.drill
    event = json.loads(channel.drill(Config(webhook_secret="whsec_x"), datetime(2026, 11, 1, tzinfo=UTC)).body)
    assert not errors(event["data"]["object"], "dispute") + errors(event, "event")


@pytest.mark.parametrize(
    "name", ["dispute_dp_fakefakefakefake01", "dispute_dp_fakefakefakefake02", "dispute_dp_funds_reinstated_full"]
)
def test_older_disputes_published_by_others_are_understood(name: str) -> None:
    dispute = json.loads(spec(f"stripe/dj-stripe/{name}.json").read_bytes())
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "charge.dispute.created",
        "created": dispute["created"],
        "livemode": False,
        "data": {"object": dispute},
    }
    (notice,) = channel.parse(
        Incoming(origin="webhook", body=json.dumps(event).encode(), received_at=datetime.now(UTC))
    )
    assert isinstance(notice, ParsedNotice)
    assert (notice.case_ref, str(notice.amount), notice.reason_category) == (dispute["id"], "10.00 USD", "fraudulent")
    assert notice.facts["funds_withdrawn"] == "10.00 USD"
    assert notice.unread == ()


@pytest.mark.parametrize(
    ("name", "resource"), [("dispute", "dispute"), ("radar.early_fraud_warning", "radar.early_fraud_warning")]
)
def test_stripes_own_fixtures_are_understood(name: str, resource: str) -> None:
    thing = json.loads(spec("stripe/fixtures3.json").read_bytes())["resources"][resource]
    (notice,) = channel.parse(Incoming(origin="upload", body=json.dumps(thing).encode(), received_at=datetime.now(UTC)))
    assert isinstance(notice, ParsedNotice)
    assert notice.case_ref == thing["id"], name


def test_the_published_signature_vector() -> None:
    (vector,) = [item for item in json.loads(spec("signatures/vectors.json").read_bytes()) if item["id"] == "stripe-1"]
    signed_at = datetime.fromtimestamp(vector["timestamp"], UTC)
    headers = (("Stripe-Signature", vector["expected_header"]),)
    incoming = Incoming(origin="webhook", body=vector["body"].encode(), received_at=signed_at, headers=headers)
    assert channel.verify
    channel.verify(incoming, Config(webhook_secret=vector["secret"]), None)
