"""A person's own words: a new version, checked against what the case can show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.dossier import held, ledger
from goodstanding.models import Case, Member, Reply
from goodstanding.reckoning.ledger import check_text

from . import assemble
from .refusals import Refusal

MAX_CHARS = 150_000


def save(case: Case, member: Member, text: str) -> Reply:
    """Keep the text as a new version and queue a new package. Raises Refusal where there is nothing to keep."""
    text = text.replace("\r\n", "\n").strip() + "\n"
    if len(text) < 2:
        raise Refusal("reply_empty", "答复是空的。", "The reply is empty.")
    if len(text) > MAX_CHARS or "\x00" in text:
        raise Refusal(
            "reply_too_long",
            f"答复超过 {MAX_CHARS} 字符或含有非法字符，请删减。",
            "The reply is too long, or holds a NUL.",
        )
    newest = case.replies.first()
    if newest and newest.text == text:
        return newest
    reply = Reply.objects.create(
        merchant_id=case.merchant_id,
        case=case,
        version=(newest.version if newest else 0) + 1,
        language=newest.language if newest else case.language,
        text=text,
        template=newest.template if newest else "",
        sentences=newest.sentences if newest else [],
        gaps=newest.gaps if newest else [],
        unproven=unproven(case, text, newest.sentences if newest else []),
        author=member,
    )
    record(kinds.REPLY_EDITED, case, actor=member, version=reply.version)
    jobs.later(assemble.assemble, case.merchant_id, case.pk, once=True)
    return reply


def unproven(case: Case, text: str, sentences: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Dates, sums, ids and addresses in the text that nothing in the case shows."""
    from_records = [str(item["text"]) for item in sentences if item.get("records")]
    return [asdict(item) for item in check_text(text, ledger(case, held(case), also=from_records))]
