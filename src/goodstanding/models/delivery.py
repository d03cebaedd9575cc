"""One thing that arrived, byte for byte, believed or not; and what was done with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from goodstanding.contract import Incoming

from .sealed import SealBroken
from .tenancy import OfMerchant

#: Stands in a kept URL where the connection's token was: who holds the token can write to this merchant.
_HIDDEN = "/in/*/"


class Trust(models.TextChoices):
    PENDING = "pending", _("待核验")
    TRUSTED = "trusted", _("已验签")
    UNPROVEN = "unproven", _("未能证实")
    UNTRUSTED = "untrusted", _("验签失败")


class Delivery(OfMerchant):
    """What came through the door. The bytes and headers never change; a database trigger sees to that."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="deliveries")
    connection = models.ForeignKey("goodstanding.Connection", on_delete=models.CASCADE, related_name="deliveries")
    origin = models.CharField(max_length=10)
    method = models.CharField(max_length=10, default="POST")
    url = models.CharField(max_length=500, blank=True)
    filename = models.CharField(max_length=255, blank=True)
    headers = models.JSONField(default=list)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)  # hex SHA-256 of the body
    received_at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)  # the same bytes came again, this often
    drill = models.BooleanField(default=False)

    trust = models.CharField(max_length=10, choices=Trust.choices, default=Trust.PENDING)
    trust_reason = models.CharField(max_length=500, blank=True)
    problem = models.CharField(max_length=500, blank=True)  # why it could not be read
    identified_at = models.DateTimeField(null=True, blank=True)
    reading = models.JSONField(null=True, blank=True)  # what a letter was read as

    class Meta:
        indexes = [
            models.Index(fields=["connection", "digest"]),
            models.Index(fields=["merchant", "-received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.digest[:12]}"

    def incoming(self) -> Incoming:
        """What arrived, as it arrived."""
        return Incoming(
            origin=self.origin,
            method=self.method,
            url=self._address(),
            headers=tuple((name, value) for name, value in self.headers),
            body=bytes(self.body),
            received_at=self.received_at,
            filename=self.filename,
        )

    def _address(self) -> str:
        if _HIDDEN not in self.url:
            return self.url
        try:
            return self.url.replace(_HIDDEN, f"/in/{self.connection.token}/", 1)
        except SealBroken:  # identifying says so, where it needs a secret
            return self.url


def without_token(url: str, token: str) -> str:
    """The URL of a delivery as it is kept; :meth:`Delivery.incoming` puts the token back, for signatures over the URL."""
    return url.replace(f"/in/{token}/", _HIDDEN, 1)


class ProcessingStep(OfMerchant):
    """One stage run for one delivery: when, how often, with what error. The processing log reads from here."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=1)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "stage"], name="step_once")]
        ordering = ["started_at", "pk"]
