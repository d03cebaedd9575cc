"""What will be unobtainable later, kept as it stood: policy and product pages, confirmations, parcels' histories."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Capture(OfMerchant):
    """A page as it stood at a moment, with its archive (WARC). The same content again only moves ``seen_at``."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="captures")
    store = models.ForeignKey(
        "goodstanding.Store", on_delete=models.CASCADE, null=True, blank=True, related_name="captures"
    )
    order = models.ForeignKey(
        "goodstanding.Order", on_delete=models.CASCADE, null=True, blank=True, related_name="captures"
    )
    kind = models.CharField(max_length=60)  # an id of the evidence vocabulary
    url = models.CharField(max_length=1000)
    content = models.ForeignKey("goodstanding.File", on_delete=models.PROTECT, related_name="+")
    archive = models.ForeignKey("goodstanding.File", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    captured_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    keep_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "url", "content"], name="capture_once")]
        indexes = [models.Index(fields=["merchant", "kind", "-captured_at"])]


class Parcel(OfMerchant):
    """A parcel and what its carrier said of it, before the carrier forgets. ``events`` are ``{at, place, what}``."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="parcels")
    order = models.ForeignKey(
        "goodstanding.Order", on_delete=models.CASCADE, null=True, blank=True, related_name="parcels"
    )
    number = models.CharField(max_length=60)
    carrier = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=30, blank=True)
    events = models.JSONField(default=list, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_to = models.CharField(max_length=200, blank=True)
    signed_by = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    ask_again_at = models.DateTimeField(null=True, blank=True)
    forgotten_on = models.DateField(null=True, blank=True)  # when the carrier purges it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "number"], name="parcel_once")]
        indexes = [
            models.Index(fields=["ask_again_at"], condition=models.Q(ask_again_at__isnull=False), name="parcel_to_ask")
        ]
