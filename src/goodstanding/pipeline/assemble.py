"""Reply and exhibits become a frozen package, or the exact reasons why not."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any

from django.utils import timezone

from goodstanding import knowledge
from goodstanding.audit import kinds, record
from goodstanding.contract import Bundle, Exhibit, Violation
from goodstanding.dossier import Finding, case_facts, checklist, contradictions, exhibit_labels, held
from goodstanding.dossier.checks import as_finding
from goodstanding.models import Case, Evidence, File, Member, Package, Reply, Submission, acting_for
from goodstanding.reckoning.drafting import FactValue, show
from goodstanding.reckoning.packing import package_digest
from goodstanding.reckoning.violations import violation_zh
from goodstanding.rendering import archive
from goodstanding.rendering.fit import fit
from goodstanding.rendering.package import CannotCompile, Moment, PackageResult, PackageSpec, languages

from . import approve, remind
from .plugged import channel_of
from .reply import unproven

_COVER = (
    "case_id",
    "reason_code",
    "reason_name",
    "network",
    "amount",
    "deadline",
    "order_number",
    "charge_id",
    "arn",
    "merchant_name",
    "store_domain",
)
_TRIES = 5
_TIMELINE = ("ordered_at", "paid_at", "shipped_at", "delivered_at", "refunded_at", "cancelled_at")


@dataclass(frozen=True)
class _Plan:
    """All that a package is made from, read in one transaction and rendered outside of it."""

    case: Case
    reply: Reply
    bundle: Bundle
    spec: PackageSpec
    digest: str
    findings: tuple[Finding, ...]
    evidence: tuple[tuple[Evidence, str], ...]


def assemble(merchant_id: int, case_id: int, *, force: bool = False, member_id: int | None = None) -> None:
    """Build the package of the case as it stands; the same contents give the same digest, and no second package.

    Without ``force``, gaps in the checklist and fatal contradictions keep it from being built: the findings are written
    to the case. With it, a person takes the gaps on; what is fatal still blocks the approval.
    """
    for _ in range(_TRIES):
        if _assemble(merchant_id, case_id, force=force, member_id=member_id):
            return
    raise RuntimeError(f"case {case_id} changed each time its package was set; it will be tried again")


def _assemble(merchant_id: int, case_id: int, *, force: bool, member_id: int | None) -> bool:
    """Did this come to an end? No where the case changed while the package was being set."""
    with acting_for(merchant_id):
        plan = _plan(case_id, force=force)
    if plan is None:
        return True
    try:
        made = fit(plan.spec, channel_of(plan.case.connection).limits)
    except CannotCompile as error:
        made = (Violation(code="package.cannot_compile", message=str(error)),)
    if not isinstance(made, PackageResult):
        _blocked(merchant_id, case_id, (*plan.findings, *map(_as_finding, made)))
        return True
    findings = (*plan.findings, *map(_as_finding, made.warnings))
    bundle = replace(plan.bundle, document=made.pdf, digest=plan.digest)
    packed = archive.pack(bundle, created=timezone.now())
    with acting_for(merchant_id):
        return _freeze(plan, made, packed, findings, member_id)


def _plan(case_id: int, *, force: bool) -> _Plan | None:
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("merchant", "connection", "order", "store")
        .get(pk=case_id)
    )
    reply = case.replies.first()
    if reply is None or case.settled_at or Submission.objects.answering(case, case.stage).exists():
        return None
    evidence = held(case)
    findings = _findings(case, evidence, reply)
    numbered, _ = exhibit_labels(evidence)
    with_bytes = {
        item.pk: item for item in Evidence.objects.filter(case=case, withdrawn_at__isnull=True).select_related("file")
    }
    exhibits = tuple(for_recipient(with_bytes[item.pk].exhibit(label)) for item, label in numbered)
    facts = case_facts(case)
    bundle = _bundle(case, reply, facts, exhibits)
    digest = package_digest(bundle)
    current = case.packages.filter(superseded_at__isnull=True).first()
    if current and current.digest == digest:  # also one that a person had built in spite of its gaps
        _write_findings(case, findings)
        return None
    ready = checklist(case, evidence).complete and not any(item.grade == "fatal" for item in findings)
    if not ready and not force:
        _write_findings(case, findings)
        _retire(case)
        return None
    return _Plan(case, reply, bundle, _spec(case, reply, facts, exhibits), digest, tuple(findings), tuple(numbered))


def for_recipient(exhibit: Exhibit) -> Exhibit:
    """Titled by what it is, in words the recipient reads; the file's own name may be in the seller's language."""
    kind = knowledge.evidence(exhibit.kind)
    return replace(exhibit, title=kind.name_en) if kind else exhibit


def _findings(case: Case, evidence: list[Evidence], reply: Reply) -> list[Finding]:
    found = [as_finding(item) for item in contradictions(case, evidence, reply.text)]
    if reply.author_id:
        found += [
            Finding("fatal", "reply.unproven", item["message_zh"], subject=f"{item['start']}-{item['end']}")
            for item in unproven(case, reply.text, reply.sentences)
        ]
    return found


def _bundle(case: Case, reply: Reply, facts: dict[str, FactValue], exhibits: tuple[Exhibit, ...]) -> Bundle:
    return Bundle(
        case_ref=case.outside_ref,
        stage=case.stage,
        reason=case.reason,
        network=case.network,
        amount=case.sum,
        references=case.reference_values(),
        language=reply.language,
        reply_text=reply.text,
        exhibits=exhibits,
        fields={name: show(fact, language="en") for name, fact in facts.items()},
    )


def _spec(case: Case, reply: Reply, facts: dict[str, FactValue], exhibits: tuple[Exhibit, ...]) -> PackageSpec:
    language = reply.language if reply.language in languages() else "en"
    declared = knowledge.knowledge().fact_keys
    merchant = case.merchant.letterhead or case.merchant.name
    return PackageSpec(
        case_ref=case.outside_ref,
        as_of=reply.made_at.date(),
        letter_markdown=reply.text,
        sender=merchant,
        fields=tuple((declared[name].en, show(facts[name], language=language)) for name in _COVER if name in facts),
        timeline=_timeline(case, facts, exhibits),
        exhibits=exhibits,
        language=language,
    )


def _timeline(case: Case, facts: dict[str, FactValue], exhibits: tuple[Exhibit, ...]) -> tuple[Moment, ...]:
    declared = knowledge.knowledge().fact_keys
    numbers = {exhibit.id: exhibit.label for exhibit in exhibits}
    order_label = next((item.label for item in exhibits if item.kind == "ev.order_record"), "")
    lines = []
    for name in _TIMELINE:
        fact = facts.get(name)
        at = fact.value if fact else None
        if fact is None or not isinstance(at, date):
            continue
        label = numbers.get(fact.source.removeprefix("evidence:"), order_label if fact.source == "order" else "")
        lines.append(Moment(at=at, what=declared[name].en, source=label))
    lines.append(Moment(at=case.opened_at, what="Dispute opened", source=""))
    return tuple(sorted(lines, key=lambda item: str(item.at)))


def _freeze(
    plan: _Plan, made: PackageResult, packed: bytes, findings: tuple[Finding, ...], member_id: int | None
) -> bool:
    case = Case.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=plan.case.pk)
    if _changed(plan, case):
        return False
    known = case.packages.filter(digest=plan.digest).first()
    if known and known.superseded_at is None:
        return True
    _retire(case)
    if known:  # the same contents as before: the older package is current again, with its approvals
        Package.objects.filter(pk=known.pk).update(superseded_at=None)
        known.superseded_at = None
        package = known
    else:
        last = case.packages.first()
        package = Package.objects.create(
            merchant_id=case.merchant_id,
            case=case,
            number=(last.number if last else 0) + 1,
            stage=case.stage,
            reply=plan.reply,
            digest=plan.digest,
            manifest=_manifest(packed),
            exhibits=[_exhibit_row(item, label, made) for item, label in plan.evidence],
            document=File.keep(case.merchant, made.pdf, "application/pdf"),
            archive=File.keep(case.merchant, packed, "application/zip"),
            pages=made.pages,
            findings=[item.as_row() for item in findings],
        )
        actor = Member.objects.filter(pk=member_id).first() if member_id else None
        record(
            kinds.PACKAGE_BUILT, case, actor=actor, number=package.number, pages=made.pages, exhibits=len(plan.evidence)
        )
    approve.count(case, package)
    remind.approval_wanted(case, package)
    _write_findings(case, findings)
    return True


def _changed(plan: _Plan, case: Case) -> bool:
    """Does the case rest on something else than what the plan was made from?"""
    reply = case.replies.first()
    if reply is None or reply.pk != plan.reply.pk or case.updated_at != plan.case.updated_at:
        return True
    planned = {(item.pk, item.kind, item.proves_at) for item, _ in plan.evidence}
    return planned != {(item.pk, item.kind, item.proves_at) for item in held(case)}


def _manifest(packed: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(BytesIO(packed)) as archive_file:
        return dict(json.loads(archive_file.read(archive.MANIFEST)))


def _exhibit_row(item: Evidence, label: str, made: PackageResult) -> dict[str, Any]:
    return {
        "id": item.pk,
        "label": label,
        "kind": item.kind,
        "title": item.title,
        "sha256": item.file.sha256,
        "pages": list(made.exhibit_pages.get(made.labels.get(str(item.pk), label), ())),
    }


def _retire(case: Case) -> None:
    case.packages.filter(superseded_at__isnull=True).update(superseded_at=timezone.now())


def _blocked(merchant_id: int, case_id: int, findings: tuple[Finding, ...]) -> None:
    with acting_for(merchant_id):
        case = Case.objects.select_for_update().get(pk=case_id)
        _retire(case)
        rows = [item.as_row() for item in findings]
        if case.findings != rows:
            first = next((item for item in findings if item.grade == "fatal"), findings[0])
            record(kinds.PACKAGE_BLOCKED, case, reason=first.message_zh)
        _write_findings(case, findings)


def _write_findings(case: Case, findings: Any) -> None:
    rows = [item.as_row() for item in findings]
    if case.findings != rows:
        case.findings = rows
        case.save(update_fields=["findings", "updated_at"])


def _as_finding(violation: Violation) -> Finding:
    return Finding(
        grade=violation.grade,
        code=violation.code,
        message_zh=violation_zh(violation),
        message_en=violation.message,
        subject=violation.subject,
    )
