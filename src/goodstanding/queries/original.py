"""What arrived, ready to be shown beside its explanation: pretty, with the places that matter marked. Never as HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

from goodstanding.models import Case, Delivery, Notice

MOST = 60_000
_SHOWN_HEADERS = ("from", "to", "reply-to", "subject", "date", "return-path", "authentication-results")
_MARKED = ("case_id", "reason_code", "deadline", "deadline_rule", "amount", "order_id", "network", "complainant")
_NOT_SHOWN = ("authorization", "cookie", "proxy-authorization")


@dataclass(frozen=True)
class Piece:
    """A stretch of the original; ``mark`` names the field that it holds, or is empty."""

    text: str
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Original:
    """One notice's delivery as a page shows it. ``links`` are shown as text; ``cut`` says that the body goes on."""

    delivery: Delivery
    notice: Notice | None
    form: str  # "mail", "json", "text", "file"
    pieces: tuple[Piece, ...]
    headers: tuple[tuple[str, str], ...] = ()
    more_headers: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    removed: tuple[tuple[str, str], ...] = ()  # quoted, hidden or signature text that was not counted
    reasons: tuple[Mapping[str, Any], ...] = ()
    authority: str = ""
    cut: bool = False

    @property
    def proven(self) -> bool:
        return self.authority == "genuine"


def original(delivery: Delivery, notice: Notice | None, case: Case | None = None) -> Original:
    """Show a delivery. Whatever it holds, it comes back as text."""
    body = bytes(delivery.body)
    reading: dict[str, Any] = (notice.reading if notice else None) or delivery.reading or {}
    values: dict[str, Any] = {
        "delivery": delivery,
        "notice": notice,
        "authority": (notice.authority if notice else "") or str(reading.get("authority", "")),
        "reasons": tuple(_items(reading, "authority_reasons")),
        "links": tuple((str(i.get("shown", "")), str(i.get("target", ""))) for i in _items(reading, "links"))[:50],
        "removed": tuple(
            (str(i.get("kind", "")), str(i["content"])[:4000]) for i in _items(reading, "segments") if i.get("content")
        )[:30],
    }
    if reading.get("text"):
        text = str(reading["text"])
        shown, hidden = _mail_headers(body) if b"\n" in body[:4096] else ((), ())
        pieces = by_spans(text[:MOST], reading.get("fields") or {})
        return Original(form="mail", pieces=pieces, headers=shown, more_headers=hidden, cut=len(text) > MOST, **values)
    parsed = _as_json(body)
    request = tuple((str(k), str(v)) for k, v in delivery.headers if str(k).lower() not in _NOT_SHOWN)
    if parsed is not None:
        pretty = json.dumps(parsed, ensure_ascii=False, indent=2)
        pieces = _by_values(pretty[:MOST], _json_values(case, notice))
        return Original(form="json", pieces=pieces, more_headers=request, cut=len(pretty) > MOST, **values)
    plain = _as_text(body)
    if plain is None:
        return Original(form="file", pieces=(), more_headers=request, **values)
    pieces = _by_values(plain[:MOST], _text_values(case))
    return Original(form="text", pieces=pieces, more_headers=request, cut=len(plain) > MOST, **values)


def _items(reading: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    found = reading.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def by_spans(text: str, fields: Mapping[str, Any], within: tuple[int, int] | None = None) -> tuple[Piece, ...]:
    """Cut the text, or a stretch of it, at the spans of its fields; of two that overlap the first one counts."""
    low, high = within or (0, len(text))
    spans = []
    for name in _MARKED:
        field = fields.get(name)
        span = field.get("span") if isinstance(field, Mapping) else None
        if isinstance(span, list) and len(span) == 2 and all(isinstance(i, int) for i in span):
            start, end = span
            start, end = max(start, low), min(end, high)
            if low <= start < end <= len(text):
                spans.append((start - low, end - low, name))
    return _cut(text[low:high], spans)


def _by_values(text: str, values: Mapping[str, str]) -> tuple[Piece, ...]:
    spans = []
    for token, name in values.items():
        at, found = text.find(token), 0
        while at >= 0 and found < 20:
            bare = token.strip(": ,")
            start = at + token.index(bare)
            spans.append((start, start + len(bare), name))
            at, found = text.find(token, at + len(token)), found + 1
    return _cut(text, spans)


def _cut(text: str, spans: Iterable[tuple[int, int, str]]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for start, end, name in sorted(spans):
        if start < at:
            continue
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], name))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def outside_ref(case: Case) -> str:
    """The identifier that the sender would recognise."""
    return case.outside_ref


def _json_values(case: Case | None, notice: Notice | None) -> dict[str, str]:
    """JSON tokens worth marking, whole: a quoted string, or a bare number."""
    found: dict[str, str] = {}
    if case is None:
        return found
    found[json.dumps(outside_ref(case), ensure_ascii=False)] = "case_id"
    for value, name in ((case.reason_code, "reason_code"), (case.reason_category, "reason_category")):
        if value:
            found.setdefault(json.dumps(value, ensure_ascii=False), name)
    due = (notice.respond_by or {}) if notice else {}
    if due.get("at"):
        seconds = str(int(datetime.fromisoformat(due["at"]).timestamp()))
        found.setdefault(seconds, "deadline")
    if due.get("raw"):
        found.setdefault(json.dumps(due["raw"], ensure_ascii=False), "deadline")
    if case.sum is not None:
        found.setdefault(f": {case.sum.minor()},", "amount")
        found.setdefault(json.dumps(f"{case.sum.amount.normalize():f}"), "amount")
    return found


def _text_values(case: Case | None) -> dict[str, str]:
    if case is None:
        return {}
    values = {outside_ref(case): "case_id", case.reason_code: "reason_code"}
    return {value: name for value, name in values.items() if len(value) > 2}


def _as_json(body: bytes) -> Any:
    if body[:1] not in (b"{", b"[") and body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _as_text(body: bytes) -> str | None:
    if b"\0" in body[:4096] or body.startswith((b"%PDF", b"PK\x03\x04")):
        return None
    for charset in ("utf-8", "gb18030"):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1")


def _mail_headers(body: bytes) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """The headers a reader looks at, and all others."""
    head = body[:256_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if b":" not in head.split(b"\n", 1)[0]:
        return (), ()
    message = message_from_bytes(head + b"\n\n", policy=policy.compat32)
    rows = [(str(name), " ".join(str(value).split())[:2000]) for name, value in message.items()][:200]
    shown = tuple((name, _decoded(value)) for name, value in rows if name.lower() in _SHOWN_HEADERS[:5])
    return shown, tuple((name, value) for name, value in rows if name.lower() not in _SHOWN_HEADERS[:5])


def _decoded(value: str) -> str:
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, ValueError):
        return value
