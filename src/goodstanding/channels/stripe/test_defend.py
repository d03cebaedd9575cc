"""The answer to a dispute: laid out, rehearsed, sent once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import httpx
import pikepdf
import pytest
from tests.fakes.stripe import ALL, FakeStripe

from goodstanding.channels.stripe.config import Config
from goodstanding.channels.stripe.defend import rehearse, requirements, submit
from goodstanding.channels.stripe.evidence import (
    FILE_SLOTS,
    LIMITS,
    LONG_TEXTS,
    SHORT_TEXTS,
    SLOT_OF,
    TEXT_OF,
    plan,
    violations,
)
from goodstanding.contract import Bundle, Exhibit, Reason, Reference, Refused, Unavailable


def pdf(pages: int = 1, mark: str = "") -> bytes:
    """A PDF of empty pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    document.docinfo["/Title"] = mark or str(pages)
    out = BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def exhibit(
    kind: str, content: bytes = b"", *, media_type: str = "application/pdf", text: str = "", name: str = ""
) -> Exhibit:
    return Exhibit(
        id=name or kind, kind=kind, title=name or kind, media_type=media_type, content=content, sha256=hashlib.sha256(content).hexdigest(),
        filename=f"{name or kind}.pdf", text=text,
    )  # fmt: skip


def bundle(case_ref: str = "dp_1Fake0001", **changes: Any) -> Bundle:
    values: dict[str, Any] = {
        "case_ref": case_ref, "stage": "dispute", "reason": Reason(scheme="visa", code="13.1"), "network": "visa", "amount": None, "references": (),
        "language": "en", "reply_text": "The parcel was delivered on 2 October 2026 (Exhibit A).",
        "exhibits": (exhibit("ev.delivery_full_address", pdf(mark="pod")), exhibit("ev.order_record", pdf(mark="order"))),
        "document": pdf(3), "digest": "d1", "fields": {"customer_name": "Jordan Example", "tracking_number": "1Z0000000000000000", "margin": "42"},
    }  # fmt: skip
    return Bundle(**{**values, **changes})


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with FakeStripe() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def config_for(stripe: FakeStripe, permissions: frozenset[str] = ALL) -> Config:
    return Config(api_key=stripe.key(permissions), api_base=stripe.url, files_base=stripe.url)


def codes(found: Any) -> set[str]:
    return {violation.code for violation in found}


# --- laying out ---


def test_document_and_lone_exhibits_find_their_places() -> None:
    laid_out = plan(bundle())
    assert {upload.slot for upload in laid_out.uploads} == {"shipping_documentation", "uncategorized_file"}
    assert laid_out.texts == {
        "customer_name": "Jordan Example",
        "shipping_tracking_number": "1Z0000000000000000",
        "uncategorized_text": "The parcel was delivered on 2 October 2026 (Exhibit A).",
    }


def test_several_exhibits_for_a_slot_are_in_the_document_only() -> None:
    two = (
        exhibit("ev.customer_comm", pdf(mark="1"), name="mail 1"),
        exhibit("ev.renewal_notice", pdf(mark="2"), name="mail 2"),
    )
    assert {upload.slot for upload in plan(bundle(exhibits=two)).uploads} == {"uncategorized_file"}
    without = bundle(exhibits=two, document=b"")
    assert [(found.code, found.subject) for found in violations(without, plan(without))] == [
        ("slot_taken", "mail 1"),
        ("slot_taken", "mail 2"),
    ]


def test_words_of_exhibits_fill_text_fields_and_named_fields_win() -> None:
    logs = (
        exhibit("ev.usage_log", text="logged in"),
        exhibit("ev.digital_download", text="downloaded"),
        exhibit("ev.no_return", text="kept it"),
    )
    texts = plan(bundle(exhibits=logs, fields={"refund_refusal_explanation": "the goods were never sent back"})).texts
    assert texts["access_activity_log"] == "logged in\n\ndownloaded"
    assert texts["refund_refusal_explanation"] == "the goods were never sent back"


