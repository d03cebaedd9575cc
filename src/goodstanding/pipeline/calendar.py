"""A private iCalendar feed for each member: the deadlines of their cases, in UTC, until the address is revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from goodstanding.audit import kinds, record
from goodstanding.dossier.tellings import address, case_url, kind_name
from goodstanding.models import Case, Deadline, Link, Member, Waiting, acting_for

from . import links

CALENDAR_PATH = "/calendar/{token}.ics"
#: Octets a line may have before it is folded: RFC 5545, 3.1.
_FOLD = 75
#: What a calendar shows ends at the cut-off and begins so long before it.
_SHOWN = timedelta(minutes=30)
_PURPOSES = {
    "answer": ("答复截止", "Answer due"),
    "first_draft": ("初稿时限", "First draft due"),
    "review": ("复核时限", "Review due"),
    "promised_answer": ("服务时限", "Promised answer"),
}


def open(member: Member) -> str:
    """A fresh feed address, shown once; an older one of the member ends. Empty start where no public address is set."""
    _end(member)
    token = links.make(member, links.CALENDAR)
    record(kinds.CALENDAR_OPENED, member.merchant, actor=member)
    path = CALENDAR_PATH.format(token=token)
    return address(path) or path


def revoke(member: Member, by: Member | None = None) -> bool:
    """End the member's feed; was there one?"""
    ended = _end(member)
    if ended:
        record(kinds.CALENDAR_REVOKED, member.merchant, actor=by or member)
    return ended


def current(member: Member) -> Link | None:
    """The member's open feed: since when there is one."""
    return Link.standing(member, links.CALENDAR)


def feed(token: str, now: datetime | None = None) -> bytes | None:
    """The calendar of a token, as ``text/calendar``; None where the token opens nothing."""
    link = links.find(token, links.CALENDAR)
    if link is None:
        return None
    with acting_for(link.merchant_id):
        return written(link.member, due_for(link.member), now or timezone.now())


def due_for(member: Member) -> list[Deadline]:
    """The open deadlines of the cases that are the member's, or nobody's where the member decides."""
    mine = Q(owner_id=member.pk) | (Q(owner__isnull=True) if member.may("work") else Q())
    live = Case.objects.open().exclude(pk__in=Case.objects.waiting_for(Waiting.DECIDER).values("pk"))
    cases = live.filter(mine, merchant_id=member.merchant_id, drill=False)
    rows = Deadline.objects.filter(merchant_id=member.merchant_id, met_at__isnull=True, case__in=cases.values("pk"))
    return list(rows.select_related("case__connection").order_by("at", "pk")[:2000])


def written(member: Member, rows: Iterable[Deadline], now: datetime) -> bytes:
    """RFC 5545: UTC moments, so that no VTIMEZONE is needed; escaped, folded, CRLF."""
    english = member.user.language == "en"
    name = "GoodStanding deadlines" if english else f"{member.merchant.name} 截止日程"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//GoodStanding//Deadlines//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for row in rows:
        lines += _event(row, member, now, english=english)
    return "".join(folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _event(row: Deadline, member: Member, now: datetime, *, english: bool) -> list[str]:
    case = row.case
    language = "en" if english else "zh-hans"
    purpose = _PURPOSES.get(row.purpose, (row.purpose, row.purpose))[english]
    estimate = (" (estimate)" if english else "（估算）") if row.estimate else ""
    money = f" {case.sum}" if case.sum is not None else ""
    url = case_url(member.merchant, case)
    return [
        "BEGIN:VEVENT",
        f"UID:deadline-{row.merchant_id}-{row.case_id}-{row.purpose}-{row.origin}@goodstanding",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(row.at - _SHOWN)}",
        f"DTEND:{_utc(row.at)}",
        f"SUMMARY:{escaped(f'{purpose}{estimate}：{kind_name(case, language)} #{case.number}{money}')}",
        f"DESCRIPTION:{escaped(case.connection.label + chr(10) + url if url else case.connection.label)}",
        *([f"URL:{url}"] if url else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """A TEXT value: RFC 5545, 3.3.11. Other control characters have no place in one."""
    plain = "".join(item for item in text.replace("\r\n", "\n").replace("\r", "\n") if item == "\n" or item >= " ")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """At most 75 octets a line, never inside a character."""
    parts, rest, room = [], line, _FOLD
    while len(rest.encode()) > room:
        part = rest.encode()[:room].decode(errors="ignore")
        parts.append(part)
        rest, room = rest[len(part) :], _FOLD - 1
    return "\r\n ".join([*parts, rest])


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _end(member: Member) -> bool:
    rows = Link.objects.filter(member=member, purpose=links.CALENDAR, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=timezone.now()))
