"""Tell one reader what is due, in one message: a group robot by its notifier, a member by e-mail.

A job is for a reader, not for a row, and jobs of one reader never run at once: what is due within a minute becomes one
message, and nobody hears the same twice. A robot that refuses, or is not there for long, falls back to e-mail and shows
on its connection.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db.models import F
from django.utils import timezone

from goodstanding import jobs
from goodstanding.contract import AdapterError, Refused, Unavailable
from goodstanding.dossier import plans, tellings
from goodstanding.models import Case, Connection, Member, Merchant, Notification, acting_for
from goodstanding.notifiers import notifiers

from . import absences, links, mailing, outside
from .plugged import config_of

log = logging.getLogger("goodstanding.pipeline")

#: How often an unavailable robot is tried before e-mail is.
TRIES = 5
#: What is due within this time of a message goes with it.
TOGETHER = timedelta(seconds=60)
#: A claim that led to nothing for so long is taken again: its process died.
STALE = timedelta(minutes=10)
_MOST = 200
_MAILS_PER_MINUTE = 60


@dataclass(frozen=True)
class Target:
    """Who is told: a notifier's connection, or a member."""

    merchant_id: int
    connection_id: int | None
    member_id: int | None


@dataclass(frozen=True)
class _Batch:
    target: Target
    rows: tuple[Notification, ...]
    send: Callable[[], None]


def queue(target: Target, at: datetime | None = None) -> None:
    """A job that tells this reader, now or at a moment."""
    if target.connection_id is not None:
        jobs.later(by_robot, target.merchant_id, target.connection_id, at=at, once=at is None)
    elif target.member_id is not None:
        jobs.later(by_mail, target.merchant_id, target.member_id, at=at, once=at is None)


def by_robot(merchant_id: int, connection_id: int) -> None:
    """What is due for a group robot."""
    tell(Target(merchant_id, connection_id, None), timezone.now())


def by_mail(merchant_id: int, member_id: int) -> None:
    """What is due for a member, by e-mail."""
    tell(Target(merchant_id, None, member_id), timezone.now())


def tell(target: Target, now: datetime) -> None:
    """Send what is claimed and due for this reader."""
    with acting_for(target.merchant_id):
        batch = _batch(target, now)
    if batch is not None:
        try:
            batch.send()
        except Unavailable as error:
            with acting_for(target.merchant_id):
                _later(batch, error, now)
        except AdapterError as error:
            with acting_for(target.merchant_id):
                _give_up(target, batch.rows, error, now)
        else:
            with acting_for(target.merchant_id):
                _told(batch, now)
    with acting_for(target.merchant_id):
        _leftovers(target, now)


def claim(merchant_id: int, numbers: Sequence[int], now: datetime) -> int:
    """Take these rows, unless another process has them, put deputies in, and queue one job for each who is told."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE goodstanding_notification SET claimed_at = %s WHERE merchant_id = %s AND id = ANY(%s)"
            " AND sent_at IS NULL AND dropped_at IS NULL AND (claimed_at IS NULL OR claimed_at < %s)"
            " RETURNING id, connection_id, member_id, at",
            [now, merchant_id, list(numbers), now - STALE],
        )
        taken = cursor.fetchall()
    told: dict[Target, datetime] = {}
    of_member: dict[int, list[int]] = defaultdict(list)
    for pk, connection_id, member_id, _ in taken:
        if connection_id is None and member_id is not None:
            of_member[member_id].append(pk)
    readers = {member_id: _reader(merchant_id, member_id, pks, now) for member_id, pks in of_member.items()}
    for _, connection_id, member_id, at in taken:
        target = Target(merchant_id, connection_id, None if connection_id else readers.get(member_id))
        told[target] = min(told.get(target, at), at)
    for target, at in told.items():
        queue(target, at if at > now else None)
    return len(taken)


def _reader(merchant_id: int, member_id: int, pks: Sequence[int], now: datetime) -> int:
    """Who reads these rows: the member, or who stands in; the rows say for whom."""
    reader = absences.stand_in(merchant_id, member_id, now)
    if reader != member_id:
        away = Member.objects.select_related("user").get(pk=member_id)
        with database.cursor() as cursor:
            cursor.execute(
                "UPDATE goodstanding_notification SET member_id = %s, facts = jsonb_build_object('for', %s::text) || facts"
                " WHERE merchant_id = %s AND id = ANY(%s)",
                [reader, str(away), merchant_id, list(pks)],
            )
    return reader


def _of(target: Target) -> Any:
    """This reader's rows."""
    whose: dict[str, Any] = {"connection_id": target.connection_id, "member_id": target.member_id}
    return Notification.objects.filter(merchant_id=target.merchant_id, **whose)


