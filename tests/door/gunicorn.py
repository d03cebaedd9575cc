"""The real server on a free port, over the test database."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from goodstanding.serve import web_command


@contextmanager
def gunicorn(url: str, **environment: str) -> Iterator[tuple[str, int]]:
    """Host and port; ends with the block."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(128)
        process = subprocess.Popen(
            web_command(door, reload=False, threads=8),
            env={**os.environ, **application(url), **environment},
            pass_fds=[door.fileno()],
        )
        try:
            host, port = door.getsockname()
            _wait(host, port, process)
            yield host, port
        finally:
            process.terminate()
            process.wait(20)


def application(url: str) -> dict[str, str]:
    """Surroundings in which our own processes work on the test database."""
    return {"DATABASE_URL": url, "GOODSTANDING_APP_ROLE": "", "GOODSTANDING_DEBUG": ""}


def _wait(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with socket.create_connection((host, port), timeout=30) as knock:
            knock.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            if knock.recv(64):
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")
