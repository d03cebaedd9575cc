"""Who is away, and who stands in."""

from __future__ import annotations

from datetime import datetime

from goodstanding.audit import kinds, record
from goodstanding.models import Absence, Member

from .refusals import Refusal

#: A deputy may be away too, and have a deputy.
_FARTHEST = 5


def set(member: Member, starts_at: datetime, ends_at: datetime, deputy: Member | None, by: Member) -> Absence:
    """Note that a member is away. Oneself, or an owner for anyone. Raises Refusal."""
    _may(member, by)
    if ends_at <= starts_at:
        raise Refusal("ends_before", "结束时间应在开始之后。", "The end must lie after the beginning.")
    if deputy is not None:
        _check(member, deputy)
    absence = Absence.objects.create(
        merchant_id=member.merchant_id, member=member, deputy=deputy, starts_at=starts_at, ends_at=ends_at
    )
    record(
        kinds.ABSENCE_SET,
        member.merchant,
        actor=by,
        name=str(member),
        deputy=str(deputy) if deputy else "—",
        starts=starts_at.isoformat(),
        ends=ends_at.isoformat(),
    )
    return absence


def remove(absence: Absence, by: Member) -> None:
    """The member is not away after all. Raises Refusal."""
    _may(absence.member, by)
    record(kinds.ABSENCE_ENDED, by.merchant, actor=by, name=str(absence.member))
    absence.delete()


def stand_in(merchant_id: int, member_id: int, at: datetime) -> int:
    """Who is told and acts at that moment: the member, a deputy, or the first other decider who is there.

    Where nobody is there, the member: a message to someone who is away is better than none.
    """
    reader, seen = member_id, {member_id}
    for _ in range(_FARTHEST):
        absence = _away(merchant_id, reader, at)
        if absence is None:
            return reader
        deputy = absence.deputy
        if deputy is None or deputy.left_at is not None or deputy.pk in seen:
            break
        reader = deputy.pk
        seen.add(reader)
    others = Member.objects.filter(merchant_id=merchant_id, left_at__isnull=True).exclude(pk__in=seen).order_by("pk")
    there = (item.pk for item in others if item.may("approve") and _away(merchant_id, item.pk, at) is None)
    return next(there, member_id)


def _away(merchant_id: int, member_id: int, at: datetime) -> Absence | None:
    return (
        Absence.objects.filter(merchant_id=merchant_id, member_id=member_id, starts_at__lte=at, ends_at__gt=at)
        .select_related("deputy")
        .order_by("-pk")
        .first()
    )


def _may(member: Member, by: Member) -> None:
    if by.left_at is not None or (by.pk != member.pk and not by.may("manage")):
        raise Refusal("may_not_manage", "只有所有者可以替别人设置。", "Only owners set this for others.")


def _check(member: Member, deputy: Member) -> None:
    if deputy.pk == member.pk or deputy.merchant_id != member.merchant_id or deputy.left_at is not None:
        raise Refusal("no_deputy", "请选择另一位在职成员代班。", "Choose another active member as deputy.")
    for ability in ("approve", "work"):
        if member.may(ability) and not deputy.may(ability):
            raise Refusal(
                "deputy_may_not",
                "代班人的角色权限不够，请选能审批或处理案件的成员。",
                "The deputy's role allows less than is needed; choose someone else.",
            )
