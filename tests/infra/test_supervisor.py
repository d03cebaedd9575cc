"""One process tree: what crashes comes back, and nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from goodstanding.presence import AlreadyServing, presence, serving_at
from goodstanding.serve import Report, Unservable, listening
from goodstanding.supervisor import Child, Supervisor

PROGRAM = """
import os, subprocess, sys, time
offspring = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {offspring.pid}\\n")
time.sleep(600)
"""
PARENT = """
import sys, time
from goodstanding.supervisor import Child, StopRequested, Supervisor
stop = StopRequested(); stop.listen()
with Supervisor([Child(label="one", command=[sys.executable, "-c", sys.argv[1], sys.argv[2]])]) as tree:
    while not stop:
        tree.check(); time.sleep(0.05)
"""


def eventually(what: Callable[[], object], seconds: float = 30) -> object:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("it never happened")


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def noted(file: Path) -> list[list[int]]:
    lines = file.read_text().splitlines() if file.exists() else []
    return [[int(word) for word in line.split()] for line in lines]


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@linux
def test_what_is_killed_comes_back(tmp_path: Path) -> None:
    notes: list[str] = []
    child = Child(label="后台任务", command=[sys.executable, "-c", PROGRAM, str(tmp_path / "pids")])
    with Supervisor([child], say=notes.append) as tree:
        first, offspring = eventually(lambda: noted(tmp_path / "pids"))[0]
        os.kill(first, signal.SIGKILL)
        second = eventually(lambda: tree.check() or noted(tmp_path / "pids")[1:])[0][0]
        assert tree.crashes("后台任务") == 1
        assert second != first
    os.kill(offspring, signal.SIGKILL)  # of the one we shot; its own descendants are a program's own affair
    assert "SIGKILL" in notes[0]
    assert not alive(second)


@linux
def test_the_pauses_grow(tmp_path: Path) -> None:
    notes: list[str] = []
    with Supervisor(
        [Child(label="x", command=[sys.executable, "-c", "raise SystemExit(3)"])], say=notes.append
    ) as tree:
        eventually(lambda: tree.check() or len(notes) >= 3)
    assert ["0.5 秒" in notes[0], "1 秒" in notes[1], "2 秒" in notes[2]] == [True] * 3
    assert "退出码 3" in notes[0]


@linux
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_end_it_ends_with_its_offspring_and_code_0(tmp_path: Path, how: signal.Signals) -> None:
    if signal.getsignal(how) == signal.SIG_IGN:
        pytest.skip("started under nohup: a hang-up is ignored on purpose")
    parent = subprocess.Popen([sys.executable, "-c", PARENT, PROGRAM, str(tmp_path / "pids")])
    numbers = eventually(lambda: noted(tmp_path / "pids"))[0]
    parent.send_signal(how)
    assert parent.wait(30) == 0
    eventually(lambda: not any(alive(number) for number in numbers))


@linux
def test_killed_outright_its_children_end_too(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, PROGRAM, str(tmp_path / "pids")])
    child, offspring = eventually(lambda: noted(tmp_path / "pids"))[0]
    parent.kill()
    parent.wait()
    eventually(lambda: not alive(child))
    os.kill(offspring, signal.SIGKILL)


@linux
def test_a_program_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodstanding.supervisor.GRACE", 0.3)
    deaf = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(__import__('sys').argv[1],'w'); time.sleep(600)"
    tree = Supervisor([Child(label="x", command=[sys.executable, "-c", deaf, str(tmp_path / "up")])])
    with tree:
        eventually((tmp_path / "up").exists)
        number = tree._all[0].process.pid
    assert not alive(number)


def test_a_busy_port_gives_the_next_one_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with listening("127.0.0.1", port, Report()) as door:
            assert door.getsockname()[1] > port
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert str(port) in said


def test_an_address_that_is_not_ours_is_explained() -> None:
    with pytest.raises(Unservable, match="--host"), listening("192.0.2.1", 8000, Report()):
        pass


def test_one_serves_a_home_and_others_learn_where(tmp_path: Path) -> None:
    assert serving_at(tmp_path) is None
    with presence(tmp_path) as announce:
        announce("http://127.0.0.1:8000")
        assert serving_at(tmp_path) == "http://127.0.0.1:8000"
        with pytest.raises(AlreadyServing, match=r"http://127\.0\.0\.1:8000"), presence(tmp_path):
            pass
    assert serving_at(tmp_path) is None
    with presence(tmp_path):
        pass
