"""Providers' events as notices. A complaint is a notice, so is an alarm about the account; all other events answer nothing.

Every provider is known by the shape of its body, because what is uploaded has no headers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl

from goodstanding.contract import Incoming, Parsed, ParsedNotice, Reader, Unreadable

from .providers import PROVIDERS

Events = Callable[[Reader], Iterable[ParsedNotice]]
_MAX_FIELDS = 200


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """Notices of one delivery, in their order. Raises Unreadable for what is not a known provider's. Pure."""
    for read in _each(opened(incoming.body)):
        yield from _provider(read)(read)


def opened(body: bytes) -> Reader:
    """The body as ``all.…``: JSON of any kind, or a form (Mailchimp, Mandrill) brought into the same shape."""
    text = body.strip().removeprefix(b"\xef\xbb\xbf")
    if text[:1] not in (b"{", b"["):
        text = _form(text)
    read = Reader.of_json(b'{"all":' + text + b"}")
    if read.has("all.mandrill_events"):
        return Reader.of_json(b'{"all":' + read.text("all.mandrill_events").encode() + b"}")
    if read.has("all.Message") and read.has("all.TopicArn"):
        return _message(read)
    return read


def _form(body: bytes) -> bytes:
    try:
        pairs = parse_qsl(body.decode("utf-8"), strict_parsing=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise Unreadable("body: neither JSON nor a form", code="not_json") from None
    nested: dict[str, object] = {}
    for key, value in pairs:
        name, _, rest = key.partition("[")
        if not rest:
            nested[name] = value
            continue
        inner = nested.setdefault(name, {})
        if isinstance(inner, dict):
            inner[rest.rstrip("]")] = value
    return json.dumps(nested).encode()


def _message(read: Reader) -> Reader:
    """What Amazon SNS carries: JSON in a string. Its own handshakes carry words."""
    message = read.text("all.Message").encode()
    if read.text("all.Type", "") != "Notification" or message[:1] != b"{":
        return Reader({"all": {"sns": "handshake"}})
    return Reader.of_json(b'{"all":' + message + b"}")


def _each(read: Reader) -> list[Reader]:
    """The events of a list, or the one event."""
    try:
        found = read.items("all")
    except Unreadable:
        return [read.part("all")]
    if not found:
        raise Unreadable("body: an empty list")
    return found


def _provider(read: Reader) -> Events:
    for knows, events in PROVIDERS:
        if knows(read):
            return events
    raise Unreadable("body: no known e-mail provider's event", code="unknown_provider")
