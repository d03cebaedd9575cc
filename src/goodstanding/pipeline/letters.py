"""A letter is read: kind, authenticity, fields; and becomes a notice where it is one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from goodstanding import reading
from goodstanding.contract import Due, Incoming, Letter, Money, ParsedNotice, Party, Reason, Reference
from goodstanding.models import Connection
from goodstanding.reading import explain_zh
from goodstanding.reading.gloss import gloss
from goodstanding.reading.result import Alternative, DeadlineReading, Issuer, Link

from . import recognise

log = logging.getLogger("goodstanding.pipeline")


@dataclass(frozen=True)
class Read:
    """A letter as read. ``notice`` is None where it is none and nobody has to look; ``reading`` is what rows keep."""

    notice: ParsedNotice | None
    authority: str
    why: str
    reading: dict[str, Any]


def read(letter: Letter, incoming: Incoming, connection: Connection) -> Read:
    """Read one letter for this connection, whose settings name the merchant's own receiving hosts."""
    found = reading.read(
        letter.raw,
        media_type=letter.media_type,
        receivers=_receivers(connection),
        received_at=incoming.received_at,
        headers=incoming.headers,
        enclosed=bool(letter.enclosed_in),
        tools=recognise.tools(),
    )
    kept = as_row(found)
    why = "；".join(explain_zh(item) for item in found.authority_reasons)
    worth = found.kind != "not_a_notice" or bool(found.needs_human)
    notice = _notice(letter, found) if worth and found.authority != "phishing" else None
    return Read(notice=notice, authority=found.authority, why=why, reading=kept)


def as_row(found: reading.Reading) -> dict[str, Any]:
    """The reading as plain JSON, with spans and reasons."""
    text = found.text.replace("\x00", "�")
    return {
        "kind": found.kind,
        "stage": found.stage,
        "authority": found.authority,
        "authority_reasons": [{"code": item.code, "params": dict(item.params)} for item in found.authority_reasons],
        "signals": [{"code": item.code, "params": dict(item.params)} for item in found.signals],
        "issuer": found.issuer.name if found.issuer else "",
        "issuer_id": found.issuer.id if found.issuer else "",
        "language": found.language,
        "needs_human": list(found.needs_human),
        "text": text,
        "gloss": _glossed(found, text),
        "segments": [asdict(item) for item in found.segments],
        "fields": {
            name: {
                "value": item.value,
                "raw": item.raw,
                "span": list(item.span) if item.span else None,
                "rule": item.rule,
                "note": item.note,
                "alternatives": [asdict(other) for other in item.alternatives],
            }
            for name, item in found.fields.items()
        },
        "deadline": asdict(found.deadline) if found.deadline else None,
        "subject": found.subject,
        "sender": found.sender,
        "sent_at": found.sent_at.isoformat() if found.sent_at else "",
        "links": [asdict(item) for item in found.links],
    }


def of_row(row: Mapping[str, Any] | None) -> reading.Reading | None:
    """The reading that :func:`as_row` wrote down; None where a notice was not read from a letter."""
    if not row or not row.get("text"):
        return None
    deadline, issuer = row.get("deadline"), row.get("issuer") or row.get("issuer_id")
    return reading.Reading(
        text=row["text"],
        segments=tuple(reading.Segment(**item) for item in row.get("segments", ())),
        language=row.get("language", ""),
        kind=row["kind"],
        stage=row.get("stage", ""),
        authority=row.get("authority", "n/a"),
        issuer=Issuer(id=row.get("issuer_id", ""), name=row.get("issuer", "")) if issuer else None,
        fields={name: _field(item) for name, item in row.get("fields", {}).items()},
        deadline=DeadlineReading(**{**deadline, "readings": tuple(deadline["readings"])}) if deadline else None,
        needs_human=tuple(row.get("needs_human", ())),
        signals=tuple(
            reading.Ground(item["code"], tuple(sorted(item["params"].items()))) for item in row.get("signals", ())
        ),
        subject=row.get("subject", ""),
        sender=row.get("sender", ""),
        sent_at=datetime.fromisoformat(row["sent_at"]) if row.get("sent_at") else None,
        links=tuple(Link(**item) for item in row.get("links", ())),
    )


def _field(item: Mapping[str, Any]) -> reading.Field:
    return reading.Field(
        value=item["value"],
        raw=item["raw"],
        span=_span(item["span"]),
        rule=item["rule"],
        note=item.get("note", ""),
        alternatives=tuple(
            Alternative(other["value"], other["raw"], _span(other["span"]), other["why"])
            for other in item.get("alternatives", ())
        ),
    )


def _span(given: Any) -> tuple[int, int] | None:
    return (int(given[0]), int(given[1])) if given else None


def _glossed(found: reading.Reading, text: str) -> list[dict[str, Any]]:
    """Sentence by sentence in Chinese, for what somebody will read. A letter is worth more than its gloss."""
    if found.language == "zh" or (found.kind == "not_a_notice" and not found.needs_human):
        return []
    try:
        return [asdict(item) for item in gloss(text, found.language)]
    except RuntimeError as problem:
        log.error("no gloss: %s", problem)
        return []


def _receivers(connection: Connection) -> tuple[str, ...]:
    hosts = str(connection.settings.get("receiving_hosts", ""))
    return tuple(host.strip() for host in hosts.replace("\n", ",").split(",") if host.strip())


def _notice(letter: Letter, found: reading.Reading) -> ParsedNotice:
    network, code = found.value("network") or "", found.value("reason_code") or ""
    facts = {"deadline_rule": found.value("deadline_rule") or ""}
    order = found.value("order_id")
    if order:
        facts["order_number"] = order
    person = found.value("complainant")
    return ParsedNotice(
        kind=found.kind,
        event_ref=letter.event_ref,
        case_ref=found.value("case_id") or letter.event_ref,
        occurred_at=found.sent_at,
        stage=found.stage,
        reason=Reason(scheme=network or (found.issuer.id if found.issuer else ""), code=code) if code else None,
        reason_category=found.value("reason_category") or "",
        network=network,
        amount=_money(found),
        respond_by=_due(found),
        references=(Reference(type="order", value=order),) if order else (),
        parties=(Party(role="complainant", name=person),) if person else (),
        language=found.language,
        text=found.text,
        facts={name: value for name, value in facts.items() if value},
    )


def _money(found: reading.Reading) -> Money | None:
    amount, currency = found.value("amount"), found.value("currency")
    if not amount or not currency:
        return None
    try:
        return Money(Decimal(amount), currency)
    except (InvalidOperation, ValueError):
        return None


def _due(found: reading.Reading) -> Due | None:
    """The stated date; where the words admit two, the earlier one, so that nobody is late."""
    if found.deadline is None or not found.deadline.readings:
        return None
    text = min(found.deadline.readings)
    if "T" not in text:
        return Due(on=date.fromisoformat(text), zone=_zone(found), raw=found.deadline.raw)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return Due(on=moment.date(), zone=_zone(found), raw=found.deadline.raw)
    return Due(at=moment, zone=_zone(found), raw=found.deadline.raw)


def _zone(found: reading.Reading) -> str:
    deadline = found.deadline
    return deadline.zone if deadline and deadline.zone_origin != "assumed" else ""
