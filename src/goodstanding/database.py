# ruff: noqa: T201 - it is a small command, too
"""The database: the embedded PostgreSQL of one home, or the server named by `DATABASE_URL`.

    start(home())            # does nothing when it runs already, or when DATABASE_URL is set
    urls(home()).app         # how the application connects: bound by row-level security
    urls(home()).owner       # how migrations connect
    stop(home())

With `DATABASE_URL` nothing is started or stopped; migrations use `DATABASE_OWNER_URL`, by default the same.
`python -m goodstanding.database start|stop|status|psql|pg_dump` is for a look inside. Nothing here knows Django.
"""

import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from goodstanding.embedded import cluster, roles
from goodstanding.embedded.account import account
from goodstanding.embedded.binaries import binaries
from goodstanding.embedded.passwords import APP, OWNER, SUPERUSER, passfile, passwords
from goodstanding.embedded.places import Places, note_places, open_folder, places
from goodstanding.embedded.problem import DatabaseProblem
from goodstanding.embedded.roles import DATABASE
from goodstanding.home import ensure_home
from goodstanding.home import home as default_home

__all__ = [
    "DatabaseProblem",
    "Urls",
    "django_database",
    "embedded",
    "prepare_roles",
    "remove",
    "running",
    "start",
    "stop",
    "urls",
    "version",
]


@dataclass(frozen=True)
class Urls:
    """libpq connection URLs: `owner` migrates, `app` is what the application works with."""

    owner: str
    app: str


def embedded() -> bool:
    """Is the database ours to start and stop? False when `DATABASE_URL` names a server."""
    return not os.environ.get("DATABASE_URL")


def urls(home: Path) -> Urls:
    """How to connect. Makes and starts nothing; the embedded server's passwords stay in their file."""
    if not embedded():
        return _external(home)
    return Urls(owner=_embedded_url(home, OWNER), app=_embedded_url(home, APP))


def django_database(url: str) -> dict[str, Any]:
    """`url` as an entry of Django's `DATABASES`; parameters Django has no name for become `OPTIONS`."""
    parts = conninfo_to_dict(url)
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    entry: dict[str, Any] = {key: str(parts.pop(name, "") or "") for key, name in named.items()}
    return {"ENGINE": "django.db.backends.postgresql", **entry, "OPTIONS": parts}


def start(home: Path, *, tied: bool = False, durable: bool = True, say: Callable[[str], None] = lambda _: None) -> Urls:
    """Have the database running; returns at once when it is. Safe to call from several processes.

    `tied`: a server started here ends with this process, even when that is killed (Linux). `durable=False` leaves
    out fsync, for tests only. `say` hears about steps that take seconds. Raises DatabaseProblem.
    """
    if not embedded():
        return urls(home)
    if sys.platform == "win32":
        raise DatabaseProblem("内置数据库不支持 Windows。请设置 DATABASE_URL 使用现有的 PostgreSQL，或在 WSL 里运行。")
    ensure_home(home)
    with _alone(home):
        where = places(home)
        _set_aside_orphan(home, where, say)
        fresh = not (where.data / "PG_VERSION").exists()
        if fresh:
            say("正在建立内置数据库…")
            open_folder(where.data.parent)
            cluster.create(home, where, durable=durable)
            note_places(home, where)
        superuser = _url(where, passfile(home), SUPERUSER, "postgres")
        if not cluster.settle(where, superuser):
            cluster.launch(where, superuser, tied=tied, durable=durable, say=say)
        if not _founded(home):
            roles.found(superuser, passwords(home))
            roles.prepare_roles(urls(home).owner)
            (home / ".database-founded").touch()
    return urls(home)


def stop(home: Path) -> None:
    """Stop the embedded server, cleanly and without waiting for clients. Nothing when it does not run."""
    if embedded() and home.exists():
        with _alone(home):
            cluster.halt(places(home))


