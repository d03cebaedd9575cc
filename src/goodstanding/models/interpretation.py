"""What a case means, as explained to the member; pinned to a version of the knowledge."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Interpretation(OfMerchant):
    """``card`` is a list of ``{section, text, source}``; a source is a span of the notice or a knowledge record."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("goodstanding.Case", on_delete=models.CASCADE, related_name="interpretations")
    notice = models.ForeignKey("goodstanding.Notice", on_delete=models.CASCADE, related_name="interpretations")
    knowledge_version = models.CharField(max_length=64)
    family = models.CharField(max_length=40, blank=True)
    card = models.JSONField(default=list)
    gloss = models.JSONField(default=list)  # sentence by sentence: {text, zh, confidence}
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "notice", "knowledge_version"], name="interpretation_once")
        ]
        ordering = ["pk"]
