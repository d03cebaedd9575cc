"""The case page: everything about one matter, in a number of queries that does not grow with it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from goodstanding import jobs, knowledge
from goodstanding.contract import Channel
from goodstanding.dossier import case_facts, checklist, exhibit_labels, held
from goodstanding.models import (
    Approval,
    AuditEvent,
    Case,
    Deadline,
    Evidence,
    Interpretation,
    Member,
    Merchant,
    Notice,
    Outcome,
    Package,
    ProcessingStep,
    Reply,
    Submission,
    Translation,
    Waiting,
)
from goodstanding.reckoning.checklist import Checklist
from goodstanding.reckoning.decision import Sheet

from .decision import sheet
from .original import Original, original
from .questions import Questions, questions
from .sentences import Sentence, sentences

SECTIONS = ("what", "who", "when", "otherwise", "prepare", "mistakes")
_MOST_EVENTS = 200
_MOST_NOTICES = 20


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One exhibit on the page."""

    row: Evidence
    label: str
    picture: bool
    size: int


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something in the reply that nothing shows, with where it stands."""

    text: str
    message_zh: str


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Values in the shape of the page."""

    case: Case
    waiting: str
    deadlines: tuple[Deadline, ...]
    answer: Deadline | None
    originals: tuple[Original, ...]
    card: tuple[tuple[str, tuple[Mapping[str, str], ...]], ...]
    sentences: tuple[Sentence, ...]
    letter: Notice | None
    translation: Translation | None
    checklist: Checklist
    sheet: Sheet | None
    exhibits: tuple[Shown, ...]
    findings: tuple[Mapping[str, Any], ...]
    reply: Reply | None
    versions: tuple[Reply, ...]
    doubts: tuple[Doubt, ...]
    questions: Questions
    guidance: str
    package: Package | None
    packages: tuple[Package, ...]
    approvals: tuple[Approval, ...]
    submission: Submission | None
    outcomes: tuple[Outcome, ...]
    events: tuple[AuditEvent, ...]
    steps: tuple[ProcessingStep, ...]
    members: tuple[Member, ...]
    working: bool
    disclaimers: tuple[str, ...] = field(default=())

    @property
    def blocking(self) -> tuple[Mapping[str, Any], ...]:
        """Findings that a person must settle before anything may be approved."""
        return tuple(item for item in self.findings if item.get("grade") == "fatal")

    @property
    def answered(self) -> bool:
        """Was this stage handed over, or may it have been? What was refused answered nothing."""
        found = self.submission
        stage = self.package.stage if self.package else self.case.stage
        return found is not None and found.state != "refused" and found.package.stage == stage

    @property
    def beside(self) -> Reply | None:
        """The newest version with a Chinese rendering; older than the reply where a person wrote on since."""
        if self.reply is None or self.reply.language.startswith("zh"):
            return None
        return next((item for item in self.versions if item.text_zh), None)

    @property
    def sentences_told(self) -> int:
        """How many sentences have any Chinese beside them."""
        return sum(1 for item in self.sentences if item.zh or item.machine)

    @property
    def disagreements(self) -> tuple[Mapping[str, Any], ...]:
        """Findings with two sides."""
        return tuple(item for item in self.findings if item.get("left") or item.get("right"))

    @property
    def violations(self) -> tuple[Mapping[str, Any], ...]:
        """Findings about the package as such."""
        return tuple(item for item in self.findings if not (item.get("left") or item.get("right")))

    @property
    def shape(self) -> str:
        """Changes whenever a poll has something new to show."""
        parts = (
            self.waiting,
            self.package.digest if self.package else "",
            self.reply.version if self.reply else 0,
            len(self.exhibits),
            len(self.findings),
            self.submission.state if self.submission else "",
            "asked" if self.translation and not self.translation.made_at else "",
        )
        return "-".join(str(part)[:12] for part in parts)


def find(merchant: Merchant, number: int) -> Case | None:
    """The case of that number."""
    rows = Case.objects.filter(merchant=merchant, number=number).with_facts()
    found: Case | None = rows.select_related("merchant", "connection", "order", "store", "owner__user").first()
    return found


