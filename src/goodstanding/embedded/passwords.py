"""The cluster's random passwords, in the form libpq reads (`passfile`): they appear in no URL, setting or log."""

import secrets
from pathlib import Path

from goodstanding.home import secret, secret_path

SUPERUSER = "postgres"
OWNER = "goodstanding_owner"
APP = "goodstanding_app"
FILE = "database"


def passfile(home: Path) -> Path:
    """Where the passwords are kept, whether or not they have been made."""
    return secret_path(FILE, at=home)


def passwords(home: Path) -> dict[str, str]:
    """Login name → password, made once."""
    lines = secret(FILE, _make, at=home).splitlines()
    return {login: word for *_, login, word in (line.split(":") for line in lines)}


def _make() -> str:
    return "\n".join(f"*:*:*:{login}:{secrets.token_urlsafe(24)}" for login in (SUPERUSER, OWNER, APP))
