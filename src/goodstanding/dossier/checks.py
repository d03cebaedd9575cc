"""What is needed, what is there, and what does not agree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from goodstanding import knowledge
from goodstanding.contract import Requirement
from goodstanding.models import Case, Evidence
from goodstanding.reckoning import consistency
from goodstanding.reckoning.checklist import Checklist, Held, Need
from goodstanding.reckoning.checklist import checklist as reckon
from goodstanding.reckoning.consistency import Contradiction, ExhibitFacts, NoticeFacts, ReplyFacts

from .facts import case_facts, order_of


@dataclass(frozen=True)
class Finding:
    """Something that a person should see before a package goes out; ``grade`` is fatal, serious or note."""

    grade: str
    code: str
    message_zh: str
    message_en: str = ""
    subject: str = ""
    left: dict[str, str] = field(default_factory=dict)
    right: dict[str, str] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def held(case: Case) -> list[Evidence]:
    """The exhibits in force, without their bytes."""
    return list(case.evidence.filter(withdrawn_at__isnull=True).select_related("file").defer("file__content"))


def checklist(case: Case, evidence: Iterable[Evidence]) -> Checklist:
    """Needed, present, missing: the reason's own list, or the playbook's where the reason has none."""
    needs = [
        _need(item.id, item.need)
        for item in knowledge.checklist_items(
            case.reason_scheme or case.network, case.reason_code, case.stage or "dispute"
        )
    ]
    if not needs:
        playbook = knowledge.playbook_for(case.kind, case.family, case.network, case.stage)
        needs = [_need(item.evidence, item.need) for item in playbook.playbook.exhibits] if playbook else []
    return reckon(
        needs,
        [Held(id=str(item.pk), kind=item.kind) for item in evidence],
        requirements=[Requirement(**{**item, "evidence": tuple(item["evidence"])}) for item in case.requirements],
        network=case.network,
        reason=case.reason_code,
        stage=case.stage,
        channel=case.connection.plugin,
    )


def contradictions(case: Case, evidence: Iterable[Evidence], reply_text: str = "") -> list[Contradiction]:
    """Each pair of values, in exhibits, order, notice and reply, that cannot both be right."""
    facts = case_facts(case)
    number = facts["order_number"].value if "order_number" in facts and facts["order_number"].source == "notice" else ""
    return consistency.check(
        [ExhibitFacts(id=str(item.pk), kind=item.kind, text=item.text, facts=item.facts) for item in evidence],
        order_of(case),
        NoticeFacts(
            case_ref=case.outside_ref,
            amount=case.sum,
            complained_at=case.opened_at,
            family=case.family,
            order_number=str(number),
            buyer_name=case.complainant,
        ),
        ReplyFacts(text=reply_text),
    )


def as_finding(found: Contradiction) -> Finding:
    return Finding(
        grade=found.grade,
        code=found.code,
        message_zh=found.message_zh,
        left=asdict(found.left),
        right=asdict(found.right),
    )


def _need(evidence_id: str, need: str) -> Need:
    item = knowledge.evidence(evidence_id)
    return Need(
        evidence=evidence_id,
        need=need,
        label=item.name_zh if item else evidence_id,
        how_zh=item.how_to_get_zh if item else "",
        source=evidence_id,
    )
