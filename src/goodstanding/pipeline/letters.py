"""A letter is read: kind, authenticity, fields; and becomes a notice where it is one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from goodstanding import reading
from goodstanding.contract import Due, Incoming, Letter, Money, ParsedNotice, Party, Reason, Reference
from goodstanding.models import Connection
from goodstanding.reading import explain_zh

from . import recognise


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
        "text": found.text.replace("\x00", "�"),
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
