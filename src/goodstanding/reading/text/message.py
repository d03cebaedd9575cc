"""A mail opened: decoded headers, body lines, attachments, enclosed messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ..limits import MAX_DEPTH, MAX_MARKUP, MAX_PART_BYTES, MAX_RAW, MAX_TEXT, MAX_TEXT_PARTS
from .charset import decode
from .markup import Shown, show
from .mime import Part, children_of, parse, walk
from .words import decode_words

_REPORT_TYPES = frozenset({"message/feedback-report", "message/delivery-status", "message/disposition-notification"})


@dataclass(frozen=True)
class Attachment:
    """A part that is not shown as text. ``data`` is decoded only when asked for."""

    name: str
    media_type: str
    part: Part

    def data(self, cap: int) -> bytes:
        return self.part.decoded(cap)


@dataclass
class Mail:
    """What a mail holds, decoded as far as it is looked at."""

    root: Part
    subject: str = ""
    sender: str = ""  # the From value, decoded
    lines: list[tuple[str, bool]] = field(default_factory=list)
    shown: Shown | None = None
    attachments: list[Attachment] = field(default_factory=list)
    reports: dict[str, str] = field(default_factory=dict)  # media type → text of a report part
    enclosed: list[Part] = field(default_factory=list)  # message/rfc822 parts, parsed
    problems: list[str] = field(default_factory=list)

    def header(self, name: str) -> str:
        return decode_words(self.root.get(name))

    @property
    def sent_at(self) -> datetime | None:
        try:
            found = parsedate_to_datetime(self.root.get("date")[:200])
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def open_mail(raw: bytes) -> Mail:
    """Open an RFC 5322 message; broken structure yields what can be seen, never an exception."""
    mail = Mail(parse(raw[:MAX_RAW]))
    if len(raw) > MAX_RAW:
        mail.problems.append("too_large")
    mail.subject, mail.sender = mail.header("subject"), mail.header("from")
    _collect(mail)
    return mail


def _collect(mail: Mail) -> None:
    plain: list[str] = []
    markup: list[str] = []
    pending = _views(mail.root)
    taken = 0
    for kind, part in pending:
        if part.cut:
            mail.problems.append("too_many_parts")
        if kind in ("plain", "html") and taken < MAX_TEXT_PARTS:
            taken += 1
            text = _text_of(part)
            if not text.strip():
                continue
            (markup if kind == "html" else plain).append(text)
            _add_body(mail, kind, text)
        elif kind == "alternative":
            taken += 2
            _add_alternative(mail, part)
        elif kind == "report":
            mail.reports.setdefault(part.media_type, part.decoded(60_000).decode("latin-1"))
        elif kind == "message" and len(mail.enclosed) < 20:
            mail.enclosed.append(parse(part.decoded(MAX_RAW), part.depth + 1))
        elif kind == "attachment" and len(mail.attachments) < 200:
            mail.attachments.append(Attachment(part.filename, part.media_type, part))


def _views(root: Part) -> list[tuple[str, Part]]:
    """Parts in reading order, alternatives kept together so that one of them is chosen."""
    out: list[tuple[str, Part]] = []
    stack = [root]
    while stack and len(out) < 6_000:
        part = stack.pop()
        if part.media_type == "multipart/alternative" and part.depth < MAX_DEPTH:
            out.append(("alternative", part))
        elif part.media_type.startswith("multipart/") and part.depth < MAX_DEPTH and (children := children_of(part)):
            if len(children) > 5_900:
                children = [*children[:5_900], Part((), b"", part.depth, cut=True)]
            stack.extend(reversed(children))
        else:
            out.append((_role(part), part))
    return out


def _role(part: Part) -> str:
    if part.media_type in _REPORT_TYPES:
        return "report"
    if part.media_type.startswith("message/") and part.media_type != "message/partial":
        return "message" if part.media_type in ("message/rfc822", "message/global") else "report"
    if part.disposition == "attachment" or (part.filename and part.media_type not in ("text/plain", "text/html")):
        return "attachment"
    if part.media_type == "text/html":
        return "html"
    if part.media_type.startswith("text/") and part.media_type not in (
        "text/calendar",
        "text/csv",
        "text/xml",
        "text/rfc822-headers",
    ):
        return "plain"
    return "attachment"


def _text_of(part: Part) -> str:
    raw = part.decoded(MAX_PART_BYTES)
    charset = part.params.get("charset", "")
    if part.media_type == "text/html" and (not charset or charset.lower() in ("us-ascii", "iso-8859-1")):
        meta = re.search(rb"charset=[\"']?([\w-]{3,30})", raw[:3_000], re.I)
        charset = meta[1].decode("ascii") if meta and not charset else charset
    text = decode(raw, charset)
    if part.media_type == "text/plain" and part.params.get("format", "").lower() == "flowed":
        text = re.sub(r"(?<!--) \r?\n(?!>)", " ", text)
    return text


def _add_alternative(mail: Mail, part: Part) -> None:
    plain, html = "", ""
    for leaf in walk(part):
        role = _role(leaf)
        if role == "plain":
            plain = plain or _text_of(leaf)
        elif role == "html":
            html = html or _text_of(leaf)
        elif role == "attachment" and len(mail.attachments) < 200:
            mail.attachments.append(Attachment(leaf.filename, leaf.media_type, leaf))
        elif role == "message":
            mail.enclosed.append(parse(leaf.decoded(MAX_RAW), leaf.depth + 1))
    if not html.strip():
        _add_body(mail, "plain", plain)
        return
    shown = show(html[:MAX_MARKUP])
    _note_shown(mail, shown)
    if plain.strip() and _says_the_same(plain, shown):
        _add_body(mail, "plain", plain)
        return
    if len(plain.split()) > 30 and shown.lines:
        mail.problems.append("alternative_mismatch")
    mail.lines.extend(shown.lines)


def _says_the_same(plain: str, shown: Shown) -> bool:
    seen = {word for line, _ in shown.lines[:400] for word in _word_list(line)}
    words = _word_list(plain[:20_000])
    if not seen or not words:
        return False
    own = set(words)
    return len(own & seen) >= 0.75 * len(seen) and len(own & seen) >= 0.5 * len(own)


def _word_list(text: str) -> list[str]:
    return re.findall(r"\w{3,}|[\u3040-\u9fff]", text.lower())


def _add_body(mail: Mail, kind: str, text: str) -> None:
    if kind == "html" or (kind == "plain" and re.match(r"\s*(?:<!doctype html|<html[\s>])", text[:200], re.I)):
        shown = show(text)
        _note_shown(mail, shown)
        mail.lines.extend(shown.lines)
        return
    if mail.lines:
        mail.lines.append(("", False))
    cleaned = text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_TEXT:
        mail.problems.append("text_cut")
    mail.lines.extend((line, False) for line in cleaned.split("\n"))


def _note_shown(mail: Mail, shown: Shown) -> None:
    if mail.shown is None:
        mail.shown = shown
    else:
        mail.shown.hidden.extend(shown.hidden)
        mail.shown.links.extend(shown.links)
    if shown.cut:
        mail.problems.append("text_cut")
