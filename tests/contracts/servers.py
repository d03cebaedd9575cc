"""Mock servers made from the vendors' own specs: where the specs are, Prism, and a proxy that writes down what passes.

    with prism(spec("stripe/derived-disputes-subset.dahlia.json")) as url, recorder(url) as proxy: …

The specs are read from ``../shared/contracts`` beside the repository, or from ``GOODSTANDING_CONTRACTS``; they are not part of
it. Prism is installed once from npm into the user's cache folder. What is missing skips the test and says what.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

#: The last Prism that runs on Node 18 and 20.
PRISM = "@stoplight/prism-cli@5.14.2"
_STARTS_WITHIN = 60.0
_REPOSITORY = Path(__file__).parents[2]


def contracts() -> Path:
    """The folder of the vendors' specs; skips the test where there is none."""
    folder = Path(os.environ.get("GOODSTANDING_CONTRACTS", _REPOSITORY.parent / "shared" / "contracts"))
    if not folder.is_dir():
        pytest.skip(f"contract test skipped: no vendors' specs in {folder}; set GOODSTANDING_CONTRACTS to their folder")
    return folder


def spec(path: str) -> Path:
    """One file of the contracts; skips the test where it is missing."""
    found = contracts() / path
    if not found.is_file():
        pytest.skip(f"contract test skipped: {found} is missing")
    return found


@contextlib.contextmanager
def prism(description: Path) -> Iterator[str]:
    """A Prism server for an OpenAPI file, ended with the block; its address."""
    port = _free_port()
    command = [
        _node(),
        str(_installed() / "node_modules/@stoplight/prism-cli/dist/index.js"),
        "mock",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        str(description),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said: list[str] = []
    reader = threading.Thread(target=_drain, args=(process, said), daemon=True)
    reader.start()
    try:
        _wait_until_listening(process, said, description)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(5)


def _drain(process: subprocess.Popen[str], said: list[str]) -> None:
    for line in process.stdout or ():
        said.append(line)


def _wait_until_listening(process: subprocess.Popen[str], said: list[str], description: Path) -> None:
    ends = time.monotonic() + _STARTS_WITHIN
    while not any("Prism is listening" in line for line in said):
        if process.poll() is not None or time.monotonic() > ends:
            pytest.fail(f"Prism did not start on {description.name}:\n{''.join(said)[-2000:]}")
        time.sleep(0.05)


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("contract test skipped: node is not installed (Debian: apt-get install nodejs npm)")
    return node


def _installed() -> Path:
    """The folder that Prism is installed in, installing it the first time."""
    cache = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        / "goodstanding"
        / f"prism-{PRISM.rpartition('@')[2]}"
    )
    if (cache / "node_modules/@stoplight/prism-cli/dist/index.js").is_file():
        return cache
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"contract test skipped: npm is not installed, so {PRISM} cannot be")
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "package.json").write_text('{"private": true}\n')
    done = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", PRISM],
        cwd=cache,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"contract test skipped: npm could not install {PRISM}: {done.stderr.strip()[-300:]}")
    return cache


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Passed:
    """One request that passed the proxy."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Proxy:
    """Where the proxy listens, and what passed it."""

    url: str
    passed: list[Passed]


@contextlib.contextmanager
def recorder(target: str) -> Iterator[Proxy]:
    """A proxy on the loopback that hands everything to ``target`` and keeps it."""
    passed: list[Passed] = []
    handler = type("Handler", (_Recording,), {"target": target, "passed": passed})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Proxy(f"http://127.0.0.1:{server.server_address[1]}", passed)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Recording(BaseHTTPRequestHandler):
    target: str
    passed: list[Passed]

    def do_GET(self) -> None:
        self._pass(b"")

    def do_POST(self) -> None:
        self._pass(self._body())

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _pass(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.passed.append(Passed(self.command, self.path, headers, body))
        onward = {
            name: value
            for name, value in headers.items()
            if not re.fullmatch("host|connection|content-length|accept-encoding|transfer-encoding", name)
        }
        request = urllib.request.Request(
            self.target + self.path, data=body if self.command == "POST" else None, headers=onward, method=self.command
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self._give(answer.status, answer.headers.get("Content-Type", ""), answer.read())
        except urllib.error.HTTPError as error:
            self._give(error.code, error.headers.get("Content-Type", ""), error.read())

    def _give(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
