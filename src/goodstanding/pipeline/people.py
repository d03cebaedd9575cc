"""Who belongs to a merchant."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from goodstanding.audit import kinds, record
from goodstanding.models import Invitation, Member, Role, User, acting_for, digest_of, holding_invitation

from .refusals import Refusal


def invite(member: Member, email: str, role: str) -> tuple[Invitation, str]:
    """An invitation and its token, which is shown once. Raises Refusal."""
    _must_manage(member)
    if role not in Role.values:
        raise Refusal("unknown_role", "请选择角色。", "Choose a role.")
    if Member.objects.filter(
        merchant=member.merchant, user__email__iexact=email.strip(), left_at__isnull=True
    ).exists():
        raise Refusal("already_member", "这个邮箱已经是成员。", "This address is a member already.")
    invitation, token = Invitation.make(member, email, role)
    record(kinds.MEMBER_INVITED, member.merchant, actor=member, email=invitation.email, role=str(Role(role).label))
    return invitation, token


def look_up(token: str) -> Invitation | None:
    """The open invitation of a token, with its merchant."""
    with holding_invitation(digest_of(token)):
        invitation = Invitation.objects.filter(token_digest=digest_of(token)).first()
    if invitation is None:
        return None
    with acting_for(invitation.merchant_id):
        return Invitation.objects.select_related("merchant").get(pk=invitation.pk)


@transaction.atomic
def accept(user: User, token: str) -> Member:
    """The user joins. Raises Refusal where the invitation is spent, expired, or for another address."""
    invitation = look_up(token)
    if invitation is None or not invitation.is_open:
        raise Refusal(
            "invitation_closed", "邀请链接无效或已过期，请让对方重新邀请。", "The invitation is spent or has expired."
        )
    if invitation.email != user.email.lower():
        raise Refusal(
            "other_address",
            f"这个邀请是发给 {invitation.email} 的，请用该邮箱登录。",
            "This invitation is for another address; sign in with that one.",
        )
    with acting_for(invitation.merchant_id):
        taken = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(accepted_at=timezone.now())
        if not taken:
            raise Refusal("invitation_closed", "邀请链接已经用过。", "The invitation has been used.")
        member, _ = Member.objects.update_or_create(
            merchant_id=invitation.merchant_id, user=user, defaults={"role": invitation.role, "left_at": None}
        )
        record(kinds.MEMBER_JOINED, member.merchant, actor=member, name=str(user), role=str(Role(member.role).label))
    return member


def change_role(member: Member, other: Member, role: str) -> None:
    _must_manage(member)
    if role not in Role.values:
        raise Refusal("unknown_role", "请选择角色。", "Choose a role.")
    if other.role == Role.OWNER and role != Role.OWNER:
        _must_leave_an_owner(other)
    other.role = role
    other.save(update_fields=["role"])
    record(kinds.MEMBER_CHANGED, member.merchant, actor=member, name=str(other), role=str(Role(role).label))


def remove(member: Member, other: Member) -> None:
    """End a membership; what the person did stays on record."""
    _must_manage(member)
    if other.role == Role.OWNER:
        _must_leave_an_owner(other)
    other.left_at = timezone.now()
    other.save(update_fields=["left_at"])
    record(kinds.MEMBER_REMOVED, member.merchant, actor=member, name=str(other))


def _must_manage(member: Member) -> None:
    if not member.may("manage"):
        raise Refusal("may_not_manage", "只有所有者可以管理成员。", "Only owners manage members.")


def _must_leave_an_owner(other: Member) -> None:
    owners = Member.objects.select_for_update().filter(merchant=other.merchant, role=Role.OWNER, left_at__isnull=True)
    if len(owners) < 2:
        raise Refusal("last_owner", "至少要保留一位所有者。", "A merchant keeps at least one owner.")
