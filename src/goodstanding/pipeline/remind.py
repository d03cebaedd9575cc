"""Who is reminded of a case and when: planned as rows, found by index when due, claimed before they are sent.

A row's key says what it is about, so that planning again changes nothing; a row that is no longer wanted is dropped, never
deleted. ``due`` may run in two processes at once: a row is claimed by one UPDATE.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from goodstanding.dossier import plans
from goodstanding.models import (
    Case,
    Connection,
    Deadline,
    Member,
    Notification,
    Package,
    PluginType,
    acting_for,
    as_clock,
)

from . import notify

#: Told to the person also where a group robot tells the team.
PERSONAL = ("escalated", "approval_wanted", "package_approved", "package_rejected")
_MOST = 2000
_OF_A_CUTOFF = ("deadline_near", "deadline_moved", "escalated", "auto_submit")
_CODES = {"new": "case_new", "remind": "deadline_near", "escalate": "escalated", "auto_submit": "auto_submit"}

Rows = dict[str, dict[str, Any]]


def plan(case: Case, now: datetime | None = None) -> int:
    """Write the case's reminders, in the caller's transaction; how many are new. The second time none is."""
    now = now or timezone.now()
    known = {row.key: row for row in case.notifications.filter(kind__in=plans.PLANNED)}
    wanted = {} if plans.over(case) else _wanted(case, now)
    moved = _moved(case, known, wanted, now)
    wanted |= moved
    _drop([row for key, row in known.items() if key not in wanted], now)
    for key in known.keys() & wanted.keys():
        if _is_ahead(wanted[key], now):
            _correct(known[key], wanted[key])
    fresh = [
        Notification(merchant_id=case.merchant_id, case=case, key=key, **fields)
        for key, fields in wanted.items()
        if key not in known and (_is_ahead(fields, now) or key in moved)
    ]
    return _write(case.merchant_id, fresh, now)


def acknowledge(case: Case, member: Member, now: datetime | None = None) -> int:
    """The member has seen the case: nobody further is told that nobody did. Viewers' looks do not count."""
    if not member.may("work"):
        return 0
    now = now or timezone.now()
    seen = case.notifications.filter(sent_at__isnull=False, acknowledged_at__isnull=True).update(acknowledged_at=now)
    if seen:
        case.notifications.filter(kind="escalated", sent_at__isnull=True, dropped_at__isnull=True).update(
            dropped_at=now
        )
    return seen


def approval_wanted(case: Case, package: Package, now: datetime | None = None) -> int:
    """Ask those whose decision the package waits for; what was asked for an older one is dropped."""
    now = now or timezone.now()
    asked = case.notifications.filter(kind="approval_wanted")
    people = plans.approvers(case, package) if _can_be_approved(case, package) else []
    prefix = f"{case.pk}:package:{package.number}:"
    facts = {"number": package.number, "package": package.pk}
    wanted = _rows(case, prefix + "approve", "approval_wanted", now, people, facts) if people else {}
    _drop([row for row in asked if row.key not in wanted], now)
    known = {row.key: row for row in asked}
    for key in known.keys() & wanted.keys():
        if known[key].dropped_at is not None:
            _correct(known[key], {**wanted[key], "at": now})
    fresh = [
        Notification(merchant_id=case.merchant_id, case=case, key=key, **fields)
        for key, fields in wanted.items()
        if key not in known
    ]
    return _write(case.merchant_id, fresh, now)


def _can_be_approved(case: Case, package: Package) -> bool:
    return package.superseded_at is None and bool(case.approvals_missing) and not package.blocking() and not case.drill


def decided(case: Case, package: Package, member: Member, *, yes: bool, now: datetime | None = None) -> int:
    """After a member's yes or no: ask the next one, or tell the owner and the author what became of the package."""
    now = now or timezone.now()
    made = approval_wanted(case, package, now)
    if yes and case.approvals_missing:
        return made
    people = {item for item in (case.owner_id, package.reply.author_id) if item and item != member.pk}
    told = list(Member.objects.filter(pk__in=people, left_at__isnull=True))
    kind = "package_approved" if yes else "package_rejected"
    prefix = f"{case.pk}:package:{package.number}:{kind}"
    rows = _rows(case, prefix, kind, now, told, {"number": package.number})
    known = set(case.notifications.filter(key__in=rows).values_list("key", flat=True))
    fresh = [
        Notification(merchant_id=case.merchant_id, case=case, key=key, **fields)
        for key, fields in rows.items()
        if key not in known
    ]
    return made + _write(case.merchant_id, fresh, now)


def due(now: datetime) -> int:
    """Claim what is due, of all merchants, and queue its sending; how many rows were claimed."""
    total = 0
    while True:
        with as_clock():
            found = list(
                Notification.objects.filter(
                    at__lte=now + notify.TOGETHER, sent_at__isnull=True, dropped_at__isnull=True
                )
                .filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - notify.STALE))
                .order_by("at")
                .values_list("merchant_id", "pk")[:_MOST]
            )
        by_merchant: dict[int, list[int]] = defaultdict(list)
        for merchant_id, pk in found:
            by_merchant[merchant_id].append(pk)
        claimed = 0
        for merchant_id, numbers in by_merchant.items():
            with acting_for(merchant_id):
                claimed += notify.claim(merchant_id, numbers, now)
        total += claimed
        if len(found) < _MOST or not claimed:
            return total


