"""Bytes that a merchant keeps, once each, under their digest."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models

from .tenancy import OfMerchant


class File(OfMerchant):
    """Content by its SHA-256. Kept in the database, so that any worker on any machine can reach it."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="files")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    content = models.BinaryField()
    stored_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "sha256"], name="file_once")]

    @classmethod
    def keep(cls, merchant: Any, content: bytes, media_type: str) -> File:
        """The row of these bytes, made if they are new to this merchant."""
        file, _ = cls.objects.defer("content").get_or_create(
            merchant=merchant,
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={"content": content, "media_type": media_type, "size": len(content)},
        )
        return file

    def read(self) -> bytes:
        return bytes(self.content)
