"""Words of WooPayments' disputes, which are Stripe's. Every list is open: an unknown word is passed on as it stands.

Sources: Automattic/woocommerce-payments e280f2a (2024-10), client/types/disputes.d.ts; https://docs.stripe.com/api/disputes/object
"""

from __future__ import annotations

from goodstanding.contract import exponent

#: Statuses in which the bank waits for the merchant.
OPEN = ("warning_needs_response", "needs_response")
SENT = ("warning_under_review", "under_review")

#: status -> what was ruled. Older versions of WooPayments still know ``charge_refunded``.
RULED = {
    "won": "won",
    "lost": "lost",
    "warning_closed": "closed",
    "prevented": "prevented",
    "charge_refunded": "closed",
}

#: reason -> the product's finer list; reasons of bank debits have no counterpart there.
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

#: Minor units where they are not those of ISO 4217: two decimals for ISK and UGX, none for MGA (https://docs.stripe.com/currencies).
_OWN_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}


def decimals(currency: str) -> int:
    """Decimal places of an amount in a currency."""
    return _OWN_EXPONENTS.get(currency.upper(), exponent(currency))


def stage(status: str) -> str:
    """Our stage of a status; "" for one that we do not know."""
    if status.startswith("warning_"):
        return "inquiry"
    if status == "prevented":
        return "alert"
    return "dispute" if status in (*OPEN, *SENT) else ""
