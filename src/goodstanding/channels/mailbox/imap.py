"""Reads a folder by IMAP: what arrived since a moment, byte for byte, oldest first."""

from __future__ import annotations

import imaplib
import ipaddress
import os
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from goodstanding.contract import Grant, Http, Incoming, Refused, Unavailable

from .config import Config

TIMEOUT_SECONDS = 30.0
RUN_SECONDS = 600.0
MAX_MESSAGES = 5_000  # in one run; the next run goes on from the last arrival
MAX_BYTES = 60 * 2**20  # of one message; the largest providers take 25-50 MB before base64
HEAD_BYTES = 2**20  # what is read of a larger one
_OVERLAP = timedelta(minutes=10)  # servers' clocks are not ours
_INNER_HOSTS = "GOODSTANDING_INNER_HOSTS"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")
_DATE = re.compile(rb'INTERNALDATE "[^"]+"')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BATCH = 200


def fetch(config: Config, http: Http | None, since: datetime) -> Iterator[Incoming]:
    """Mail whose arrival (INTERNALDATE) is not before ``since``; some of it may have been fetched before, which is harmless.

    The folder is opened read-only and bodies are read with PEEK, so nothing is marked. ``http`` is not used. Raises Refused
    (login, folder, certificate, inner address) or Unavailable (no answer, broken off).
    """
    del http
    started = time.monotonic()
    with _opened(config) as box:
        validity = _uid_validity(box)
        wanted = [entry for entry in _listed(box, since) if entry[2] >= since - _OVERLAP]
        for uid, size, arrived in wanted[:MAX_MESSAGES]:
            if time.monotonic() - started > RUN_SECONDS:
                raise Unavailable(
                    f"{config.host}: reading took longer than {RUN_SECONDS:.0f} s; the next run goes on", code="slow"
                )
            body = _body(box, uid, size)
            if body is not None:
                yield _incoming(config, validity, uid, size, arrived, body)


def probe(config: Config, http: Http | None) -> Grant:
    """Log in and open the folder read-only. IMAP has no narrower permission than the mailbox."""
    del http
    with _opened(config):
        return Grant(permissions=("imap.read",), account=config.user)


