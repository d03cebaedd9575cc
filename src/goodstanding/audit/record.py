"""The one call that writes down what happened, in the transaction in which it happens."""

from __future__ import annotations

from django.db import connection

from goodstanding.models import AuditEvent, Case, Member, Merchant

from .kinds import AuditKind


def record(
    kind: AuditKind,
    about: Case | Merchant,
    /,
    *,
    actor: Member | None = None,
    **facts: str | int | None,
) -> AuditEvent:
    """Write one event about a case or a merchant. Raises outside a transaction: both are kept, or neither."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"{kind.code}: record() belongs into the transaction of what it tells of")
    case = about if isinstance(about, Case) else None
    return AuditEvent.objects.create(
        merchant_id=about.merchant_id if isinstance(about, Case) else about.pk,
        case=case,
        kind=kind.code,
        actor=actor,
        facts=facts,
    )
