"""Who may do what in a merchant."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .tenancy import OfMerchant


class Role(models.TextChoices):
    OWNER = "owner", _("所有者")
    APPROVER = "approver", _("审批人")
    AGENT = "agent", _("客服")
    VIEWER = "viewer", _("只读")


#: What each role may do beyond looking.
ABILITIES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset({"work", "approve", "submit", "connect", "manage"}),
    Role.APPROVER: frozenset({"work", "approve", "submit"}),
    Role.AGENT: frozenset({"work", "submit"}),
    Role.VIEWER: frozenset(),
}


class Member(OfMerchant):
    """A user's role in a merchant."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="member_once")]

    def __str__(self) -> str:
        return str(self.user)

    def may(self, ability: str) -> bool:
        """May this member ``work``, ``approve``, ``submit``, ``connect`` or ``manage``?"""
        return self.left_at is None and ability in ABILITIES[self.role]


class Invitation(OfMerchant):
    """An e-mail address asked to join. Whoever holds the token and signs in with that address becomes a member."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=10, choices=Role.choices)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    @classmethod
    def make(cls, inviter: Member, email: str, role: str) -> tuple[Invitation, str]:
        """A fresh invitation, valid for seven days, and the token that is shown once."""
        token = secrets.token_urlsafe(32)
        invitation = cls.objects.create(
            merchant=inviter.merchant,
            email=email.strip().lower(),
            role=role,
            token_digest=digest_of(token),
            invited_by=inviter,
            expires_at=timezone.now() + timedelta(days=7),
        )
        return invitation, token

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()


def digest_of(token: str) -> str:
    """The form in which a token is kept: hex SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
