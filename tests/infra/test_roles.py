"""Row-level security binds whoever the application is, on our server and on somebody else's."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from goodstanding import database, migrate
from goodstanding.embedded import passwords, places, roles
from goodstanding.home import home

TABLE = """
create table seen (merchant int, what text);
alter table seen enable row level security;
alter table seen force row level security;
create policy only_own on seen using (merchant = nullif(current_setting('app.merchant', true), '')::int);
"""


@pytest.fixture
def bound(test_database: database.Urls) -> Iterator[database.Urls]:
    with psycopg.connect(test_database.owner) as connection:
        connection.execute(TABLE)
    yield test_database
    with psycopg.connect(test_database.owner) as connection:
        connection.execute("drop table seen")


def test_the_application_sees_and_writes_one_merchant(bound: database.Urls) -> None:
    with psycopg.connect(bound.app) as connection:
        connection.execute("set local app.merchant = '1'")
        connection.execute("insert into seen values (1, 'mine')")
        connection.execute("set local app.merchant = '2'")
        assert connection.execute("select count(*) from seen").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute("insert into seen values (1, 'theirs')")
    with psycopg.connect(bound.app) as connection:
        assert connection.execute("select count(*) from seen").fetchone() == (0,)  # no merchant set: nothing


@pytest.mark.parametrize(
    "attempt",
    [
        "alter table seen disable row level security",
        "alter table seen no force row level security",
        "drop policy only_own on seen",
        "drop table seen",
        "alter role goodstanding_app bypassrls",
        "alter role goodstanding_app superuser",
        "set role goodstanding_owner",
        "set session authorization postgres",
        "create table mine (n int)",
        "copy seen to program 'cat'",
        "select pg_read_file('/etc/passwd')",
    ],
)
def test_the_application_cannot_free_itself(bound: database.Urls, attempt: str) -> None:
    with psycopg.connect(bound.app) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(attempt)
    assert refused.value.sqlstate in ("42501", "0LP01", "22023"), refused.value


embedded_only = pytest.mark.skipif(not database.embedded(), reason="needs a superuser's password")


@pytest.fixture
def somebody_elses(database_urls: database.Urls) -> Iterator[str]:
    """A superuser's way into a server on which our roles do not exist under their names."""
    here = home()
    superuser = database._url(places.places(here), passwords.passfile(here), passwords.SUPERUSER, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("create database elsewhere")
    yield make_conninfo(superuser, dbname="elsewhere")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("drop database elsewhere with (force)")
        for role in ("stranger_app", "plain", "creator", "bypasser"):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))


def as_login(superuser: str, name: str, rights: str) -> str:
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create role {} login password 'word' {}").format(sql.Identifier(name), sql.SQL(rights))
        )
        connection.execute(sql.SQL("grant all on schema public to {}").format(sql.Identifier(name)))
    return make_conninfo(superuser, user=name, password="word", passfile="/nonexistent")


@embedded_only
def test_a_superusers_url_is_bound_by_the_role(somebody_elses: str) -> None:
    role = roles.prepare_roles(somebody_elses)
    assert role == "goodstanding_app"
    assert roles.prepare_roles(somebody_elses) == role  # again, without complaint
    with psycopg.connect(somebody_elses) as connection:
        connection.execute(TABLE)
        connection.execute("insert into seen values (1, 'x')")
    with psycopg.connect(make_conninfo(somebody_elses, options=f"-c role={role}")) as connection:
        assert connection.execute("select count(*) from seen").fetchone() == (0,)
        connection.execute("set local app.merchant = '1'")
        assert connection.execute("select count(*) from seen").fetchone() == (1,)


@embedded_only
def test_an_ordinary_owner_without_the_role_is_bound_by_force(
    somebody_elses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "APP", "stranger_app")
    plain = as_login(somebody_elses, "plain", "")
    assert roles.prepare_roles(plain) is None
    with psycopg.connect(plain) as connection:
        connection.execute(TABLE)
        connection.execute("set local app.merchant = '1'")
        connection.execute("insert into seen values (1, 'x')")
        connection.execute("set local app.merchant = ''")
        assert connection.execute("select count(*) from seen").fetchone() == (0,)


@embedded_only
def test_a_login_that_may_create_roles_makes_it_and_joins_the_application(
    somebody_elses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "APP", "stranger_app")
    creator = as_login(somebody_elses, "creator", "createrole")
    assert roles.prepare_roles(creator) == "stranger_app"
    assert roles.prepare_roles(creator) == "stranger_app"
    with psycopg.connect(make_conninfo(creator, options="-c role=stranger_app")) as connection:
        assert connection.execute("select current_user").fetchone() == ("stranger_app",)


@embedded_only
def test_a_login_above_row_security_that_cannot_make_the_role_is_refused(
    somebody_elses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "APP", "stranger_app")
    bypasser = as_login(somebody_elses, "bypasser", "bypassrls")
    with pytest.raises(database.DatabaseProblem, match="CREATE ROLE stranger_app"):
        roles.prepare_roles(bypasser)


def test_an_external_url_takes_the_role_that_was_prepared(monkeypatch: pytest.MonkeyPatch, another_home) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:s%40crt@db.example:5432/shop?sslmode=require")
    assert database.urls(another_home).app == "postgresql://someone:s%40crt@db.example:5432/shop?sslmode=require"
    (another_home / "database-role").write_text("goodstanding_app\n")
    urls = database.urls(another_home)
    entry = database.django_database(urls.app)
    assert entry["OPTIONS"] == {"sslmode": "require", "options": "-c role=goodstanding_app"}
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == (
        *("someone", "s@crt", "db.example", "5432", "shop"),
    )
    assert database.django_database(urls.owner)["OPTIONS"] == {"sslmode": "require"}
    monkeypatch.setenv("GOODSTANDING_APP_ROLE", "")
    assert "role" not in database.urls(another_home).app
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://boss@db.example/shop")
    assert database.urls(another_home).owner == "postgresql://boss@db.example/shop"


def test_a_malformed_url_says_how_it_should_look(monkeypatch: pytest.MonkeyPatch, another_home) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:/oops nonsense")
    with pytest.raises(database.DatabaseProblem, match="postgresql://用户:密码@主机"):
        database.urls(another_home)


def test_an_unreachable_server_is_named_not_traced() -> None:
    with pytest.raises(database.DatabaseProblem, match="连不上数据库"):
        roles.prepare_roles("postgresql://nobody@127.0.0.1:9/none")


def test_the_digest_of_migrations_travels_with_the_database(test_database: database.Urls) -> None:
    with psycopg.connect(test_database.owner) as connection:
        made = connection.execute("select to_regclass('public.django_migrations')").fetchone() == (None,)
        if made:
            connection.execute("create table django_migrations (n int)")
    try:
        migrate.record(test_database.owner, migrate.digest())
        assert migrate.recorded(test_database.owner) == migrate.digest()
        migrate.record(test_database.owner, "older")
        assert migrate.recorded(test_database.owner) != migrate.digest()
    finally:
        if made:
            with psycopg.connect(test_database.owner) as connection:
                connection.execute("drop table django_migrations")