def running(home: Path) -> bool:
    """Does the server take connections? An external one is asked for real."""
    if embedded():
        return cluster.answers(places(home))
    try:
        psycopg.connect(urls(home).app, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def version(url: str) -> str:
    """The server's own version, such as `18.6`."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute("show server_version").fetchone()
        return str(row[0]) if row else "?"


def remove(home: Path) -> None:
    """Stop the embedded server and delete its data for good, wherever it lives."""
    if not embedded():
        return
    stop(home)
    where = places(home)
    for folder in (where.data, where.data.with_name(f"{where.data.name}.new"), where.sockets):
        shutil.rmtree(folder, ignore_errors=True)
    if not where.data.is_relative_to(home) and where.data.parent.exists() and not any(where.data.parent.iterdir()):
        where.data.parent.rmdir()
    for note in ("database.json", ".database-founded"):
        (home / note).unlink(missing_ok=True)


def prepare_roles(home: Path) -> str | None:
    """Before migrating: bind the application to row-level security. See `embedded.roles.prepare_roles`.

    For an external server the role the application has to take is noted in the home, and `urls` adds it from then
    on. `GOODSTANDING_APP_ROLE` overrides the note (empty: no role).
    """
    if embedded():
        roles.prepare_roles(urls(home).owner)
        return None
    owner, app = _named()
    role = roles.prepare_roles(owner, app)
    note = ensure_home(home) / "database-role"
    note.write_text(f"{role or ''}\n", encoding="utf-8")
    return role


def _named() -> tuple[str, str]:
    app = os.environ["DATABASE_URL"]
    return os.environ.get("DATABASE_OWNER_URL") or app, app


def _external(home: Path) -> Urls:
    owner, app = _named()
    role = os.environ.get("GOODSTANDING_APP_ROLE")
    if role is None:
        try:
            role = (home / "database-role").read_text(encoding="utf-8").strip()
        except OSError:
            role = ""
    try:
        parts = conninfo_to_dict(app)
    except psycopg.ProgrammingError as problem:
        raise DatabaseProblem(
            f"DATABASE_URL 写法不对（{str(problem).strip()}）。正确的样子：postgresql://用户:密码@主机:5432/数据库"
        ) from problem
    if role and parts.get("user") != role:
        options = f"{parts.get('options') or ''} -c role={role}".strip()
        app = f"{app}{'&' if '?' in app else '?'}{urlencode({'options': options}, quote_via=quote)}"
    return Urls(owner=owner, app=app)


def _embedded_url(home: Path, login: str) -> str:
    return _url(places(home), passfile(home), login, DATABASE)


def _url(where: Places, words: Path, login: str, name: str) -> str:
    query = urlencode({"host": where.sockets, "passfile": words}, quote_via=quote)
    return f"postgresql://{login}@/{name}?{query}"


def _set_aside_orphan(home: Path, where: Places, say: Callable[[str], None]) -> None:
    """A cluster outside the home, left by a home that was deleted: its passwords and keys are gone. Kept, not used."""
    if (home / "database.json").exists() or where.data.is_relative_to(home) or not where.data.exists():
        return
    cluster.halt(where)
    aside = where.data.with_name(f"{where.data.name}.{time.strftime('%Y%m%d-%H%M%S')}")
    where.data.rename(aside)
    say(f"发现数据目录被删除前留下的数据库，已改名保留：{aside}")


def _founded(home: Path) -> bool:
    return (home / ".database-founded").exists()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops this home's server; the others wait."""
    with (home / ".database-lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _main(words: list[str]) -> int:
    here = default_home()
    match words:
        case ["start"]:
            start(here, say=print)
            print(urls(here).app)
        case ["stop"]:
            stop(here)
        case ["status"]:
            print(f"{'运行中' if running(here) else '未运行'}  {places(here).data if embedded() else 'DATABASE_URL'}")
            return 0 if running(here) else 3
        case ["psql" | "pg_dump" as name, *rest]:
            _become(here, name, rest)
        case _:
            print(
                "用法：python -m goodstanding.database start | stop | status | psql [参数…] | pg_dump [参数…]",
                file=sys.stderr,
            )
            return 2
    return 0


def _become(home: Path, name: str, words: list[str]) -> None:
    """Let PostgreSQL's own program take over this terminal.

    psql comes in as the owner. pg_dump must see every row, so the embedded server lets it in as the superuser.
    """
    url = start(home).owner
    where = places(home)
    if embedded() and name == "pg_dump":
        url = _url(where, passfile(home), SUPERUSER, DATABASE)
    program = binaries(where.data, for_another_user=account(where.data).switch) / name
    os.execv(program, [str(program), "--dbname", url, *words])  # noqa: S606 - that is the point


if __name__ == "__main__":
    try:
        sys.exit(_main(sys.argv[1:]))
    except DatabaseProblem as problem:
        sys.exit(str(problem))
