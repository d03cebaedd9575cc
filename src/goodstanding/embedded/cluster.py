# ruff: noqa: S603 - starting programs is what this file is for; none of their arguments come from outside
"""Making, starting and stopping one PostgreSQL cluster.

Talks to the outside by a socket in a folder only its owner may enter, asks everyone for a password (scram), and
listens on no network address.
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from goodstanding.embedded.account import Account, account
from goodstanding.embedded.binaries import binaries, major
from goodstanding.embedded.passwords import SUPERUSER, passwords
from goodstanding.embedded.places import Places
from goodstanding.embedded.problem import DatabaseProblem

Say = Callable[[str], None]

PATIENCE = 600  # seconds: replaying the log after a crash may take minutes on a slow disk
LEFTOVER_PATIENCE = 30  # seconds for the children of a killed server to notice and leave
LOG_LIMIT = 16 * 1024 * 1024  # bytes, then the log starts anew and one old one is kept
LEFTOVERS = "pre-existing shared memory block"

TUNING = """
# --- goodstanding: small, private; anything here may be changed ---
shared_buffers = 64MB
work_mem = 8MB
maintenance_work_mem = 64MB
max_connections = 60
max_wal_size = 512MB
min_wal_size = 32MB
autovacuum_max_workers = 2
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
password_encryption = 'scram-sha-256'
"""

_children: dict[int, subprocess.Popen[bytes]] = {}
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def answers(where: Places) -> bool:
    """Is a server listening on the cluster's socket? (It may still be recovering.)"""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(where.socket))
        except OSError:
            return False
    return True


def settle(where: Places, ready: str) -> bool:
    """Whether the server is up for `ready` (a superuser's conninfo); one that is just stopping is waited for first."""
    until = time.monotonic() + PATIENCE
    while answers(where) and time.monotonic() < until:
        try:
            psycopg.connect(ready, connect_timeout=10).close()
            return True
        except psycopg.OperationalError as problem:
            if not any(words in str(problem) for words in ("starting up", "not yet accepting", "shutting down")):
                if not answers(where):
                    return False
                raise DatabaseProblem(f"内置数据库拒绝连接：{str(problem).strip()}。详情见 {where.log}。") from problem
        time.sleep(0.05)
    return False


def create(home: Path, where: Places, *, durable: bool) -> None:
    """Make the cluster at `where.data`. It appears complete or not at all."""
    user = account(where.data)
    draft = where.data.with_name(f"{where.data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)  # what an interrupted attempt left
    user.own(draft)
    programs = binaries(where.data, for_another_user=user.switch)
    modern = (major(programs) or 0) >= 17
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if modern else ["--locale=C.UTF-8"]
    with tempfile.NamedTemporaryFile("w", dir=draft.parent, prefix=".word.", encoding="utf-8") as words:
        words.write(passwords(home)[SUPERUSER] + "\n")
        words.flush()
        if user.switch:
            os.chown(words.name, user.uid, user.gid)
        command: list[str | Path] = [
            *(programs / "initdb", "--pgdata", draft, "--username", SUPERUSER, "--pwfile", words.name),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", *locale),
            *([] if durable else ["--no-sync"]),
        ]
        made = subprocess.run(
            command, capture_output=True, text=True, check=False, start_new_session=True, **user.popen()
        )
    if made.returncode:
        shutil.rmtree(draft, ignore_errors=True)
        raise DatabaseProblem(_why_not_made(where, made.stderr or made.stdout))
    with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(TUNING)
    draft.rename(where.data)


def launch(where: Places, ready: str, *, tied: bool, durable: bool, say: Say) -> None:
    """Start the server and wait until it lets `ready` (a superuser's conninfo) in.

    `tied`: the server ends when this process ends, however it ends (Linux). Waits as long as the server lives and
    works, up to `PATIENCE`; recovery after a crash is announced through `say`.
    """
    user = account(where.data)
    programs = binaries(where.data, for_another_user=user.switch)
    user.own(where.sockets)
    until = time.monotonic() + LEFTOVER_PATIENCE
    while True:
        _forget_dead(where)
        mark = _open_log(where.log)
        child = _spawn(programs, where, user, tied=tied, durable=durable)
        if _wait(child, where, ready, say):
            return
        tail = _log_since(where.log, mark)
        if LEFTOVERS not in tail or time.monotonic() > until:
            raise DatabaseProblem(_why_not_started(where, tail))
        time.sleep(0.5)


def halt(where: Places) -> None:
    """Stop the server: at once for clients, cleanly for the data. Returns when it is gone."""
    pid = _pid(where)
    if pid is None or not _is_server(pid, where):
        return
    for how, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 5)):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        if _gone(pid, where, patience):
            return
    raise DatabaseProblem(f"PostgreSQL（进程 {pid}）没有停止。请查看 {where.log}。")