def test_every_place_named_is_one_of_stripes() -> None:
    assert set(SLOT_OF.values()) <= set(FILE_SLOTS)
    assert set(TEXT_OF.values()) <= set(LONG_TEXTS)
    assert not set(LONG_TEXTS) & set(SHORT_TEXTS)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reply_text": "x" * 20_001}, "text_too_long"),
        ({"fields": {"customer_name": "x" * 5_001}}, "text_too_long"),
        (
            {
                "fields": dict.fromkeys((*LONG_TEXTS, *SHORT_TEXTS[:3]), "x" * 5_000)
                | dict.fromkeys(LONG_TEXTS, "x" * 20_000)
            },
            "texts_too_long",
        ),
        ({"document": b"%PDF-" + b"x" * 4_500_000}, "files_too_large"),
        (
            {"document": b"", "exhibits": (exhibit("ev.receipt_invoice", b"GIF89a", media_type="image/gif"),)},
            "media_type",
        ),
        ({"document": b"", "exhibits": (), "reply_text": " ", "fields": {}}, "nothing_to_send"),
    ],
)
def test_what_stripe_would_not_take_is_said_before_it_is_asked(
    stripe: FakeStripe, http: httpx.Client, changes: dict[str, Any], code: str
) -> None:
    stripe.open_dispute()
    bad = bundle(**changes)
    assert codes(rehearse(bad, config_for(stripe), http)) == {code}
    with pytest.raises(Refused) as caught:
        submit(bad, config_for(stripe), http)
    assert caught.value.code == code
    assert not stripe.sent
    assert not stripe.files


def test_lengths_at_the_limit_pass() -> None:
    fits = bundle(reply_text="x" * 20_000, fields={"customer_name": "x" * 5_000})
    assert not list(violations(fits, plan(fits)))


# --- Visa Compelling Evidence 3.0 ---

CE3 = {
    "ce3.disputed_transaction.customer_purchase_ip": "198.51.100.7",
    "ce3.disputed_transaction.customer_email_address": "casey@example.com",
    "ce3.disputed_transaction.merchandise_or_services": "merchandise",
    "ce3.disputed_transaction.product_description": "A lamp",
    "ce3.prior_undisputed_transactions.0.charge": "ch_3Prior0001",
    "ce3.prior_undisputed_transactions.0.customer_purchase_ip": "198.51.100.7",
    "ce3.prior_undisputed_transactions.1.charge": "ch_3Prior0002",
    "ce3.prior_undisputed_transactions.1.shipping_address.line1": "1 Example Street",
    "ce3.visa_compliance.fee_acknowledged": "true",
}


def test_compelling_evidence_reaches_stripe_and_the_fee_never_does(stripe: FakeStripe, http: httpx.Client) -> None:
    address = dict.fromkeys(("city", "country", "postal_code", "state"), "x")
    fields = CE3 | {
        f"ce3.prior_undisputed_transactions.1.shipping_address.{line}": value for line, value in address.items()
    }
    stripe.open_dispute(code="10.4", reason="fraudulent")
    assert not list(rehearse(bundle(fields=fields), config_for(stripe), http))
    staged = stripe.disputes["dp_1Fake0001"]["evidence"]["enhanced_evidence"]
    assert set(staged) == {"visa_compelling_evidence_3"}
    priors = staged["visa_compelling_evidence_3"]["prior_undisputed_transactions"]
    assert [priors[index]["charge"] for index in ("0", "1")] == ["ch_3Prior0001", "ch_3Prior0002"]
    assert not [name for request in stripe.requests for name, _ in request.fields if "fee_acknowledged" in name]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ce3.prior_undisputed_transactions.2.charge": "ch_3Prior0003"}, "ce3_priors"), ({"ce3.prior_undisputed_transactions.1.charge": " "}, "ce3_priors"),
        ({"ce3.disputed_transaction.merchandise_or_services": "both"}, "ce3_goods"), ({"ce3.disputed_transaction.customer_device_id": "short"}, "ce3_identifier"),
        ({"ce3.prior_undisputed_transactions.0.customer_device_fingerprint": "x" * 19}, "ce3_identifier"), ({}, "ce3_address"),
    ],
)  # fmt: skip
def test_compelling_evidence_that_visa_would_not_count(changes: dict[str, str], code: str) -> None:
    flawed = bundle(fields=CE3 | changes)
    assert code in codes(violations(flawed, plan(flawed)))


