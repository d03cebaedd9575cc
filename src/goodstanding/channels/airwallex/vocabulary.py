"""Airwallex's words, as far as we know them. Every list is open: an unknown word is passed on as it stands.

Sources: https://www.airwallex.com/docs/payments__disputes__handle-disputes-using-our-apis, official library
``@airwallex/node-sdk`` 2.1.0-beta.5 (field names, addresses).
"""

from __future__ import annotations

SCHEME = "airwallex"
FAMILY = "payment_dispute."

#: event -> the status that it tells.
EVENTS = {
    f"{FAMILY}{status.lower()}": status
    for status in (
        "REQUIRES_RESPONSE", "CHALLENGED", "ACCEPTED", "EXPIRED", "PENDING_CLOSURE", "PENDING_DECISION", "WON", "LOST", "REVERSED",
    )
}  # fmt: skip

OPEN = "REQUIRES_RESPONSE"
#: Statuses in which Airwallex waits for nothing from the merchant.
WAITING = ("CHALLENGED", "PENDING_CLOSURE", "PENDING_DECISION")

#: status -> what was ruled, and is it final? Who bears a reversed dispute is not documented, so it is only called closed.
RULED = {
    "WON": ("won", True),
    "LOST": ("lost", True),
    "ACCEPTED": ("accepted", True),
    "EXPIRED": ("expired", False),
    "REVERSED": ("closed", False),
}

#: stage -> kind and our stage.
STAGE = {
    "RFI": ("pre_dispute_alert", "inquiry"),
    "PRE_CHARGEBACK": ("pre_dispute_alert", "inquiry"),
    "CHARGEBACK": ("chargeback", "dispute"),
    "PRE_ARBITRATION": ("chargeback", "pre_arbitration"),
    "ARBITRATION": ("chargeback", "arbitration"),
}
#: Airwallex accepts pre-arbitrations on the merchant's behalf; no answer is taken.
AUTO_ACCEPTED = ("PRE_ARBITRATION",)

#: card_brand -> network, for the scheme's own reason code.
NETWORK = {
    "visa": "visa",
    "mastercard": "mastercard",
    "amex": "amex",
    "american express": "amex",
    "discover": "discover",
    "jcb": "jcb",
    "unionpay": "unionpay",
    "union pay": "unionpay",
}