def _rows(target: Target) -> Any:
    """This reader's open rows that somebody claimed."""
    return _of(target).filter(sent_at__isnull=True, dropped_at__isnull=True, claimed_at__isnull=False)


def _batch(target: Target, now: datetime) -> _Batch | None:
    found = _rows(target).filter(claimed_at__lte=now, at__lte=now + TOGETHER).order_by("at", "pk")
    rows = _still_wanted(list(found.select_for_update(of=("self",))[:_MOST]), now)
    if not rows:
        return None
    try:
        per_minute, send = _robot(target, rows, now) if target.connection_id else _mail(target, rows, now)
    except AdapterError as error:
        _give_up(target, rows, error, now)
        return None
    free_at = _free_at(target, per_minute, now)
    if free_at is not None:
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_at=free_at)
        return None
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(attempts=F("attempts") + 1)
    return _Batch(target, tuple(rows), send)


def _still_wanted(rows: list[Notification], now: datetime) -> list[Notification]:
    """Without what was answered, settled or approved since; what is dropped here is not sent."""
    cases = {case.pk: case for case in _cases(row.case_id for row in rows if row.case_id)}
    kept: list[Notification] = []
    gone: list[Notification] = []
    for row in rows:
        if row.case_id is not None:
            row.case = cases[row.case_id]
        (gone if _unwanted(row) else kept).append(row)
    if gone:
        Notification.objects.filter(pk__in=[row.pk for row in gone]).update(dropped_at=now)
    return kept


def _cases(numbers: Any) -> Any:
    return Case.objects.with_facts().filter(pk__in=set(numbers)).select_related("connection", "merchant")


def _unwanted(row: Notification) -> bool:
    case = row.case
    if case is None:
        return False
    if row.kind in plans.PLANNED and plans.over(case):
        return True
    if row.kind == "promise_near" and row.facts.get("purpose") == "first_draft":
        return bool(case.replies.exists())
    if row.kind == "approval_wanted":
        package = case.packages.filter(pk=row.facts["package"], superseded_at__isnull=True).first()
        return package is None or not case.approvals_missing
    return False


def _robot(target: Target, rows: Sequence[Notification], now: datetime) -> tuple[int, Callable[[], None]]:
    connection = Connection.objects.select_related("merchant").get(pk=target.connection_id or 0)
    notifier = notifiers().get(connection.plugin)
    if notifier is None or connection.disabled_at is not None:
        raise Refused(f"{connection.label} is switched off", code="switched_off")
    merchant: Merchant = connection.merchant
    message = tellings.message(rows, merchant, zone=merchant.zone, language="zh-hans", now=now)
    config = config_of(connection, notifier)

    def send() -> None:
        with outside.client() as http:
            notifier.send(message, config, http)

    return notifier.per_minute, send


