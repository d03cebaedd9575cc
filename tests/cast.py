"""The fixed cast: Alice owns, Bob approves, Carol only looks; Mallory owns another merchant. Plain functions, no fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from goodstanding.models import Connection, Member, Merchant, Role, User, acting_for

PASSWORD = "correct horse battery"
SECRET = "acme-webhook-secret"


@dataclass(frozen=True)
class Cast:
    """Everyone, with their merchants."""

    merchant: Merchant
    alice: Member
    bob: Member
    carol: Member
    elsewhere: Merchant
    mallory: Member


def cast() -> Cast:
    """Two merchants and four people. The rows are written as each merchant."""
    merchant = Merchant.found("晴川家居", "qingchuan", letterhead="Qingchuan Home Ltd", zone="Asia/Shanghai")
    elsewhere = Merchant.found("别家店", "elsewhere")
    return Cast(
        merchant=merchant,
        alice=member(merchant, "alice@example.com", "Alice", Role.OWNER),
        bob=member(merchant, "bob@example.com", "Bob", Role.APPROVER),
        carol=member(merchant, "carol@example.com", "Carol", Role.VIEWER),
        elsewhere=elsewhere,
        mallory=member(elsewhere, "mallory@example.com", "Mallory", Role.OWNER),
    )


def member(merchant: Merchant, email: str, name: str, role: str) -> Member:
    """A person with a sign-in and a role in the merchant."""
    user = User.objects.filter(email=email).first()
    user = user or User.objects.create(email=email, name=name, password=_hashed())
    with acting_for(merchant.pk):
        return Member.objects.create(merchant=merchant, user=user, role=role)


@cache
def _hashed() -> str:
    return make_password(PASSWORD)  # slow by intent; once is enough


def connection(merchant: Merchant, plugin: str = "example", **fields: Any) -> Connection:
    """A connection of a channel; without further words one of the example's, with its secret and nobody to call."""
    given = {"secrets": {"webhook_secret": SECRET}, "settings": {"api_base": "http://127.0.0.1:9"}, **fields}
    with acting_for(merchant.pk):
        return Connection.open(merchant, plugin, given.pop("label", plugin.title()), **given)
