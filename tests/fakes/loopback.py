"""A small HTTP server on the loopback that a fake of a vendor sits in: it keeps what was asked, and fails where a test says so."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Request:
    """One call as it came in; header names are lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Failure:
    """What to answer instead, to the next request whose ``METHOD path`` matches; ``after`` acts first and then fails."""

    pattern: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    after: bool = False
    hang_up: bool = False


class Loopback:
    """State and server in one. A fake implements ``respond``."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.failures: list[Failure] = []
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": self}))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, pattern: str, status: int = 500, **kwargs: Any) -> None:
        """Make the next request matching the pattern fail."""
        self.failures.append(Failure(pattern, status, **kwargs))

    def asked(self, pattern: str) -> list[Request]:
        """The requests so far whose ``METHOD path`` matches."""
        return [request for request in self.requests if re.search(pattern, f"{request.method} {request.path}")]

    def respond(self, request: Request) -> Answer:
        raise NotImplementedError

    def handle(self, request: Request) -> Answer | None:
        """Status, headers, body; None hangs up."""
        with self._lock:
            self.requests.append(request)
            said = f"{request.method} {request.path}"
            failure = next((item for item in self.failures if re.search(item.pattern, said)), None)
            if failure is None:
                return self.respond(request)
            self.failures.remove(failure)
            if failure.after:
                self.respond(request)
            return None if failure.hang_up else (failure.status, failure.headers, failure.body)


class _Handler(BaseHTTPRequestHandler):
    fake: Loopback
    protocol_version = "HTTP/1.1"
    timeout = 5
    wbufsize = -1  # one write an answer, or the kernel waits 40 ms between head and body
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def _serve(self, body: bytes) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.fake.handle(Request(self.command, url.path, url.query, headers, body))
        if answer is None:
            self.close_connection = True
            return
        status, extra, content = answer
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **extra}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Quiet: tests look at ``requests``."""
