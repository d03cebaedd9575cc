"""What the seller decided to do about a case. Accepting and refunding happen in the gateway; here it is only recorded."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Decision(OfMerchant):
    """``choice`` is fight, accept or refund; ``sheet`` the figures and reasons that were on the screen."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="decisions")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    choice = models.CharField(max_length=10)
    sheet = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]


class Overlay(OfMerchant):
    """A merchant's own words for a shipped reply template, by playbook and language."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="overlays")
    playbook = models.CharField(max_length=120)
    language = models.CharField(max_length=10)
    text = models.TextField()
    member = models.ForeignKey("goodstanding.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "playbook", "language"], name="overlay_once")]
