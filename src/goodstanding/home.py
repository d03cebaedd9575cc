"""Where this installation keeps its data, and the secrets it makes for itself.

Everything below the home folder belongs to one installation: the embedded database (or the note saying where it
lives), secrets, logs. Nothing here knows Django.
"""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class HomeUnusable(Exception):
    """The data folder cannot be read or written; the message says which, why, and what to do."""


def home() -> Path:
    """The data folder: `GOODSTANDING_HOME`, else `./.data`. Absolute; not created here."""
    return Path(os.environ.get("GOODSTANDING_HOME") or ".data").absolute()


def ensure_home(path: Path) -> Path:
    """Create the data folder when it is missing; an existing one keeps its permissions.

    Closed to others. Root's is passable (0711, not listable), because PostgreSQL refuses to run as root and its own
    user must be able to walk through to its cluster.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if not path.exists():
            path.mkdir(mode=mode, parents=True, exist_ok=True)
            path.chmod(mode)
    except OSError as problem:
        raise HomeUnusable(
            f"无法创建数据目录 {path}（{problem.strerror}）。请换一个可写的目录：GOODSTANDING_HOME=/路径"
        ) from problem
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise HomeUnusable(
            f"当前用户无权读写数据目录 {path}（它属于用户编号 {path.stat().st_uid}）。"
            "请换回原来的用户，或用 GOODSTANDING_HOME 指定另一个目录。"
        )
    return path


def secret(name: str, make: Callable[[], str], *, at: Path | None = None) -> str:
    """The secret called `name`, made once by `make` and kept in a 0600 file below the data folder.

    Two processes asking at the same moment get the same answer: the file appears complete or not at all, and the
    first one stays.
    """
    folder = ensure_home(at or home()) / "secrets"
    path = folder / name
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            _place(path, make())
        return path.read_text(encoding="utf-8").rstrip("\n")
    except OSError as problem:
        raise HomeUnusable(f"无法读写密钥文件 {path}（{problem.strerror}）。请检查它的属主和权限。") from problem


def secret_path(name: str, *, at: Path | None = None) -> Path:
    """Where the secret called `name` is kept, whether or not it has been made."""
    return (at or home()) / "secrets" / name


def _place(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)  # unlike a rename, never replaces what another process placed first
    finally:
        Path(temporary).unlink(missing_ok=True)
