"""A message as letters: the message itself, or the messages that someone forwarded in it as attachments."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

from goodstanding.contract import Incoming, Letter, Parsed, Unreadable

from .mime import Part, message, walk

#: How mail programs begin the subject of a forward.
_FORWARD = re.compile(
    r"\s*(?:fwd?|转发|轉寄|轉發|wg|tr|rv|enc|i|doorst|vs|vb|pd|ilt|転送|전달)\s*[:：]|\s*\[(?:fwd|转发)[:：\]]",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_DMARC_NAME = re.compile(r"[^!\s]+![^!\s]+!\d+!\d+(?:![^!\s]*)?\.(?:xml|xml\.gz|zip)\Z", re.IGNORECASE)
_DMARC_TYPES = (
    "application/gzip",
    "application/x-gzip",
    "application/zip",
    "application/x-zip-compressed",
    "application/xml",
    "text/xml",
)
_BRIEF = 200  # characters that a person writes above a forward
_LONG = 600  # with so many it is a letter of its own
MAX_ENCLOSED = 20


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """One Letter for the message. For a forward with attached messages: one for each of them.

    An attached message carries ``enclosed_in``, the event of the mail that brought it: its own header lines were typed by
    whoever forwarded it and prove nothing. A forward with long text of its own is a letter too, and so is one
    with more attached messages than are opened here. Reports keep their type as
    a parameter of ``media_type``. Raises Unreadable for no message at all.
    """
    raw = incoming.body
    if not raw.strip(b"\0 \r\n\t"):
        raise Unreadable("the message is empty; forward or upload it again", code="empty")
    outer = event_ref(raw)
    parts = list(walk(raw))
    report = _report(parts)
    enclosed = [] if report else list(_enclosed(parts))
    own = sum(len(text) for text in _own_words(parts)) if enclosed else 0
    forward = bool(enclosed) and (bool(_FORWARD.match(parts[0].header("Subject"))) or own < _BRIEF)
    if not forward or own > _LONG or len(enclosed) >= MAX_ENCLOSED:
        media_type = f"message/rfc822; report-type={report}" if report else "message/rfc822"
        yield Letter(event_ref=outer, raw=raw, media_type=media_type, filename=incoming.filename)
    if forward:
        for name, attached in enclosed:
            yield Letter(event_ref=event_ref(attached), raw=attached, filename=name, enclosed_in=outer)


def event_ref(raw: bytes) -> str:
    """What makes a message this message: its Message-ID and a digest of what it says.

    Copies of one mail differ in the trace headers that each server adds, so those are left out. The id alone will not do:
    broken mailers repeat it, and anyone can write it to have a later notice taken for a duplicate.
    """
    part = message(raw)
    digest = hashlib.sha256()
    for name in ("From", "Date", "Subject"):
        digest.update(part.header(name).encode("utf-8", "replace") + b"\0")
    digest.update(part.body.replace(b"\r\n", b"\n").rstrip())
    match = _MESSAGE_ID.search(part.header("Message-ID"))
    return f"{match[0] if match else ''}#{digest.hexdigest()[:24]}"


def _enclosed(parts: list[Part]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of the attached messages. ``.eml`` files sent as plain attachments count."""
    found = 0
    for part in parts[1:]:
        is_file = part.filename.lower().endswith(".eml") and part.type in (
            "application/octet-stream",
            "text/plain",
            "application/eml",
        )
        if (part.type == "message/rfc822" or is_file) and found < MAX_ENCLOSED:
            attached = part.content().lstrip(b"\r\n")
            if attached:
                found += 1
                yield part.filename, attached


def _own_words(parts: list[Part]) -> Iterator[str]:
    """The text that the forwarding person wrote, white space removed."""
    for part in parts:
        if part.type == "text/plain" and not part.attached and not part.filename:
            yield "".join(part.content()[:20_000].decode("utf-8", "replace").split())


def _report(parts: list[Part]) -> str:
    """The kind of machine-written report, by structure: ``feedback-report``, ``delivery-status``, ``dmarc`` …; "" for none."""
    top = parts[0]
    if top.type == "multipart/report":
        declared = re.sub(r"[^a-z0-9-]", "", top.params.get("report-type", "").lower())[:40]
        return declared or next((_REPORT_PARTS[part.type] for part in parts if part.type in _REPORT_PARTS), "unknown")
    if any(part.type == "message/feedback-report" for part in parts):
        return "feedback-report"
    if any(part.type in _DMARC_TYPES and _DMARC_NAME.match(part.filename) for part in parts):
        return "dmarc"
    return ""


_REPORT_PARTS = {
    "message/feedback-report": "feedback-report",
    "message/delivery-status": "delivery-status",
    "message/global-delivery-status": "delivery-status",
    "message/disposition-notification": "disposition-notification",
    "application/tlsrpt+gzip": "tlsrpt",
}
