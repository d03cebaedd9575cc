"""What the benchmarks play on: a home of their own with a real, durable PostgreSQL, and processes to measure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from goodstanding import database
from goodstanding.migrate import migrate
from goodstanding.supervisor import _end_with_parent
from goodstanding.testing import homes


@contextmanager
def home() -> Iterator[Path]:
    """An empty installation: database (fsync on), tables, Django set up in this process. Removed at the end."""
    folder = homes.make()
    os.environ["GOODSTANDING_HOME"] = str(folder)
    try:
        database.start(folder, tied=True)
        migrate(folder)
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.settings")
        django.setup()
        yield folder
    finally:
        homes.destroy(folder)


@contextmanager
def process(words: list[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a group of its own, ended at the end."""
    running = subprocess.Popen(
        words, start_new_session=True, preexec_fn=partial(_end_with_parent, signal.SIGTERM), **options
    )
    try:
        yield running
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()


@contextmanager
def web() -> Iterator[tuple[str, int]]:
    """The web process that `serve` starts, on a free port."""
    import http.client
    import socket

    from goodstanding.serve import web_command

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(512)
        host, port = door.getsockname()
        with process(web_command(door, reload=False, threads=8), pass_fds=[door.fileno()]) as running:
            while running.poll() is None:
                line = http.client.HTTPConnection(host, port, timeout=60)
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    break
                time.sleep(0.1)
            PIDS["web"] = running.pid
            yield host, port


@contextmanager
def worker() -> Iterator[int]:
    """The worker process that `serve` starts."""
    from goodstanding.serve import WORKER_COMMAND

    with process(list(WORKER_COMMAND)) as running:
        yield running.pid


PIDS: dict[str, int] = {}


def memory(pid: int) -> tuple[float, float]:
    """RSS and PSS of a process and its offspring, in MB."""
    rss = pss = 0
    for number in (pid, *_offspring(pid)):
        for line in Path(f"/proc/{number}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                rss += int(line.split()[1])
            elif line.startswith("Pss:"):
                pss += int(line.split()[1])
    return rss / 1024, pss / 1024


def _offspring(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [number for child in map(int, children) for number in (child, *_offspring(child))]


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def cpu_load() -> str:
    """How busy the machine was otherwise: figures taken under load say so."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


PYTHON = sys.executable
