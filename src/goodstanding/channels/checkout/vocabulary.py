"""Checkout.com's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: checkout/checkout-api-reference 2fc946c (2021); SDK ``checkout-sdk`` 4.8.1;
https://www.checkout.com/docs/developer-resources/event-notifications/event-types (read 2026-11-24).
"""

from __future__ import annotations

#: Events that we know, without ``dispute_``. Most are the status that the API shows afterwards.
EVENTS = (
    "accepted", "arbitration_evidence_submitted", "arbitration_lost", "arbitration_sent_to_scheme", "arbitration_won", "canceled",
    "evidence_acknowledged_by_scheme", "evidence_required", "evidence_submitted", "expired", "lost", "received", "resolved", "won",
)  # fmt: skip

#: The word with which Checkout.com waits for the merchant.
OPEN = ("evidence_required",)

#: Words after which nothing is awaited; for any other word, also an unknown one, the date counts.
SENT = (
    "evidence_submitted", "evidence_under_review", "evidence_acknowledged_by_scheme", "arbitration_sent_to_scheme",
    "arbitration_under_review", "arbitration_evidence_submitted",
)  # fmt: skip

#: word -> what was ruled, and whether that is the end. Both sides may go on to arbitration after won and lost.
RULED = {
    "won": ("won", False),
    "lost": ("lost", False),
    "expired": ("expired", True),
    "accepted": ("accepted", True),
    "canceled": ("withdrawn", True),
    "resolved": ("closed", True),
    "arbitration_won": ("won", True),
    "arbitration_lost": ("lost", True),
}

#: category -> the product's finer list.
CATEGORY = {
    "fraudulent": "fraudulent",
    "unrecognized": "unrecognized",
    "canceled_recurring": "subscription_canceled",
    "product_service_not_received": "product_not_received",
    "not_as_described": "not_as_described",
    "credit_not_issued": "credit_not_processed",
    "duplicate": "duplicate",
    "incorrect_amount": "incorrect_amount",
    "general": "general",
}

#: payment_method -> network, where lower case is not it already.
NETWORK = {
    "american express": "amex",
    "american_express": "amex",
    "diners club": "diners",
    "diners club international": "diners",
    "mada": "mada",
}
CARD_NETWORKS = ("visa", "mastercard", "amex", "discover", "diners", "jcb", "unionpay", "mada")

#: Scopes with which money moves or a dispute is given up. They are tried one by one, and never asked for otherwise.
DANGEROUS_SCOPES = (
    "gateway", "gateway:payment", "gateway:payment-refunds", "gateway:payment-captures", "gateway:payment-voids",
    "gateway:payment-cancellations", "disputes", "disputes:accept", "transfers", "transfers:create", "payouts:bank-details", "fx",
    "accounts", "issuing:card-management-write", "issuing:controls-write", "issuing:transactions-write", "vault:instruments",
)  # fmt: skip
