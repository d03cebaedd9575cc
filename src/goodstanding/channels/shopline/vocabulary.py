"""SHOPLINE's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Source: https://developer.shopline.com/docs/webhook/shopline-payments/dispute-created and …/dispute-updated (v20250601).
"""

from __future__ import annotations

SCHEME = "shopline_payments"

#: The documentation names the dispute events so, without the word dispute.
TOPICS = ("payments/create", "payments/update")

#: Requests under privacy law that SHOPLINE passes on to apps; they want an answer, so they are not waved through.
PRIVACY_TOPICS = ("customers/redact", "merchants/redact", "customers/data_request")

#: dispute_type -> kind and stage.
TYPE = {
    "CHARGEBACK": ("chargeback", "dispute"),
    "PRE_CHARGEBACK": ("pre_dispute_alert", "inquiry"),
    "RETRIEVAL": ("pre_dispute_alert", "inquiry"),
    "FRAUD_NOTIFICATION": ("pre_dispute_alert", "alert"),
}

#: stage of a chargeback -> our stage.
STAGE = {"CHARGEBACK": "dispute", "PRE_ARBITRATION": "pre_arbitration", "ARBITRATION": "arbitration"}

#: status -> what was ruled, and is it final? The documentation names no other status; the rest is shown as it stands.
RULED = {"WON": ("won", True), "LOST": ("lost", True), "EXPIRED": ("expired", False)}

#: reason -> the product's finer list.
CATEGORY = {
    "credit_not_processed": "credit_not_processed",
    "duplicate": "duplicate",
    "fraudulent": "fraudulent",
    "general": "general",
    "product_not_received": "product_not_received",
    "product_unacceptable": "not_as_described",
    "subscription_canceled": "subscription_canceled",
    "subscription_cancelled": "subscription_canceled",
    "unrecognized": "unrecognized",
}
