"""Who may do what inside the database.

The owner makes tables; the application logs in as, or changes into, `goodstanding_app`, which owns nothing, is no
superuser and cannot bypass row-level security.
"""

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from goodstanding.embedded.passwords import APP, OWNER
from goodstanding.embedded.problem import DatabaseProblem

DATABASE = "goodstanding"


def found(superuser: str, words: dict[str, str]) -> None:
    """Make the embedded cluster's two logins and its database, as far as they are missing."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role, extra in ((OWNER, "CREATEDB"), (APP, "NOCREATEDB")):
            if not connection.execute("select from pg_roles where rolname = %s", [role]).rowcount:
                connection.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("alter role {} login nosuperuser nobypassrls nocreaterole {} password {}").format(
                    sql.Identifier(role), sql.SQL(extra), sql.Literal(words[role])
                )
            )
        connection.execute(sql.SQL("grant {} to {}").format(*map(sql.Identifier, (APP, OWNER))))
        if not connection.execute("select from pg_database where datname = %s", [DATABASE]).rowcount:
            names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
            connection.execute(sql.SQL("create database {} owner {}").format(*names))
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(DATABASE)))
        connection.execute(
            sql.SQL("grant connect, temporary on database {} to {}").format(*map(sql.Identifier, (DATABASE, APP)))
        )


def prepare_roles(owner_url: str, app_url: str | None = None) -> str | None:
    """Bind the application to row-level security in the database of `owner_url`; the role it must take, or None.

    Run as the login that migrates, on every start and before migrating: it changes nothing that is already right.

    1. `goodstanding_app` (NOLOGIN unless it exists) is created where the login may create roles.
    2. The logins of `owner_url` and `app_url` are made its members, so that they can change into it.
    3. What the owner creates in schema `public`, now and later, becomes usable by it: rows of tables, sequences,
       functions. It cannot alter, truncate or own anything.

    Returns the name for libpq's `-c role=…`. None means the role neither exists nor may be created, and the
    application works under its own login. That is safe for an ordinary login, because the tables FORCE row-level
    security even on their owner; a login to which no policy applies is refused.

    Raises DatabaseProblem (unreachable; or a superuser without the role), the message says what an administrator
    has to run.
    """
    try:
        with psycopg.connect(owner_url, connect_timeout=10) as connection:
            row = connection.execute(
                "select current_user, rolcreaterole or rolsuper, rolbypassrls or rolsuper,"
                " exists(select from pg_roles where rolname = %s)"
                " from pg_roles where rolname = current_user",
                [APP],
            ).fetchone()
            assert row is not None  # noqa: S101 - one always is the user one is
            login, may_create, bypasses, exists = row
            if not exists and may_create:
                connection.execute(sql.SQL("create role {} nologin nobypassrls").format(sql.Identifier(APP)))
            elif not exists:
                if bypasses:
                    raise DatabaseProblem(_needs_role(login))
                return None
            for member in {login, _login(app_url) or login} - {APP}:
                _join(connection, member)
            _grant(connection)
    except psycopg.OperationalError as problem:
        raise DatabaseProblem(
            f"连不上数据库：{str(problem).strip()}。请检查 DATABASE_URL 和数据库是否在运行。"
        ) from problem
    return APP


def _join(connection: psycopg.Connection, member: str) -> None:
    """Let `member` change into the role. Since PostgreSQL 16 its creator administers it, but may not become it."""
    way = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    row = connection.execute("select pg_has_role(%s, %s, %s)", [member, APP, way]).fetchone()
    if row and row[0]:
        return
    try:
        with connection.transaction():
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(APP), sql.Identifier(member)))
    except psycopg.errors.InsufficientPrivilege as problem:
        raise DatabaseProblem(_needs_role(member)) from problem


def _grant(connection: psycopg.Connection) -> None:
    """Usable now and later, for what this login owns. Each statement is a no-op when repeated."""
    app = sql.Identifier(APP)
    everything = {
        "tables": "select, insert, update, delete",
        "sequences": "usage, select, update",
        "functions": "execute",
    }
    for kind, rights in everything.items():
        words = sql.SQL(rights), sql.SQL(kind), app
        connection.execute(sql.SQL("alter default privileges in schema public grant {} on {} to {}").format(*words))
        if kind != "functions":  # everyone may execute functions from the start
            connection.execute(sql.SQL("grant {} on all {} in schema public to {}").format(*words))
    connection.execute(sql.SQL("grant usage on schema public to {}").format(app))


def _login(url: str | None) -> str | None:
    return str(conninfo_to_dict(url).get("user") or "") or None if url else None


def _needs_role(member: str) -> str:
    return (
        f"数据库用户 {member} 不受行级安全约束，又无权使用角色 {APP}。请让数据库管理员执行："
        f"CREATE ROLE {APP} NOLOGIN; GRANT {APP} TO {member};"
    )
