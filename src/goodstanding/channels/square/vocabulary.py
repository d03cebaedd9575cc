"""Square's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Source: square/connect-api-specification 5733f66 (2025-08-20).
"""

from __future__ import annotations

API_VERSION = "2025-08-20"

#: Events that bring a dispute. The last three are of older subscriptions.
EVENTS = (
    "dispute.created", "dispute.state.updated", "dispute.evidence.created", "dispute.evidence.deleted", "dispute.state.changed",
    "dispute.evidence.added", "dispute.evidence.removed",
)  # fmt: skip

#: States in which Square waits for the merchant.
OPEN = ("INQUIRY_EVIDENCE_REQUIRED", "EVIDENCE_REQUIRED")
SENT = ("INQUIRY_PROCESSING", "PROCESSING")

#: state -> what was ruled, and whether that is the end. A closed inquiry may yet become a dispute.
RULED = {
    "WON": ("won", True),
    "LOST": ("lost", True),
    "ACCEPTED": ("accepted", True),
    "INQUIRY_CLOSED": ("closed", False),
}

#: reason -> the product's finer list.
CATEGORY = {
    "AMOUNT_DIFFERS": "incorrect_amount",
    "CANCELLED": "credit_not_processed",  # "attempted to return the goods or cancel the service"
    "CUSTOMER_REQUESTS_CREDIT": "credit_not_processed",
    "DUPLICATE": "duplicate",
    "PAID_BY_OTHER_MEANS": "duplicate",
    "NO_KNOWLEDGE": "fraudulent",
    "NOT_AS_DESCRIBED": "not_as_described",
    "NOT_RECEIVED": "product_not_received",
}
#: Square: "You cannot challenge this dispute because the payment did not comply with EMV security requirements."
UNANSWERABLE = ("EMV_LIABILITY_SHIFT",)

#: card_brand -> network, where lower case is not it already.
NETWORK = {
    "american_express": "amex",
    "china_unionpay": "unionpay",
    "discover_diners": "diners",
    "other_brand": "",
}

#: Scopes with which money moves, value is created, or the account's own rules change. None is ever asked for.
DANGEROUS_SCOPES = frozenset([
    "BANK_ACCOUNTS_WRITE", "DISCOUNT_CODES_WRITE", "GIFTCARDS_WRITE", "INVOICES_WRITE", "LOYALTY_WRITE", "MERCHANT_PROFILE_WRITE",
    "ORDERS_WRITE", "PAYMENTS_WRITE", "PAYMENTS_WRITE_ADDITIONAL_RECIPIENTS", "PAYMENTS_WRITE_IN_PERSON",
    "PAYMENTS_WRITE_SHARED_ONFILE", "PAYOUTS_WRITE", "PERMISSION_SETS_WRITE", "SUBSCRIPTIONS_WRITE",
])  # fmt: skip


def stage(state: str) -> str:
    """Our stage of a state; "" for one that we do not know."""
    if state.startswith("INQUIRY_"):
        return "inquiry"
    return "dispute" if state in (*OPEN, *SENT, *RULED) else ""
