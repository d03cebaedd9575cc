# ruff: noqa: S603 - runs our own commands with our own interpreter
"""`goodstanding serve`: database, tables, web and worker as one process tree, from one terminal."""

import errno
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from goodstanding import database
from goodstanding.home import HomeUnusable, ensure_home
from goodstanding.migrate import MigrationFailed, migrate
from goodstanding.presence import AlreadyServing, presence
from goodstanding.supervisor import Child, StopRequested, Supervisor

PORTS_TO_TRY = 50
WEB, WORKER = "网页服务", "后台任务"
CRASHES_BEFORE_GIVING_UP = 5  # of the web process, before it has answered once
HEALTH = "/healthz"
#: Imported, not run as a module: Procrastinate warns when its app is made in `__main__`.
WORKER_COMMAND = [sys.executable, "-c", "from goodstanding.worker import run; run()"]


class Unservable(Exception):
    """Cannot start; the message names the thing, the reason and the next step."""


def serve(
    home: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    reload: bool = False,
    threads: int = 8,
    once_up: Sequence[Sequence[str]] = (),
    as_json: bool = False,
) -> int:
    """Run until SIGINT or SIGTERM (exit code 0); 1 when it cannot start, with one line saying why.

    `once_up`: words for `goodstanding` commands to run, one after the other, when pages are being served.
    `as_json`: one JSON object a line on standard output, instead of text.
    """
    report = Report(as_json=as_json)
    stop = StopRequested()
    stop.listen()
    try:
        ensure_home(home)
        with presence(home) as announce, listening(host, port, report) as door, _database(home, report):
            with report.step("数据库结构", lambda ran: "已更新" if ran else "无需更新"):
                report.result = migrate(home)
            address = f"http://{_shown(host)}:{door.getsockname()[1]}"
            if not stop:
                announce(address)
                return _run(home, door, address, stop, report, reload=reload, threads=threads, once_up=once_up)
            return 0
    except (AlreadyServing, HomeUnusable, MigrationFailed, Unservable, database.DatabaseProblem) as problem:
        report.fail(str(problem))
        return 1


def _run(
    home: Path,
    door: socket.socket,
    address: str,
    stop: StopRequested,
    report: "Report",
    *,
    reload: bool,
    threads: int,
    once_up: Sequence[Sequence[str]],
) -> int:
    environment = {"GOODSTANDING_HOME": str(home)}
    children = [
        Child(
            label=WEB,
            command=web_command(door, reload=reload, threads=threads),
            environment=environment,
            files=[door.fileno()],
        ),
        # Orphaned, it would wait half a minute for a database that ends at the same moment; its jobs may run twice.
        Child(label=WORKER, command=WORKER_COMMAND, environment=environment, orphaned=signal.SIGKILL),
    ]
    began = time.monotonic()
    up = threading.Event()
    threading.Thread(target=_knock, args=(door, up, stop), daemon=True).start()
    tree = Supervisor(children, say=report.note)
    with tree:
        greeted = False
        watched = 0.0
        while not stop:
            tree.check()
            if time.monotonic() - watched > 1:
                watched = time.monotonic()
                if not database.running(home) and database.embedded():
                    report.note("数据库意外停止，正在重新启动")
                    database.start(home, tied=True, say=report.note)
            if up.is_set() and not greeted:
                greeted = True
                report.done(WEB, time.monotonic() - began)
                _run_once_up(home, once_up, report, stop)
                report.ready(address)
            elif not greeted and tree.crashes(WEB) >= CRASHES_BEFORE_GIVING_UP:
                raise Unservable("网页服务反复启动失败，原因见上面的输出。可运行 goodstanding doctor 检查。")
            time.sleep(0.2)
        report.note("正在停止…")
        tree.end(hurry=lambda: stop.count > 1)
    report.note("已全部停止")
    return 0


def web_command(door: socket.socket, *, reload: bool, threads: int) -> list[str]:
    """Gunicorn on the socket we already hold: the port is ours from the first moment, also while it restarts.

    Raises Unservable for a number of processes that is none.
    """
    processes = os.environ.get("GOODSTANDING_WEB_WORKERS") or "1"
    if not re.fullmatch(r"[1-9][0-9]?", processes):
        raise Unservable(f"GOODSTANDING_WEB_WORKERS 应为 1 到 99 的整数，现在是 {processes!r}。请改正或去掉这个变量。")
    options = [
        f"--workers={processes}",
        f"--threads={threads}",
        "--graceful-timeout=5",
        "--timeout=120",
        "--log-level=warning",
    ]
    options += ["--no-control-socket", f"--bind=fd://{door.fileno()}"]
    options += ["--reload"] if reload else []
    return [sys.executable, "-m", "gunicorn", *options, "goodstanding.wsgi:application"]


