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


@dataclass(frozen=True, kw_only=True)
class Notifier:
    """``send`` raises Refused or Unavailable where the message was not taken; HTTP 200 alone proves nothing."""

    name: str
    label: str
    config: type
    send: Callable[[Message, Any, Http], None]
