"""What a person reads about a Stripe case, and who took part. Values are text; what is absent has no key."""

from __future__ import annotations

from decimal import Decimal

from goodstanding.contract import Money, Party, Reader, Unreadable

from . import vocabulary

_OBJECT = "data.object"
_CARD = f"{_OBJECT}.payment_method_details.card"
_DETAILS = f"{_OBJECT}.evidence_details"
_CE3 = f"{_DETAILS}.enhanced_eligibility.visa_compelling_evidence_3"
_MAX_VALUE = 500  # Stripe's own limit for a metadata value
_MAX_LIST = 50

_TEXTS = {
    "api_version": "api_version",
    "event_type": "type",
    "stripe_account": "account",
    "stripe_reason": f"{_OBJECT}.reason",
    "network_reason_code": f"{_OBJECT}.network_reason_code",
    "payment_method": f"{_OBJECT}.payment_method_details.type",
    "card_brand": f"{_CARD}.brand",
    "case_type": f"{_CARD}.case_type",
    "paypal_case_id": f"{_OBJECT}.payment_method_details.paypal.case_id",
    "klarna_loss_reason": f"{_OBJECT}.payment_method_details.klarna.chargeback_loss_reason_code",
    "amazon_pay_dispute_type": f"{_OBJECT}.payment_method_details.amazon_pay.dispute_type",
    "intended_submission_method": f"{_OBJECT}.intended_submission_method",
    "submission_method": f"{_DETAILS}.submission_method",
    "submission_count": f"{_DETAILS}.submission_count",
    "ce3_status": f"{_CE3}.status",
    "visa_compliance_status": f"{_DETAILS}.enhanced_eligibility.visa_compliance.status",
    "mastercard_compliance_status": f"{_DETAILS}.enhanced_eligibility.mastercard_compliance.status",
}
_FLAGS = {
    "has_evidence": f"{_DETAILS}.has_evidence",
    "past_due": f"{_DETAILS}.past_due",
    "is_charge_refundable": f"{_OBJECT}.is_charge_refundable",
}
#: Only where the charge was read along (``expand``); its details differ with the payment method, so wrong types are left out.
_CHARGE_TEXTS = {
    "card_last4": f"{_OBJECT}.charge.payment_method_details.card.last4",
    "card_country": f"{_OBJECT}.charge.payment_method_details.card.country",
    "statement_descriptor": f"{_OBJECT}.charge.calculated_statement_descriptor",
    "charge_description": f"{_OBJECT}.charge.description",
    "three_d_secure_result": f"{_OBJECT}.charge.payment_method_details.card.three_d_secure.result",
    "avs_postal_code_check": f"{_OBJECT}.charge.payment_method_details.card.checks.address_postal_code_check",
    "cvc_check": f"{_OBJECT}.charge.payment_method_details.card.checks.cvc_check",
    "tracking_number": f"{_OBJECT}.charge.shipping.tracking_number",
    "shipping_carrier": f"{_OBJECT}.charge.shipping.carrier",
}


def dispute_facts(read: Reader, *, livemode: bool | None, stage: str, status: str) -> dict[str, str]:
    """``evidence_due_by`` is Stripe's date also where no answer is awaited any more; ``response_allowed`` is false where it gives none."""
    facts = _texts(read, _TEXTS) | _flags(read) | _shared(read, livemode)
    facts |= _listed(read, "ce3_required_actions", f"{_CE3}.required_actions")
    facts |= _listed(read, "enhanced_eligibility_types", f"{_OBJECT}.enhanced_eligibility_types")
    if read.has(_DETAILS):
        due = read.integer(f"{_DETAILS}.due_by", 0)
        if due > 0:
            facts["evidence_due_by"] = read.moment(f"{_DETAILS}.due_by").isoformat()
        elif status in vocabulary.OPEN or not stage:
            facts["response_allowed"] = "false"
    if read.has(f"{_OBJECT}.created"):
        facts["dispute_created_at"] = read.moment(f"{_OBJECT}.created").isoformat()
    return facts | _funds(read)


def warning_facts(read: Reader, *, livemode: bool | None) -> dict[str, str]:
    """``actionable`` is false once the payment was disputed or wholly refunded: then nothing is left to do."""
    facts = _texts(
        read,
        {
            "api_version": "api_version",
            "event_type": "type",
            "stripe_account": "account",
            "fraud_type": f"{_OBJECT}.fraud_type",
        },
    )
    if read.has(f"{_OBJECT}.actionable"):
        facts["actionable"] = _spelled(read.flag(f"{_OBJECT}.actionable"))
    return facts | _shared(read, livemode)


def parties(read: Reader) -> tuple[Party, ...]:
    """The cardholder, from the merchant's own staged evidence or from the charge, if either says."""
    name = _clipped(read, f"{_OBJECT}.evidence.customer_name") or _clipped(
        read, f"{_OBJECT}.charge.billing_details.name"
    )
    email = (
        _clipped(read, f"{_OBJECT}.evidence.customer_email_address")
        or _clipped(read, f"{_OBJECT}.charge.billing_details.email")
        or _clipped(read, f"{_OBJECT}.charge.receipt_email")
    )
    country = _clipped(read, f"{_OBJECT}.charge.billing_details.address.country")
    return (Party(role="cardholder", name=name, email=email, country=country),) if name or email or country else ()


def _shared(read: Reader, livemode: bool | None) -> dict[str, str]:
    facts = {} if livemode is None else {"livemode": _spelled(livemode)}
    if read.has(f"{_OBJECT}.metadata.goodstanding_drill"):
        facts["drill"] = "true"
    return facts | {name: value for name, path in _CHARGE_TEXTS.items() if (value := _clipped(read, path))}


def _funds(read: Reader) -> dict[str, str]:
    """What Stripe booked for the dispute: taken, given back, and its fees."""
    taken = returned = fees = Decimal(0)
    currency = ""
    for move in read.items(f"{_OBJECT}.balance_transactions")[:_MAX_LIST]:
        currency = move.text("currency", "")
        amount = move.integer("amount", 0)
        taken, returned = (taken - amount, returned) if amount < 0 else (taken, returned + amount)
        fees += move.integer("fee", 0)
    if not currency:
        return {}
    places = vocabulary.decimals(currency)
    try:
        return {
            name: str(Money(value.scaleb(-places), currency))
            for name, value in (("funds_withdrawn", taken), ("funds_reinstated", returned), ("dispute_fee", fees))
            if value
        }
    except ValueError as error:
        raise Unreadable(f"{_OBJECT}.balance_transactions: {str(error)[:120]}", code="bad_currency") from None


def _texts(read: Reader, paths: dict[str, str]) -> dict[str, str]:
    return {name: value for name, path in paths.items() if (value := read.text(path, "")[:_MAX_VALUE])}


def _flags(read: Reader) -> dict[str, str]:
    return {name: _spelled(read.flag(path)) for name, path in _FLAGS.items() if read.has(path)}


def _listed(read: Reader, name: str, path: str) -> dict[str, str]:
    words = [read.text(f"{path}.{index}", "")[:100] for index, _ in enumerate(read.items(path)[:_MAX_LIST])]
    return {name: ", ".join(word for word in words if word)} if any(words) else {}


def _clipped(read: Reader, path: str) -> str:
    """Text beside the matter: of another type or too long, it stays unread and the notice stands."""
    if not read.has(path):
        return ""
    try:
        value = read.text(path)
    except Unreadable:
        return ""
    return value if len(value) <= _MAX_VALUE else ""


def _spelled(flag: bool) -> str:
    return "true" if flag else "false"
