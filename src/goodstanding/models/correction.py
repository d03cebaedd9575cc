"""A person's say on how a delivery should have been read."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Correction(OfMerchant):
    """What a member set right; ``values`` are the corrected kind and fields. Can be exported as an example."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="corrections")
    delivery = models.ForeignKey("goodstanding.Delivery", on_delete=models.CASCADE, related_name="corrections")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, null=True, related_name="corrections")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    values = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
