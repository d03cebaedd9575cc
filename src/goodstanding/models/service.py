"""What a provider promises a merchant, and when its clock stands still."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class ServiceLevel(OfMerchant):
    """A promise: ``purpose`` (first_draft, answer, review) within so many ``hours`` of the notice."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="service_levels")
    purpose = models.CharField(max_length=40)
    hours = models.PositiveIntegerField()
    working_hours = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "purpose"], name="one_promise_each")]


class Pause(OfMerchant):
    """A stretch in which the case waited for the seller, and the provider's clock stood still."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="pauses")
    member = models.ForeignKey(
        "goodstanding.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)


class ExchangeRate(OfMerchant):
    """Units of a currency for one euro on a day, as the merchant loaded them."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="exchange_rates")
    currency = models.CharField(max_length=3)
    day = models.DateField()
    per_euro = models.DecimalField(max_digits=20, decimal_places=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "currency", "day"], name="one_rate_a_day")]
