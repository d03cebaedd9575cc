"""PayPal's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: Customer Disputes API v1 (paypal/paypal-rest-api-specifications ec4d8f3, 2024-02-03);
https://developer.paypal.com/docs/disputes/disputes-reference (read 2026-11-22).
"""

from __future__ import annotations

#: Webhook events about disputes; each carries a part of the dispute only.
EVENTS = ("CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED")

#: dispute_life_cycle_stage -> our stage. CHARGEBACK is PayPal's word for a claim of its own, too.
STAGE = {
    "INQUIRY": "inquiry",
    "CHARGEBACK": "dispute",
    "PRE_ARBITRATION": "pre_arbitration",
    "ARBITRATION": "arbitration",
}

#: outcome_code -> what was ruled. The published description explains no code: where one leaves open who bore the loss
#: (RESOLVED_WITH_PAYOUT, ACCEPTED, DENIED, NONE), the matter is only called closed.
RULED = {
    "RESOLVED_BUYER_FAVOUR": "lost",
    "RESOLVED_SELLER_FAVOUR": "won",
    "CANCELED_BY_BUYER": "withdrawn",
    "RESOLVED_WITH_PAYOUT": "closed",
    "ACCEPTED": "closed",
    "DENIED": "closed",
    "NONE": "closed",
}

#: reason -> the product's finer list; OTHER and PROBLEM_WITH_REMITTANCE have no counterpart there.
CATEGORY = {
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED": "product_not_received",
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED": "not_as_described",
    "UNAUTHORISED": "fraudulent",
    "CREDIT_NOT_PROCESSED": "credit_not_processed",
    "DUPLICATE_TRANSACTION": "duplicate",
    "INCORRECT_AMOUNT": "incorrect_amount",
    "PAYMENT_BY_OTHER_MEANS": "duplicate",
    "CANCELED_RECURRING_BILLING": "subscription_canceled",
}

#: Statuses in which the merchant's date, if PayPal gives one, asks for nothing.
NOT_WAITING = ("RESOLVED", "UNDER_REVIEW", "WAITING_FOR_BUYER_RESPONSE")

#: Links under which evidence is taken, and the address of each.
PROVIDE = {"provide_evidence": "provide-evidence", "appeal": "appeal"}

SCOPE_READ = "https://uri.paypal.com/services/disputes/read-seller"
SCOPE_WRITE = "https://uri.paypal.com/services/disputes/update-seller"
