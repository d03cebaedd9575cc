"""A channel is a record of functions: what it cannot do, it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from .bundle import Bundle, Limits, Receipt, Requirement, Violation
from .incoming import Answer, Incoming
from .notice import Parsed, Reference

#: The client handed to adapters: an ``httpx.Client`` guarded against inner addresses and against use inside a transaction.
Http = httpx.Client


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a credential was found to allow. ``dangerous`` lists permissions that move money or close accounts."""

    permissions: tuple[str, ...] = ()
    dangerous: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    account: str = ""
    test_mode: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A permission that a connection needs, and why, shown before connecting."""

    name: str
    why_zh: str
    why_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Submit:
    """The act of handing over, with what a person should know before it."""

    send: Callable[[Bundle, Any, Http], Receipt]
    final: bool = True  # can nothing be added afterwards?
    automatic: bool = False  # does the channel send by itself on the due date?


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A kind of place that notices come from and answers go to; see ``docs/reference/channels.md``.

    ``config`` is a frozen dataclass whose fields are declared with :func:`goodstanding.contract.settings.setting`.
    ``parse`` is pure and total: it answers, answers nothing, or raises ``Unreadable``. All other functions get the
    config and, where they may call out, an ``http`` client.
    """

    name: str
    label: str
    config: type
    parse: Callable[[Incoming], Iterable[Parsed]]
    reads: tuple[Permission, ...] = ()
    writes: tuple[Permission, ...] = ()
    verify: Callable[[Incoming, Any, Http | None], None] | None = None
    answer: Callable[[Incoming, Any], Answer | None] | None = None
    fetch: Callable[[Any, Http, datetime], Iterable[Incoming]] | None = None
    lookup: Callable[[Reference, Any, Http], Incoming] | None = None
    probe: Callable[[Any, Http], Grant] | None = None
    requirements: Callable[[Reference, Any, Http], Iterable[Requirement]] | None = None
    rehearse: Callable[[Bundle, Any, Http], Iterable[Violation]] | None = None
    submit: Submit | None = None
    drill: Callable[[Any, datetime], Incoming] | None = None  # a signed sample notice, for trying out a set-up
    limits: Limits = field(default_factory=Limits)
    webhook: bool = True  # does it deliver to our door?
