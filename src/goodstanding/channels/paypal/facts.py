"""What a person reads about a PayPal case. Values are text; what is absent has no key."""

from __future__ import annotations

from collections.abc import Iterable

from goodstanding.contract import Reader

from . import vocabulary

_MAX_VALUE = 500
_MAX_LIST = 50
_TEXTS = {
    "paypal_channel": "dispute_channel",
    "network_reason_code": "external_reason_code",
    "paypal_dispute_state": "dispute_state",
    "paypal_outcome": "dispute_outcome.outcome_code",
    "paypal_life_cycle_stage": "dispute_life_cycle_stage",
}


def links_of(read: Reader) -> tuple[str, ...]:
    """What PayPal offers to be done with this dispute now: the ``rel`` of its links, ours for hyphens written as theirs."""
    rels = [item.text("rel", "").replace("-", "_") for item in read.items("links")[:_MAX_LIST]]
    return tuple(sorted({rel for rel in rels if rel and len(rel) <= 60} - {"self"}))


def facts_of(read: Reader) -> dict[str, str]:
    """``paypal_offers`` lists what PayPal offers; ``response_allowed`` is false where it takes no evidence now."""
    facts = {name: value for name, path in _TEXTS.items() if (value := read.text(path, "")[:_MAX_VALUE])}
    offers = links_of(read)
    if offers:
        facts["paypal_offers"] = ", ".join(offers)
    if read.has("links") and not any(rel in offers for rel in vocabulary.PROVIDE):
        facts["response_allowed"] = "false"
    for name, path in (
        ("evidence_due_by", "seller_response_due_date"),
        ("paypal_buyer_due_by", "buyer_response_due_date"),
        ("dispute_created_at", "create_time"),
    ):
        if (moment := read.moment(path, None)) is not None:
            facts[name] = moment.isoformat()
    return facts | _transaction(read) | _money_moved(read) | _requested(read)


def _transaction(read: Reader) -> dict[str, str]:
    facts: dict[str, str] = {}
    for item in read.items("disputed_transactions")[:1]:
        if item.has("seller_protection_eligible"):
            facts["paypal_seller_protection"] = "true" if item.flag("seller_protection_eligible") else "false"
        if item.has("gross_amount"):
            facts["order_total"] = str(item.major_money("gross_amount.value", "gross_amount.currency_code"))
        if (moment := item.moment("create_time", None)) is not None:
            facts["paid_at"] = moment.isoformat()
        names = [part.text("item_name", "") or part.text("item_description", "") for part in item.items("items")]
        facts |= _joined("items", names)
    return facts


def _money_moved(read: Reader) -> dict[str, str]:
    """What PayPal took from the merchant and gave back, as it lists it."""
    taken: list[str] = []
    returned: list[str] = []
    for move in read.items("money_movements")[:_MAX_LIST]:
        if move.text("affected_party", "") == "SELLER" and move.has("amount"):
            amount = str(move.major_money("amount.value", "amount.currency_code"))
            (taken if move.text("type", "") == "DEBIT" else returned).append(amount)
    return _joined("funds_withdrawn", taken) | _joined("funds_reinstated", returned)


def _requested(read: Reader) -> dict[str, str]:
    wanted = [item.text("evidence_type", "") for item in read.items("evidences")[:_MAX_LIST] if is_requested(item)]
    return _joined("paypal_requested_evidence", wanted)


def is_requested(item: Reader) -> bool:
    """Is this evidence that PayPal asks the merchant for?"""
    return item.text("source", "") == "REQUESTED_FROM_SELLER"


def _joined(name: str, values: Iterable[str]) -> dict[str, str]:
    found = list(dict.fromkeys(value for value in values if value))
    return {name: ", ".join(found)[:_MAX_VALUE]} if found else {}
