"""Who looks after a case."""

from __future__ import annotations

from goodstanding.audit import record
from goodstanding.audit.kinds import CASE_ASSIGNED
from goodstanding.models import Case, Member


def hand_over(case: Case, member: Member, owner: Member | None) -> bool:
    """Give a case to ``owner``, or to nobody; False where it was theirs already."""
    if case.owner_id == (owner.pk if owner else None):
        return False
    case.owner = owner
    case.save(update_fields=["owner", "updated_at"])
    record(CASE_ASSIGNED, case, actor=member, owner=str(owner) if owner else "—")
    return True
