"""Every deadline of the case, with its reason. The stated one always wins."""

from __future__ import annotations

from goodstanding.audit import kinds, record
from goodstanding.dossier import clocks
from goodstanding.models import Case, Deadline, acting_for

from . import remind


def schedule(merchant_id: int, case_id: int) -> None:
    """Write the deadlines; a purpose has one, and an answer's is the case's next date."""
    with acting_for(merchant_id):
        case = Case.objects.select_for_update(of=("self",)).select_related("merchant", "store").get(pk=case_id)
        wanted = clocks(case)
        due = None
        for item in wanted:
            row = {
                "merchant_id": merchant_id,
                "at": item.at,
                "zone": item.zone,
                "estimate": item.estimate,
                "reason": {"code": item.reason.code, "parameters": dict(item.reason.parameters)},
                "source": item.source[:120],
            }
            known = Deadline.objects.filter(case=case, purpose=item.purpose, origin=item.origin).first()
            if known is None or any(getattr(known, name) != value for name, value in row.items()):
                Deadline.objects.update_or_create(case=case, purpose=item.purpose, origin=item.origin, defaults=row)
                record(kinds.CASE_SCHEDULED, case, purpose=item.purpose, at=item.at.isoformat(), origin=item.origin)
            if item.purpose == "answer":
                due = item.at
        stale = Deadline.objects.filter(case=case)
        for item in wanted:
            stale = stale.exclude(purpose=item.purpose, origin=item.origin)
        stale.delete()
        if case.due_at != due:
            case.due_at = due
            case.save(update_fields=["due_at", "updated_at"])
        if case.notifications.exists():  # a new case is planned by route, which knows whom it concerns
            remind.plan(case)
