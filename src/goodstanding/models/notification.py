"""What a person is to be told, when, and whether it got through; and who stands in for whom."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from .member import Member, digest_of
from .tenancy import OfMerchant


class Notification(OfMerchant):
    """One message to one member or one group robot. ``key`` makes it unique: the same reason tells a person once.

    ``at`` is when it is due; it is claimed before it is sent, so that two clocks send it once. ``kind`` is a code
    (``case_new``, ``deadline_near``, ``approval_wanted`` …), ``facts`` the parameters of its sentence.
    """

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="notifications")
    case = models.ForeignKey(
        "goodstanding.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    member = models.ForeignKey(
        "goodstanding.Member", on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    connection = models.ForeignKey(  # the notifier; null: the member's e-mail address
        "goodstanding.Connection", on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    facts = models.JSONField(default=dict, blank=True)
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)  # no longer wanted: answered, settled, fallen back
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "key"], name="told_once")]
        indexes = [
            models.Index(
                fields=["at"],
                condition=models.Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="notification_due",
            ),
            models.Index(fields=["merchant", "-at"]),
        ]


class Absence(OfMerchant):
    """A member is away; ``deputy`` acts and is told instead."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="absences")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey("goodstanding.Member", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_ends_later")
        ]


class Link(OfMerchant):
    """A secret address for one member: an approval (single use, expiring) or a calendar feed (until revoked).

    The approval link still asks for log-in; it only leads to the right page with the right digest.
    """

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=20)  # approval, calendar
    package = models.ForeignKey(
        "goodstanding.Package", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    @property
    def is_open(self) -> bool:
        expired = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.used_at is None and self.revoked_at is None and not expired

    @classmethod
    def standing(cls, member: Member, purpose: str) -> Link | None:
        """The member's link for this purpose that nobody has revoked."""
        return cls.objects.filter(member=member, purpose=purpose, revoked_at__isnull=True).first()

    @staticmethod
    def digest(token: str) -> str:
        return digest_of(token)
