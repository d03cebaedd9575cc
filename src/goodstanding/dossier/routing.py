"""What the merchant's rules ask about, taken from a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from goodstanding.models import Case

from .facts import case_facts, order_of

_AUTHENTICITY = {"genuine": "genuine", "unverified": "unproven", "phishing": "forged"}


def rule_facts(case: Case, now: datetime) -> dict[str, Any]:
    """Values under the codes of ``goodstanding.rules.fields``; what is not known is absent, and a rule says so."""
    order = order_of(case)
    facts = case_facts(case)
    found: dict[str, Any] = {
        "amount": case.sum,
        "reason": case.reason,
        "reason_category": case.reason_category,
        "family": case.family,
        "kind": case.kind,
        "stage": case.stage,
        "network": case.network,
        "channel": case.connection.plugin,
        "country": str(facts["country"].value) if "country" in facts else "",
        "store": case.store.name if case.store else "",
        "product": tuple(word for line in order.lines for word in (line.title, line.sku) if word) if order else (),
        "age_days": (now - case.opened_at).days,
        "order_age_days": (case.opened_at - order.ordered_at).days if order and order.ordered_at else None,
        "hours_left": int((case.due_at - now).total_seconds() // 3600) if case.due_at else None,
        "language": case.language,
        "authenticity": _AUTHENTICITY.get(case.authority, ""),
        "buyer_disputes": _disputes(case, order.buyer_email) if order and order.buyer_email else None,
        "buyer_orders": _orders(case, order.buyer_email) if order and order.buyer_email else None,
    }
    return {name: value for name, value in found.items() if value not in (None, "", ())}


def _disputes(case: Case, email: str) -> int:
    rows = Case.objects.filter(merchant_id=case.merchant_id, order__buyer_email__iexact=email, drill=False)
    return rows.exclude(pk=case.pk).count()


def _orders(case: Case, email: str) -> int:
    rows = case.merchant.orders.filter(buyer_email__iexact=email)
    return rows.exclude(pk=case.order_id or 0).count()
