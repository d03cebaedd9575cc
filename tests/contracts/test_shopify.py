"""Our GraphQL against Shopify's own introspection, and our REST upload against the examples of Shopify's library."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import httpx
import pytest
import shopify as library
from graphql import GraphQLSchema, build_client_schema, execute, parse, validate
from graphql.execution.values import get_variable_values
from tests.contracts.servers import spec
from tests.fakes.shopify import FakeShopify

from goodstanding.channels.shopify import documents, vocabulary
from goodstanding.channels.shopify.api import Shop
from goodstanding.channels.shopify.config import Config
from goodstanding.channels.shopify.defend import _MAYBE_DONE
from goodstanding.channels.shopify.evidence import FILE_SLOTS, READ_ONLY, TEXTS, plan
from goodstanding.channels.shopify.parse import parse as read_notice
from goodstanding.channels.shopify.read import READ_SCOPES
from goodstanding.contract import Bundle, Incoming, ParsedNotice

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 6, tzinfo=UTC)

DOCUMENTS = {
    "one": documents.one(order=True), "one without order": documents.one(order=False), "many": documents.many(order=True),
    "many without order": documents.many(order=False), "evidence": documents.WITH_EVIDENCE, "answer": documents.ANSWER,
    "scopes": documents.SCOPES,
}  # fmt: skip
#: Write scopes of the description that move no money and erase nothing; a new one has to be sorted by a person.
HARMLESS = {
    "analytics_annotations", "assigned_fulfillment_orders", "cart_transforms", "checkout_and_accounts_configurations", "checkout_settings",
    "companies", "content", "customer_merge", "customers", "delivery_customizations", "delivery_promises", "files",
    "fulfillment_constraint_rules", "fulfillments", "images", "inventory", "inventory_purchase_orders", "inventory_shipments",
    "inventory_shipments_received_items", "inventory_transfers", "legal_policies", "locales", "locations", "marketing_events",
    "marketplace_fulfillment_orders", "markets", "merchant_managed_fulfillment_orders", "metaobject_definitions", "metaobjects",
    "mobile_platform_applications", "online_store_navigation", "online_store_pages", "payment_customizations", "pixels",
    "pos_staff_member_event_attribution_overrides", "privacy_settings", "products", "publications", "purchase_options", "reports",
    "resource_feedbacks", "script_tags", "shipping", "shopify_payments_dispute_evidences", "taxes", "themes",
    "third_party_fulfillment_orders", "translations", "validations",
}  # fmt: skip


@cache
def introspection() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        gzip.decompress(spec("shopify/admin-graphql-introspection.2026-10.json.gz").read_bytes())
    )
    return loaded


@cache
def schema() -> GraphQLSchema:
    return build_client_schema(introspection()["data"], assume_valid=True)


def values_of(name: str) -> set[str]:
    return set(schema().get_type(name).values)  # type: ignore[union-attr]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_are_valid(name: str) -> None:
    assert validate(schema(), parse(DOCUMENTS[name])) == []


def test_a_document_with_a_field_that_is_not_there_would_fail() -> None:
    assert validate(schema(), parse("query { dispute(id: 1) { networkReasonCode } }"))
    assert validate(
        schema(), parse(documents.ANSWER.replace("disputeEvidenceUpdate", "shopifyPaymentsDisputeEvidenceUpdate"))
    )


def answer_input() -> dict[str, Any]:
    bundle = Bundle(
        case_ref="1", stage="dispute", reason=None, network="", amount=None, references=(), language="en", reply_text="x", exhibits=(),
        fields=dict.fromkeys((*TEXTS, *READ_ONLY), "x"), document=b"%PDF",
    )  # fmt: skip
    made = plan(bundle).input(dict.fromkeys(FILE_SLOTS[:3], "gid://shopify/ShopifyPaymentsDisputeFileUpload/1"))
    return made | {
        slot: {"id": "gid://shopify/ShopifyPaymentsDisputeFileUpload/2", "destroy": True} for slot in FILE_SLOTS[3:]
    }


def coerced(variables: dict[str, Any]) -> list[Any]:
    definitions = parse(documents.ANSWER).definitions[0].variable_definitions  # type: ignore[union-attr]
    got = get_variable_values(schema(), definitions or (), variables)
    return list(got) if isinstance(got, list) else list(getattr(got, "errors", None) or [])


def test_what_an_answer_sends_is_accepted_by_the_type() -> None:
    given = answer_input()
    assert set(given) == {*TEXTS, *FILE_SLOTS, "submitEvidence"}
    assert coerced({"id": "gid://shopify/ShopifyPaymentsDisputeEvidence/1", "input": given}) == []


@pytest.mark.parametrize("name", sorted(set(READ_ONLY.values())))
def test_read_only_fields_are_in_no_input(name: str) -> None:
    fields = schema().get_type("ShopifyPaymentsDisputeEvidenceUpdateInput").fields  # type: ignore[union-attr]
    assert name not in fields
    assert name in schema().get_type("ShopifyPaymentsDisputeEvidence").fields  # type: ignore[union-attr]
    assert coerced({"id": "1", "input": answer_input() | {name: "x"}})


def test_no_field_of_the_input_is_forgotten() -> None:
    fields = set(schema().get_type("ShopifyPaymentsDisputeEvidenceUpdateInput").fields)  # type: ignore[union-attr]
    assert fields - {*TEXTS, *FILE_SLOTS, "submitEvidence"} == {"shippingAddress"}  # an address is not taken apart


def test_words_are_those_of_the_description() -> None:
    statuses = {word.lower() for word in values_of("DisputeStatus")}
    assert statuses == {*vocabulary.OPEN, *vocabulary.SENT, *vocabulary.RULED}
    assert {word.lower() for word in values_of("DisputeType")} == set(vocabulary.STAGE)
    reasons = {word.lower() for word in values_of("ShopifyPaymentsDisputeReason")}
    assert set(vocabulary.CATEGORY) - reasons == {"subscription_canceled"}
    assert "check_returned" not in reasons
    assert {"DISPUTES_CREATE", "DISPUTES_UPDATE"} <= values_of("WebhookSubscriptionTopic")
    assert {word.lower() for word in values_of("DisputeEvidenceUpdateUserErrorCode")} & set(_MAYBE_DONE) == set()


def test_every_write_scope_of_the_description_is_sorted() -> None:
    scopes = {scope for item in introspection()["offline_scopes"]["items"] for scope in item["offlineScopes"]}
    writes = {scope for scope in scopes if scope.startswith("write_")}
    assert writes - vocabulary.DANGEROUS_SCOPES == {f"write_{name}" for name in HARMLESS}
    needed = {
        scope
        for item in introspection()["offline_scopes"]["items"]
        if item["type"] == "type" and item["typeName"] in ("ShopifyPaymentsDispute", "ShopifyPaymentsDisputeEvidence")
        for scope in item["offlineScopes"]
    }
    assert needed == set(READ_SCOPES)


def test_the_fake_answers_what_the_schema_says() -> None:
    """Run by a real engine: every field that we ask for has the declared type in the fake's objects."""
    with FakeShopify() as shopify:
        dispute = shopify.open_dispute()
        shopify.attach_by_hand(dispute, "uncategorizedFile", "a.pdf")
        page = {"nodes": [dispute], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        root = {"dispute": dispute, "disputes": page}
        for name, variables in (
            ("evidence", {"id": "1"}),
            ("one", {"id": "1"}),
            ("many", {"query": "", "after": None}),
        ):
            done = execute(schema(), parse(DOCUMENTS[name]), root_value=root, variable_values=variables)
            assert not done.errors  # type: ignore[union-attr]
            assert done.data  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["rest-dispute.json", "rest-disputes.json", "rest-disputes.list.2026-07.json"])
