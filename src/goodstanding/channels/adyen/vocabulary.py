"""Adyen's words, as far as we know them. Every list is open: an unknown event is named, an unknown word passed on.

Sources: Adyen/adyen-openapi aa014f0 ``Webhooks-v1`` (2026-07-01); https://docs.adyen.com/risk-management/disputes-api/dispute-notifications
(read 2026-11-22).
"""

from __future__ import annotations

from goodstanding.contract import exponent

#: Event -> kind of notice and stage, where no outcome says otherwise. Events told at any stage of a dispute name none.
OPENED = {
    "NOTIFICATION_OF_FRAUD": ("pre_dispute_alert", "alert"),
    "REQUEST_FOR_INFORMATION": ("pre_dispute_alert", "inquiry"),
    "NOTIFICATION_OF_CHARGEBACK": ("chargeback", "dispute"),
    "CHARGEBACK": ("chargeback", "dispute"),
    "INFORMATION_SUPPLIED": ("chargeback", ""),
    "ISSUER_COMMENTS": ("chargeback", ""),
    "SECOND_CHARGEBACK": ("chargeback", "pre_arbitration"),
    "PREARBITRATION_OPEN": ("chargeback", "pre_arbitration"),
    "PREARBITRATION_ACCEPTED": ("chargeback", "pre_arbitration"),
    "PREARBITRATION_DECLINED": ("chargeback", "pre_arbitration"),
    "SCHEME_ARBITRATION": ("chargeback", "arbitration"),
}

#: Event -> (result, final, stage). A reversed chargeback may come again as a second one, and a lost pre-arbitration may go to
#: the scheme's arbitration: neither is final.
RULED = {
    "CHARGEBACK_REVERSED": ("won", False, "dispute"),
    "DISPUTE_DEFENSE_PERIOD_ENDED": ("expired", True, ""),
    "ISSUER_RESPONSE_TIMEFRAME_EXPIRED": ("won", True, ""),
    "PREARBITRATION_ISSUER_WITHDRAWN": ("withdrawn", True, "pre_arbitration"),
    "PREARBITRATION_WON": ("won", True, "pre_arbitration"),
    "PREARBITRATION_LOST": ("lost", False, "pre_arbitration"),
    "SCHEME_ARBITRATION_WON": ("won", True, "arbitration"),
    "SCHEME_ARBITRATION_LOST": ("lost", True, "arbitration"),
}

EVENTS = frozenset([*OPENED, *RULED])

#: ``disputeStatus`` -> result. ``Expired`` of a request for information is no loss: nothing was taken.
STATUS_RULED = {"Won": "won", "Lost": "lost", "Accepted": "accepted", "Expired": "expired"}

#: ``disputeStatus`` that only requests for information have (``Expired`` is shared).
OF_INFORMATION = ("Unresponded", "Responded")

#: ``disputeStatus`` in which Adyen waits for the merchant.
WAITING = ("", "Unresponded", "Undefended")

#: Events about other matters that Adyen documents for standard webhooks.
OTHER_MATTERS = frozenset(
    [
        "ACH_NOTIFICATION_OF_CHANGE", "AUTHENTICATION", "AUTHORISATION", "AUTHORISATION_ADJUSTMENT", "AUTORESCUE",
        "AUTORESCUE_NEXT_ATTEMPT", "CANCELLATION", "CANCEL_AUTORESCUE", "CANCEL_OR_REFUND", "CAPTURE", "CAPTURE_FAILED",
        "DIRECT_DEBIT_NOTICE_OF_CHANGE_NOTIFICATION", "DONATION", "EXPIRE", "HANDLED_EXTERNALLY", "MANUAL_REVIEW_ACCEPT",
        "MANUAL_REVIEW_REJECT", "OFFER_CLOSED", "ORDER_CLOSED", "ORDER_OPENED", "PAIDOUT_REVERSED", "PAYOUT_DECLINE",
        "PAYOUT_EXPIRE", "PAYOUT_THIRDPARTY", "PENDING", "POSTPONED_REFUND", "RECURRING_CONTRACT", "REFUND",
        "REFUNDED_REVERSED", "REFUND_FAILED", "REFUND_WITH_DATA", "REPORT_AVAILABLE", "TECHNICAL_CANCEL", "VOID_PENDING_REFUND",
    ]
)  # fmt: skip

#: Adyen's scheme codes -> the names used here; others are passed on.
NETWORK = {"mc": "mastercard", "cup": "unionpay", "maestro": "mastercard"}

#: Payment methods whose disputes are claims in the wallet's or instalment company's own process, not chargebacks of a bank.
OWN_PROCESS = ("klarna", "afterpay", "clearpay", "affirm", "paypal", "riverty", "ratepay", "alipay", "zip", "atome")

#: Decimals where Adyen's are not those of ISO 4217: https://docs.adyen.com/development-resources/currency-codes
_OWN_EXPONENTS = {"CLP": 2, "ISK": 2, "CVE": 0, "IDR": 0}


def decimals(currency: str) -> int:
    """Decimal places of Adyen's amounts in a currency."""
    return _OWN_EXPONENTS.get(currency.upper(), exponent(currency))


def network(scheme_code: str) -> str:
    """The card network of an Adyen scheme code; an unknown code as it stands."""
    code = scheme_code.lower()
    return NETWORK.get(code, code)
