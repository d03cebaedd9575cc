"""What the seller says when asked: facts that no notice, order or exhibit shows. A reply may state them, as the seller's."""

from __future__ import annotations

from collections.abc import Mapping

from goodstanding import jobs, knowledge
from goodstanding.audit import kinds, record
from goodstanding.models import Case, Member

from . import rebuild
from .refusals import Refusal

_LONGEST = 4_000


def answer(case: Case, member: Member, values: Mapping[str, str]) -> None:
    """Keep answers by the key of the fact that each fills; an empty one takes an earlier one back. Raises Refusal."""
    if not member.may("work"):
        raise Refusal("may_not_work", "你的角色只能查看。", "Your role may only look.")
    declared = knowledge.knowledge().fact_keys
    unknown = [key for key in values if key not in declared]
    if unknown:
        raise Refusal("unknown_fact", f"没有“{unknown[0]}”这一项。", f"There is no fact called {unknown[0]!r}.")
    kept = dict(case.answers)
    changed = []
    for key, value in values.items():
        text = value.replace("\x00", "").strip()
        if len(text) > _LONGEST:
            raise Refusal(
                "too_long",
                f"“{declared[key].zh}”太长，请控制在 {_LONGEST} 字以内。",
                f"{declared[key].en} is too long.",
            )
        if text == kept.get(key, ""):
            continue
        changed.append(key)
        if text:
            kept[key] = text
        else:
            kept.pop(key, None)
    if not changed:
        return
    case.answers = kept
    case.save(update_fields=["answers", "updated_at"])
    record(kinds.CASE_ANSWERED, case, actor=member, fields="、".join(declared[key].zh for key in changed))
    jobs.later(rebuild.rebuild, case.merchant_id, case.pk, once=True)
