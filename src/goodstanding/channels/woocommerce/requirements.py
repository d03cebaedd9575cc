"""What WooPayments takes as proof: Stripe's evidence fields, by reason. Nothing is demanded.

``any_of`` marks what Stripe's guide for the category asks for first (https://docs.stripe.com/disputes/categories).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodstanding.contract import Limits, Requirement

from .vocabulary import OPEN

FILE_SLOTS = (
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
)  # fmt: skip

#: All files together at most 4,500,000 bytes: the form in the shop's pages checks it. Page limits are the card networks' and
#: unconfirmed for WooPayments.
LIMITS = Limits(
    media_types=("application/pdf", "image/png", "image/jpeg"),
    max_file_bytes=4_500_000,
    max_total_bytes=4_500_000,
    max_files=len(FILE_SLOTS),
    max_text_chars=20_000,
    max_total_text_chars=150_000,
    one_file_per_slot=True,
    slots=FILE_SLOTS,
    languages=("en",),
    source="Automattic/woocommerce-payments e280f2a (2024-10), client/disputes/evidence; text lengths: https://docs.stripe.com/api/disputes/update",
)

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
    "access_activity_log": ("ev.usage_log", "ev.usage_after_cancel", "ev.digital_download"),
    "service_documentation": ("ev.service_doc",),
    "refund_policy": ("ev.refund_policy",),
    "refund_policy_disclosure": ("ev.policy_disclosed",),
    "refund_refusal_explanation": ("ev.no_return", "ev.refund_proof"),
    "cancellation_policy": ("ev.noshow_policy", "ev.refund_policy"),
    "cancellation_policy_disclosure": ("ev.policy_disclosed", "ev.subscription_consent"),
    "cancellation_rebuttal": ("ev.no_cancel_request",),
    "duplicate_charge_documentation": ("ev.distinct_orders", "ev.no_other_payment"),
    "product_description": ("ev.product_page", "ev.order_record"),
    "uncategorized_file": ("ev.order_record", "ev.quality_proof", "ev.authenticity", "ev.terms_accept_log"),
    "uncategorized_text": ("ev.rebuttal", "ev.timeline", "ev.avs_match", "ev.cvv_match", "ev.three_ds"),
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
        ("customer_communication", "receipt", "uncategorized_text"),
    ),
    "unrecognized": (
        ("receipt", "shipping_documentation", "access_activity_log"),
        ("customer_communication", "uncategorized_text"),
    ),
    "duplicate": (("duplicate_charge_documentation",), ("receipt", "shipping_documentation")),
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
_UNKNOWN_REASON: tuple[tuple[str, ...], tuple[str, ...]] = ((), ("uncategorized_text", "uncategorized_file", "receipt"))


def of_dispute(dispute: dict[str, Any]) -> Iterator[Requirement]:
    """The proof that a dispute takes, as it stands. None where nothing is awaited."""
    if dispute.get("status") not in OPEN:
        return
    first, helpful = _BY_REASON.get(str(dispute.get("reason") or ""), _UNKNOWN_REASON)
    for need, fields in (("any_of", first), ("helpful", helpful)):
        for field in fields:
            yield Requirement(code=field, need=need, evidence=_EVIDENCE[field])
