"""Which of Stripe's evidence fields help against which reason, and which of our exhibits fill them.

Stripe requires no field; ``any_of`` marks what its guide for the category asks for first, ``helpful`` the rest:
https://docs.stripe.com/disputes/categories, https://docs.stripe.com/disputes/best-practices (read 2026-05-09).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodstanding.contract import Reader, Requirement

from . import vocabulary

_EVIDENCE = {
    "receipt": ("ev.receipt_invoice", "ev.amount_agreed"),
    "shipping_documentation": ("ev.delivery_full_address", "ev.replacement_or_repair", "ev.delivery_not_due"),
    "shipping_tracking_number": ("ev.delivery_full_address", "ev.tracking_partial"),
    "customer_signature": ("ev.signature_pod", "ev.pickup_ack", "ev.signed_slip"),
    "customer_communication": (
        "ev.customer_comm",
        "ev.withdrawal_letter",
        "ev.renewal_notice",
        "ev.return_instructions",
    ),
    "customer_purchase_ip": ("ev.device_ip",),
    "customer_name": ("ev.account_profile",),
    "access_activity_log": ("ev.usage_log", "ev.usage_after_cancel", "ev.digital_download"),
    "service_documentation": ("ev.service_doc",),
    "refund_policy": ("ev.refund_policy",),
    "refund_policy_disclosure": ("ev.policy_disclosed",),
    "refund_refusal_explanation": ("ev.no_return", "ev.refund_proof"),
    "cancellation_policy": ("ev.noshow_policy", "ev.refund_policy"),
    "cancellation_policy_disclosure": ("ev.policy_disclosed", "ev.subscription_consent"),
    "cancellation_rebuttal": ("ev.no_cancel_request",),
    "duplicate_charge_documentation": ("ev.distinct_orders", "ev.no_other_payment"),
    "duplicate_charge_explanation": ("ev.distinct_orders",),
    "product_description": ("ev.product_page", "ev.order_record"),
    "uncategorized_file": (
        "ev.order_record",
        "ev.quality_proof",
        "ev.authenticity",
        "ev.terms_accept_log",
        "ev.refund_proof",
    ),
    "uncategorized_text": (
        "ev.rebuttal",
        "ev.timeline",
        "ev.avs_match",
        "ev.cvv_match",
        "ev.three_ds",
        "ev.descriptor",
    ),
}

#: reason -> (asked for first, helpful).
_BY_REASON: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "product_not_received": (
        ("shipping_documentation", "customer_signature", "access_activity_log", "service_documentation"),
        ("shipping_tracking_number", "customer_communication", "receipt", "product_description"),
    ),
    "product_unacceptable": (
        ("product_description", "uncategorized_file", "customer_communication"),
        ("refund_policy", "refund_policy_disclosure", "refund_refusal_explanation", "shipping_documentation"),
    ),
    "fraudulent": (
        ("shipping_documentation", "customer_signature", "access_activity_log", "customer_purchase_ip"),
        ("customer_name", "customer_communication", "receipt", "uncategorized_text"),
    ),
    "unrecognized": (
        ("receipt", "shipping_documentation", "access_activity_log"),
        ("customer_communication", "customer_purchase_ip", "product_description", "uncategorized_text"),
    ),
    "duplicate": (
        ("duplicate_charge_documentation", "duplicate_charge_explanation"),
        ("receipt", "shipping_documentation"),
    ),
    "credit_not_processed": (
        ("refund_policy", "refund_policy_disclosure", "refund_refusal_explanation", "uncategorized_file"),
        ("customer_communication", "receipt"),
    ),
    "subscription_canceled": (
        ("cancellation_policy", "cancellation_policy_disclosure", "cancellation_rebuttal", "access_activity_log"),
        ("customer_communication", "receipt"),
    ),
    "general": (
        ("uncategorized_text", "uncategorized_file"),
        ("receipt", "customer_communication", "shipping_documentation"),
    ),
}
_UNKNOWN_REASON: tuple[tuple[str, ...], tuple[str, ...]] = (
    (),
    ("uncategorized_text", "uncategorized_file", "receipt", "customer_communication"),
)

_CE3 = "evidence_details.enhanced_eligibility.visa_compelling_evidence_3"
_CE3_ACTIONS = {
    "missing_customer_identifiers": ("ev.device_ip", "ev.account_profile"),
    "missing_disputed_transaction_description": ("ev.product_page", "ev.order_record"),
    "missing_merchandise_or_services": (),
    "missing_prior_undisputed_transaction_description": ("ev.prior_transactions",),
    "missing_prior_undisputed_transactions": ("ev.prior_transactions",),
}


def of_dispute(dispute: dict[str, Any]) -> Iterator[Requirement]:
    """The proof that a dispute takes, as it stands. None where Stripe waits for nothing."""
    read = Reader(dispute)
    status = read.text("status", "")
    if status not in vocabulary.OPEN:
        return
    if status == "appeal_needs_response":
        yield Requirement(
            code="appeal.card.reason_for_filing",
            need="required",
            evidence=("ev.rebuttal",),
            label="Why the decision is wrong",
        )
        yield Requirement(code="appeal.card.supporting_files", need="helpful", label="Files that support the appeal")
        return
    first, helpful = _BY_REASON.get(read.text("reason", ""), _UNKNOWN_REASON)
    for need, fields in (("any_of", first), ("helpful", helpful)):
        for field in fields:
            yield Requirement(code=field, need=need, evidence=_EVIDENCE[field])
    yield from _compelling_evidence(read)
    yield from _fees(read)


def _compelling_evidence(read: Reader) -> Iterator[Requirement]:
    """Visa CE 3.0 is one more way to win, never a must: what is missing for it is ``helpful``."""
    status = read.text(f"{_CE3}.status", "")
    if status == "qualified":
        yield Requirement(
            code="visa_compelling_evidence_3",
            need="helpful",
            evidence=("ev.prior_transactions",),
            label="Qualified for Visa CE 3.0",
        )
    if status != "requires_action":
        return
    for index, _ in enumerate(read.items(f"{_CE3}.required_actions")):
        action = read.text(f"{_CE3}.required_actions.{index}", "")
        evidence = _CE3_ACTIONS.get(action, ())
        yield Requirement(
            code=f"visa_compelling_evidence_3.{action}", need="helpful", evidence=evidence, label="For Visa CE 3.0"
        )


def _fees(read: Reader) -> Iterator[Requirement]:
    for scheme in ("visa", "mastercard"):
        path = f"{scheme}_compliance"
        if read.text(f"evidence_details.enhanced_eligibility.{path}.status", "") == "requires_fee_acknowledgement":
            label = "A person accepts the fee (about 500 USD, returned on a win) in the Stripe dashboard; this software does not"
            yield Requirement(code=f"{path}.fee_acknowledged", need="required", label=label)
