"""Proof that a person adds, describes, or takes back."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from goodstanding import jobs, knowledge
from goodstanding.audit import kinds, record
from goodstanding.models import Case, Evidence, File, Member
from goodstanding.reckoning import harm
from goodstanding.sources.uploads import Upload, UploadRefused, accept

from . import rebuild
from .refusals import Refusal


def add(case: Case, member: Member | None, filename: str, content: bytes, kind: str = "") -> Evidence:
    """Take one uploaded file as an exhibit. Raises Refusal with what is wrong with it and what to do."""
    found = next(iter(accept([Upload(filename=filename, content=content)])))
    if isinstance(found, UploadRefused):
        raise Refusal(found.code, found.message_zh, found.message_en)
    if kind and knowledge.evidence(kind) is None:
        raise Refusal(
            "unknown_kind", f"没有“{kind}”这种证据类型，请从列表里选择。", f"There is no kind of evidence {kind!r}."
        )
    text = found.facts.get("text", "").replace("\x00", "�")
    chosen = kind or found.kind or ("ev.customer_comm" if found.media_type == "message/rfc822" else "")
    facts = {name: value for name, value in found.facts.items() if name not in ("text", "sha256")}
    file = File.keep(case.merchant, content, found.media_type)
    evidence, made = Evidence.objects.get_or_create(
        case=case,
        file=file,
        kind=chosen,
        defaults={
            "merchant_id": case.merchant_id,
            "title": found.title[:200],
            "filename": filename[:255],
            "media_type": found.media_type,
            "origin": "upload",
            "text": text,
            "facts": facts,
            "harms": _harms(chosen, text),
            "added_by": member,
        },
    )
    if not made and evidence.withdrawn_at is None:
        return evidence
    if not made:
        evidence.withdrawn_at = None
        evidence.save(update_fields=["withdrawn_at"])
    record(kinds.EVIDENCE_ADDED, case, actor=member, title=evidence.title, sha256=file.sha256)
    _again(case)
    return evidence


def describe(
    evidence: Evidence,
    member: Member,
    kind: str | None = None,
    title: str | None = None,
    proves_at: datetime | None = None,
) -> Evidence:
    """Say what an exhibit is and which moment it shows; the file stays as it is."""
    if kind is not None:
        if kind and knowledge.evidence(kind) is None:
            raise Refusal(
                "unknown_kind", f"没有“{kind}”这种证据类型，请从列表里选择。", f"There is no kind of evidence {kind!r}."
            )
        other = Evidence.objects.filter(case_id=evidence.case_id, file_id=evidence.file_id, kind=kind).exclude(
            pk=evidence.pk
        )
        if other.exists():
            raise Refusal(
                "same_exhibit", "同一份文件已经作为这种证据存在。", "The same file is already there as this kind."
            )
        evidence.kind = kind
        evidence.harms = _harms(kind, evidence.text)
    if title:
        evidence.title = title.strip()[:200]
    evidence.proves_at = proves_at
    evidence.save(update_fields=["kind", "title", "proves_at", "harms"])
    record(kinds.EVIDENCE_DESCRIBED, evidence.case, actor=member, title=evidence.title)
    _again(evidence.case)
    return evidence


def withdraw(evidence: Evidence, member: Member) -> None:
    """Take an exhibit back: it leaves the package and stays on record."""
    if evidence.withdrawn_at:
        return
    evidence.withdrawn_at = timezone.now()
    evidence.save(update_fields=["withdrawn_at"])
    record(kinds.EVIDENCE_WITHDRAWN, evidence.case, actor=member, title=evidence.title)
    _again(evidence.case)


def _again(case: Case) -> None:
    jobs.later(rebuild.rebuild, case.merchant_id, case.pk, once=True)


def _harms(kind: str, text: str) -> list[dict[str, str]]:
    return [
        {"grade": item.grade, "code": item.code, "quote": item.quote, "message_zh": item.message_zh}
        for item in harm.find("", kind, text)
    ]
