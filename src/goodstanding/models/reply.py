"""The words that we intend to send, in versions."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Reply(OfMerchant):
    """One version of the reply. ``sentences`` tie each statement to its exhibits and facts; ``gaps`` say what is missing."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="replies")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="replies")
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    text = models.TextField()
    text_zh = models.TextField(blank=True)
    template = models.CharField(max_length=120, blank=True)
    sentences = models.JSONField(default=list, blank=True)
    gaps = models.JSONField(default=list, blank=True)
    unproven = models.JSONField(default=list, blank=True)
    author = models.ForeignKey(
        "goodstanding.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="reply_version_once")]
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"v{self.version}"
