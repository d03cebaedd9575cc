"""The merchant's own rules: who owns the case, which playbook, who approves."""

from __future__ import annotations

import logging

from django.utils import timezone

from goodstanding import rules
from goodstanding.audit import kinds, record
from goodstanding.dossier.routing import rule_facts
from goodstanding.models import Case, Member, Rule, acting_for

from . import remind

log = logging.getLogger("goodstanding.pipeline")

_PRIORITIES = {"urgent": 2, "high": 1, "normal": 0, "low": -1}


def route(merchant_id: int, case_id: int) -> None:
    """Apply the rules that match. What a person has set stays; the same facts set the same things."""
    with acting_for(merchant_id):
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("merchant", "connection", "order", "store")
            .get(pk=case_id)
        )
        found = rules.route(_rules(merchant_id), rule_facts(case, timezone.now()))
        changed = _apply(case, found)
        if changed:
            case.save(update_fields=[*changed, "updated_at"])
            for name in found.matched:
                record(kinds.CASE_ROUTED, case, rule=name)
        remind.plan(case)


def _rules(merchant_id: int) -> list[rules.Rule]:
    """The merchant's rules that can be read; one that cannot is shown on its page and named in the log."""
    readable = []
    for row in Rule.objects.filter(merchant_id=merchant_id, enabled=True):
        try:
            readable.append(rules.parse_rule(row.text))
        except rules.RuleError:
            log.warning("rule %s of merchant %s cannot be read and is passed over", row.pk, merchant_id)
    return readable


def _apply(case: Case, found: rules.Routing) -> list[str]:
    wanted = {
        "tags": sorted({*case.tags, *found.tags}),
        "priority": _PRIORITIES[found.priority] if found.priority else case.priority,
        "approvers": _approvers(found) or case.approvers,
        "playbook": found.playbook or case.playbook,
    }
    if found.owner and case.owner_id is None:
        owner = _member(case, found.owner)
        if owner:
            wanted["owner"] = owner
    changed = [name for name, value in wanted.items() if getattr(case, name) != value]
    for name in changed:
        setattr(case, name, wanted[name])
    return changed


def _approvers(found: rules.Routing) -> dict[str, object]:
    if found.approvers is None and not found.four_eyes:
        return {}
    people = list(found.approvers.people) if found.approvers else []
    mode = found.approvers.mode if found.approvers else "any_of"
    return {"mode": mode, "people": people, "four_eyes": found.four_eyes}


def _member(case: Case, name: str) -> Member | None:
    """The member whose name or e-mail address this is, if exactly one."""
    members = Member.objects.filter(merchant_id=case.merchant_id, left_at__isnull=True).select_related("user")
    fitting = [item for item in members if name.lower() in (item.user.name.lower(), item.user.email.lower())]
    return fitting[0] if len(fitting) == 1 else None
