"""Whose rows are visible: PostgreSQL decides, from settings that live exactly as long as a transaction.

Policies compare ``merchant_id`` with ``goodstanding.merchant``; where nothing is set, nothing is visible. Three wider
scopes exist for what happens before a merchant is known: a signed-in user looking for their own memberships, the door
looking a connection up by its token, and the clock asking which merchants exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models, transaction

_SCOPES = ("merchant", "person", "token", "clock", "invitation")


@contextmanager
def acting_for(merchant_id: int) -> Iterator[None]:
    """A transaction in which the rows of one merchant, and no others, can be seen and written."""
    with _scope(merchant=str(int(merchant_id))):
        yield


@contextmanager
def signed_in(user_id: int) -> Iterator[None]:
    """A transaction in which a user's own memberships, and the merchants behind them, can be read."""
    with _scope(person=str(int(user_id))):
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
    nested = connection.in_atomic_block
    before: dict[str, str] = getattr(connection, "_goodstanding_scope", {}) if nested else {}
    try:
        with transaction.atomic():
            _set(settings)
            yield
            # PostgreSQL forgets at the end of a transaction, and returns to what was before when a savepoint is rolled
            # back; only a scope that ended well inside another has something to restore.
            if nested and not connection.needs_rollback:
                _set(before)
    finally:
        connection._goodstanding_scope = before  # type: ignore[attr-defined]


def _set(values: dict[str, str]) -> None:
    # SET LOCAL rather than set_config(): the latter is not passed on to the nodes of a Citus cluster.
    statements = [f"SET LOCAL goodstanding.{name} = %s" for name in _SCOPES]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(statements), [values.get(name, "") for name in _SCOPES])
    connection._goodstanding_scope = values  # type: ignore[attr-defined]


class OfMerchant(models.Model):
    """A row that belongs to one merchant. Row-level security is switched on for every subclass by the migrations."""

    merchant = models.ForeignKey("goodstanding.Merchant", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
