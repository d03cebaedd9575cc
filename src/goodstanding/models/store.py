"""A shop of a merchant: where it sells, and in which time zone its day ends."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Store(OfMerchant):
    """One shop. ``markets`` are ISO country codes that it ships to; ``zone`` is the shop's own IANA time zone."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="stores")
    name = models.CharField(max_length=120)
    domain = models.CharField(max_length=253, blank=True)
    country = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    markets = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
