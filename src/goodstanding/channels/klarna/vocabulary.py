"""Klarna's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: https://docs.klarna.com/klarna-network-distribution/after-payments/disputes (API integration, lifecycle), models of
Klarna's Payment Dispute API v4. The older dispute APIs (v1, v3) have other states and are not read here.
"""

from __future__ import annotations

SCHEME = "klarna"
FAMILY = "payment.dispute."
STATE_CHANGES = tuple(
    f"{FAMILY}state-change.{name}" for name in ("initiated", "representment", "pre-arbitration", "arbitration", "closed")
)  # fmt: skip
UPDATED = f"{FAMILY}updated"

INITIATED, REPRESENTMENT, PRE_ARBITRATION, ARBITRATION, CLOSED = (
    "INITIATED", "REPRESENTMENT", "PRE_ARBITRATION", "ARBITRATION", "CLOSED",
)  # fmt: skip

#: state -> our stage. After a preliminary decision the partner may appeal; arbitration is Klarna's look at the appeal.
STAGE = {INITIATED: "dispute", REPRESENTMENT: "dispute", PRE_ARBITRATION: "appeal", ARBITRATION: "appeal"}

#: state of the request for evidence in which no answer is taken.
NO_ANSWER = ("EVIDENCE_RECEIVED", "EVIDENCE_REQUEST_EXPIRED", "EVIDENCE_WAIVED", "REPRESENTMENT_AUTOMATICALLY_REJECTED")

#: dispute_outcome -> what was ruled. Another word only says that the matter is closed.
RULED = {"WON": "won", "LOST": "lost"}

#: dispute_reason -> the product's finer list. PURCHASE_HIGH_RISK, NON_COMPLIANCE and NON_GUARANTEED_PAYMENT_PROGRAM are
#: Klarna's own findings and have no counterpart there.
CATEGORY = {
    "REFUND_NOT_PROCESSED": "credit_not_processed",
    "PRODUCTS_OR_SERVICES_NOT_RECEIVED": "product_not_received",
    "PRODUCTS_DEFECTIVE_OR_NOT_AS_DESCRIBED": "not_as_described",
    "INCORRECT_AMOUNT": "incorrect_amount",
    "PURCHASE_UNAUTHORIZED": "fraudulent",
}
