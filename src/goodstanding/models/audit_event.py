"""What happened, who did it, when, on which case. Written with what it tells of; never changed, never deleted."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from .tenancy import OfMerchant


class AuditEvent(OfMerchant):
    """``kind`` is a code declared in ``goodstanding.audit.kinds``; ``facts`` are the parameters of its sentence."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="audit_events")
    case = models.ForeignKey(
        "goodstanding.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="audit_events"
    )
    kind = models.CharField(max_length=60)
    actor = models.ForeignKey("goodstanding.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"]), models.Index(fields=["merchant", "-id"])]
        ordering = ["pk"]

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("audit events are not deleted")