def _mail(target: Target, rows: Sequence[Notification], now: datetime) -> tuple[int, Callable[[], None]]:
    member = Member.objects.select_related("user", "merchant").get(pk=target.member_id or 0)
    if member.left_at is not None or not member.user.is_active:
        raise Refused("the member has left", code="left")
    url = ""
    if len(rows) == 1 and rows[0].kind == "approval_wanted":
        url = links.for_approval(member, int(rows[0].facts["package"]), now)
    user = member.user
    message = tellings.message(rows, member.merchant, zone=user.zone, language=user.language, now=now, url=url)
    return _MAILS_PER_MINUTE, lambda: mailing.post(message, user.email)


def _free_at(target: Target, per_minute: int, now: datetime) -> datetime | None:
    """When the reader takes another message; None where at once. Rows of one message were sent at one moment."""
    rows = _of(target).filter(sent_at__gt=now - timedelta(minutes=1), at__gt=now - timedelta(days=2))
    recent = {at for at in rows.values_list("sent_at", flat=True).distinct() if at is not None}
    return min(recent) + timedelta(minutes=1) if len(recent) >= per_minute else None


def _told(batch: _Batch, now: datetime) -> None:
    Notification.objects.filter(pk__in=[row.pk for row in batch.rows]).update(sent_at=now, error="")
    if batch.target.connection_id is not None:
        Connection.objects.filter(pk=batch.target.connection_id).exclude(last_error="").update(
            last_error="", last_error_at=None
        )


def _later(batch: _Batch, error: Unavailable, now: datetime) -> None:
    """Try again after the time they ask for, or after a growing one; in the end, e-mail."""
    tries = max(row.attempts for row in batch.rows) + 1
    if tries >= TRIES:
        _give_up(batch.target, batch.rows, error, now)
        return
    wait = timedelta(seconds=min(max(error.retry_after or 0, 4**tries), 600))
    Notification.objects.filter(pk__in=[row.pk for row in batch.rows]).update(
        claimed_at=now + wait, error=str(error)[:500]
    )
    _note(batch.target, error, now)


def _give_up(target: Target, rows: Sequence[Notification], error: AdapterError, now: datetime) -> None:
    """This reader cannot be told: a robot's rows go to people by e-mail; a person's are dropped, and the log says so."""
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(dropped_at=now, error=str(error)[:500])
    _note(target, error, now)
    if target.connection_id is None and error.code == "no_mail_server":
        return
    if target.connection_id is None:
        log.warning("member %s of merchant %s cannot be told: %s", target.member_id, target.merchant_id, error)
        return
    fresh = [copy for row in rows if row.case is not None for copy in _copies(row, row.case)]
    known = set(Notification.objects.filter(key__in=[row.key for row in fresh]).values_list("key", flat=True))
    made = Notification.objects.bulk_create([row for row in fresh if row.key not in known])
    if made:
        claim(target.merchant_id, [row.pk for row in made], now)


def _copies(row: Notification, case: Case) -> list[Notification]:
    """The same message for each person who has to know; two robots that fail make one copy."""
    stem = row.key.rpartition(":")[0]
    people = plans.chain(case)[0]
    if row.kind == "approval_wanted":
        package = case.packages.filter(pk=row.facts["package"]).select_related("reply").first()
        people = plans.approvers(case, package) if package else people
    return [
        Notification(
            merchant_id=row.merchant_id,
            case=case,
            member=person,
            kind=row.kind,
            key=f"{stem}:m{person.pk}",
            facts=row.facts,
            urgent=row.urgent,
            at=row.at,
        )
        for person in people
    ]


def _note(target: Target, error: AdapterError, now: datetime) -> None:
    if target.connection_id is not None:
        Connection.objects.filter(pk=target.connection_id).update(last_error=str(error)[:500], last_error_at=now)


def _leftovers(target: Target, now: datetime) -> None:
    """Claimed rows that wait for their moment, for the robot's next free minute or for another try get a job of their own."""
    waits = [max(claimed, at - TOGETHER) for claimed, at in _rows(target).values_list("claimed_at", "at")[:_MOST]]
    if waits:
        queue(target, max(min(waits), now + timedelta(seconds=1)))
