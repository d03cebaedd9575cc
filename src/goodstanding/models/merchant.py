"""The tenant: one seller, whose rows nobody else sees."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from .tenancy import acting_for


class Merchant(models.Model):
    """One seller. ``letterhead`` is the legal name that stands under replies; ``zone`` the team's IANA time zone."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    letterhead = models.CharField(max_length=200, blank=True)
    zone = models.CharField(max_length=64, default="Asia/Shanghai")
    currency = models.CharField(max_length=3, default="USD")
    four_eyes = models.BooleanField(default=True)  # the author of a reply may not be its only approver
    habits = models.JSONField(default=dict, blank=True)  # when people are reminded: see pipeline.promises.remind_at
    demo = models.BooleanField(default=False)
    case_numbers = models.PositiveIntegerField(default=0)  # the highest case number given out
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def found(cls, name: str, slug: str, **fields: Any) -> Merchant:
        """A new merchant. Its id is drawn first, since a row may be written only by who acts for that merchant."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('goodstanding_merchant', 'id'))")
            (number,) = cursor.fetchone()
        with acting_for(number):
            return cls.objects.create(pk=number, name=name, slug=slug, **fields)

    def next_case_number(self) -> int:
        """Give out the next number; the row stays locked until the transaction ends."""
        Merchant.objects.filter(pk=self.pk).update(case_numbers=models.F("case_numbers") + 1)
        self.refresh_from_db(fields=["case_numbers"])
        return self.case_numbers
