"""What a person reads about a Braintree case. Values are text; what is absent has no key."""

from __future__ import annotations

from goodstanding.contract import Reader

from . import vocabulary

_MAX_VALUE = 500
_TEXTS = {
    "braintree_case_number": "case_number",
    "braintree_kind": "kind",
    "braintree_merchant_account": "merchant_account_id",
    "braintree_original_dispute": "original_dispute_id",
    "braintree_pre_dispute_program": "pre_dispute_program",
    "braintree_reference_number": "reference_number",
    "network_reason_code": "reason_code",
    "reason_name": "reason_description",
    "payment_method": "transaction.payment_instrument_subtype",
    "evidence_due_by": "reply_by_date",
    "disputed_at": "received_date",
}


def facts_of(read: Reader, *, by_rules: bool) -> dict[str, str]:
    """``response_allowed`` is false where Braintree takes no evidence: the matter is not open, or Visa's rules settled it."""
    facts = {name: value for name, path in _TEXTS.items() if (value := read.text(path, "")[:_MAX_VALUE])}
    if facts.get("braintree_pre_dispute_program") == "none":
        del facts["braintree_pre_dispute_program"]
    if by_rules or read.text("status", "") != vocabulary.OPEN:
        facts["response_allowed"] = "false"
    return facts
