"""Chats exported as text: WhatsApp's two layouts, and the one WeChat and most Chinese service desks write.

Their times are the phone's or the desk's local time without an offset; they are kept as written and never converted.
"""

from __future__ import annotations

import re

from .lines import Line

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[\s\u202f]?[AaPp]\.?[Mm]\.?)?"
#: ``[03/11/2026, 14:05:09] Pat: …`` (iOS) and ``03/11/2026, 14:05 - Pat: …`` (Android), also ``3.11.26, 14:05``.
_WHATSAPP = re.compile(
    rf"[\u200e\u200f]*(?:\[(\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}},?\s+{_CLOCK})\]\s|(\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}},?\s+{_CLOCK})\s+-\s)"
    r"(?:([^:\n]{1,80}): )?(.*)\Z"
)
#: ``客服小王 2026-11-03 14:05:09`` on a line of its own, the words below it.
_DESK = re.compile(
    rf"(?P<who>\S[^\n]{{0,60}}?)?\s*[(（]?(?P<when>\d{{4}}[-/年]\d{{1,2}}[-/月]\d{{1,2}}日?\s+{_CLOCK})[)）]?\s*(?P<after>\S[^\n]{{0,60}})?\Z"
)


def whatsapp(text: str) -> list[Line]:
    """The messages of a WhatsApp export; notices of the app itself (encryption, joins) are left out."""
    lines: list[Line] = []
    open_ = False
    for raw in text.splitlines():
        match = _WHATSAPP.match(raw)
        if match:
            open_ = bool(match[3])
            if open_:
                lines.append(Line(who=match[3].strip("\u200e\u202a\u202c "), text=match[4], when=match[1] or match[2]))
        elif open_ and lines:
            last = lines[-1]
            lines[-1] = Line(who=last.who, text=f"{last.text}\n{raw}", when=last.when)
    return lines


def desk(text: str) -> list[Line]:
    """The messages of an export that writes name and time on a line and the words below."""
    lines: list[Line] = []
    for raw in text.splitlines():
        match = _DESK.fullmatch(raw.strip())
        who = (match["who"] or match["after"] or "").strip(" :：") if match else ""
        if match and who:
            lines.append(Line(who=who, text="", when=match["when"]))
        elif lines and raw.strip():
            last = lines[-1]
            lines[-1] = Line(who=last.who, text=f"{last.text}\n{raw}".strip(), when=last.when)
    return [line for line in lines if line.text]
