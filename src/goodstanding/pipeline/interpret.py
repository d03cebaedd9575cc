"""What the case means: its family, and the Chinese card, from the knowledge of today."""

from __future__ import annotations

from goodstanding import knowledge
from goodstanding.audit import kinds, record
from goodstanding.dossier import cards
from goodstanding.models import Case, Interpretation, acting_for


def interpret(merchant_id: int, case_id: int) -> None:
    """Write the interpretation of the newest notice; the same knowledge gives the same one, and no second row."""
    with acting_for(merchant_id):
        case = Case.objects.select_for_update(of=("self",)).select_related("connection").get(pk=case_id)
        notice = next(reversed(case.notices_in_order()), None)
        if notice is None:
            return
        family = knowledge.family_of(case.reason, case.reason_category, gateway=case.connection.plugin)
        code = family.code if family else ""
        if case.family != code:
            case.family = code
            case.save(update_fields=["family", "updated_at"])
        made_new = Interpretation.objects.get_or_create(
            case=case,
            notice=notice,
            knowledge_version=knowledge.version(),
            defaults={
                "merchant_id": merchant_id,
                "family": code,
                "card": cards.card(case, notice),
                "gloss": cards.gloss(notice),
            },
        )[1]
        if made_new:
            record(kinds.CASE_INTERPRETED, case, family=family.label.zh if family else "—")