# --- rehearsing ---


def test_rehearsing_stages_and_sends_nothing(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    assert not list(rehearse(bundle(), config_for(stripe), http))
    assert dispute["status"] == "needs_response"
    assert dispute["evidence_details"]["has_evidence"] is True
    assert dispute["intended_submission_method"] == "manual"
    assert stripe.files[dispute["evidence"]["uncategorized_file"]] == bundle().document
    assert not stripe.sent
    posts = [request for request in stripe.requests if request.method == "POST" and "/disputes/" in request.path]
    assert [dict(request.fields)["submit"] for request in posts] == ["false"]


def test_too_many_pages_drop_the_copies_first_then_say_so(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute(network="mastercard", code="4853")
    pod = exhibit("ev.delivery_full_address", pdf(10, "pod"))
    assert not list(rehearse(bundle(document=pdf(15), exhibits=(pod,)), config_for(stripe), http))
    assert set(dispute["evidence"]) & set(FILE_SLOTS) == {"uncategorized_file"}
    assert codes(rehearse(bundle(document=pdf(20), exhibits=(pod,), digest="d2"), config_for(stripe), http)) == {
        "dispute_evidence_page_limit_exceeded"
    }


def test_copies_that_do_not_fit_the_size_are_left_out(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    big = exhibit("ev.delivery_full_address", pdf() + b"%" + b"x" * 3_000_000)
    assert not list(
        rehearse(bundle(document=pdf() + b"%" + b"x" * 2_000_000, exhibits=(big,)), config_for(stripe), http)
    )
    assert set(dispute["evidence"]) & set(FILE_SLOTS) == {"uncategorized_file"}


def test_what_an_older_package_staged_does_not_go_out(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    config = config_for(stripe)
    old = bundle(exhibits=(exhibit("ev.receipt_invoice", pdf(mark="old")), exhibit("ev.usage_log", text="old log")))
    assert not list(rehearse(old, config, http))
    assert {"receipt", "access_activity_log"} <= set(dispute["evidence"])
    assert submit(bundle(digest="d2"), config, http).state == "accepted"
    assert not {"receipt", "access_activity_log"} & set(stripe.sent[0])


@pytest.mark.parametrize("status", ["under_review", "won", "lost", "prevented", "warning_closed", "some_new_status"])
def test_a_dispute_that_waits_for_nothing_is_left_alone(stripe: FakeStripe, http: httpx.Client, status: str) -> None:
    stripe.open_dispute(status=status)
    assert codes(rehearse(bundle(), config_for(stripe), http)) == {"not_open"}
    with pytest.raises(Refused):
        submit(bundle(), config_for(stripe), http)
    assert not [request for request in stripe.requests if request.method == "POST"]


def test_no_answer_where_the_bank_takes_none_and_no_fee_by_software(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()["evidence_details"]["due_by"] = 0
    fee = stripe.open_dispute()["evidence_details"]["enhanced_eligibility"]
    fee["visa_compliance"] = {"status": "requires_fee_acknowledgement"}
    assert codes(rehearse(bundle(), config_for(stripe), http)) == {"no_answer_possible"}
    assert codes(rehearse(bundle("dp_1Fake0002"), config_for(stripe), http)) == {"fee_acknowledgement"}


def test_a_key_that_may_not_write_is_an_error_of_the_connection(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    for lacking in ("dispute_write", "file_write"):
        with pytest.raises(Refused) as caught:
            list(rehearse(bundle(), config_for(stripe, ALL - {lacking}), http))
        assert caught.value.code == "permission_missing"


# --- sending ---


def test_a_whole_life(stripe: FakeStripe, http: httpx.Client) -> None:
    """Inquiry answered, escalated, lost, appealed, won."""
    dispute = stripe.open_dispute(status="warning_needs_response")
    config = config_for(stripe)
    assert submit(bundle(stage="inquiry"), config, http).state == "accepted"
    assert dispute["status"] == "warning_under_review"
    stripe.escalate(dispute["id"])
    receipt = submit(bundle(digest="d2"), config, http)
    assert (receipt.state, receipt.raw["status"]) == ("accepted", "under_review")
    stripe.decide(dispute["id"], "lost")
    stripe.open_appeal(dispute["id"])
    assert codes(rehearse(bundle(digest="d3"), config, http)) == {"wrong_stage"}
    appeal = bundle(digest="d3", stage="appeal", reply_text="The tracking was overlooked.")
    assert not list(rehearse(appeal, config, http))
    assert submit(appeal, config, http).state == "accepted"
    sent = stripe.sent[-1]["appeal"]["card"]
    assert sent["reason_for_filing"] == "The tracking was overlooked."
    assert stripe.files[sent["supporting_files"]["0"]] == appeal.document
    assert dispute["status"] == "appeal_under_review"


def test_sending_twice_is_sending_once(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    config = config_for(stripe)
    submit(bundle(), config, http)
    with pytest.raises(Refused):
        submit(bundle(), config, http)
    assert len(stripe.sent) == 1


def test_every_write_carries_a_key_of_the_package(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    stripe.open_dispute()
    config = config_for(stripe)
    for case_ref, digest in (("dp_1Fake0001", "d1"), ("dp_1Fake0002", "d1")):
        submit(bundle(case_ref, digest=digest), config, http)
    keys = [request.headers.get("idempotency-key") for request in stripe.requests if request.method == "POST"]
    assert all(keys)
    assert len(set(keys)) == len(keys) == 8
    assert not [request.path for request in stripe.requests if request.path.endswith("/close")]


@pytest.mark.parametrize(
    "failure", [{"status": 500}, {"status": 502}, {"hang_up": True}, {"status": 200, "body": b"<html>"}]
)
def test_a_lost_answer_is_looked_up(stripe: FakeStripe, http: httpx.Client, failure: dict[str, Any]) -> None:
    stripe.open_dispute()
    with _failing_final(stripe, after=True, **failure):
        assert submit(bundle(), config_for(stripe), http).state == "accepted"
    assert len(stripe.sent) == 1


def test_a_lost_final_request_is_repeated_once_under_its_key(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    with _failing_final(stripe, hang_up=True, after=False, times=1):
        assert submit(bundle(), config_for(stripe), http).state == "accepted"
    finals = [request.headers["idempotency-key"] for request in stripe.requests if ("submit", "true") in request.fields]
    assert len(finals) == 2
    assert len(set(finals)) == len(stripe.sent) == 1


def test_final_requests_lost_again_and_again_are_unknown(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    with _failing_final(stripe, hang_up=True, after=False):
        assert submit(bundle(), config_for(stripe), http).state == "unknown"
    assert not stripe.sent


def test_what_another_package_staged_meanwhile_is_not_sent(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    config = config_for(stripe)
    mine, other = bundle(reply_text="approved"), bundle(reply_text="a draft", digest="d2", document=pdf(2, "draft"))
    with _failing_final(stripe, status=503, after=False), pytest.raises(Unavailable):
        submit(mine, config, http)
    assert not list(rehearse(other, config, http))
    assert stripe.disputes["dp_1Fake0001"]["evidence"]["uncategorized_text"] == "a draft"
    assert submit(mine, config, http).state == "accepted"
    assert stripe.sent[0]["uncategorized_text"] == "approved"
    assert stripe.files[stripe.sent[0]["uncategorized_file"]] == mine.document


def test_rehearsing_again_stages_again(stripe: FakeStripe, http: httpx.Client) -> None:
    dispute = stripe.open_dispute()
    config = config_for(stripe)
    for text in ("first", "second", "first"):
        assert not list(rehearse(bundle(reply_text=text, digest=text), config, http))
        assert dispute["evidence"]["uncategorized_text"] == text


def test_a_failure_that_changed_nothing_may_be_tried_again(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    with _failing_final(stripe, status=503, after=False), pytest.raises(Unavailable):
        submit(bundle(), config_for(stripe), http)
    assert submit(bundle(), config_for(stripe), http).state == "accepted"
    assert len(stripe.sent) == 1


def test_slowed_down_before_sending(stripe: FakeStripe, http: httpx.Client) -> None:
    stripe.open_dispute()
    stripe.fail("POST /v1/files", 429, headers={"Retry-After": "3"})
    with pytest.raises(Unavailable) as caught:
        submit(bundle(), config_for(stripe), http)
    assert caught.value.retry_after == 3.0
    assert not stripe.sent


def test_an_answer_that_proves_nothing_is_unknown() -> None:
    dispute = {
        "id": "dp_1Fake0001",
        "object": "dispute",
        "status": "needs_response",
        "evidence": {},
        "evidence_details": {"due_by": 1, "submission_count": 0},
    }

    def yes_yes(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={"id": "file_1", "object": "file"} if request.url.path == "/v1/files" else dispute
        )

    with httpx.Client(transport=httpx.MockTransport(yes_yes)) as client:
        receipt = submit(bundle(), Config(api_key="rk_test_Invented1"), client)
    assert (receipt.state, receipt.raw["status"]) == ("unknown", "needs_response")


# --- requirements ---


def test_requirements_follow_reason_eligibility_and_stage(stripe: FakeStripe, http: httpx.Client) -> None:
    def asked(dispute: dict[str, Any]) -> dict[str, str]:
        return {
            item.code: item.need
            for item in requirements(Reference(type="case", value=dispute["id"]), config_for(stripe), http)
        }

    not_received = asked(stripe.open_dispute())
    assert not_received["shipping_documentation"] == "any_of"
    assert not_received["receipt"] == "helpful"
    fraud = stripe.open_dispute(reason="fraudulent", code="10.4")
    fraud["evidence_details"]["enhanced_eligibility"] = {
        "visa_compelling_evidence_3": {
            "status": "requires_action",
            "required_actions": ["missing_prior_undisputed_transactions", "missing_moonlight"],
        }
    }
    assert {
        "visa_compelling_evidence_3.missing_prior_undisputed_transactions",
        "visa_compelling_evidence_3.missing_moonlight",
    } <= set(asked(fraud))
    compliance = stripe.open_dispute(reason="noncompliant")
    compliance["evidence_details"]["enhanced_eligibility"] = {
        "visa_compliance": {"status": "requires_fee_acknowledgement"}
    }
    assert asked(compliance)["visa_compliance.fee_acknowledged"] == "required"
    assert asked(stripe.open_dispute(status="appeal_needs_response")) == {
        "appeal.card.reason_for_filing": "required",
        "appeal.card.supporting_files": "helpful",
    }
    assert asked(stripe.open_dispute(status="won")) == {}


def test_limits_name_their_source() -> None:
    assert LIMITS.max_total_bytes == 4_500_000
    assert LIMITS.source.startswith("https://docs.stripe.com/")
    assert replace(LIMITS, source="") != LIMITS


class _failing_final:  # noqa: N801 - reads as a word
    """The request that sends fails; those that stage do not."""

    def __init__(self, stripe: FakeStripe, status: int = 500, times: int = 99, **kwargs: Any) -> None:
        self.stripe, self.status, self.kwargs, self.handle, self.times = stripe, status, kwargs, stripe.handle, times

    def __enter__(self) -> None:
        def handle(request: Any) -> Any:
            if request.method == "POST" and ("submit", "true") in request.fields and self.times > 0:
                self.times -= 1
                self.stripe.fail("POST /v1/disputes", self.status, **self.kwargs)
            return self.handle(request)

        self.stripe.handle = handle  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        self.stripe.handle = self.handle  # type: ignore[method-assign]
