"""Opens uploaded files in a child process with limits, so that no file can hang, fill or kill the worker.

One child serves a whole batch; a file that it dies or stalls on is refused, and a new child takes the rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

SECONDS = 10.0  # for one file
MEMORY = 1536 * 2**20  # address space: libraries and thread stacks included
_CHILD = Path(__file__).with_name("child.py")
_MARK = {"pdf": b"p", "image": b"i", "docx": b"d"}


@dataclass(frozen=True, kw_only=True)
class Job:
    """A file and the decoder for it: ``pdf``, ``image`` or ``docx``."""

    kind: str
    data: bytes


def inspect(jobs: Iterable[Job], seconds: float = SECONDS, memory: int = MEMORY) -> Iterator[dict[str, Any]]:
    """For each job what child.py says of it, or ``{"refused": code}``: ``endless`` (time), ``too_heavy`` (memory, crash)."""
    child: _Child | None = None
    try:
        for job in jobs:
            child = child or _Child(memory)
            reply = child.ask(job, seconds)
            if "died" in reply:
                child.end()
                child = None
                reply = {"refused": reply["died"]}
            yield reply
    finally:
        if child is not None:
            child.end()


class _Child:
    """A running child, and how to talk to it without ever waiting longer than allowed."""

    def __init__(self, memory: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own file, no shell
            [sys.executable, "-I", str(_CHILD), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath, "OMP_NUM_THREADS": "1"},
        )
        self._input, self._output = cast("IO[bytes]", self._process.stdin), cast("IO[bytes]", self._process.stdout)

    def ask(self, job: Job, seconds: float) -> dict[str, Any]:
        """The child's answer, or ``died``. The writer is a thread because a stalled child leaves the pipe full."""
        frame = _MARK[job.kind] + struct.pack(">I", len(job.data))
        writer = threading.Thread(target=self._write, args=(frame, job.data), daemon=True)
        writer.start()
        until = time.monotonic() + seconds
        size = self._read(4, until)
        body = self._read(struct.unpack(">I", size)[0], until) if len(size) == 4 else b""
        if not body:
            died = "too_heavy" if self._gone() else "endless"
            self.end()
            writer.join(seconds)
            return {"died": died}
        writer.join(seconds)
        reply: dict[str, Any] = json.loads(body)
        return reply

    def _write(self, *chunks: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):
            for chunk in chunks:
                self._input.write(chunk)
            self._input.flush()

    def _read(self, size: int, until: float) -> bytes:
        descriptor, chunks = self._output.fileno(), b""
        while len(chunks) < size:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            chunk = os.read(descriptor, size - len(chunks)) if ready else b""
            if not chunk:
                return b""
            chunks += chunk
        return chunks

    def _gone(self) -> bool:
        try:
            self._process.wait(0.2)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """Kill the child and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()
