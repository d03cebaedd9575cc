"""Shopify's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: Admin GraphQL introspection 2026-10; REST examples of Shopify/shopify-api-ruby (2026-07).
"""

from __future__ import annotations

GRAPHQL_VERSION = "2026-10"
#: The newest version of which Shopify's library shows the dispute file upload. REST is Shopify's legacy API.
REST_VERSION = "2026-07"
SCHEME = "shopify_payments"

TOPICS = ("disputes/create", "disputes/update")

#: Requests under privacy law that Shopify passes on to apps; they want an answer, so they are not waved through.
PRIVACY_TOPICS = ("customers/data_request", "customers/redact", "shop/redact")

#: The status in which Shopify waits for the merchant.
OPEN = ("needs_response",)
SENT = ("under_review",)

#: status -> what was ruled. Shopify gives inquiries the same words. ``charge_refunded`` is past use.
RULED = {
    "won": "won",
    "lost": "lost",
    "accepted": "accepted",
    "prevented": "prevented",
    "charge_refunded": "closed",
}

#: type -> our stage.
STAGE = {"inquiry": "inquiry", "chargeback": "dispute"}

#: reason -> the product's finer list. The rest (bank debits, ``noncompliant``, ``customer_initiated``) have no counterpart there.
CATEGORY = {
    "credit_not_processed": "credit_not_processed",
    "duplicate": "duplicate",
    "fraudulent": "fraudulent",
    "general": "general",
    "product_not_received": "product_not_received",
    "product_unacceptable": "not_as_described",
    "subscription_cancelled": "subscription_canceled",  # GraphQL spells it with two Ls
    "subscription_canceled": "subscription_canceled",  # and Stripe, whose words REST repeats, with one
    "unrecognized": "unrecognized",
}

#: Scopes with which money moves, orders are cancelled, value is created, or data is erased for good. None is ever asked for.
DANGEROUS_SCOPES = frozenset([
    "write_all_orders", "write_cash_tracking", "write_checkouts", "write_customer_data_erasure",
    "write_customer_payment_methods", "write_discounts", "write_draft_orders", "write_gift_card_adjustments",
    "write_gift_card_transactions", "write_gift_cards", "write_marketplace_orders", "write_marketplace_returns", "write_order_edits",
    "write_orders", "write_own_subscription_contracts", "write_payment_gateways",
    "write_payment_mandate", "write_payment_sessions", "write_payment_terms", "write_price_rules", "write_quick_sale",
    "write_returns", "write_shopify_payments", "write_shopify_payments_payouts", "write_shopify_payments_tooling",
    "write_store_credit_account_transactions",
])  # fmt: skip
