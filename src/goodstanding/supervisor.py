# ruff: noqa: S603 - starting our own programs is what this file is for
"""Keeps a few programs running as one tree: restarts what crashes, ends all of it in order, leaves no orphan.

    with Supervisor(children) as tree:
        while not stop:
            tree.check()
            time.sleep(0.2)

On Linux the children also end when this process is killed outright.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Self

FIRST_PAUSE = 0.5  # seconds before the first restart, doubled each time …
LONGEST_PAUSE = 30.0
STEADY = 60.0  # … and forgotten once a program has run this long
GRACE = 10.0  # seconds between asking a program to end and ending it

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Child:
    """A program to keep running.

    `label` names it to people; `files` are descriptors it inherits; `orphaned` is the signal it gets when this
    process is killed (Linux).
    """

    label: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[int] = ()
    orphaned: signal.Signals = signal.SIGTERM


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    crashes: int = 0
    due: float = 0.0


class StopRequested:
    """Becomes true when SIGINT, SIGTERM or SIGHUP arrives; a second one ends the wait for slow programs."""

    def __init__(self) -> None:
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def listen(self) -> None:
        """Take over the signals. Main thread only. A hang-up stays ignored where `nohup` says so."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the shape of a signal handler
        self.count += 1


class Supervisor:
    """Starts the children on entry, ends them on exit, in the reverse order."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None] = lambda _: None) -> None:
        self._all = [_Running(child) for child in children]
        self._say = say

    def __enter__(self) -> Self:
        for running in self._all:
            self._launch(running)
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def check(self) -> None:
        """Restart what has ended, unless its pause is still running. Call it often."""
        now = time.monotonic()
        for running in self._all:
            if running.process is None:
                if now >= running.due:
                    self._launch(running)
            elif (code := running.process.poll()) is not None:
                self._crashed(running, code, now)

    def crashes(self, label: str) -> int:
        """How often the child called `label` has ended since it last ran steadily."""
        return next(running.crashes for running in self._all if running.child.label == label)

    def end(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """Ask every child to end, wait `GRACE` seconds (not when `hurry()`), then end what is left with its offspring."""
        alive = [running.process for running in reversed(self._all) if running.process is not None]
        for process in alive:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + GRACE
        while any(process.poll() is None for process in alive) and time.monotonic() < until and not hurry():
            time.sleep(0.05)
        for process in alive:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # each child leads a group of its own
            process.wait()
        for running in self._all:
            running.process = None
            running.due = float("inf")

    def _launch(self, running: _Running) -> None:
        child = running.child
        running.began = time.monotonic()
        running.process = subprocess.Popen(
            list(child.command),
            env={**os.environ, **child.environment},
            stdin=subprocess.DEVNULL,
            pass_fds=tuple(child.files),
            start_new_session=True,  # Ctrl-C in the terminal reaches us alone, and we end them in order
            preexec_fn=partial(_end_with_parent, child.orphaned),
        )

    def _crashed(self, running: _Running, code: int, now: float) -> None:
        if now - running.began > STEADY:
            running.crashes = 0
        pause = min(FIRST_PAUSE * 2**running.crashes, LONGEST_PAUSE)
        running.crashes += 1
        running.process, running.due = None, now + pause
        how = f"退出码 {code}" if code >= 0 else f"信号 {signal.Signals(-code).name}"
        self._say(f"{running.child.label}意外结束（{how}），{pause:g} 秒后重新启动")


def _end_with_parent(how: signal.Signals) -> None:
    if _libc:
        _libc.prctl(1, how)  # PR_SET_PDEATHSIG
