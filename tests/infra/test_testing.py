"""The plumbing of the tests themselves."""

import socket

import pytest
from django.db import connection, transaction

from goodstanding.testing.loopback import BeyondThisMachine


def test_tests_work_as_the_application(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper or rolbypassrls, pg_get_userbyid(c.relowner)"
            " from pg_roles r, pg_class c where r.rolname = current_user and c.oid = 'django_migrations'::regclass"
        )
        user, free, owner = cursor.fetchone()
    assert not free
    assert user != owner


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transactional_test_leaves_empty_tables(turn: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select count(*) from django_session")
        assert cursor.fetchone() == (0,)
        cursor.execute("insert into django_session values ('key', 'data', now())")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "example.com", "10.0.0.1"])
def test_nothing_reaches_beyond_this_machine(address: str) -> None:
    with pytest.raises(BeyondThisMachine, match=address):
        socket.create_connection((address, 80), timeout=1)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(BeyondThisMachine):
        outward.connect_ex((address, 80))


def test_this_machine_is_within_reach() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
