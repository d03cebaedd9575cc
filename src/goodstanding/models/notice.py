"""One understood event in a delivery. Never changed."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from .tenancy import OfMerchant


class Notice(OfMerchant):
    """What a channel or the reading of a letter said, in the sender's terms; the bytes are the delivery's."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="notices")
    delivery = models.ForeignKey("goodstanding.Delivery", on_delete=models.CASCADE, related_name="notices")
    connection = models.ForeignKey("goodstanding.Connection", on_delete=models.CASCADE, related_name="notices")
    case = models.ForeignKey(
        "goodstanding.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="notices"
    )
    event_ref = models.CharField(max_length=255)
    kind = models.CharField(max_length=40)
    case_ref = models.CharField(max_length=255)
    occurred_at = models.DateTimeField(null=True, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=60, blank=True)
    reason_scheme = models.CharField(max_length=40, blank=True)
    reason_code = models.CharField(max_length=120, blank=True)
    reason_category = models.CharField(max_length=60, blank=True)
    network = models.CharField(max_length=40, blank=True)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    respond_by = models.JSONField(null=True, blank=True)  # Due, as stated
    references = models.JSONField(default=list, blank=True)
    parties = models.JSONField(default=list, blank=True)
    ruling = models.JSONField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=10, blank=True)
    text = models.TextField(blank=True)
    authority = models.CharField(max_length=12, blank=True)  # genuine, phishing, unverified, n/a
    reading = models.JSONField(null=True, blank=True)  # spans and reasons, for letters
    test = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "connection", "event_ref"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_ref}"

    @property
    def happened_at(self) -> datetime:
        """When it happened; where the sender does not say, when it arrived."""
        return self.occurred_at or self.delivery.received_at