def case_page(case: Case) -> CasePage:
    """All of the page."""
    notices = list(case.notices.select_related("delivery").order_by("-occurred_at", "-pk")[:_MOST_NOTICES])
    newest = notices[0] if notices else None
    evidence = held(case)
    numbered, _labels = exhibit_labels(evidence)
    replies = tuple(case.replies.select_related("author__user"))
    reply = replies[0] if replies else None
    packages = tuple(case.packages.defer("manifest").select_related("reply"))
    package = next((item for item in packages if item.superseded_at is None), None)
    interpretation = (
        Interpretation.objects.filter(case=case, notice=newest).order_by("-pk").first() if newest is not None else None
    )
    submissions = Submission.objects.filter(package__case=case).select_related("member__user", "package")
    deadlines = tuple(case.deadlines.all())
    letter = next((item for item in notices if (item.reading or {}).get("text")), None)
    translation = Translation.objects.filter(notice=letter).select_related("member__user").first() if letter else None
    delivery_ids = [item.delivery_id for item in notices]
    steps = tuple(ProcessingStep.objects.filter(delivery_id__in=delivery_ids))
    playbook = knowledge.playbook_for(case.kind, case.family, case.network, case.stage or "dispute")
    kind = knowledge.kind(case.kind)
    needed = checklist(case, evidence)
    approvals = Approval.objects.filter(package__case=case).select_related("member__user", "package")
    return CasePage(
        case=case,
        waiting=case.waiting.value,
        deadlines=deadlines,
        answer=next((item for item in deadlines if item.purpose == "answer" and item.met_at is None), None),
        originals=tuple(original(item.delivery, item, case) for item in notices),
        card=_sections(interpretation.card if interpretation else []),
        sentences=sentences(letter, translation),
        letter=letter,
        translation=translation,
        checklist=needed,
        sheet=sheet(case, needed, sum(item.get("grade") == "fatal" for item in case.findings))
        if case.waiting not in (Waiting.NOTHING, Waiting.DECIDER)
        else None,
        exhibits=tuple(
            Shown(row=row, label=label, picture=row.media_type.startswith("image/"), size=row.file.size)
            for row, label in numbered
        ),
        findings=tuple(case.findings),
        reply=reply,
        versions=replies,
        doubts=_doubts(reply),
        questions=questions(case, playbook.playbook.questions if playbook else (), reply, case_facts(case)),
        guidance=playbook.guidance_zh if playbook else "",
        package=package,
        packages=packages,
        approvals=tuple(approvals.order_by("decided_at")),
        submission=submissions.order_by("-claimed_at").first(),
        outcomes=tuple(case.outcomes.select_related("member__user")),
        events=tuple(case.audit_events.select_related("actor__user").order_by("-pk")[:_MOST_EVENTS]),
        steps=steps,
        members=tuple(
            Member.objects.filter(merchant_id=case.merchant_id, left_at__isnull=True)
            .select_related("user")
            .order_by("pk")
        ),
        working=jobs.under_way(
            case.merchant_id, case.pk, "rebuild:rebuild", "assemble:assemble", "advance:continue_case"
        )
        or bool(translation and not translation.made_at)
        or any(step.finished_at is None and not step.error for step in steps)
        or bool(newest and not steps and not case.settled_at),
        disclaimers=kind.disclaimers_zh if kind else (),
    )


def _sections(card: Iterable[Mapping[str, str]]) -> tuple[tuple[str, tuple[Mapping[str, str], ...]], ...]:
    found: dict[str, list[Mapping[str, str]]] = {}
    for line in card:
        found.setdefault(line.get("section", ""), []).append(line)
    order = {name: index for index, name in enumerate(SECTIONS)}
    return tuple((name, tuple(found[name])) for name in sorted(found, key=lambda name: order.get(name, 99)))


def _doubts(reply: Reply | None) -> tuple[Doubt, ...]:
    rows = reply.unproven if reply else []
    return tuple(
        Doubt(text=str(item.get("text") or item.get("token") or ""), message_zh=str(item.get("message_zh", "")))
        for item in rows
        if isinstance(item, dict)
    )


@dataclass(frozen=True)
class Change:
    """A line of a comparison: ``sign`` is ``+``, ``-`` or blank."""

    sign: str
    text: str


def compared(older: str, newer: str) -> tuple[Change, ...]:
    """What changed between two versions, by lines; at most 2,000 of them."""
    lines = difflib.ndiff(older.splitlines()[:1000], newer.splitlines()[:1000])
    return tuple(Change(line[0], line[2:]) for line in lines if line[0] in "+- ")


def can_submit(case: Case, channel: Channel | None) -> bool:
    """May this case's package be handed over by the channel itself?"""
    return bool(channel and channel.submit and case.connection.may_submit and not case.connection.disabled_at)


def latest_change(case: Case) -> datetime:
    return case.updated_at
