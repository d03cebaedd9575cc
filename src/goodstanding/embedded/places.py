"""Where a home's cluster, its socket and its log live.

Usually inside the home. Two things force them elsewhere: PostgreSQL refuses to run as root, so root's cluster needs
folders that another user can walk through; and a socket path may have about 107 bytes only.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

SOCKET_FILE = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103  # macOS's limit, the smaller one (Linux: 107)
SYSTEM_FOLDER = Path("/var/lib/goodstanding")


@dataclass(frozen=True)
class Places:
    """Absolute paths of one cluster. `data` is PostgreSQL's own folder (PGDATA)."""

    data: Path
    sockets: Path
    log: Path

    @property
    def socket(self) -> Path:
        """The socket file clients connect to."""
        return self.sockets / SOCKET_FILE


def places(home: Path) -> Places:
    """Where this home's cluster lives: as noted in the home at its first start, else where it will be made."""
    note = home / "database.json"
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        return Places(**{name: Path(noted[name]) for name in ("data", "sockets", "log")})
    except (OSError, ValueError, KeyError, TypeError):
        return _choose(home)


def note_places(home: Path, where: Places) -> None:
    """Write down where the cluster is, so that it is found again whatever the folders' permissions become."""
    note = home / "database.json"
    draft = note.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({name: str(path) for name, path in asdict(where).items()}, indent=1) + "\n", "utf-8")
    draft.replace(note)


def passable(folder: Path) -> bool:
    """Can any user walk into this folder, that is: does it and each folder above it allow entry to everyone?

    Folders that do not exist yet count as passable; whoever makes them decides.
    """
    resolved = folder.resolve()
    return all(step.stat().st_mode & 0o001 for step in (resolved, *resolved.parents) if step.exists())


def open_folder(folder: Path) -> None:
    """Make `folder`, enterable by everyone whatever the umask; one that exists stays as it is."""
    for step in (*reversed(folder.parents), folder):
        if not step.exists():
            step.mkdir(exist_ok=True)
            step.chmod(0o711)


def fingerprint(home: Path) -> str:
    """A short stable name for this home, for folders outside it."""
    return hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]


def _choose(home: Path) -> Places:
    root = os.geteuid() == 0
    base = SYSTEM_FOLDER / fingerprint(home) if root and not passable(home) else home
    sockets = base / "run"
    if len(os.fsencode(sockets / SOCKET_FILE)) > SOCKET_PATH_LIMIT:
        sockets = Path("/tmp") / f"goodstanding-{os.geteuid()}-{fingerprint(home)}"  # noqa: S108 - owner and mode are checked
    return Places(data=base / "postgresql", sockets=sockets, log=home / "log" / "postgresql.log")
