"""What an outside model made of one notice, after a person agreed to ask it. Beside the notice, never in its place."""

from __future__ import annotations

from django.db import models

from .tenancy import OfMerchant


class Translation(OfMerchant):
    """One consent and its result. ``digests`` are those of the previews agreed to; nothing else may be sent.

    ``sentences`` are ``{start, end, text, zh, fault}``, ``suggestions`` are ``{name, value, raw, start, end, how}`` with
    ``how`` ``added`` or ``disagrees``. ``troubles`` are ``{code, zh, en}``: why there is nothing, or only a part.
    """

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="translations")
    notice = models.ForeignKey("goodstanding.Notice", on_delete=models.CASCADE, related_name="translations")
    member = models.ForeignKey("goodstanding.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    provider = models.CharField(max_length=120)
    model = models.CharField(max_length=200)
    digests = models.JSONField(default=list)
    sentences = models.JSONField(default=list)
    suggestions = models.JSONField(default=list)
    other_kind = models.CharField(max_length=40, blank=True)  # where the model takes it for another kind
    needs = models.JSONField(default=list)  # why a person should look
    troubles = models.JSONField(default=list)
    agreed_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
