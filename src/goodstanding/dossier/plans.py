"""Who is to be told of a case, how a merchant wants to be told, what was promised, and which promises were broken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

import holidays
from django.db.models import Min

from goodstanding.channels import channels
from goodstanding.models import Case, Deadline, Member, Merchant, Outcome, Package, Pause, ServiceLevel, Submission
from goodstanding.reckoning import deadlines as reckoned
from goodstanding.reckoning.calendars import WorkingHours, every_hour, zones_of
from goodstanding.reckoning.plan import DEFAULT_REMINDERS, AutoSubmit, Habits, Step, plan, still_wanted

#: Nobody is told outside these wall times of the merchant's zone, unless nothing later would be in time.
TOLD_FROM, TOLD_UNTIL = time(8), time(22)
#: The key of the first in the chain: the owner, or, where a case has none, everyone who decides.
FIRST = "first"
#: What a promise is about → the purpose of its deadline. A promised answer is no recipient's cut-off.
PROMISES = {"first_draft": "first_draft", "review": "review", "answer": "promised_answer"}
#: Notifications that are planned from the clocks; the others are written by who causes them.
PLANNED = ("case_new", "deadline_near", "deadline_moved", "escalated", "auto_submit", "promise_near")
#: How long before a promise runs out its owner is told.
PROMISE_NEAR = timedelta(hours=4)


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A promise that was not kept. ``cause`` is a code; ``done_at`` None where it still is not done."""

    case: Case
    purpose: str
    promised_at: datetime
    done_at: datetime | None
    cause: str

    def late(self, now: datetime) -> timedelta:
        return (self.done_at or now) - self.promised_at


def habits(merchant: Merchant, chain: Iterable[str]) -> Habits:
    """How the merchant is reminded; what it did not set is as usual."""
    kept = merchant.habits
    opens = time.fromisoformat(kept["told_from"]) if kept.get("told_from") else TOLD_FROM
    closes = time.fromisoformat(kept["told_until"]) if kept.get("told_until") else TOLD_UNTIL
    return Habits(
        reminders=tuple(timedelta(hours=hours) for hours in kept.get("reminders") or ()) or DEFAULT_REMINDERS,
        hours=every_hour(merchant.zone, opens, closes),
        team=team_hours(merchant),
        chain=tuple(chain),
        escalate_after=timedelta(hours=kept.get("escalate_after") or 24),
    )


def team_hours(merchant: Merchant) -> WorkingHours:
    """Monday to Friday, nine to six on the merchant's clock, without the public holidays of its country."""
    return WorkingHours(zone=merchant.zone, country=_country_of(merchant.zone))


@cache
def _country_of(zone: str) -> str:
    return next((code for code in holidays.list_supported_countries() if zone in zones_of(code)), "")


def steps(case: Case, cutoff: datetime | None, chain: Iterable[str]) -> tuple[Step, ...]:
    """When somebody is told of the case, in order; without a cut-off, of its opening only."""
    opened = max(case.opened_at, case.created_at)
    how = habits(case.merchant, chain)
    if cutoff is None:
        hours = how.hours
        at = (hours.first_open(opened) if hours else None) or opened
        return (Step(at=at, code="new", to=FIRST),)
    found = plan(cutoff, opened_at=opened, habits=how, auto_submit=auto_submit(case))
    seen = case.notifications.aggregate(at=Min("acknowledged_at"))["at"]
    return still_wanted(found, seen)


def auto_submit(case: Case) -> AutoSubmit | None:
    """Where the channel sends what it has by itself on the due date."""
    channel = channels().get(case.connection.plugin)
    if channel is None or channel.submit is None or not channel.submit.automatic:
        return None
    return AutoSubmit(channel=channel.label)


def over(case: Case) -> bool:
    """Is there nothing left to remind of: answered, decided, or closed?"""
    if case.settled_at is not None:
        return True
    decided = Outcome.objects.filter(case_id=case.pk, final=True, withdrawn_at__isnull=True).exists()
    return decided or Submission.objects.answering(case, case.stage).exists()


