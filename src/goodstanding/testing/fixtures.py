"""The test database: made and migrated by the owner, used by the application's role, so that row-level security binds."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from goodstanding import database
from goodstanding.embedded import roles
from goodstanding.embedded.passwords import APP
from goodstanding.home import home
from goodstanding.testing import homes


@pytest.fixture(scope="session")
def database_urls() -> database.Urls:
    """The running server: the embedded one of this run, or `DATABASE_URL`."""
    here = home()
    database.start(here, tied="PYTEST_XDIST_WORKER" not in os.environ, durable=False)
    return database.urls(here)


@pytest.fixture(scope="session")
def test_database(database_urls: database.Urls) -> Iterator[database.Urls]:
    """An empty database of this run (one for each xdist worker), its two ways in, dropped at the end."""
    name = f"test_goodstanding_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    owner = make_conninfo(database_urls.owner, dbname=name)
    role = roles.prepare_roles(owner, database_urls.app)
    app = make_conninfo(database_urls.app, dbname=name)
    if role and conninfo_to_dict(app).get("user") != role:
        app = make_conninfo(app, options=f"-c role={role}")
    if role:
        with psycopg.connect(owner) as connection:  # transactional tests end by emptying the tables
            words = sql.SQL("alter default privileges in schema public grant truncate on tables to {}")
            connection.execute(words.format(sql.Identifier(APP)))
    yield database.Urls(owner=owner, app=app)
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(test_database: database.Urls, django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's: migrate as the owner, then let the tests in as the application."""
    from django.core.management import call_command
    from django.db import connection

    connection.close()
    with django_db_blocker.unblock():
        connection.settings_dict.update(database.django_database(test_database.owner))
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
    connection.settings_dict.update(database.django_database(test_database.app))
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def owner_connection(
    django_db_setup: None,  # noqa: ARG001 - the tables must be there
    test_database: database.Urls,
) -> Iterator[psycopg.Connection]:
    """The owner's own connection to the test database, outside the test's transaction. Rolled back at the end.

    Row-level security is forced on the owner, too; it sees no more rows, but may alter tables.
    """
    with psycopg.connect(test_database.owner) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def another_home() -> Iterator[Path]:
    """An empty home for tests about starting and stopping; whatever was started there is removed."""
    folder = homes.make()
    yield folder
    homes.destroy(folder)
