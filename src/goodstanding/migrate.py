# ruff: noqa: S603 - runs Django's own command with our own interpreter
"""Bring the tables up to date, and skip it in milliseconds when they are.

Django needs seconds to find out that nothing is pending. A digest of all that could bring a migration is kept as the
comment on Django's own table, so it travels with the database in every dump and restore.
"""

import hashlib
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import psycopg
from psycopg import sql

from goodstanding import database

SETTINGS = "goodstanding.settings"


class MigrationFailed(Exception):
    """The tables could not be brought up to date; the message ends with what Django said."""


def migrate(home: Path) -> bool:
    """Bind the application's role and migrate as the owner when anything may be pending. True when it ran.

    Raises MigrationFailed, DatabaseProblem.
    """
    database.prepare_roles(home)
    owner = database.urls(home).owner
    wanted = digest()
    if recorded(owner) == wanted:
        return False
    command = [
        sys.executable,
        "-m",
        "django",
        "migrate",
        "--no-input",
        "--skip-checks",
        "--verbosity=0",
        f"--settings={SETTINGS}",
    ]
    environment = {**os.environ, "GOODSTANDING_ROLE": "owner", "GOODSTANDING_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, start_new_session=True)
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise MigrationFailed(f"数据库结构更新失败，数据未改动。请把下面的内容连同版本号发给维护者：\n{tail}")
    record(owner, wanted)
    return True


def digest() -> str:
    """Of everything a migration can come from: our migration files and the installed packages' versions."""
    parts = [f"{path.name}\0{path.read_text(encoding='utf-8')}" for path in sorted(_own_migrations().glob("*.py"))]
    parts += sorted(f"{found.name}=={found.version}" for found in metadata.distributions())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def recorded(owner_url: str) -> str | None:
    """The digest at the last migration; None when there was none or it is not known."""
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        row = connection.execute(
            "select obj_description(to_regclass('public.django_migrations'), 'pg_class')"
        ).fetchone()
        return row[0] if row else None


def record(owner_url: str, value: str) -> None:
    """Note that the tables are as `value` wants them."""
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        connection.execute(sql.SQL("comment on table public.django_migrations is {}").format(sql.Literal(value)))


def _own_migrations() -> Path:
    return Path(__file__).parent / "migrations"
