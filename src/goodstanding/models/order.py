"""An order as a shop or an ERP told it, and the names by which it can be found."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Order(OfMerchant):
    """One order. ``data`` holds the whole of it in the contract's form; columns only for what is searched."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="orders")
    store = models.ForeignKey(
        "goodstanding.Store", on_delete=models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120)
    ordered_at = models.DateTimeField(null=True, blank=True)
    amount = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    buyer_email = models.CharField(max_length=254, blank=True)
    data = models.JSONField()
    digest = models.CharField(max_length=64)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "source", "number"], name="order_once")]
        indexes = [models.Index(fields=["merchant", "number"]), models.Index(fields=["merchant", "buyer_email"])]

    def __str__(self) -> str:
        return self.number


class OrderReference(OfMerchant):
    """One name of an order: its payment, charge, invoice or tracking number."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="references")
    type = models.CharField(max_length=20)
    value = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "type", "value"], name="order_reference_once")]
        indexes = [models.Index(fields=["merchant", "value"])]


class ColumnMapping(OfMerchant):
    """How a merchant's table is read, remembered by its header row."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="column_mappings")
    header_digest = models.CharField(max_length=64)
    mapping = models.JSONField()
    zone = models.CharField(max_length=64, default="Asia/Shanghai")
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "header_digest"], name="mapping_once")]