def _wanted(case: Case, now: datetime) -> Rows:
    """Every reminder of the case as it stands."""
    people = plans.chain(case)
    if case.drill:
        return _rows(case, f"{case.pk}:{case.stage}:new", "case_new", max(case.created_at, case.opened_at), people[0])
    answer = case.deadlines.filter(purpose="answer").order_by("at").first()
    names = {plans.FIRST: people[0], **{str(group[0].pk): group for group in people[1:]}}
    rows: Rows = {}
    for step in plans.steps(case, answer.at if answer else None, names):
        kind = _CODES.get(step.code)
        if kind is None:
            continue
        told = names.get(step.to or plans.FIRST, people[0])
        key = f"{case.pk}:{case.stage}:new"
        if kind != "case_new" and answer is not None:
            part = step.parameters.get("before") or step.parameters.get("place") or ""
            key = f"{case.pk}:{_moment(answer.at)}:{step.code}:{part}"
        rows |= _rows(
            case, key, kind, step.at, told, dict(step.parameters), urgent=step.urgent or _last(step.parameters)
        )
    for promise in case.deadlines.filter(origin="sla", met_at__isnull=True):
        rows |= _promise(case, promise, people[0], now)
    return rows


def _promise(case: Case, promise: Deadline, people: Sequence[Member], now: datetime) -> Rows:
    opened = max(case.opened_at, case.created_at)
    at = max(promise.at - plans.PROMISE_NEAR, opened + (promise.at - opened) / 2)
    if promise.purpose == "first_draft" and case.replies.exists():
        return {}
    facts = {"purpose": promise.purpose, "due": promise.at.isoformat()}
    key = f"{case.pk}:{promise.purpose}:{_moment(promise.at)}"
    return _rows(case, key, "promise_near", at, people, facts) if promise.at > now else {}


def _rows(
    case: Case,
    key: str,
    kind: str,
    at: datetime,
    people: Iterable[Member],
    facts: Mapping[str, Any] | None = None,
    *,
    urgent: bool = False,
) -> Rows:
    """One row for each robot of the merchant; for each person where there is none, or where it is theirs alone."""
    fields = {"kind": kind, "at": at, "facts": dict(facts or {}), "urgent": urgent}
    robots = list(robots_of(case.merchant_id))
    rows = {f"{key}:c{robot}": {**fields, "connection_id": robot, "member_id": None} for robot in robots}
    if not robots or kind in PERSONAL:
        rows |= {f"{key}:m{item.pk}": {**fields, "member_id": item.pk, "connection_id": None} for item in people}
    return rows


def robots_of(merchant_id: int) -> Iterable[int]:
    """The merchant's notifiers that are switched on."""
    return Connection.objects.filter(
        merchant_id=merchant_id, type=PluginType.NOTIFIER, disabled_at__isnull=True
    ).values_list("pk", flat=True)


def _moved(case: Case, known: Mapping[str, Notification], wanted: Rows, now: datetime) -> Rows:
    """Where reminders were planned for another cut-off, the new one is told at once, and once."""
    answer = case.deadlines.filter(purpose="answer").order_by("at").first()
    if answer is None or not wanted or case.drill:
        return {}
    mark = f"{case.pk}:{_moment(answer.at)}:"
    cutoffs = {row.key.split(":")[1] for row in known.values() if row.kind in _OF_A_CUTOFF}
    key = mark + "moved"
    if any(name.startswith(key) for name in known):
        return {name: {"kind": "deadline_moved", "at": row.at} for name, row in known.items() if name.startswith(key)}
    if not cutoffs or _moment(answer.at) in cutoffs:
        return {}
    return _rows(case, key, "deadline_moved", now, plans.chain(case)[0], urgent=True)


def _is_ahead(fields: Mapping[str, Any], now: datetime) -> bool:
    """What has passed before it was planned is not told late, except that there is a case at all."""
    return bool(fields["at"] >= now - notify.TOGETHER or fields["kind"] == "case_new")


def _moment(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S")


def _last(parameters: Mapping[str, str]) -> bool:
    return int(parameters.get("before", 10**9)) <= 86400


def _drop(rows: Iterable[Notification], now: datetime) -> None:
    numbers = [row.pk for row in rows if row.sent_at is None and row.dropped_at is None]
    if numbers:
        Notification.objects.filter(pk__in=numbers, sent_at__isnull=True).update(dropped_at=now)


def _correct(row: Notification, fields: Mapping[str, Any]) -> None:
    """A planned row follows its moment; one that was dropped as unwanted, and failed nowhere, is wanted again."""
    if row.sent_at is not None or row.error or (row.at == fields["at"] and row.dropped_at is None):
        return
    row.at, row.dropped_at, row.claimed_at = fields["at"], None, None
    row.save(update_fields=["at", "dropped_at", "claimed_at"])


def _write(merchant_id: int, rows: Sequence[Notification], now: datetime) -> int:
    made = Notification.objects.bulk_create(rows)
    at_once = [row.pk for row in made if row.at <= now + notify.TOGETHER]
    if at_once:
        notify.claim(merchant_id, at_once, now)
    return len(made)
