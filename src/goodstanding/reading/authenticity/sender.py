"""The From line: which address it really is, and what tricks it plays."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..fold import fold
from ..organisations import is_free_mailbox, organisational
from ..text.invisible import strip_invisible
from ..text.mime import Part
from ..text.words import decode_words

_ANGLE = re.compile(r"<\s*([^<>\s]{1,320})\s*>")
_BARE = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Sender:
    """A mailbox. ``tricks`` are codes: ``multiple_from``, ``other_address_in_name``, ``punycode``, ``hidden_in_name``."""

    display: str = ""
    local: str = ""
    domain: str = ""  # lower case, IDNA decoded
    tricks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # further addresses that a From line carries

    @property
    def address(self) -> str:
        return f"{self.local}@{self.domain}" if self.domain else ""

    @property
    def org_domain(self) -> str:
        return organisational(self.domain) if self.domain else ""

    @property
    def free(self) -> bool:
        return bool(self.domain) and is_free_mailbox(self.domain, self.local)


def sender_of(part: Part) -> Sender:
    """The author of a message by its From lines."""
    lines = part.all("from")
    sender = sender_in(lines[0]) if lines else Sender()
    if len(lines) > 1:
        more = tuple(found.address for line in lines[1:] if (found := sender_in(line)).address)
        return Sender(
            sender.display, sender.local, sender.domain, (*sender.tricks, "multiple_from"), (*sender.others, *more)
        )
    return sender


def sender_in(value: str) -> Sender:
    """Read one From value. The address is the last angle-bracketed one: what stands before it is only shown."""
    decoded = decode_words(value)
    raw = decoded if "=?" in value or not value.isascii() else value
    clean, hidden = strip_invisible(raw)
    tricks: list[str] = ["hidden_in_name"] if hidden else []
    angles = _ANGLE.findall(_outside_quotes(clean)) or _ANGLE.findall(clean)
    if angles:
        address = angles[-1]
        display = strip_invisible(decoded)[0].rsplit("<", 1)[0]
        others = [item for item in (*angles[:-1], *_BARE.findall(display)) if "@" in item]
    else:
        bare = _BARE.findall(clean)
        address = bare[0] if bare else ""
        display = clean.replace(address, "").strip(" ()") if address else clean
        others = bare[1:]
    local, _, host = address.rpartition("@")
    domain, puny = _idna(host)
    if puny:
        tricks.append("punycode")
    display = display.strip().strip("\"'").strip()
    different = [item.lower() for item in others if organisational(item.rpartition("@")[2]) != organisational(domain)]
    if different and angles:
        tricks.append("multiple_from" if _is_list(clean) else "other_address_in_name")
    return Sender(display[:200], local.lower().strip('"'), domain, tuple(tricks), tuple(different))


def _outside_quotes(text: str) -> str:
    return re.sub(r'"(?:[^"\\]|\\.){0,500}"', " ", text)


def _is_list(text: str) -> bool:
    """Two mailboxes separated by a comma outside quotes."""
    return bool(re.search(r"@[^,<>]{1,253}>?\s*,\s*\S", _outside_quotes(text)))


def _idna(host: str) -> tuple[str, bool]:
    name = fold(host.strip().strip("<>.").lower())[:253]
    if "xn--" not in name:
        return name, not name.isascii()
    labels = []
    for label in name.split("."):
        if label.startswith("xn--"):
            try:
                labels.append(label[4:].encode("ascii").decode("punycode"))
                continue
            except (UnicodeError, ValueError):
                pass
        labels.append(label)
    return ".".join(labels), True