def deciders(merchant_id: int) -> list[Member]:
    """Owners and approvers of a merchant, in the order in which they joined."""
    rows = Member.objects.filter(merchant_id=merchant_id, left_at__isnull=True).select_related("user").order_by("pk")
    return [item for item in rows if item.may("approve")]


def chain(case: Case) -> list[list[Member]]:
    """Who is told first, and who next where nobody answers. The first are several where the case has no owner."""
    others = deciders(case.merchant_id)
    owner = Member.objects.filter(pk=case.owner_id or 0, left_at__isnull=True).select_related("user").first()
    if owner is None:
        return [others]
    return [[owner], *([item] for item in others if item.pk != owner.pk)]


def approvers(case: Case, package: Package) -> list[Member]:
    """Who is waited for: the next of a sequence, or all of whom any one will do."""
    said = set(package.approvals.values_list("member_id", flat=True))
    able = [item for item in deciders(case.merchant_id) if item.pk not in said]
    named = [item for name in case.approvers.get("people", ()) for item in able if _is_called(item, name)]
    if named:
        return named[:1] if case.approvers.get("mode") == "sequence" else named
    author = package.reply.author_id
    four_eyes = case.merchant.four_eyes or bool(case.approvers.get("four_eyes"))
    return [item for item in able if not four_eyes or item.pk != author]


def _is_called(member: Member, name: str) -> bool:
    return name.lower() in (member.user.name.lower(), member.user.email.lower())


def services(case: Case) -> tuple[reckoned.Service, ...]:
    """The merchant's promises as clocks of the case; they stand still while the case waits for the seller."""
    rows = list(ServiceLevel.objects.filter(merchant_id=case.merchant_id))
    if not rows:
        return ()
    stretches = tuple(
        reckoned.Pause(start=row.started_at, end=row.ended_at) for row in Pause.objects.filter(case_id=case.pk)
    )
    return tuple(
        reckoned.Service(
            purpose=PROMISES.get(row.purpose, row.purpose),
            hours=row.hours,
            start="opened",
            pauses=stretches,
            team=team_hours(case.merchant) if row.working_hours else None,
            source=f"promise:{row.pk}",
        )
        for row in rows
    )


def breaches(merchant: Merchant, since: datetime, now: datetime) -> tuple[Breach, ...]:
    """The promises of cases opened since then that were not kept, the latest first; drills and tests do not count."""
    rows = Deadline.objects.filter(
        merchant_id=merchant.pk,
        origin="sla",
        at__lt=now,
        case__opened_at__gte=since,
        case__drill=False,
        case__test=False,
    ).select_related("case", "case__owner")
    done = {purpose: _done(merchant, since, purpose) for purpose in PROMISES.values()}
    found = []
    for row in rows.order_by("-at", "pk"):
        at = done.get(row.purpose, {}).get(row.case_id) or row.case.settled_at
        if at is None or at > row.at:
            found.append(
                Breach(case=row.case, purpose=row.purpose, promised_at=row.at, done_at=at, cause=_cause(row, done))
            )
    return tuple(found)


def _done(merchant: Merchant, since: datetime, purpose: str) -> dict[int, datetime]:
    """When each case got its first draft, first approval or answer."""
    path = {
        "first_draft": "replies__made_at",
        "review": "packages__approvals__decided_at",
        "promised_answer": "packages__submission__sent_at",
    }[purpose]
    cases = Case.objects.filter(merchant_id=merchant.pk, opened_at__gte=since)
    if purpose == "promised_answer":
        cases = cases.filter(packages__submission__state="sent")
    rows: Any = cases.annotate(done=Min(path)).filter(done__isnull=False).values_list("pk", "done")
    return dict(rows)


def _cause(row: Deadline, done: dict[str, dict[int, datetime]]) -> str:
    """Where the time went, by the first thing that was missing when the promise ran out."""
    case_id = row.case_id

    def before(purpose: str) -> bool:
        at = done[purpose].get(case_id)
        return at is not None and at <= row.at

    if row.case.needs_human:
        return "not_confirmed"
    if row.case.owner_id is None:
        return "no_owner"
    if not before("first_draft"):
        return "not_drafted"
    if not Package.objects.filter(case_id=case_id, made_at__lte=row.at).exists():
        return "proof_missing"
    return "not_submitted" if before("review") else "not_approved"
