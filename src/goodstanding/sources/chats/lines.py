"""One message of a conversation, and a conversation as plain lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """``at`` only where the export states an offset; ``when`` is the moment as it wrote it."""

    who: str
    text: str
    at: datetime | None = None
    when: str = ""


def shown(lines: Iterable[Line]) -> str:
    """The conversation as text, one message after the other, moments as given."""
    parts = []
    for line in lines:
        when = line.at.isoformat(sep=" ", timespec="minutes") if line.at else line.when
        parts.append(f"[{when or '—'}] {line.who or '—'}: {line.text.strip()}")
    return "\n".join(parts).replace("\0", "") + "\n"
