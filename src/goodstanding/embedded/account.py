# ruff: noqa: S603 - starting programs is what this file is for; none of their arguments come from outside
"""Who runs PostgreSQL: the user itself, or for root a user of its own without rights."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodstanding.embedded.places import open_folder
from goodstanding.embedded.problem import DatabaseProblem

NAME = "goodstanding"


@dataclass(frozen=True)
class Account:
    """The user that owns and runs the cluster. `switch` is true when that is not the present user."""

    uid: int
    gid: int
    switch: bool

    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as this user, wherever we stand and whatever we carry."""
        keep = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        common = {"cwd": "/", "env": {**keep, "LC_ALL": "C", "TZ": "UTC"}, "stdin": subprocess.DEVNULL}
        return {**common, "user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else common

    def own(self, folder: Path) -> Path:
        """Make `folder` (0700) for this user; refuse one that somebody else prepared."""
        open_folder(folder.parent)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid != self.uid:
                raise DatabaseProblem(
                    f"{folder} 属于另一个用户（编号 {found.st_uid}），为安全起见不使用它。请删除该目录后重试。"
                ) from None
        else:
            if self.switch:
                os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder


def account(data: Path) -> Account:
    """The user for the cluster at `data`: the present one, or, for root, the owner of the cluster or our system user."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switch=True)
    entry = _entry(NAME) or _create() or _entry("postgres")
    if entry is None:
        raise DatabaseProblem(
            "PostgreSQL 不能以 root 运行，而系统里没有 useradd 可用来建立专用用户。"
            f"请手工建立名为 {NAME} 的系统用户，或以普通用户运行，或设置 DATABASE_URL 使用现有的 PostgreSQL。"
        )
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    """Add the system user; None where the system has no tool for it or forbids it."""
    commands = (
        ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"),
        ("adduser", "-S", "-D", "-H", "-h", "/nonexistent"),  # BusyBox
    )
    for tool, *options in commands:
        if program := shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            shell = ("--shell", "/usr/sbin/nologin") if tool == "useradd" else ("-s", "/sbin/nologin")
            subprocess.run([program, *options, *shell, NAME], capture_output=True, check=False)
            if found := _entry(NAME):
                return found
    return None