@contextmanager
def listening(host: str, port: int, report: "Report") -> Iterator[socket.socket]:
    """A listening socket at `port`, or at the next free one. Raises Unservable."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + PORTS_TO_TRY, 65536)):
        door = socket.socket(family, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, candidate))
            door.listen(512)
        except PermissionError as problem:
            door.close()
            raise Unservable(f"无权使用端口 {candidate}（1024 以下只有 root 可用）。请用 --port 换一个。") from problem
        except socket.gaierror as problem:
            door.close()
            raise Unservable(f"无法解析地址 {host}。请检查 --host。") from problem
        except OSError as problem:
            door.close()
            if problem.errno != errno.EADDRINUSE:
                raise Unservable(
                    f"无法在 {host}:{candidate} 上监听（{problem.strerror}）。请检查 --host 和 --port。"
                ) from problem
            continue
        if candidate != port:
            report.note(f"端口 {port} 已被占用，改用 {candidate}")
        with door:
            yield door
        return
    raise Unservable(f"端口 {port} 至 {port + PORTS_TO_TRY - 1} 都被占用。请用 --port 指定一个空闲端口。")


@contextmanager
def _database(home: Path, report: "Report") -> Iterator[None]:
    """The database for as long as we serve. One that ran before is left running."""
    before = database.running(home)
    if not database.embedded() and not before:
        raise Unservable("连不上 DATABASE_URL 指定的数据库。请检查地址、用户和密码，以及它是否在运行。")
    with report.step("数据库"):
        urls = database.start(home, tied=True, say=report.note)
        report.result = f"PostgreSQL {database.version(urls.owner)}"
    try:
        yield
    finally:
        if not before:
            database.stop(home)


def _knock(door: socket.socket, up: threading.Event, stop: StopRequested) -> None:
    """Set `up` when the pages answer."""
    host, port = door.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    while not stop:
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("GET", HEALTH)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 0
        finally:
            connection.close()
        if status == 200:
            up.set()
            return
        time.sleep(2 if status else 0.1)


def _run_once_up(home: Path, commands: Sequence[Sequence[str]], report: "Report", stop: StopRequested) -> None:
    for words in commands:
        if stop:
            return
        command = [sys.executable, "-m", "goodstanding.cli", *words]
        environment = {**os.environ, "GOODSTANDING_HOME": str(home)}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            report.note(f"goodstanding {' '.join(words)} 没有成功（退出码 {done.returncode}），服务照常运行")


def _shown(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - shown, not bound
    return f"[{host}]" if ":" in host else host


class Report:
    """What a person sees while it starts: a line for each step with its seconds."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.result: object = None
        self._json = as_json
        self._console = Console(highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, name: str, describe: Callable[[object], str] = lambda result: str(result or "")) -> Iterator[None]:
        """A step; `result`, set within, says how it went."""
        began = time.monotonic()
        self.result = None
        if not self._json and self._console.is_terminal:
            with self._console.status(f"{name}…"):
                yield
        else:
            yield
        self.done(name, time.monotonic() - began, describe(self.result))

    def done(self, name: str, seconds: float, result: str = "") -> None:
        """A step is over."""
        self._emit(
            {"step": name, "seconds": round(seconds, 2), "result": result}, f"✓ {name}  {result}  {seconds:.1f} 秒"
        )

    def note(self, text: str) -> None:
        """Something worth knowing."""
        self._emit({"note": text}, f"· {text}")

    def ready(self, address: str) -> None:
        """Pages are being served."""
        self._emit({"ready": address}, f"\n已就绪：{address}\n按 Ctrl-C 停止")

    def fail(self, text: str) -> None:
        """It cannot go on."""
        self._emit({"error": text}, f"✗ {text}")

    def _emit(self, record: dict[str, object], line: str) -> None:
        if self._json:
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        else:
            self._console.print(line, markup=False)
