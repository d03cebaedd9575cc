"""Fight, accept or refund: the sheet of a case, from what this merchant's own rows show."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils import timezone

from goodstanding.dossier import order_of
from goodstanding.models import Case, Outcome
from goodstanding.reckoning.checklist import Checklist
from goodstanding.reckoning.decision import History, Sheet, Stakes, weigh

#: Kinds in which money is at stake and a choice is open.
KINDS = ("chargeback", "refund_dispute", "pre_dispute_alert")
_FOUGHT = ("won", "lost", "partly")


def sheet(case: Case, checklist: Checklist, fatal: int) -> Sheet | None:
    """The sheet; None where nothing is to be chosen. Fees are not known to us and are left out."""
    amount = case.sum
    if case.kind not in KINDS or amount is None or not amount.amount:
        return None
    order = order_of(case)
    refunded = order.refunded if order and order.refunded and order.refunded.currency == amount.currency else None
    return weigh(
        Stakes(
            amount=amount,
            refunded=refunded,
            history=_history(case),
            refund_stops=case.kind == "pre_dispute_alert",
            pre_dispute_until=case.due_at,
            checklist_complete=checklist.complete,
            fatal_contradictions=fatal,
        ),
        now=timezone.now(),
    )


def _history(case: Case) -> History:
    """Closed real cases of the same family, or of the same kind where there is no family."""
    alike = {"case__family": case.family} if case.family else {"case__kind": case.kind}
    rows = Outcome.objects.filter(
        merchant_id=case.merchant_id, final=True, withdrawn_at__isnull=True, result__in=_FOUGHT, case__drill=False,
        case__test=False, **alike,
    ).exclude(case_id=case.pk)  # fmt: skip
    counts = rows.aggregate(
        fought=Count("pk"), won=Count("pk", filter=Q(result="won")), partly=Count("pk", filter=Q(result="partly"))
    )
    return History(fought=counts["fought"], won=counts["won"] + counts["partly"] // 2)
