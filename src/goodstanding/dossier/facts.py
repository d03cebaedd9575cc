"""The named facts of a case, each with the place it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from goodstanding import knowledge
from goodstanding.contract import Money, Order
from goodstanding.models import Case, Deadline, Evidence
from goodstanding.reckoning.drafting import FactValue
from goodstanding.reckoning.ledger import Ledger

#: A channel's own name for a fact that templates quote under ours.
_SAME_AS = {
    "three_d_secure_result": "three_ds_result",
    "avs_postal_code_check": "avs_result",
    "cvc_check": "cvc_result",
}
_NETWORK_NAMES = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "jcb": "JCB",
}


def order_of(case: Case) -> Order | None:
    """The matched order in the contract's form."""
    return msgspec.convert(case.order.data, Order) if case.order is not None else None


def case_facts(case: Case) -> dict[str, FactValue]:
    """All that the case knows, under the keys of ``knowledge/data/facts.yaml``.

    A later group overrides an earlier one: what the notice states of the buyer is weaker than what the order says, and
    what the notice says of the dispute itself is stronger than anything.
    """
    facts: dict[str, FactValue] = {}
    declared = knowledge.knowledge().fact_keys
    for given, value in case.facts.items():
        key = _SAME_AS.get(given, given)
        if key in declared and value:
            facts[key] = FactValue(_typed(declared[key].type, str(value)), "notice")
    for key, value in case.answers.items():
        if key in declared and value:
            facts[key] = FactValue(_typed(declared[key].type, str(value)), "answers")
    facts.update(_from_evidence(case))
    facts.update(_from_order(case))
    facts.update(_from_merchant(case))
    facts.update(_from_case(case))
    return {name: fact for name, fact in facts.items() if fact.given}


def exhibit_labels(evidence: Iterable[Evidence]) -> tuple[list[tuple[Evidence, str]], dict[str, tuple[str, ...]]]:
    """Exhibits in the order of what they prove with their numbers, and the numbers of each kind."""
    numbered = [(item, str(number)) for number, item in enumerate(sorted(evidence, key=_by_time), start=1)]
    kinds: dict[str, tuple[str, ...]] = {}
    for item, label in numbered:
        kinds[item.kind] = (*kinds.get(item.kind, ()), label)
    return numbered, kinds


def ledger(case: Case, evidence: Iterable[Evidence], also: Iterable[str] = ()) -> Ledger:
    """Everything that the reply may state."""
    _, labels = exhibit_labels(evidence)
    return Ledger.of(case_facts(case), labels, also=(*also, *(item.title for item in evidence)))


def _by_time(item: Evidence) -> tuple[bool, datetime, int]:
    at = item.proves_at or item.added_at
    return (item.proves_at is None, at, item.pk)


def _from_case(case: Case) -> dict[str, FactValue]:
    found: dict[str, FactValue] = {"case_id": FactValue(case.outside_ref, "case")}
    if case.reason_code:
        found["reason_code"] = FactValue(case.reason_code, "case")
        record = knowledge.reason(case.reason_scheme, case.reason_code)
        name = getattr(record, "name_en", "") or ""
        if name:
            found["reason_name"] = FactValue(name, getattr(record, "id", "knowledge"))
    if case.network:
        found["network"] = FactValue(_NETWORK_NAMES.get(case.network, case.network.title()), "case")
    if case.sum:
        found["amount"] = FactValue(case.sum, "case")
        found["currency"] = FactValue(case.currency, "case")
    answer = Deadline.objects.filter(case=case, purpose="answer", estimate=False).first()
    if answer:
        found["deadline"] = FactValue(answer.at, "deadline", answer.zone)
    for reference in case.reference_values():
        key = {"charge": "charge_id", "arn": "arn", "order": "order_number"}.get(reference.type)
        if key:
            found.setdefault(key, FactValue(reference.value, "notice"))
    if case.order is not None:
        found["order_number"] = FactValue(case.order.number, "order")
    return found


def _from_merchant(case: Case) -> dict[str, FactValue]:
    merchant = case.merchant
    found = {"merchant_name": FactValue(merchant.letterhead or merchant.name, "merchant")}
    if case.store and case.store.domain:
        found["store_domain"] = FactValue(case.store.domain, "store")
    return found


def _from_order(case: Case) -> dict[str, FactValue]:
    order = order_of(case)
    if order is None:
        return {}
    zone = case.store.zone if case.store else ""
    items = tuple(f"{line.title} × {line.quantity.normalize():f}" for line in order.lines if line.title)
    found = {
        "ordered_at": order.ordered_at,
        "paid_at": order.paid_at,
        "order_total": order.total,
        "buyer_name": order.buyer_name,
        "buyer_email": order.buyer_email,
        "buyer_ip": order.buyer_ip,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "country": order.country,
        "refunded_amount": order.refunded,
        "items": items,
    }
    facts = {name: FactValue(value, "order", zone) for name, value in found.items() if value}
    if len(order.shipments) == 1:  # with several parcels a person says which one the matter is about
        parcel = order.shipments[0]
        shipped = {
            "tracking_number": parcel.tracking_number,
            "carrier": parcel.carrier,
            "shipped_at": parcel.shipped_at,
            "delivered_at": parcel.delivered_at,
            "delivered_to": parcel.delivered_to,
            "signed_by": parcel.signed_by,
        }
        facts.update({name: FactValue(value, "order", zone) for name, value in shipped.items() if value})
    return facts


def _from_evidence(case: Case) -> dict[str, FactValue]:
    declared = knowledge.knowledge().fact_keys
    found: dict[str, FactValue] = {}
    for pk, facts in case.evidence.filter(withdrawn_at__isnull=True).values_list("pk", "facts"):
        for key, value in facts.items():
            if key in declared and value:
                found.setdefault(key, FactValue(_typed(declared[key].type, str(value)), f"evidence:{pk}"))
    return found


def _typed(kind: str, text: str) -> str | datetime | Money:
    """A stored fact in its declared type; text where it does not read as such."""
    try:
        if kind == "moment":
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else text
        if kind == "money":
            number, _, currency = text.partition(" ")
            return Money(Decimal(number), currency)
    except (ValueError, InvalidOperation):
        pass
    return text
