"""Acme's events as notices: one small function for each event, chosen from a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from goodstanding.contract import (
    Due,
    Incoming,
    Parsed,
    ParsedNotice,
    Party,
    Pointer,
    Reader,
    Reason,
    Reference,
    Ruling,
    Unreadable,
)

#: Acme's words for the stage and for what was decided. An unknown word is passed on in ``status``, never guessed.
STAGES = {"inquiry": "inquiry", "chargeback": "dispute", "second_chargeback": "pre_arbitration"}
RULINGS = {"merchant_won": "won", "merchant_lost": "lost", "withdrawn": "withdrawn"}

#: Known and of no use to us; what nobody takes otherwise is listed in ``unread``.
IGNORED = ("api_version", "delivery_attempt")


def dispute_opened(read: Reader) -> ParsedNotice:
    """A dispute was opened or moved to its next stage."""
    due = read.moment("dispute.respond_by", None)
    stage = STAGES.get(read.text("dispute.stage", ""), "")
    code = read.text("dispute.reason_code", "")
    network = read.text("dispute.network", "").lower()
    return ParsedNotice(
        kind="pre_dispute_alert" if stage == "inquiry" else "chargeback",
        event_ref=_name(read, "id"),
        case_ref=_name(read, "dispute.id"),
        occurred_at=read.moment("created_at", None),
        stage=stage,
        status=read.text("dispute.status", ""),
        reason=Reason(scheme=network or "acme", code=code) if code else None,
        network=network,
        amount=read.minor_money("dispute.amount", "dispute.currency"),
        respond_by=Due(at=due, raw=read.text("dispute.respond_by")) if due else None,
        references=_references(read),
        parties=_buyer(read),
        test=read.flag("test", default=False),
        text=read.text("dispute.message", ""),
        unread=_unread(read),
    )


def dispute_closed(read: Reader) -> ParsedNotice:
    """Acme says how a dispute ended."""
    outcome = read.text("dispute.outcome")
    if outcome not in RULINGS:
        raise Unreadable(f"dispute.outcome: {outcome[:60]!r} is a word of Acme's that we do not know")
    return ParsedNotice(
        kind="dispute_result",
        event_ref=_name(read, "id"),
        case_ref=_name(read, "dispute.id"),
        occurred_at=read.moment("created_at", None),
        status=read.text("dispute.status", ""),
        ruling=Ruling(result=RULINGS[outcome]),
        references=_references(read),
        test=read.flag("test", default=False),
        unread=_unread(read),
    )


def dispute_changed(read: Reader) -> Pointer:
    """Acme only says that something changed; ``lookup`` reads what."""
    return Pointer(
        reference=Reference(type="case", value=_name(read, "dispute.id"), system="acme"), event_ref=_name(read, "id")
    )


EVENTS: dict[str, Callable[[Reader], Parsed]] = {
    "dispute.opened": dispute_opened,
    "dispute.closed": dispute_closed,
    "dispute.changed": dispute_changed,
}
#: Events that are no notices: answered with nothing.
OTHERS = ("payment.captured", "ping")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """One notice or pointer for an event; nothing for what is not ours. Pure: no clock, no network, no database."""
    read = Reader.of_json(incoming.body)
    event = read.text("type")
    if event in OTHERS:
        return
    if event not in EVENTS:
        raise Unreadable(f"type: {event[:60]!r} is an event of Acme's that we do not know")
    yield EVENTS[event](read)


def _name(read: Reader, path: str) -> str:
    """An identifier: without it the event cannot be told from others."""
    value = read.text(path)
    if not value:
        raise Unreadable(f"{path}: empty")
    return value


def _references(read: Reader) -> tuple[Reference, ...]:
    named = (("payment", "dispute.payment_id"), ("order", "dispute.order_number"), ("arn", "dispute.arn"))
    found = [(kind, read.text(path, "")) for kind, path in named]
    return tuple(Reference(type=kind, value=value, system="acme") for kind, value in found if value)


def _buyer(read: Reader) -> tuple[Party, ...]:
    name, email = read.text("dispute.cardholder.name", ""), read.text("dispute.cardholder.email", "")
    return (Party(role="cardholder", name=name, email=email),) if name or email else ()


def _unread(read: Reader) -> tuple[str, ...]:
    read.ignore(*IGNORED)
    return read.leftover()
