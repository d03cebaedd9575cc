"""Secret addresses for one member: to an approval, once and for a while; to a calendar, until revoked.

An approval's address is signed, expires, and is spent by the decision. It still asks for sign-in, and leads only the member
it was made for to the package with the digest that was current when it was made.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

from goodstanding.dossier.tellings import address
from goodstanding.models import Link, Member, Package, User, acting_for, at_the_door

from .refusals import Refusal

APPROVAL_PATH = "/approvals/{token}/"
APPROVAL_LASTS = timedelta(days=3)
APPROVAL, CALENDAR = "approval", "calendar"


def for_approval(member: Member, package_id: int, now: datetime | None = None) -> str:
    """A fresh address for the member's decision; empty where the installation has no public address."""
    token = make(member, APPROVAL, package_id=package_id, expires_at=(now or timezone.now()) + APPROVAL_LASTS)
    return address(APPROVAL_PATH.format(token=token))


def make(member: Member, purpose: str, *, package_id: int | None = None, expires_at: datetime | None = None) -> str:
    """A new link's token, which is kept as a digest only."""
    token = signing.Signer(salt=f"goodstanding.link.{purpose}", sep=".").sign(secrets.token_urlsafe(24))
    Link.objects.create(
        merchant_id=member.merchant_id,
        member=member,
        purpose=purpose,
        package_id=package_id,
        token_digest=Link.digest(token),
        expires_at=expires_at,
    )
    return token


def find(token: str, purpose: str) -> Link | None:
    """The open link of a token, with its member; None where it is forged, spent, expired or revoked."""
    try:
        signing.Signer(salt=f"goodstanding.link.{purpose}", sep=".").unsign(token)
    except signing.BadSignature:
        return None
    digest = Link.digest(token)
    with at_the_door(digest):
        link = Link.objects.filter(token_digest=digest, purpose=purpose).first()
    if link is None or not link.is_open:
        return None
    with acting_for(link.merchant_id):
        found = Link.objects.select_related("member__user", "member__merchant", "package__case").get(pk=link.pk)
    return found if found.member.left_at is None and found.member.user.is_active else None


def for_user(token: str, user: User) -> Link:
    """The approval link for who is signed in. Raises Refusal: it is closed, or another person's."""
    link = find(token, APPROVAL)
    if link is None:
        raise Refusal(
            "link_closed",
            "审批链接已用过、已过期或无效，请从案件页审批。",
            "This link is spent, expired or invalid; decide on the case page.",
        )
    if link.member.user_id != user.pk:
        raise Refusal(
            "other_person",
            "这个审批链接是发给另一位成员的，请用收件人的账号登录。",
            "This link was sent to another member; sign in as that person.",
        )
    return link


def spend(link: Link) -> Package:
    """Use the link up, in the transaction of the decision; its package. Raises Refusal where somebody was faster."""
    taken = Link.objects.filter(pk=link.pk, used_at__isnull=True, revoked_at__isnull=True).update(
        used_at=timezone.now()
    )
    if not taken or link.package is None:
        raise Refusal("link_closed", "审批链接已经用过。", "This link has been used.")
    return link.package