def test_objects_of_shopifys_libraries_are_understood(name: str) -> None:
    body = spec(f"shopify/{name}").read_bytes()
    notices = list(read_notice(Incoming(origin="upload", body=body, received_at=NOW)))
    assert all(isinstance(item, ParsedNotice) and item.unread == () for item in notices)
    first = notices[0]
    assert isinstance(first, ParsedNotice)
    assert (first.case_ref, str(first.amount), first.kind) == ("1052608616", "100.00 USD", "dispute_result")


def test_the_upload_is_as_shopifys_library_sends_it() -> None:
    example = json.loads(spec("shopify/rest-dispute_file_upload.post-request.2026-07.json").read_bytes())[
        "dispute_file_upload"
    ]
    answer = spec("shopify/rest-dispute_file_upload.post-response.2026-07.json").read_bytes()
    content = spec("shopify/rest-dispute_file_upload.sample.pdf").read_bytes()
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=answer)

    with httpx.Client(transport=httpx.MockTransport(take)) as client:
        shop = Shop(Config(access_token="shpat_Invented1", shop="some-shop.myshopify.com"), client)
        assert shop.upload("598735659", "uncategorized_file", "test.pdf", "application/pdf", content) == "1047018778"
    sent = json.loads(seen[0].content)["dispute_file_upload"]
    assert base64.b64decode(sent["data"]) == content
    assert sent | {"data": ""} == example | {"data": ""}
    assert seen[0].url.path == "/admin/api/2026-07/shopify_payments/disputes/598735659/dispute_file_uploads.json"


def test_graphql_is_asked_as_the_official_library_asks() -> None:
    """Path, token, query and variables; and what the library reads by REST is the same dispute."""
    with FakeShopify() as fake, httpx.Client(timeout=10) as http:
        dispute, token = fake.open_dispute(), fake.token()
        mine = Shop(Config(access_token=token, api_base=fake.url), http).graphql(
            documents.WITH_EVIDENCE, {"id": dispute["id"]}
        )
        library.ShopifyResource.activate_session(
            library.Session("some-shop.myshopify.com", vocabulary.GRAPHQL_VERSION, token)
        )
        library.ShopifyResource.site = f"{fake.url}/admin/api/{vocabulary.GRAPHQL_VERSION}"
        try:
            theirs = json.loads(library.GraphQL().execute(documents.WITH_EVIDENCE, {"id": dispute["id"]}))["data"]
        finally:
            library.ShopifyResource.clear_session()
        ours, other = fake.requests
    assert mine == theirs
    assert (ours.method, ours.path) == (other.method, other.path)
    assert ours.headers["x-shopify-access-token"] == other.headers["x-shopify-access-token"]
    assert {name: ours.said[name] for name in ("query", "variables")} == {
        name: other.said[name] for name in ("query", "variables")
    }
