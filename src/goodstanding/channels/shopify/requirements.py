"""Which of Shopify's evidence fields help against which reason, and which of our exhibits fill them.

Shopify demands no field. ``any_of`` marks what the reason asks for first, as Shopify's processor sorts it
(https://docs.stripe.com/disputes/categories); ``helpful`` the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from goodstanding.contract import Requirement

from .vocabulary import CATEGORY, OPEN

_EVIDENCE = {
    "shippingDocumentationFile": (
        "ev.delivery_full_address",
        "ev.signature_pod",
        "ev.pickup_ack",
        "ev.replacement_or_repair",
    ),
    "customerCommunicationFile": (
        "ev.customer_comm",
        "ev.withdrawal_letter",
        "ev.renewal_notice",
        "ev.return_instructions",
    ),
    "serviceDocumentationFile": ("ev.service_doc",),
    "refundPolicyFile": ("ev.refund_policy",),
    "refundPolicyDisclosure": ("ev.policy_disclosed",),
    "refundRefusalExplanation": ("ev.no_return", "ev.refund_proof"),
    "cancellationPolicyFile": ("ev.noshow_policy", "ev.refund_policy"),
    "cancellationPolicyDisclosure": ("ev.policy_disclosed", "ev.subscription_consent"),
    "cancellationRebuttal": ("ev.no_cancel_request",),
    "accessActivityLog": ("ev.usage_log", "ev.usage_after_cancel", "ev.digital_download"),
    "uncategorizedFile": (
        "ev.receipt_invoice",
        "ev.order_record",
        "ev.product_page",
        "ev.distinct_orders",
        "ev.quality_proof",
    ),
    "uncategorizedText": ("ev.rebuttal", "ev.timeline", "ev.avs_match", "ev.cvv_match", "ev.three_ds", "ev.device_ip"),
}

#: reason -> (asked for first, helpful).
_BY_REASON: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "product_not_received": (
        ("shippingDocumentationFile", "accessActivityLog", "serviceDocumentationFile"),
        ("customerCommunicationFile", "uncategorizedFile", "uncategorizedText"),
    ),
    "not_as_described": (
        ("uncategorizedFile", "customerCommunicationFile"),
        ("refundPolicyFile", "refundPolicyDisclosure", "refundRefusalExplanation", "shippingDocumentationFile"),
    ),
    "fraudulent": (
        ("shippingDocumentationFile", "accessActivityLog", "uncategorizedText"),
        ("customerCommunicationFile", "uncategorizedFile"),
    ),
    "unrecognized": (
        ("uncategorizedFile", "shippingDocumentationFile", "accessActivityLog"),
        ("customerCommunicationFile", "uncategorizedText"),
    ),
    "duplicate": (("uncategorizedFile", "uncategorizedText"), ("shippingDocumentationFile",)),
    "credit_not_processed": (
        ("refundPolicyFile", "refundPolicyDisclosure", "refundRefusalExplanation", "uncategorizedFile"),
        ("customerCommunicationFile",),
    ),
    "subscription_canceled": (
        ("cancellationPolicyFile", "cancellationPolicyDisclosure", "cancellationRebuttal", "accessActivityLog"),
        ("customerCommunicationFile", "uncategorizedFile"),
    ),
    "general": (("uncategorizedText", "uncategorizedFile"), ("customerCommunicationFile", "shippingDocumentationFile")),
}
_UNKNOWN_REASON: tuple[tuple[str, ...], tuple[str, ...]] = (
    (),
    ("uncategorizedText", "uncategorizedFile", "customerCommunicationFile"),
)


def of_dispute(dispute: dict[str, Any]) -> Iterator[Requirement]:
    """The proof that a dispute takes, as it stands. None where Shopify waits for nothing."""
    if str(dispute.get("status")).lower() not in OPEN:
        return
    details = dispute.get("reasonDetails")
    reason = str(details.get("reason") or "") if isinstance(details, dict) else ""
    first, helpful = _BY_REASON.get(CATEGORY.get(reason.lower(), ""), _UNKNOWN_REASON)
    for need, fields in (("any_of", first), ("helpful", helpful)):
        for field in fields:
            yield Requirement(code=field, need=need, evidence=_EVIDENCE[field])
