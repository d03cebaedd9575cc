"""The whole tree for real: up, hurt, healed, gone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from goodstanding import database
from goodstanding.embedded import cluster, places

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.skipif(not database.embedded(), reason="DATABASE_URL names a server"),
]
SERVE = "import pathlib,sys; from goodstanding.serve import serve; sys.exit(serve(pathlib.Path(sys.argv[1]), port=int(sys.argv[2]), as_json=True))"


class Served:
    """A running `serve` and what it has said."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {**os.environ, "GOODSTANDING_HOME": str(home)}
        command = [sys.executable, "-c", SERVE, str(home), str(port)]
        self.home = home
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        self.said: list[dict[str, Any]] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(json.loads(line))
            if self.said[-1].keys() & {"ready", "error"}:
                break
        self.address = self.said[-1].get("ready", "")

    def descendants(self) -> dict[int, str]:
        """Process number → command line, of everything below."""
        parents: dict[int, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
        found, frontier = {}, [self.process.pid]
        while frontier:
            parent = frontier.pop()
            for child in [number for number, above in parents.items() if above == parent]:
                frontier.append(child)
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
        return found

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def worker(self) -> int:
        return next((number for number, words in self.descendants().items() if "goodstanding.worker" in words), 0)


def alive(number: int) -> bool:
    """Not gone, and not a zombie that a lazy init has not collected yet."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(what: Callable[[], object], seconds: float = 60) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it never happened")


@pytest.fixture
def served(another_home: Path) -> Iterator[Served]:
    running = Served(another_home)
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.communicate()


def test_it_heals_and_leaves_nothing(served: Served) -> None:
    assert served.address, served.said
    assert served.healthy()
    assert [step["step"] for step in served.said if "step" in step] == ["数据库", "数据库结构", "网页服务"]

    worker = eventually(served.worker)
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: served.worker() not in (0, worker))

    postgres = cluster.server(places.places(served.home))
    assert postgres
    os.kill(postgres, signal.SIGKILL)
    assert eventually(lambda: cluster.server(places.places(served.home)) not in (None, postgres))
    assert eventually(served.healthy)

    second = subprocess.run([sys.executable, "-c", SERVE, str(served.home), "0"], capture_output=True, text=True)
    assert second.returncode == 1
    assert served.address in json.loads(second.stdout)["error"]

    family = served.descendants()
    served.process.terminate()
    assert served.process.wait(60) == 0
    assert not [number for number in family if alive(number)]
    assert not database.running(served.home)


def test_the_second_start_skips_migrating_and_a_kill_leaves_no_orphan(another_home: Path) -> None:
    first = Served(another_home)
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0
    first.process.communicate()

    second = Served(another_home)
    try:
        assert next(step for step in second.said if step.get("step") == "数据库结构")["result"] == "无需更新"
        family = second.descendants()
        assert len(family) >= 4
    finally:
        second.process.kill()
        second.process.communicate()
    eventually(lambda: not [number for number in family if alive(number)])
