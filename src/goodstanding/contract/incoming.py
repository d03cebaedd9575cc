"""Something arrived: what every entry path (webhook, mail, upload, poll, drill) hands to the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One thing that arrived, byte for byte.

    ``origin`` says by which way: ``webhook``, ``mail``, ``upload``, ``paste``, ``poll``, ``lookup`` or ``drill``.
    ``headers`` keep order, case and repeats as received. ``received_at`` is aware UTC.
    """

    origin: str
    body: bytes
    received_at: datetime
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "POST"
    url: str = ""
    filename: str = ""

    def header(self, name: str, default: str = "") -> str:
        """The first header of that name, letter case ignored."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the sender wants to hear back at once (handshakes, odd acknowledgements)."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)
