"""What a case asks the seller: questions that fill a fact, and those that are only to be thought about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goodstanding import knowledge
from goodstanding.knowledge.schema import Question
from goodstanding.models import Case, Reply
from goodstanding.reckoning.drafting import FactValue


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question. ``zh`` is empty where only the reply asks; ``known`` is what the case shows without the seller.

    ``gap``: a sentence of the reply waits for it.
    """

    key: str
    type: str
    zh: str = ""
    why_zh: str = ""
    answer: str = ""
    known: FactValue | None = None
    gap: bool = False


@dataclass(frozen=True)
class Questions:
    asked: tuple[Asked, ...] = ()
    reading: tuple[Question, ...] = ()

    @property
    def open(self) -> int:
        """How many nobody and nothing has answered yet."""
        return sum(1 for item in self.asked if not item.answer and item.known is None)


def questions(
    case: Case, playbook: Iterable[Question], reply: Reply | None, facts: Mapping[str, FactValue]
) -> Questions:
    """The playbook's questions, what the reply lacks and can be told, and what was answered before; each fact once."""
    declared = knowledge.knowledge().fact_keys
    given = tuple(playbook)
    told: dict[str, Question] = {}
    for item in given:
        if item.fact in declared:
            told.setdefault(str(item.fact), item)
    lacking = [str(slot) for gap in (reply.gaps if reply else []) for slot in gap.get("slots", ()) if slot in declared]
    keys = dict.fromkeys((*told, *lacking, *(key for key in case.answers if key in declared)))
    asked = []
    for key in keys:
        question, fact = told.get(key), facts.get(key)
        asked.append(
            Asked(
                key=key,
                type=declared[key].type,
                zh=question.zh if question else "",
                why_zh=(question.why_zh or "") if question else declared[key].note_zh or "",
                answer=str(case.answers.get(key, "")),
                known=fact if fact is not None and fact.source != "answers" else None,
                gap=key in lacking,
            )
        )
    return Questions(tuple(asked), tuple(item for item in given if item.fact not in declared))
