"""The merchant's own when/then."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Rule(OfMerchant):
    """One rule as text; ``goodstanding.rules`` parses, checks and evaluates it. Lower positions are asked first."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=120)
    text = models.TextField()
    enabled = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
