"""Reads a folder by IMAP: what arrived since a moment, byte for byte, oldest first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from goodstanding.contract import Grant, Http, Incoming, Unavailable
from goodstanding.imap import body, listed, opened, uid_validity

from .config import Config

TIMEOUT_SECONDS = 30.0
RUN_SECONDS = 600.0
MAX_MESSAGES = 5_000  # in one run; the next run goes on from the last arrival
MAX_BYTES = 60 * 2**20  # of one message; the largest providers take 25-50 MB before base64
HEAD_BYTES = 2**20  # what is read of a larger one
_OVERLAP = timedelta(minutes=10)  # servers' clocks are not ours


def fetch(config: Config, http: Http | None, since: datetime) -> Iterator[Incoming]:
    """Mail whose arrival (INTERNALDATE) is not before ``since``; some of it may have been fetched before, which is harmless.

    The folder is opened read-only and bodies are read with PEEK, so nothing is marked. ``http`` is not used. Raises Refused
    (login, folder, certificate, inner address) or Unavailable (no answer, broken off).
    """
    del http
    started = time.monotonic()
    with opened(config, TIMEOUT_SECONDS) as box:
        validity = uid_validity(box)
        wanted = [entry for entry in listed(box, since) if entry[2] >= since - _OVERLAP]
        for uid, size, arrived in wanted[:MAX_MESSAGES]:
            if time.monotonic() - started > RUN_SECONDS:
                raise Unavailable(
                    f"{config.host}: reading took longer than {RUN_SECONDS:.0f} s; the next run goes on", code="slow"
                )
            content = body(box, uid, None if size <= MAX_BYTES else HEAD_BYTES)
            if content is not None:
                yield _incoming(config, validity, uid, size, arrived, content)


def probe(config: Config, http: Http | None) -> Grant:
    """Log in and open the folder read-only. IMAP has no narrower permission than the mailbox."""
    del http
    with opened(config, TIMEOUT_SECONDS):
        return Grant(permissions=("imap.read",), account=config.user)


def _incoming(config: Config, validity: str, uid: int, size: int, arrived: datetime, content: bytes) -> Incoming:
    headers = [("IMAP-UIDVALIDITY", validity), ("IMAP-UID", str(uid)), ("IMAP-Size", str(size))]
    if size > MAX_BYTES:
        headers.append(("IMAP-Truncated", str(len(content))))
    return Incoming(
        origin="mail",
        body=content,
        received_at=arrived,
        headers=tuple(headers),
        method="",
        url=f"imap://{config.host}/;UIDVALIDITY={validity}/;UID={uid}",
        filename=f"{validity}-{uid}.eml",
    )
