"""An IMAP4rev1 server on loopback, small enough to read and able to misbehave on purpose.

Real client, real sockets, real bytes. It knows CAPABILITY, LOGIN, AUTHENTICATE PLAIN, ID, EXAMINE, SELECT, UID SEARCH
(SINCE, FROM, TO, TEXT), UID FETCH and LOGOUT, and keeps every command so that a test can see what was *not* said (STORE, EXPUNGE, a BODY[] without
PEEK). Chosen over Dovecot (a system package and its configuration) and over a library server (another dependency) because
what matters here is how we behave when a server hangs up, stalls or lies, which those do not do on demand.
"""

from __future__ import annotations

import base64
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass
class Mail:
    body: bytes
    arrived: datetime
    declared_size: int | None = None  # what the server claims, if it lies


@dataclass
class Mailbox:
    """The server's state and its moods."""

    user: str = "shop@shop.example"
    password: str = "app-password"
    folder: str = "INBOX"
    mails: dict[int, Mail] = field(default_factory=dict)
    uid_validity: int = 7
    wants_id: bool = False  # opens no folder before ID, as NetEase does
    hang_on: str = ""  # never answers this command
    drop_on: str = ""  # hangs up on this command
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def add(self, body: bytes, arrived: datetime, declared_size: int | None = None) -> int:
        uid = max(self.mails, default=100) + 1
        self.mails[uid] = Mail(body, arrived, declared_size)
        return uid


class _Session(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.box = self.server.box
        self.introduced = False
        self._say("* OK ready")
        while line := self.rfile.readline(65_536):
            tag, _, command = line.decode("utf-8", "replace").strip().partition(" ")
            self.box.commands.append(command)
            verb = command.upper()
            if self.box.hang_on and verb.startswith(self.box.hang_on):
                self.server.stop.wait(20)
                return
            if self.box.drop_on and verb.startswith(self.box.drop_on):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if not self._answer(tag, command, verb):
                return

    def _answer(self, tag: str, command: str, verb: str) -> bool:
        if verb == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1 AUTH=PLAIN ID")
        elif verb.startswith("LOGIN"):
            user, password = re.findall(r'"((?:[^"\\]|\\.)*)"', command)
            return self._login(tag, user, password)
        elif verb.startswith("AUTHENTICATE PLAIN"):
            self._say("+ ")
            _, user, password = base64.b64decode(self.rfile.readline()).decode().split("\0")
            return self._login(tag, user, password)
        elif verb.startswith("ID"):
            self.introduced = True
            self._say('* ID ("name" "fake")')
        elif verb.startswith(("EXAMINE", "SELECT")):
            return self._open(tag, command, verb)
        elif verb.startswith("UID SEARCH"):
            self._search(command)
        elif verb.startswith("UID FETCH"):
            self._fetch(command)
        elif verb == "LOGOUT":
            self._say("* BYE")
            self._say(f"{tag} OK")
            return False
        else:
            self._say(f"{tag} BAD unknown command")
            return True
        self._say(f"{tag} OK done")
        return True

    def _login(self, tag: str, user: str, password: str) -> bool:
        good = (user, password) == (self.box.user, self.box.password)
        self._say(f"{tag} {'OK' if good else 'NO [AUTHENTICATIONFAILED]'} login")
        return True

    def _open(self, tag: str, command: str, verb: str) -> bool:
        name = command.split(" ", 1)[1].strip('"')
        if self.box.wants_id and not self.introduced:
            self._say(f"{tag} NO Unsafe Login. Please contact us for help")
        elif name != self.box.folder:
            self._say(f"{tag} NO no such folder")
        else:
            self._say(f"* {len(self.box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {self.box.uid_validity}] ok")
            self._say(f"{tag} OK [READ-{'ONLY' if verb.startswith('EXAMINE') else 'WRITE'}] open")
        return True

    def _search(self, command: str) -> None:
        day, month, year = re.search(r"SINCE (\d+)-(\w{3})-(\d{4})", command).groups()  # type: ignore[union-attr]
        since = datetime(int(year), _MONTHS.index(month) + 1, int(day), tzinfo=UTC)
        found = {uid: mail.body.lower() for uid, mail in self.box.mails.items() if mail.arrived >= since}
        for where, quoted in re.findall(r'(FROM|TO|TEXT) "((?:[^"\\]|\\.)*)"', command):
            wanted = re.sub(r"\\(.)", r"\1", quoted).lower().encode()
            line = b"" if where == "TEXT" else where.lower().encode() + rb":[^\r\n]*"
            found = {uid: body for uid, body in found.items() if re.search(line + re.escape(wanted), body)}
        self._say("* SEARCH " + " ".join(map(str, found)))

    def _fetch(self, command: str) -> None:
        wanted, items = re.search(r"UID FETCH (\S+) \((.*)\)", command, re.IGNORECASE).groups()  # type: ignore[union-attr]
        for number, uid in enumerate([int(text) for text in wanted.split(",")], 1):
            mail = self.box.mails.get(uid)
            if mail is None:
                continue
            size = mail.declared_size or len(mail.body)
            at = f"{mail.arrived.day:2}-{_MONTHS[mail.arrived.month - 1]}-{mail.arrived:%Y %H:%M:%S} +0000"
            if "BODY" not in items:
                self._say(f'* {number} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "{at}")')
                continue
            part = re.search(r"<0\.(\d+)>", items)
            body = mail.body[: int(part[1])] if part else mail.body
            self.wfile.write(f"* {number} FETCH (UID {uid} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    box: Mailbox

    def __init__(self, box: Mailbox, context: ssl.SSLContext | None) -> None:
        self.box, self.context, self.stop = box, context, threading.Event()
        super().__init__(("127.0.0.1", 0), _Session)

    def get_request(self):  # type: ignore[no-untyped-def]
        connection, address = super().get_request()
        connection.settimeout(20)
        if self.context is not None:
            connection = self.context.wrap_socket(connection, server_side=True)
        return connection, address

    def handle_error(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        """A client that leaves is no news."""


@contextmanager
def serving(box: Mailbox, context: ssl.SSLContext | None = None) -> Iterator[Mailbox]:
    """Serve the mailbox on a free port of 127.0.0.1 until the block ends."""
    server = _Server(box, context)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def when(day: int, hour: int = 12) -> datetime:
    """A moment of November 2026."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


__all__ = ["Mail", "Mailbox", "serving", "when"]
