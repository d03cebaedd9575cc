"""Every row belongs to one merchant: held by PostgreSQL, whatever SQL is sent by the application's role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from tests.cast import Cast, cast
from tests.cast import connection as connect
from tests.models.rows import ROWS, fill

from goodstanding.audit import kinds, record
from goodstanding.models import (
    Connection,
    Invitation,
    Member,
    Merchant,
    Store,
    acting_for,
    as_clock,
    at_the_door,
    holding_invitation,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def rows(people: Cast) -> dict[str, int]:
    """A row of every table, of Alice's merchant; the number of each."""
    return fill(people)


def sql(statement: str, *values: Any) -> int:
    """Around the ORM; how many rows were touched."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def tables() -> Iterator[tuple[str, str]]:
    """Every table of ours that belongs to a merchant, and the column that says so."""
    for model in apps.get_app_config("goodstanding").get_models():
        if model is Merchant:
            yield model._meta.db_table, "id"
        elif any(
            field.name == "merchant" for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)
        ):
            yield model._meta.db_table, "merchant_id"


TABLES = sorted(tables())


def test_every_model_is_a_merchants_but_the_user():
    named = {model._meta.db_table for model in apps.get_app_config("goodstanding").get_models()}
    assert named - {name for name, _ in TABLES} == {"goodstanding_user"}


@pytest.mark.parametrize("table", [name for name, _ in TABLES])
def test_row_security_is_on_and_forced(table: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
        assert cursor.fetchone() == (True, True)


def test_the_rows_of_every_table_are_there(rows: dict[str, int], people: Cast):
    assert set(rows) == {name for name, _ in TABLES} == set(ROWS)
    with acting_for(people.merchant.pk):
        for table, pk in rows.items():
            assert sql(f"SELECT 1 FROM {table} WHERE id = %s", pk) == 1, table


def test_another_merchant_sees_changes_and_deletes_nothing(rows: dict[str, int], people: Cast):
    with acting_for(people.elsewhere.pk):
        for table, column in TABLES:
            pk = rows[table]
            assert sql(f"SELECT 1 FROM {table} WHERE id = %s", pk) == 0, table
            assert sql(f"SELECT 1 FROM {table} WHERE {column} = %s", people.merchant.pk) == 0, table
            assert sql(f"UPDATE {table} SET {column} = {column} WHERE id = %s", pk) == 0, table
            assert sql(f"DELETE FROM {table} WHERE id = %s", pk) == 0, table
            with pytest.raises(DatabaseError):
                sql(f"INSERT INTO {table} ({column}) VALUES (%s)", people.merchant.pk)


def test_no_scope_sees_nothing_and_writes_nothing(rows: dict[str, int], people: Cast):
    for table, column in TABLES:
        assert sql(f"SELECT 1 FROM {table}") == 0, table
        assert sql(f"UPDATE {table} SET {column} = {column}") == 0, table
        assert sql(f"DELETE FROM {table}") == 0, table
    with pytest.raises(DatabaseError, match="row-level security"):
        Store.objects.create(merchant=people.merchant, name="x")


@pytest.mark.parametrize("table,column", TABLES)
def test_rows_cannot_be_moved_to_another_merchant(rows: dict[str, int], people: Cast, table: str, column: str):
    with acting_for(people.merchant.pk):
        with pytest.raises(DatabaseError, match=r"row-level security|not changed"):
            sql(f"UPDATE {table} SET {column} = %s WHERE id = %s", people.elsewhere.pk, rows[table])
        assert sql(f"SELECT 1 FROM {table} WHERE id = %s", rows[table]) == 1


def test_a_row_for_another_merchant_is_refused(people: Cast):
    with acting_for(people.merchant.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Store.objects.create(merchant=people.elsewhere, name="planted")
    with acting_for(people.elsewhere.pk):
        assert not Store.objects.exists()


def test_scopes_nest_and_restore(people: Cast):
    here, there = people.merchant.pk, people.elsewhere.pk
    with acting_for(here):
        assert merchants() == {here}
        with acting_for(there):
            assert merchants() == {there}
            with as_clock():
                assert merchants() == {here, there}
            assert merchants() == {there}
        assert merchants() == {here}
    assert merchants() == set()


def test_an_error_inside_a_scope_restores_the_outer_one(people: Cast):
    here, there = people.merchant.pk, people.elsewhere.pk
    with acting_for(here):
        with pytest.raises(LookupError), acting_for(there):
            raise LookupError
        assert merchants() == {here}
        # A failed statement must come out as itself, not as "current transaction is aborted".
        with pytest.raises(IntegrityError, match="member_once"), acting_for(there):
            Member.objects.create(merchant=people.elsewhere, user=people.mallory.user, role="viewer")
        assert merchants() == {here}
        with pytest.raises(DatabaseError, match="division by zero"), acting_for(there), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert merchants() == {here}
        with pytest.raises(LookupError), acting_for(there), as_clock():
            raise LookupError
        assert merchants() == {here}
    assert merchants() == set()


@pytest.mark.django_db(transaction=True)
def test_an_error_ends_an_outermost_scope():
    people = cast()
    with pytest.raises(IntegrityError), acting_for(people.merchant.pk):
        Member.objects.create(merchant=people.merchant, user=people.bob.user, role="viewer")
    assert merchants() == set()
    with acting_for(people.elsewhere.pk):
        assert merchants() == {people.elsewhere.pk}
    assert merchants() == set()


def test_a_person_sees_their_memberships_and_nothing_else(rows: dict[str, int], people: Cast):
    with signed_in(people.mallory.user_id):
        assert {row.pk for row in Member.objects.all()} == {people.mallory.pk}
        assert merchants() == {people.elsewhere.pk}
        only_seen(rows, {"goodstanding_member", "goodstanding_merchant"}, people)
    with signed_in(people.bob.user_id):
        assert {row.pk for row in Member.objects.all()} == {people.bob.pk}
        assert merchants() == {people.merchant.pk}
        # Reading is all: a membership cannot be raised from here.
        assert sql("UPDATE goodstanding_member SET role = 'owner' WHERE id = %s", people.bob.pk) == 0
        assert sql("DELETE FROM goodstanding_member") == 0


def test_the_door_sees_one_connection(rows: dict[str, int], people: Cast):
    other = connect(people.elsewhere)
    mine = connect(people.merchant)
    with at_the_door(mine.token_digest):
        assert [row.pk for row in Connection.objects.all()] == [mine.pk]
        assert sql("UPDATE goodstanding_connection SET label = 'x'") == 0
        assert merchants() == set()
    with at_the_door(other.token_digest):
        assert [row.pk for row in Connection.objects.all()] == [other.pk]
    with at_the_door("0" * 64):
        assert not Connection.objects.exists()
    with at_the_door(""):
        assert not Connection.objects.exists()


def test_an_invitation_is_seen_by_who_holds_it(people: Cast):
    with acting_for(people.merchant.pk):
        invitation, _ = Invitation.make(people.alice, "new@example.com", "agent")
        Invitation.make(people.alice, "second@example.com", "agent")
    with holding_invitation(invitation.token_digest):
        assert [row.email for row in Invitation.objects.all()] == ["new@example.com"]
        assert sql("UPDATE goodstanding_invitation SET role = 'owner'") == 0
        assert merchants() == set()
    with holding_invitation("0" * 64):
        assert not Invitation.objects.exists()


def test_the_clock_sees_what_may_be_due_and_no_more(rows: dict[str, int], people: Cast):
    with as_clock():
        assert merchants() == {people.merchant.pk, people.elsewhere.pk}
        assert Connection.objects.filter(pk=rows["goodstanding_connection"]).exists()
        due = {"goodstanding_connection", "goodstanding_notification", "goodstanding_parcel"}
        only_seen(rows, {"goodstanding_merchant", *due}, people)
        assert sql("UPDATE goodstanding_connection SET disabled_at = now()") == 0
        assert sql("UPDATE goodstanding_merchant SET name = 'x'") == 0


CONTENTS = [
    ("goodstanding_auditevent", "kind = 'x'"),
    ("goodstanding_auditevent", "facts = '{}'"),
    ("goodstanding_auditevent", "at = now()"),
    ("goodstanding_delivery", "body = 'x'"),
    ("goodstanding_delivery", "headers = '[1]'"),
    ("goodstanding_delivery", "received_at = now()"),
    ("goodstanding_file", "content = 'x'"),
    ("goodstanding_file", "sha256 = repeat('0', 64)"),
    ("goodstanding_package", "digest = repeat('0', 64)"),
    ("goodstanding_package", "manifest = '{}'"),
    ("goodstanding_package", "exhibits = '[]'"),
    ("goodstanding_package", "findings = '[{}]'"),
    ("goodstanding_package", "number = 9"),
    ("goodstanding_package", "stage = 'x'"),
]


@pytest.mark.parametrize("table,change", CONTENTS)
def test_what_arrived_and_what_was_frozen_is_not_changed(rows: dict[str, int], people: Cast, table: str, change: str):
    with acting_for(people.merchant.pk), pytest.raises(DatabaseError, match="not changed"):
        sql(f"UPDATE {table} SET {change.replace('%', '%%')} WHERE id = %s", rows[table])


@pytest.mark.parametrize("table", sorted({table for table, _ in CONTENTS}))
def test_what_arrived_and_what_was_frozen_is_not_deleted(rows: dict[str, int], people: Cast, table: str):
    with acting_for(people.merchant.pk), pytest.raises(DatabaseError, match="not changed"):
        sql(f"DELETE FROM {table} WHERE id = %s", rows[table])


def test_what_may_change_beside_the_contents_does(rows: dict[str, int], people: Cast):
    with acting_for(people.merchant.pk):
        assert sql("UPDATE goodstanding_delivery SET trust = 'trusted', repeats = repeats + 1") == 1
        assert sql("UPDATE goodstanding_package SET superseded_at = now()") == 1


def test_an_event_is_written_with_what_it_tells_of_or_not_at_all(people: Cast):
    with acting_for(people.merchant.pk):
        event = record(kinds.SETTINGS_CHANGED, people.merchant, actor=people.alice, fields="zone")
        with pytest.raises(TypeError, match="not deleted"):
            event.delete()


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    people = cast()
    with pytest.raises(RuntimeError, match="transaction"):
        record(kinds.SETTINGS_CHANGED, people.merchant, fields="zone")


def only_seen(rows: dict[str, int], tables_: set[str], people: Cast) -> None:
    for table, _ in TABLES:
        if table not in tables_:
            assert sql(f"SELECT 1 FROM {table}") == 0, table


def merchants() -> set[int]:
    return set(Merchant.objects.values_list("pk", flat=True))
