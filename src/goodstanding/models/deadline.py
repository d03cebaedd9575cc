"""A moment by which something must be done, what for, set by whom, and computed how."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Deadline(OfMerchant):
    """``reason`` is a code with its parameters, from which the page makes the sentence; ``zone`` an IANA name."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="deadlines")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="deadlines")
    purpose = models.CharField(max_length=40)  # respond, first_draft, review …
    at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    origin = models.CharField(max_length=12)  # stated, network, statutory, sla, merchant, estimate
    estimate = models.BooleanField(default=False)
    reason = models.JSONField()
    source = models.CharField(max_length=120, blank=True)  # knowledge record id
    met_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "purpose", "origin"], name="deadline_once"),
            models.CheckConstraint(condition=~models.Q(reason={}), name="deadline_has_a_reason"),
        ]
        indexes = [models.Index(fields=["at"], condition=models.Q(met_at__isnull=True), name="deadline_open")]
        ordering = ["at"]
