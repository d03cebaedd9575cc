"""How the contract's values stand in rows, and how they come back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from goodstanding.contract import Due, Money, Order, ParsedNotice, Ruling


def notice_row(parsed: ParsedNotice) -> dict[str, Any]:
    """The columns of a Notice. Texts are cut to their columns; the delivery keeps the whole."""
    return {
        "kind": parsed.kind[:40],
        "case_ref": (parsed.case_ref or parsed.event_ref)[:255],
        "occurred_at": parsed.occurred_at,
        "stage": parsed.stage[:20],
        "status": parsed.status[:60],
        "reason_scheme": parsed.reason.scheme[:40] if parsed.reason else "",
        "reason_code": parsed.reason.code[:120] if parsed.reason else "",
        "reason_category": parsed.reason_category[:60],
        "network": parsed.network[:40],
        "amount": parsed.amount.amount if parsed.amount else None,
        "currency": parsed.amount.currency if parsed.amount else "",
        "respond_by": due_row(parsed.respond_by),
        "references": [asdict(item) for item in parsed.references],
        "parties": [asdict(item) for item in parsed.parties],
        "ruling": ruling_row(parsed.ruling),
        "facts": dict(parsed.facts),
        "language": parsed.language[:10],
        "text": parsed.text.replace("\x00", "�"),
        "test": parsed.test,
    }


def due_row(due: Due | None) -> dict[str, str] | None:
    if due is None or (due.at is None and due.on is None):
        return None
    return {
        "at": due.at.isoformat() if due.at else "",
        "on": due.on.isoformat() if due.on else "",
        "zone": due.zone,
        "raw": due.raw,
    }


def ruling_row(ruling: Ruling | None) -> dict[str, Any] | None:
    if ruling is None:
        return None
    return {
        "result": ruling.result,
        "final": ruling.final,
        "amount": money_row(ruling.amount),
    }


def money_row(money: Money | None) -> list[str] | None:
    return [f"{money.amount:f}", money.currency] if money else None


def order_row(order: Order) -> dict[str, Any]:
    """A contract Order as plain JSON."""
    return dict(msgspec.to_builtins(order, str_keys=True))
