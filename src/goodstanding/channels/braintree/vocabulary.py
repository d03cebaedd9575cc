"""Braintree's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: official SDK ``braintree`` 4.48.0 (dispute.py, webhook_notification.py); https://developer.paypal.com/braintree/docs/reference/response/dispute
"""

from __future__ import annotations

#: Webhook kinds about disputes. The dispute inside says what is the case, whatever the webhook is called.
KINDS = frozenset(
    f"dispute_{name}"
    for name in ("opened", "under_review", "disputed", "accepted", "auto_accepted", "expired", "lost", "won")
)
#: First words of webhook kinds about other matters.
OTHER_MATTERS = (
    "account_updater", "check", "connected_merchant", "disbursement", "granted_payment", "grantor", "local_payment", "oauth",
    "partner_merchant", "payment_method", "recipient", "refund_failed", "sub_merchant", "subscription", "transaction",
)  # fmt: skip

#: dispute.kind -> (our kind, stage).
STAGE = {
    "chargeback": ("chargeback", "dispute"),
    "pre_arbitration": ("chargeback", "pre_arbitration"),
    "retrieval": ("pre_dispute_alert", "inquiry"),
}
#: dispute.status -> what was ruled.
RULED = {"won": "won", "lost": "lost", "accepted": "accepted", "auto_accepted": "accepted", "expired": "expired"}
#: The only status in which Braintree takes evidence.
OPEN = "open"

#: pre_dispute_program: Visa refunded by the merchant's own rules before there was a dispute.
RDR = "visa_rdr"

#: reason -> the product's finer list. ``retrieval``, ``general`` and ``invalid_account`` have no counterpart of their own.
CATEGORY = {
    "cancelled_recurring_transaction": "subscription_canceled",
    "credit_not_processed": "credit_not_processed",
    "duplicate": "duplicate",
    "fraud": "fraudulent",
    "general": "general",
    "not_recognized": "unrecognized",
    "product_not_received": "product_not_received",
    "product_unsatisfactory": "not_as_described",
    "transaction_amount_differs": "incorrect_amount",
}

#: transaction.payment_instrument_subtype -> network. PayPal is a wallet: its disputes are claims in its own process.
NETWORK = {
    "visa": "visa",
    "mastercard": "mastercard",
    "american express": "amex",
    "discover": "discover",
    "jcb": "jcb",
    "unionpay": "unionpay",
    "maestro": "mastercard",
    "elo": "elo",
}
WALLETS = ("paypal", "paypal account", "venmo", "venmo account")