@contextmanager
def _opened(config: Config) -> Iterator[BaseMailBox]:
    """The folder, open read-only; whatever goes wrong inside leaves as Refused or Unavailable."""
    box: BaseMailBox | None = None
    try:
        _refuse_inner(config.host)
        box = _connect(config)
        _refuse_inner(box.client.sock.getpeername()[0], asked=config.host)
        _login(box, config)
        _introduce(box)
        box.folder.set(config.folder, readonly=True)
        yield box
    except MailboxFolderSelectError:
        raise Refused(
            f"{config.host} has no folder {config.folder!r} or does not open it; choose another", code="folder"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise Refused(f"{config.host}: its certificate is not valid: {error.verify_message}", code="tls") from None
    except (OSError, imaplib.IMAP4.error, ImapToolsError, EOFError) as error:
        raise Unavailable(
            f"{config.host}:{config.port}: {type(error).__name__}: {_short(error)}", code="connection"
        ) from None
    finally:
        if box is not None:
            _leave(box)


def _connect(config: Config) -> BaseMailBox:
    if config.tls == "none":
        return MailBoxUnencrypted(config.host, config.port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context()
    if config.tls == "starttls":
        return MailBoxStartTls(config.host, config.port, timeout=TIMEOUT_SECONDS, ssl_context=context)
    return MailBox(config.host, config.port, timeout=TIMEOUT_SECONDS, ssl_context=context)


def _login(box: BaseMailBox, config: Config) -> None:
    try:
        if config.user.isascii() and config.password.isascii():
            box.login(config.user, config.password, initial_folder=None)
        else:
            box.login_utf8(config.user, config.password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise  # the connection broke; says nothing about the password
    except (MailboxLoginError, imaplib.IMAP4.error):
        raise Refused(
            f"{config.host} refused the login of {config.user}; check that IMAP is switched on and that an app password is used",
            code="login",
        ) from None


def _introduce(box: BaseMailBox) -> None:
    """NetEase servers (163, 126, 网易企业邮) open no folder for a client that has not sent ID (RFC 2971)."""
    if "ID" in box.client.capabilities:
        box.client.xatom("ID", '("name" "goodstanding" "version" "1")')


def _leave(box: BaseMailBox) -> None:
    try:
        box.logout()
    except (OSError, imaplib.IMAP4.error, ImapToolsError, EOFError):
        box.client.shutdown()


def _refuse_inner(host: str, asked: str = "") -> None:
    """A merchant's setting must not reach into our own network. The operator may allow hosts in GOODSTANDING_INNER_HOSTS."""
    if (asked or host) in os.environ.get(_INNER_HOSTS, "").replace(" ", "").split(","):
        return
    if any(not address.is_global for address in _addresses(host)):
        raise Refused(
            f"{asked or host} is an address inside a private network; the operator must allow it", code="inner_address"
        )


def _addresses(host: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    try:
        return [ipaddress.ip_address(host.partition("%")[0])]
    except ValueError:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]


def _uid_validity(box: BaseMailBox) -> str:
    _, data = box.client.response("UIDVALIDITY")
    return data[0].decode("ascii", "replace") if data and data[0] else "0"


def _listed(box: BaseMailBox, since: datetime) -> list[tuple[int, int, datetime]]:
    """UID, size and arrival, oldest arrival first, of the mail since the day before ``since`` (IMAP searches by whole days of the server)."""
    day = since.astimezone(UTC) - timedelta(days=1)
    # No charset and English month names: some servers refuse the first, a locale would break the second.
    uids = box.uids(f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year}", charset=None)
    entries = []
    for start in range(0, len(uids), _BATCH):
        status, data = box.client.uid("FETCH", ",".join(uids[start : start + _BATCH]), "(UID RFC822.SIZE INTERNALDATE)")
        if status != "OK":
            raise imaplib.IMAP4.error("FETCH of sizes failed")
        entries += [entry for item in data if (entry := _entry(item)) is not None]
    return sorted(entries, key=lambda entry: (entry[2], entry[0]))


def _entry(item: object) -> tuple[int, int, datetime] | None:
    line = item if isinstance(item, bytes) else item[0] if isinstance(item, tuple) else b""
    uid, size, arrived = _UID.search(line), _SIZE.search(line), _DATE.search(line)
    if not uid or not size:
        return None
    parts = imaplib.Internaldate2tuple(arrived[0]) if arrived else None
    moment = datetime.fromtimestamp(time.mktime(parts), UTC) if parts else datetime.now(UTC)
    return int(uid[1]), int(size[1]), moment


def _body(box: BaseMailBox, uid: int, size: int) -> bytes | None:
    """The message's bytes, or its first megabyte if it is too large; None if it has gone meanwhile."""
    what = "BODY.PEEK[]" if size <= MAX_BYTES else f"BODY.PEEK[]<0.{HEAD_BYTES}>"
    status, data = box.client.uid("FETCH", str(uid), f"(UID {what})")
    if status != "OK":
        raise imaplib.IMAP4.error(f"FETCH of message {uid} failed")
    return next((bytes(item[1]) for item in data if isinstance(item, tuple)), None)


def _incoming(config: Config, validity: str, uid: int, size: int, arrived: datetime, body: bytes) -> Incoming:
    headers = [("IMAP-UIDVALIDITY", validity), ("IMAP-UID", str(uid)), ("IMAP-Size", str(size))]
    if size > MAX_BYTES:
        headers.append(("IMAP-Truncated", str(len(body))))
    return Incoming(
        origin="mail",
        body=body,
        received_at=arrived,
        headers=tuple(headers),
        method="",
        url=f"imap://{config.host}/;UIDVALIDITY={validity}/;UID={uid}",
        filename=f"{validity}-{uid}.eml",
    )


def _short(error: BaseException) -> str:
    return str(error).replace("\r", " ").replace("\n", " ")[:200]
