"""Stripe's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: SDK ``stripe`` 16.1.0 (API 2026-10-28.endive); https://docs.stripe.com/api/disputes/object;
https://docs.stripe.com/currencies (read 2026-11-22).
"""

from __future__ import annotations

from goodstanding.contract import exponent

API_VERSION = "2026-10-28.endive"

#: Statuses in which Stripe waits for the merchant.
OPEN = ("warning_needs_response", "needs_response", "appeal_needs_response")

#: status -> what was ruled. ``charge_refunded`` is of API versions before 2023.
RULED = {
    "won": "won",
    "lost": "lost",
    "warning_closed": "closed",
    "prevented": "prevented",
    "charge_refunded": "closed",
}

#: status -> our stage.
STAGE_OF_STATUS = {
    "warning_needs_response": "inquiry",
    "warning_under_review": "inquiry",
    "warning_closed": "inquiry",
    "needs_response": "dispute",
    "under_review": "dispute",
    "appeal_needs_response": "appeal",
    "appeal_under_review": "appeal",
    "prevented": "alert",
}

#: payment_method_details.card.case_type -> our stage, where the status does not say it.
STAGE_OF_CASE_TYPE = {
    "inquiry": "inquiry",
    "chargeback": "dispute",
    "compliance": "dispute",
    "block": "alert",
    "resolution": "alert",
}

#: reason -> the product's finer list. Stripe's reasons for bank debits (``debit_not_authorized``, ``insufficient_funds`` …)
#: and ``noncompliant`` have no counterpart there and stay "".
CATEGORY = {
    "credit_not_processed": "credit_not_processed",
    "duplicate": "duplicate",
    "fraudulent": "fraudulent",
    "general": "general",
    "product_not_received": "product_not_received",
    "product_unacceptable": "not_as_described",
    "subscription_canceled": "subscription_canceled",
    "unrecognized": "unrecognized",
}

#: First words of event types that Stripe documents and that are about other matters. Disputes on cards that the merchant
#: *issued* (``issuing_dispute``) have the merchant as claimant and belong here.
OTHER_MATTERS = frozenset(
    [
        "account",
        "application_fee",
        "balance",
        "balance_settings",
        "billing",
        "billing_portal",
        "capability",
        "cash_balance",
        "checkout",
        "climate",
        "coupon",
        "credit_note",
        "customer",
        "customer_cash_balance_transaction",
        "entitlements",
        "file",
        "financial_connections",
        "identity",
        "invoice",
        "invoice_payment",
        "invoiceitem",
        "issuing_authorization",
        "issuing_card",
        "issuing_cardholder",
        "issuing_dispute",
        "issuing_personalization_design",
        "issuing_token",
        "issuing_transaction",
        "mandate",
        "payment_intent",
        "payment_link",
        "payment_method",
        "payout",
        "person",
        "plan",
        "price",
        "product",
        "promotion_code",
        "quote",
        "refund",
        "reporting",
        "reserve",
        "review",
        "setup_intent",
        "sigma",
        "source",
        "subscription_schedule",
        "tax",
        "tax_rate",
        "terminal",
        "test_helpers",
        "topup",
        "transfer",
        "treasury",
        "v2",
        "recipient",
        "order",
        "sku",
        "bitcoin",
        "issuer_fraud_record",
    ]
)

#: Stripe's minor units where they are not those of ISO 4217: it keeps two decimals for ISK and UGX, and none for MGA.
_OWN_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}


def decimals(currency: str) -> int:
    """Decimal places of Stripe's amounts in a currency."""
    return _OWN_EXPONENTS.get(currency.upper(), exponent(currency))


#: Keys of metadata under which shops keep their own order number, most usual first.
ORDER_KEYS = (
    "order_id",
    "order_number",
    "order_no",
    "order",
    "orderId",
    "orderNumber",
    "order_name",
    "order_reference",
)
