"""One exhibit: what it is, what it shows, when that was, where it came from."""

from __future__ import annotations

from django.db import models

from goodstanding.contract import Exhibit

from .tenancy import OfMerchant


class Evidence(OfMerchant):
    """An exhibit of a case. ``kind`` is an id of the evidence vocabulary; the file is never altered."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="evidence")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    file = models.ForeignKey("goodstanding.File", on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255, blank=True)
    media_type = models.CharField(max_length=100)
    proves_at = models.DateTimeField(null=True, blank=True)
    origin = models.CharField(max_length=120)  # "upload", "order", the name of a source
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True)
    harms = models.JSONField(default=list, blank=True)
    added_by = models.ForeignKey(
        "goodstanding.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    keep_until = models.DateField(null=True, blank=True)  # retention
    redactions = models.JSONField(
        default=list, blank=True
    )  # [{page, box}] hidden in the package, never in the original
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "file", "kind"], name="evidence_once")]
        ordering = ["proves_at", "pk"]

    def __str__(self) -> str:
        return self.title

    def exhibit(self, label: str = "") -> Exhibit:
        """The value that packages and channels work on."""
        return Exhibit(
            id=str(self.pk),
            kind=self.kind,
            title=self.title,
            media_type=self.media_type,
            content=self.file.read(),
            sha256=self.file.sha256,
            filename=self.filename,
            label=label,
            proves_at=self.proves_at,
            origin=self.origin,
            text=self.text,
            facts=self.facts,
        )
