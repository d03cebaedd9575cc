"""A template and the facts become a reply. What is missing stays a visible gap; what a person wrote is never replaced."""

from __future__ import annotations

from dataclasses import asdict

from goodstanding import knowledge
from goodstanding.audit import kinds, record
from goodstanding.dossier import case_facts, exhibit_labels, held
from goodstanding.models import Case, Reply, acting_for
from goodstanding.reckoning import drafting


def draft(merchant_id: int, case_id: int) -> None:
    """Write a new version where the template and the facts give another text than the newest machine-made one."""
    with acting_for(merchant_id):
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("merchant", "connection", "order", "store")
            .get(pk=case_id)
        )
        if case.settled_at:
            return
        newest = case.replies.first()
        if newest and newest.author_id:
            return
        playbook = knowledge.playbook_for(case.kind, case.family, case.network, case.stage or "dispute")
        if playbook is None:
            return
        language = case.language if case.language in playbook.replies else "en"
        template = playbook.replies.get(language)
        if template is None:
            return
        _, labels = exhibit_labels(held(case))
        facts = case_facts(case)
        made = drafting.draft(template, facts, labels, language)
        beside = drafting.draft(playbook.replies["zh"], facts, labels, "zh").text if "zh" in playbook.replies else ""
        told = (made.text, beside, [_gap(item) for item in made.gaps])
        if newest and (newest.text, newest.text_zh, newest.gaps) == told:
            return
        reply = Reply.objects.create(
            merchant_id=merchant_id,
            case=case,
            version=(newest.version if newest else 0) + 1,
            language=language,
            text=made.text,
            text_zh=beside,
            template=playbook.playbook.id,
            sentences=[_sentence(item) for item in made.sentences],
            gaps=[_gap(item) for item in made.gaps],
        )
        if case.playbook != playbook.playbook.id:
            case.playbook = playbook.playbook.id
            case.save(update_fields=["playbook", "updated_at"])
        record(kinds.REPLY_DRAFTED, case, version=reply.version, gaps=len(made.gaps))


def _sentence(item: drafting.Sentence) -> dict[str, object]:
    return {
        "text": item.text,
        "claims": [asdict(claim) for claim in item.claims],
        "exhibits": list(item.exhibits),
        "records": list(item.records),
        "heading": item.heading,
    }


def _gap(item: drafting.Gap) -> dict[str, object]:
    return {
        "sentence": item.sentence,
        "slots": list(item.slots),
        "exhibits": [list(group) for group in item.exhibits],
        "message_zh": item.message_zh,
    }
