"""A folder of a mailbox, open read-only: what is in it, and its messages byte for byte."""

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
from typing import Protocol

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from goodstanding.contract import Refused, Unavailable

_INNER_HOSTS = "GOODSTANDING_INNER_HOSTS"
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")
_DATE = re.compile(rb'INTERNALDATE "[^"]+"')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BATCH = 200


class Account(Protocol):
    """What is needed to open a folder; a plug-in's own config has these fields."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def tls(self) -> str: ...  # "tls", "starttls" or "none"
    @property
    def folder(self) -> str: ...


@contextmanager
def opened(config: Account, timeout: float = 30.0) -> Iterator[BaseMailBox]:
    """The folder, open read-only; whatever goes wrong inside leaves as Refused or Unavailable."""
    box: BaseMailBox | None = None
    try:
        _refuse_inner(config.host)
        box = _connect(config, timeout)
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


def _connect(config: Account, timeout: float) -> BaseMailBox:
    if config.tls == "none":
        return MailBoxUnencrypted(config.host, config.port, timeout=timeout)
    context = ssl.create_default_context()
    if config.tls == "starttls":
        return MailBoxStartTls(config.host, config.port, timeout=timeout, ssl_context=context)
    return MailBox(config.host, config.port, timeout=timeout, ssl_context=context)


def _login(box: BaseMailBox, config: Account) -> None:
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


def uid_validity(box: BaseMailBox) -> str:
    _, data = box.client.response("UIDVALIDITY")
    return data[0].decode("ascii", "replace") if data and data[0] else "0"


def listed(box: BaseMailBox, since: datetime) -> list[tuple[int, int, datetime]]:
    """UID, size and arrival, oldest arrival first, of the mail since the day before ``since`` (IMAP searches by whole days of the server)."""
    return sizes(box, searched(box, since_day(since)))


def since_day(since: datetime) -> str:
    """The search key for mail since the day before a moment."""
    day = since.astimezone(UTC) - timedelta(days=1)
    # English month names: a locale would break them.
    return f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"


def quoted(text: str) -> str:
    """A quoted string of IMAP. Raises ValueError for what cannot stand in one."""
    if not text.isascii() or any(character < " " for character in text):
        raise ValueError(f"{text[:60]!r} cannot be searched for")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def searched(box: BaseMailBox, criteria: str) -> list[str]:
    """The UIDs that a search finds. Without a charset, which some servers refuse."""
    return list(box.uids(criteria, charset=None))


def sizes(box: BaseMailBox, uids: list[str]) -> list[tuple[int, int, datetime]]:
    """UID, size and arrival of messages, oldest arrival first."""
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


def body(box: BaseMailBox, uid: int, most: int | None = None) -> bytes | None:
    """The message's bytes, or the first ``most`` of them; None if it has gone meanwhile. Marks nothing."""
    what = "BODY.PEEK[]" if most is None else f"BODY.PEEK[]<0.{most}>"
    status, data = box.client.uid("FETCH", str(uid), f"(UID {what})")
    if status != "OK":
        raise imaplib.IMAP4.error(f"FETCH of message {uid} failed")
    return next((bytes(item[1]) for item in data if isinstance(item, tuple)), None)


def _short(error: BaseException) -> str:
    return str(error).replace("\r", " ").replace("\n", " ")[:200]
