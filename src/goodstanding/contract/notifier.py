"""A notifier tells a person, in a place where that person already looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .channel import Http


@dataclass(frozen=True, kw_only=True)
class Message:
    """What to say. Holds nothing personal of the buyer."""

    title: str
    lines: tuple[str, ...]
    url: str = ""
    due_at: datetime | None = None
    urgent: bool = False
    button: str = "打开案件"

    def body(self, most_bytes: int, *, joint: str = "\n") -> str:
        """The lines, joined; what goes beyond ``most_bytes`` of UTF-8 is cut at a character and marked with "…"."""
        return clipped(joint.join(self.lines), most_bytes)


def clipped(text: str, most_bytes: int) -> str:
    """The text in at most so many bytes of UTF-8, cut at a character and marked with "…"."""
    if len(text.encode()) <= most_bytes:
        return text
    mark = "…"
    room = max(0, most_bytes - len(mark.encode()))
    return text.encode()[:room].decode(errors="ignore") + mark


@dataclass(frozen=True, kw_only=True)
class Notifier:
    """``send`` raises Refused or Unavailable where the message was not taken; HTTP 200 alone proves nothing.

    ``per_minute`` is how many messages the other side takes from one robot; what is due beyond that waits.
    """

    name: str
    label: str
    config: type
    send: Callable[[Message, Any, Http], None]
    per_minute: int = 20
