"""The channels that a merchant can connect, and the form that each one's settings make."""

from __future__ import annotations

from importlib.resources import files

from django.conf import settings

from goodstanding.channels import channels
from goodstanding.contract import Channel
from goodstanding.notifiers import notifiers

from .labels import chinese


def channel(name: str) -> Channel | None:
    return channels().get(name)


def guide(name: str, among: str = "channels") -> str:
    """The set-up guide in the folder of a channel (or notifier), in the reader's language where there is one."""
    known = notifiers() if among == "notifiers" else channels()
    folder = files(f"goodstanding.{among}.{name}") if name in known else None
    names = ("README.md",) if chinese() else ("README.en.md", "README.md")
    for item in names:
        if folder is not None and (folder / item).is_file():
            return (folder / item).read_text(encoding="utf-8")
    return ""


def upload_limit() -> int:
    """Bytes that one upload may have."""
    return int(settings.UPLOAD_MAX_BYTES)
