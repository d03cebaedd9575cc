"""Whose rows are visible: PostgreSQL decides, from settings that live exactly as long as a transaction.

Policies compare ``merchant_id`` with ``goodstanding.merchant``; where nothing is set, nothing is visible. Three wider
scopes exist for what happens before a merchant is known: a signed-in user looking for their own memberships, the door
looking a connection up by its token, and the clock asking which merchants exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

_SCOPES = ("merchant", "user", "token", "clock", "invitation")


@contextmanager
def acting_for(merchant_id: int) -> Iterator[None]:
    """A transaction in which the rows of one merchant, and no others, can be seen and written."""
    with _scope(merchant=str(int(merchant_id))):
        yield


@contextmanager
def signed_in(user_id: int) -> Iterator[None]:
    """A transaction in which a user's own memberships, and the merchants behind them, can be read."""
    with _scope(user=str(int(user_id))):
        yield


@contextmanager
def at_the_door(token_digest: str) -> Iterator[None]:
    """A transaction in which the one connection with this token can be read."""
    with _scope(token=token_digest):
        yield


@contextmanager
def holding_invitation(token_digest: str) -> Iterator[None]:
    """A transaction in which the one invitation with this token can be read."""
    with _scope(invitation=token_digest):
        yield


@contextmanager
def as_clock() -> Iterator[None]:
    """A transaction in which merchants and their connections can be listed, for work that is due."""
    with _scope(clock="on"):
        yield


@contextmanager
def _scope(**settings: str) -> Iterator[None]:
    with transaction.atomic():
        before = _current()
        _set({name: settings.get(name, "") for name in _SCOPES})
        try:
            yield
        finally:
            if (
                not connection.needs_rollback
                and connection.connection is not None
                and not connection.closed_in_transaction
            ):
                _set(before)


def _current() -> dict[str, str]:
    columns = ", ".join(f"current_setting('goodstanding.{name}', true)" for name in _SCOPES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        return dict(zip(_SCOPES, (value or "" for value in cursor.fetchone()), strict=True))


def _set(values: dict[str, str]) -> None:
    # SET LOCAL rather than set_config(): the latter is not passed on to the nodes of a Citus cluster.
    statements = [f"SET LOCAL goodstanding.{name} = %s" for name in _SCOPES]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), [values[name] for name in _SCOPES])


class OfMerchant(models.Model):
    """A row that belongs to one merchant. Row-level security is switched on for every subclass by the migrations."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
