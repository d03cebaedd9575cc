"""A member's own calendar, absences and possible deputies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goodstanding.models import Absence, Link, Member


@dataclass(frozen=True, kw_only=True)
class OwnPage:
    feed: Link | None
    away: tuple[Absence, ...]
    deputies: tuple[Member, ...]


def own_page(member: Member, now: datetime) -> OwnPage:
    """The open feed, absences that are not over, and the members who may do at least what this one does."""
    away = Absence.objects.filter(merchant_id=member.merchant_id, member=member, ends_at__gt=now)
    return OwnPage(
        feed=Link.standing(member, "calendar"),
        away=tuple(away.select_related("deputy__user").order_by("starts_at")[:50]),
        deputies=deputies_of(member),
    )


def deputies_of(member: Member) -> tuple[Member, ...]:
    """Active colleagues who may approve and work where this member does."""
    needed = [ability for ability in ("approve", "work") if member.may(ability)]
    rows = Member.objects.filter(merchant_id=member.merchant_id, left_at__isnull=True).exclude(pk=member.pk)
    return tuple(row for row in rows.select_related("user").order_by("pk") if all(row.may(item) for item in needed))
