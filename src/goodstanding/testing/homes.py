"""Temporary homes."""

import os
import shutil
import tempfile
from pathlib import Path

from goodstanding import database


def make() -> Path:
    """A new empty home. Root's is passable, so that PostgreSQL's own user reaches its cluster there."""
    home = Path(tempfile.mkdtemp(prefix="goodstanding-test-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return home


def destroy(home: Path) -> None:
    """Stop what runs in it and delete it."""
    database.remove(home)
    shutil.rmtree(home, ignore_errors=True)
