"""From a webhook's form, or XML read from the API, to a notice. Pure: no clock, no network."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from goodstanding.contract import (
    Due,
    Incoming,
    Money,
    Parsed,
    ParsedNotice,
    Reader,
    Reason,
    Reference,
    Ruling,
    Unreadable,
)

from . import vocabulary
from .facts import facts_of
from .xml import MAX_BYTES, read_xml

_KIND = re.compile(r"[a-z0-9_]{1,80}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\r\n]*")
_MAX_UNREAD = 200
_IGNORED = (
    "evidence", "status_history", "paypal_messages", "graphql_id", "global_id", "date_opened", "date_won", "amount", "created_at",
    "processor_comments", "chargeback_protection_level", "protection_level", "transaction.created_at", "transaction.graphql_id",
    "transaction.global_id", "amount_won", "transaction.installment_count", "transaction.amount", "remaining_file_evidence_storage",
)  # fmt: skip


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """A notice for a dispute's webhook; also for XML as the API gives it (a dispute, or a page of them).

    Webhooks about other matters answer nothing; one about disputes that we do not know raises Unreadable naming it.
    """
    body = incoming.body
    if len(body) > MAX_BYTES:
        raise Unreadable(f"Braintree webhook: {len(body)} bytes, more than {MAX_BYTES}", code="too_large")
    found = read_xml(body if body.lstrip().startswith(b"<") or _is_wide(body) else payload_of(body))
    if "notification" in found:
        return _notification(Reader(found))
    if "dispute" in found:
        return (_dispute(Reader(found).part("dispute"), ""),)
    if "disputes" in found:
        return tuple(_dispute(item, "") for item in Reader(found).items("disputes.items"))
    raise Unreadable(f"{next(iter(found), '?')[:60]}: neither a notification nor a dispute", code="not_a_webhook")


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of the form. Raises Unreadable where it is none."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=50, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise Unreadable(
            "Braintree webhook: not a form; Braintree posts bt_signature and bt_payload", code="not_a_form"
        ) from None
    return dict(pairs)


def payload_of(body: bytes) -> bytes:
    """The XML inside ``bt_payload``."""
    payload = fields_of(body).get("bt_payload", "")
    if not payload:
        raise Unreadable("bt_payload: missing; this is no Braintree webhook", code="not_a_webhook")
    raw = payload.encode("ascii", "replace")
    if not _BASE64.fullmatch(raw):
        raise Unreadable("bt_payload: other characters than base64", code="not_base64")
    try:
        return b64decode(raw)
    except binascii.Error as error:
        raise Unreadable(f"bt_payload: {error}", code="not_base64") from None


def _is_wide(body: bytes) -> bool:
    """XML in UTF-16, or with a mark before it."""
    return body.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))


def _notification(read: Reader) -> Iterable[Parsed]:
    kind = read.text("notification.kind")
    if kind in vocabulary.KINDS:
        when = read.text("notification.timestamp", "")
        return (
            _dispute(
                read.part("notification.subject.dispute"), when, drill=read.has("notification.goodstanding_drill")
            ),
        )
    if kind.startswith("dispute") or not _KIND.fullmatch(kind) or not kind.startswith(vocabulary.OTHER_MATTERS):
        raise Unreadable(
            f"kind: {kind[:60]!r} is not known here; tell us, and read the case in Braintree meanwhile",
            code="unknown_event",
        )
    return ()


def _dispute(read: Reader, told_at: str, *, drill: bool = False) -> ParsedNotice:
    case_ref = read.text("id")
    if not _ID.fullmatch(case_ref):
        raise Unreadable(f"id: {case_ref[:60]!r} is no Braintree identifier", code="bad_identifier")
    status, said_kind = _word(read, "status"), _word(read, "kind")
    instrument = _word(read, "transaction.payment_instrument_subtype").lower()
    network = vocabulary.NETWORK.get(instrument, "" if instrument in vocabulary.WALLETS else instrument)
    by_rules = _word(read, "pre_dispute_program") == vocabulary.RDR
    kind, stage = vocabulary.STAGE.get(said_kind, ("chargeback", ""))
    if by_rules:
        kind, stage = "pre_dispute_alert", "alert"
    elif instrument in vocabulary.WALLETS and kind == "chargeback":
        kind = "refund_dispute"
    ruling = _ruling(read, status, by_rules=by_rules)
    changed = _word(read, "updated_at") or told_at
    return ParsedNotice(
        kind="dispute_result" if ruling else kind,
        event_ref=f"{case_ref}:{status}:{changed}",
        case_ref=case_ref,
        occurred_at=_moment(read, "updated_at") or _moment(read, "received_date"),
        stage=stage,
        status=status,
        reason=_reason(read, network),
        reason_category=vocabulary.CATEGORY.get(_word(read, "reason"), ""),
        network=network,
        amount=_money(read, "amount_disputed") or _money(read, "amount"),
        respond_by=None if ruling or by_rules else _respond_by(read, status),
        references=_references(read, case_ref),
        ruling=ruling,
        test=drill,
        text=_word(read, "forwarded_comments", most=20_000),
        facts=facts_of(read, by_rules=by_rules) | ({"drill": "true"} if drill else {}),
        unread=_unread(read),
    )


def _ruling(read: Reader, status: str, *, by_rules: bool) -> Ruling | None:
    result = vocabulary.RULED.get(status)
    if result is None:
        return None
    won = _money(read, "amount_won") if result == "won" else None
    return Ruling(result="prevented" if by_rules else result, amount=won or _money(read, "amount_disputed"))


def _respond_by(read: Reader, status: str) -> Due | None:
    """``reply_by_date`` is a date without a zone: it is passed on as a date, and who computes takes its earliest end."""
    path = "reply_by_date"
    if status != vocabulary.OPEN or not _word(read, path):
        return None
    return Due(on=read.day(path), raw=read.text(path))


def _reason(read: Reader, network: str) -> Reason | None:
    code, word = _word(read, "reason_code"), _word(read, "reason")
    if code:
        return Reason(scheme=network or "braintree_code", code=code)
    return Reason(scheme="braintree", code=word) if word else None


def _references(read: Reader, case_ref: str) -> tuple[Reference, ...]:
    named = (
        ("payment", "transaction.id", "braintree"),
        ("order", "transaction.order_id", ""),
        ("invoice", "transaction.purchase_order_number", ""),
    )
    found = [Reference(type="case", value=case_ref, system="braintree")]
    found += [
        Reference(type=kind, value=value, system=system) for kind, path, system in named if (value := _word(read, path))
    ]
    return tuple(dict.fromkeys(found))


def _money(read: Reader, path: str) -> Money | None:
    if not _word(read, path) or not _word(read, "currency_iso_code"):
        return None
    return read.major_money(path, "currency_iso_code")


def _moment(read: Reader, path: str) -> Any:
    """An instant; a bare date is none."""
    return read.moment(path) if "T" in _word(read, path) else None


def _word(read: Reader, path: str, *, most: int = 255) -> str:
    """Text, or "" where it is absent or nil."""
    text = read.text(path, "")
    if len(text) > most:
        raise Unreadable(f"{path}: {len(text)} characters, more than {most}", code="too_long")
    return str(text)


def _unread(read: Reader) -> tuple[str, ...]:
    """What nobody took; asked last. Texts only: Braintree leaves many elements empty."""
    read.ignore(*_IGNORED)
    return tuple(path for path in read.leftover() if read.text(path, ""))[:_MAX_UNREAD]
