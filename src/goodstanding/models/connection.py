"""A merchant's configured channel, source or notifier: credentials, permissions granted, health."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .member import digest_of
from .sealed import seal, unseal
from .tenancy import OfMerchant


class PluginType(models.TextChoices):
    CHANNEL = "channel", _("通知渠道")
    SOURCE = "source", _("资料来源")
    NOTIFIER = "notifier", _("提醒方式")


class Connection(OfMerchant):
    """One configured plug-in. ``settings`` are plain, ``secrets`` sealed; the door is opened by ``token``.

    ``may_submit`` says that a member allowed exactly that; without it a package is downloaded and sent by hand.
    """

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="connections")
    type = models.CharField(max_length=10, choices=PluginType.choices, default=PluginType.CHANNEL)
    plugin = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    store = models.ForeignKey(
        "goodstanding.Store", on_delete=models.SET_NULL, null=True, blank=True, related_name="connections"
    )
    settings = models.JSONField(default=dict, blank=True)
    secrets_sealed = models.BinaryField(blank=True, default=b"")
    token_digest = models.CharField(max_length=64, unique=True)
    token_sealed = models.BinaryField()
    may_submit = models.BooleanField(default=False)
    granted = models.JSONField(default=dict, blank=True)  # what the key was found to allow
    created_at = models.DateTimeField(auto_now_add=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    # Health: what an operator asks first when nothing arrives.
    last_delivery_at = models.DateTimeField(null=True, blank=True)
    last_trusted_at = models.DateTimeField(null=True, blank=True)
    last_refused_at = models.DateTimeField(null=True, blank=True)
    refusals = models.PositiveIntegerField(default=0)  # signature failures in a row
    last_error = models.CharField(max_length=500, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    polled_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label

    @classmethod
    def open(
        cls, merchant: Any, plugin: str, label: str, *, type: str = PluginType.CHANNEL, **fields: Any
    ) -> Connection:
        """A new connection with a fresh, unguessable token."""
        token = secrets.token_urlsafe(24)
        given = fields.pop("secrets", {})
        connection = cls(
            merchant=merchant, plugin=plugin, label=label, type=type, token_digest=digest_of(token), **fields
        )
        connection.token_sealed = seal(token, merchant_id=merchant.pk, column="connection.token")
        connection.secrets = given
        connection.save()
        return connection

    @property
    def token(self) -> str:
        return str(unseal(bytes(self.token_sealed), merchant_id=self.merchant_id, column="connection.token"))

    @property
    def secrets(self) -> dict[str, str]:
        if not self.secrets_sealed:
            return {}
        return dict(unseal(bytes(self.secrets_sealed), merchant_id=self.merchant_id, column="connection.secrets"))

    @secrets.setter
    def secrets(self, value: dict[str, str]) -> None:
        self.secrets_sealed = seal(value, merchant_id=self.merchant_id, column="connection.secrets") if value else b""
