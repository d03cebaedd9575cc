"""A webhook body as ``goodstanding read`` prints it."""

from __future__ import annotations

from typing import Any

from goodstanding.channels import channels
from goodstanding.contract import Incoming, ParsedNotice, Pointer, Unreadable, Untrusted, settings_of

from .files import FileProblem

_FIELDS = (
    "case_id", "reason_code", "reason_category", "network", "amount", "currency", "order_id", "deadline", "deadline_rule",
    "complainant",
)  # fmt: skip


def read_webhook(incoming: Incoming, name: str, secrets: dict[str, Any], file: str) -> dict[str, Any]:
    """One JSON object for the first notice of the body. Raises FileProblem where the channel cannot read it."""
    channel = channels()[name]
    given = secrets.get(name) or {}
    if isinstance(given, str):
        given = {next((item.name for item in settings_of(channel.config) if item.secret), ""): given}
    authority, reasons = _authority(channel, incoming, given)
    try:
        parsed = list(channel.parse(incoming))
    except Unreadable as problem:
        raise FileProblem(f"{file}：{channel.label} 的数据读不懂（{problem}）") from None
    notice = next((item for item in parsed if isinstance(item, ParsedNotice)), None)
    if notice is None:
        more = (
            ["pointer: 这是一条变更提示，真实内容要向对方查询"]
            if any(isinstance(item, Pointer) for item in parsed)
            else []
        )
        return _line(
            file,
            "not_a_notice",
            authority,
            channel.label,
            [*reasons, *more],
            dict.fromkeys(_FIELDS),
            needs_human=bool(more),
        )
    return _line(file, notice.kind, authority, channel.label, reasons, _fields(notice))


def _authority(channel: Any, incoming: Incoming, given: dict[str, str]) -> tuple[str, list[str]]:
    values = {
        item.name: given.get(item.name, "")
        for item in settings_of(channel.config)
        if item.required or item.name in given
    }
    if channel.verify is None or not any(given.values()):
        return "unverified", ["no_secret: 没有签名密钥，无法核验"]
    try:
        channel.verify(incoming, channel.config(**values), None)
    except Untrusted as problem:
        if problem.code == "no_secret":
            return "unverified", ["no_secret: 没有签名密钥，无法核验"]
        return "phishing", [f"{problem.code}: {problem}"]
    return "genuine", ["signature: 签名核验通过"]


def _fields(notice: ParsedNotice) -> dict[str, str | None]:
    due = notice.respond_by if notice.ruling is None else None
    at = due.at.isoformat() if due and due.at else due.on.isoformat() if due and due.on else None
    order = next((item.value for item in notice.references if item.type == "order"), notice.facts.get("order_number"))
    person = next((item.name for item in notice.parties if item.name), None)
    is_scheme = notice.reason is not None and notice.reason.scheme in (
        "visa",
        "mastercard",
        "amex",
        "discover",
        "jcb",
        "unionpay",
    )
    return {
        "case_id": notice.case_ref or None,
        "reason_code": notice.reason.code if notice.reason and is_scheme else None,
        "reason_category": notice.reason_category or None,
        "network": notice.network or None,
        "amount": f"{notice.amount.amount:f}" if notice.amount else None,
        "currency": notice.amount.currency if notice.amount else None,
        "order_id": order or None,
        "deadline": at,
        "deadline_rule": notice.facts.get("deadline_rule"),
        "complainant": person,
    }


def _line(
    file: str,
    family: str,
    authority: str,
    issuer: str,
    reasons: list[str],
    fields: dict[str, Any],
    *,
    needs_human: bool = False,
) -> dict[str, Any]:
    return {
        "file": file,
        "family": family,
        "authority": authority,
        "issuer": issuer,
        "language": None,
        "needs_human": needs_human,
        "reasons": reasons,
        "fields": fields,
        "spans": {},
    }
