"""The text that counts, with a map of what was kept and what was set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..fold import fold
from ..limits import MAX_TEXT
from ..organisations import owners
from ..result import Link, Segment
from .invisible import strip_invisible
from .message import Mail, open_mail
from .mime import Part
from .threads import Thread, address_in, take_apart
from .words import decode_words


@dataclass
class Visible:
    """``text`` is the subject line and the newest part; every counted segment lies in it."""

    text: str = ""
    segments: list[Segment] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    hidden: tuple[str, ...] = ()
    invisible: tuple[str, ...] = ()  # kinds of invisible characters
    forwarded: bool = False
    inner_from: str = ""  # the From of the forwarded message, as its header lines give it
    inner_headers: Part | None = None  # the enclosed message, where it was attached whole
    note: str = ""
    problems: tuple[str, ...] = ()

    def append(self, kind: str, words: str, name: str = "") -> None:
        """Add counted text after a blank line."""
        if not words.strip():
            return
        room = MAX_TEXT - len(self.text)
        if room <= 10:
            return
        if self.text:
            self.text += "\n\n"
        start = len(self.text)
        self.text += words[:room]
        self.segments.append(Segment(kind=kind, start=start, end=len(self.text), name=name))

    def set_aside(self, kind: str, words: str) -> None:
        """Record words that do not count."""
        if words.strip():
            at = len(self.text)
            self.segments.append(Segment(kind=kind, start=at, end=at, content=words[:20_000]))


def visible_text(mail: Mail) -> Visible:
    """What the reader of this mail sees, newest part first, quotes set aside, a forward unwrapped."""
    found = Visible(problems=tuple(dict.fromkeys(mail.problems)))
    if mail.shown:
        found.links = list(mail.shown.links)
        found.hidden = tuple(mail.shown.hidden)
    lines, kinds = _clean(mail.lines)
    found.invisible = kinds
    subject, _ = strip_invisible(mail.subject)
    thread = take_apart(lines, subject)
    enclosed = _enclosed_forward(mail, thread)
    if enclosed is not None:
        return _of_enclosed(found, subject, thread, enclosed)
    _fill(found, subject, thread)
    return found


def _clean(lines: list[tuple[str, bool]]) -> tuple[list[tuple[str, bool]], tuple[str, ...]]:
    joined = "\n".join(text for text, _ in lines)
    clean, kinds = strip_invisible(joined)
    texts = clean.split("\n")
    if len(texts) != len(lines):
        return [(text, False) for text in texts], kinds
    return [
        (text.rstrip() if text != "-- " else text, flag) for text, (_, flag) in zip(texts, lines, strict=True)
    ], kinds


def _fill(found: Visible, subject: str, thread: Thread) -> None:
    inner = strip_invisible(thread.inner_subject)[0] if thread.forwarded else ""
    found.append("subject", inner or subject)
    found.set_aside("note", thread.note)
    found.append("forwarded" if thread.forwarded else "newest", tidy(thread.newest))
    found.set_aside("signature", thread.signature)
    for quoted in thread.quoted:
        found.set_aside("quoted", quoted)
    for hidden in found.hidden[:50]:
        found.set_aside("hidden", hidden)
    found.forwarded = found.forwarded or thread.forwarded
    if thread.forwarded:
        found.inner_from = thread.inner_from or found.inner_from
        found.note = thread.note


def _enclosed_forward(mail: Mail, thread: Thread) -> Part | None:
    """The attached message, if the outer words are only a note to it. A report's attachment is what it complains about."""
    if not mail.enclosed or thread.forwarded or is_complaint(mail):
        return None
    return mail.enclosed[0] if len(thread.newest.split()) <= 60 and len(thread.newest) < 600 else None


_COMPLAINT_SUBJECT = re.compile(
    r"complaint about (?:a )?(?:message|mail|e-?mail)|(?:abuse|spam|fbl|feedback|jmrp|complaint)[ -](?:report|complaint|notification)|feedback loop|reported as spam|\[spamcop|spam-?(?:beschwerde|meldung|report)|plainte (?:pour )?spam|signalement (?:de )?spam"
)


def is_complaint(mail: Mail) -> bool:
    """A feedback report, or its older form: a provider's desk passes on the message that somebody complained about."""
    if "message/feedback-report" in mail.reports:
        return True
    local, _, domain = address_in(mail.sender).lower().rpartition("@")
    if not domain or not mail.enclosed or not _COMPLAINT_SUBJECT.search(fold(mail.subject)):
        return False
    return any(item.type in ("mailbox", "esp") for item in owners(local, domain))


def _of_enclosed(found: Visible, subject: str, outer: Thread, part: Part) -> Visible:
    from .message import _collect

    inner = Mail(part, subject=decode_words(part.get("subject")), sender=decode_words(part.get("from")))
    _collect(inner)
    if inner.shown:
        found.links.extend(inner.shown.links)
        found.hidden += tuple(inner.shown.hidden)
    lines, kinds = _clean(inner.lines)
    found.invisible += kinds
    thread = take_apart(lines, inner.subject)
    if not thread.forwarded:
        thread.inner_from, thread.inner_subject = inner.sender, inner.subject
    thread.forwarded = True
    thread.note = outer.newest
    found.inner_headers = part
    _fill(found, subject, thread)
    return found


def tidy(text: str) -> str:
    """At most one blank line in a row; spaces at line ends gone."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+(?=\n|$)", "", text)).strip("\n")


def of_plain(text: str) -> Visible:
    """Pasted text. A pasted mail with its header lines is read like a forward of it."""
    found = Visible()
    clean, kinds = strip_invisible(text[: MAX_TEXT * 2])
    found.invisible = kinds
    lines = [(line, False) for line in clean.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    thread = take_apart(lines, "")
    _fill(found, "", thread)
    return found


__all__ = ["Visible", "address_in", "of_plain", "open_mail", "tidy", "visible_text"]