def server(where: Places) -> int | None:
    """The process number of the running server; None when it does not run."""
    number = _pid(where)
    return number if number is not None and _is_server(number, where) else None


def _spawn(programs: Path, where: Places, user: Account, *, tied: bool, durable: bool) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(where.sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        **({} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    die_with_us = _die_with_parent if tied and _libc else None
    with where.log.open("ab") as log:
        child = subprocess.Popen(
            [programs / "postgres", "-D", where.data, *options],
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal reaches us, and we stop it in order
            preexec_fn=die_with_us,
            **user.popen(),
        )
    _children[child.pid] = child
    return child


def _die_with_parent() -> None:
    if _libc:
        _libc.prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG: PostgreSQL's fast, clean shutdown


def _wait(child: subprocess.Popen[bytes], where: Places, ready: str, say: Say) -> bool:
    """Until the server lets us in (True) or ends (False)."""
    began = time.monotonic()
    said = 0
    while time.monotonic() - began < PATIENCE:
        if child.poll() is not None:
            _children.pop(child.pid, None)
            return False
        if answers(where):
            try:
                psycopg.connect(ready, connect_timeout=10).close()
                return True
            except psycopg.OperationalError as problem:
                if "starting up" not in str(problem) and "not yet accepting" not in str(problem):
                    halt(where)
                    raise DatabaseProblem(f"PostgreSQL 已启动，但拒绝连接：{str(problem).strip()}") from problem
        waited = int(time.monotonic() - began)
        if waited >= said + 3:
            said = waited
            say(f"数据库正在恢复上次未正常关闭的数据（已 {waited} 秒）…")
        time.sleep(0.03 if waited < 2 else 0.3)
    halt(where)
    return False


def _forget_dead(where: Places) -> None:
    """Remove the pid file of a server that was killed, when its number now belongs to nobody or to another program.

    PostgreSQL itself refuses to start while *any* process of its user has that number, which is usual in containers.
    """
    number = _pid(where)
    if number is not None and _is_server(number, where):  # it no longer listens: it is on its way out
        if not _gone(number, where, PATIENCE):
            raise DatabaseProblem(f"上一个 PostgreSQL（进程 {number}）没有退出。请查看 {where.log}。")
    elif number is not None:
        (where.data / "postmaster.pid").unlink(missing_ok=True)
        where.socket.with_name(f"{where.socket.name}.lock").unlink(missing_ok=True)


def _pid(where: Places) -> int | None:
    try:
        return int((where.data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_server(number: int, where: Places) -> bool:
    """Is process `number` a live PostgreSQL working in this cluster's folder?"""
    process = Path("/proc") / str(number)
    if Path("/proc/self").exists():
        try:
            if process.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
            return process.joinpath("cwd").resolve(strict=True) == where.data.resolve()
        except OSError:
            return False
    said = subprocess.run(["/bin/ps", "-p", str(number), "-o", "comm="], capture_output=True, text=True, check=False)
    return "postgres" in said.stdout


def _gone(number: int, where: Places, patience: float) -> bool:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if child := _children.get(number):
            if child.poll() is not None:
                del _children[number]
                return True
        elif not _is_server(number, where):  # gone, or a zombie that a lazy init has not collected yet
            return True
        time.sleep(0.02)
    return False


def _open_log(log: Path) -> int:
    """Make room in the log; returns the offset at which news will begin."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    log.touch(mode=0o600)
    return log.stat().st_size


def _log_since(log: Path, mark: int) -> str:
    with log.open("rb") as file:
        file.seek(mark)
        return file.read().decode("utf-8", "replace")


def _why_not_made(where: Places, said: str) -> str:
    tail = " ".join(said.strip().splitlines()[-3:])
    if "could not look up effective user ID" in said:
        return (
            f"当前用户编号 {os.geteuid()} 在系统里没有账户，PostgreSQL 无法初始化。"
            "请换一个有账户的用户，或设置 DATABASE_URL 使用现有的 PostgreSQL。"
        )
    return f"无法在 {where.data} 建立数据库：{tail}。请检查磁盘空间和目录权限后重试。"


def _why_not_started(where: Places, tail: str) -> str:
    fatal = [line for line in tail.splitlines() if "FATAL" in line or "PANIC" in line]
    reason = fatal[-1].split(":", 3)[-1].strip() if fatal else (tail.strip().splitlines() or ["没有给出原因"])[-1]
    return f"PostgreSQL 未能启动：{reason}。详情见 {where.log}。"
