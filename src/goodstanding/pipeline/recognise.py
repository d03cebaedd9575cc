"""Which channel a delivery is for, when nobody says so; and what reading is lent for its work. Knows no Django."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from goodstanding.channels import channels
from goodstanding.contract import (
    Channel,
    Incoming,
    Parsed,
    ParsedNotice,
    Pointer,
    Unreadable,
    Untrusted,
    settings_of,
)
from goodstanding.reading import ChannelAnswer, Tools
from goodstanding.reading.classify.head import load_head
from goodstanding.reading.ocr import tesseract

Secrets = Mapping[str, Any]

#: Channels that take whatever a person or a mailbox brings; they claim no delivery as theirs.
_TAKE_ALL = ("byhand", "mailbox", "example")
#: Headers by which a delivery names its sender, before anything is parsed.
_SIGNED_BY = (
    ("stripe-signature", "stripe"),
    ("paypal-transmission-sig", "paypal"),
    ("x-square-hmacsha256-signature", "square"),
    ("cko-signature", "checkout"),
    ("x-shopline-hmac-sha256", "shopline"),
    ("x-shopify-hmac-sha256", "shopify"),
    ("shopify-hmac-sha256", "shopify"),
    ("x-wc-webhook-signature", "woocommerce"),
    ("x-wc-webhook-topic", "woocommerce"),
    ("x-twilio-email-event-webhook-signature", "esp"),
    ("x-mandrill-signature", "esp"),
    ("x-amz-sns-message-type", "esp"),
)
#: Channels that answer nothing to most of what is theirs and raise Unreadable for all that is not: no answer is a claim too.
_KNOW_THEIRS = ("esp", "trustpilot")


def channel_for(incoming: Incoming) -> str:
    """The channel that a delivery is for: by its headers, else the one whose parser takes it; "" where none does."""
    known = channels()
    for header, name in _SIGNED_BY:
        if name in known and incoming.header(header):
            return name
    for name in _KNOW_THEIRS:
        if name in known and _reads(known[name], incoming):
            return name
    quiet = []
    for name, channel in known.items():
        if name in _TAKE_ALL or name in _KNOW_THEIRS:
            continue
        found = _first(channel, incoming)
        if isinstance(found, ParsedNotice | Pointer):
            return name
        if found is None:
            quiet.append(name)
    return quiet[0] if len(quiet) == 1 else ""  # "not for us" is a claim, too, where one alone makes it


def tools(secrets: Secrets | None = None) -> Tools:
    """What this machine can lend: the trained head, text recognition, and the channels' own parsers."""
    given = secrets or {}

    def parse_channel(incoming: Incoming, _: Mapping[str, str]) -> ChannelAnswer | None:
        return answer_of(incoming, given)

    return Tools(head=load_head(), ocr=_ocr(), parse_channel=parse_channel)


def answer_of(incoming: Incoming, secrets: Secrets) -> ChannelAnswer | None:
    """What its channel makes of a delivery, and what the signature says; None where no channel knows it."""
    name = channel_for(incoming)
    if not name:
        return None
    channel = channels()[name]
    try:
        parsed: tuple[Parsed, ...] = tuple(channel.parse(incoming))
    except Unreadable:
        return None
    return ChannelAnswer(channel=name, label=channel.label, parsed=parsed, trust=_trust(channel, incoming, secrets))


def _first(channel: Channel, incoming: Incoming) -> Parsed | str | None:
    """The first thing a parser makes of it; None where it says "not for us", "" where it cannot read it."""
    try:
        return next(iter(channel.parse(incoming)), None)
    except Unreadable:
        return ""


def _reads(channel: Channel, incoming: Incoming) -> bool:
    try:
        list(channel.parse(incoming))
    except Unreadable:
        return False
    return True


def _trust(channel: Channel, incoming: Incoming, secrets: Secrets) -> Any:
    given = secrets.get(channel.name) or {}
    if isinstance(given, str):  # one secret and no name: the channel's first
        given = {next((item.name for item in settings_of(channel.config) if item.secret), ""): given}
    if channel.verify is None or not any(given.values()):
        return "unproven"
    values = {
        item.name: str(given.get(item.name, ""))
        for item in settings_of(channel.config)
        if item.required or item.name in given
    }
    try:
        channel.verify(incoming, channel.config(**values), None)
    except Untrusted as problem:
        return "unproven" if problem.unproven else "forged"
    return "genuine"


@cache
def _ocr() -> Any:
    return tesseract()
