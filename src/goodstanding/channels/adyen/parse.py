"""From a delivery's bytes to notices, one for each item about a dispute. Pure: no clock, no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from goodstanding.contract import (
    Due,
    Incoming,
    Letter,
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
from .facts import facts_of, flag, words_of
from .items import raw_items, read_items

_CODE = re.compile(r"[A-Z0-9_]{1,60}")
_ID = re.compile(r"[^\s\x00]{1,120}")
_MAX_UNREAD = 200

#: Known and of no use to us. ``metadata.…`` is the shop's own, ``hmacSignature`` is what ``verify`` is about.
_IGNORED = ("operations", "additionalData")
_IGNORED_MORE = ("hmacSignature", "grossValue", "grossCurrency", "InvoiceCreditorAccount")


def parse(incoming: Incoming) -> Iterable[Parsed]:
    """One notice for each item about a dispute; nothing for payments and refunds.

    An item that cannot be read makes a single delivery Unreadable; among others it comes as a letter naming the reason,
    so that no dispute is lost to its neighbour.
    """
    live, items = read_items(incoming.body)
    answers: list[Parsed] = []
    for number, item in enumerate(items):
        try:
            answers.extend(_item(item, live))
        except Unreadable as error:
            if len(items) == 1:
                raise
            answers.append(_left_aside(incoming.body, number, error))
    return answers


def _item(read: Reader, live: bool | None) -> Iterator[ParsedNotice]:
    event = read.text("eventCode")
    if event in vocabulary.EVENTS:
        yield _notice(read, event, live)
    elif event not in vocabulary.OTHER_MATTERS:
        shown = event if _CODE.fullmatch(event) else event[:60]
        raise Unreadable(
            f"eventCode: {shown!r} is not known here; tell us, and read the case in Adyen meanwhile",
            code="unknown_event",
        )


def _notice(read: Reader, event: str, live: bool | None) -> ParsedNotice:
    more = read.flat("additionalData")
    case_ref = _name(read, "pspReference")
    happened = read.flag("success", default=True)
    status = _word(more, "disputeStatus")
    inquiry = _about_information(more, event)
    ruling, stage = _outcome(event, status, inquiry=inquiry) if happened else (None, _stage(event, inquiry=inquiry))
    network = _network(more)
    method = _word(read, "paymentMethod").lower()
    amount = _money(read)
    facts = facts_of(read, more, event=event, live=live, happened=happened)
    due = None if ruling or not happened else _respond_by(more, event, status)
    read.ignore(*_IGNORED)
    more.ignore(*_IGNORED_MORE, *(name for name in more.leftover() if name.startswith("metadata/")))
    return ParsedNotice(
        kind="dispute_result" if ruling else _kind(event, method, network, inquiry=inquiry),
        event_ref=":".join((case_ref, event, _word(read, "eventDate"))),
        case_ref=case_ref,
        occurred_at=read.moment("eventDate", None),
        stage=stage,
        status=status,
        reason=_reason(more, event, network),
        reason_category="fraudulent" if event == "NOTIFICATION_OF_FRAUD" else "",
        network=network,
        amount=amount,
        respond_by=due,
        references=_references(read, more, case_ref),
        ruling=Ruling(result=ruling[0], final=ruling[1], amount=amount) if ruling else None,
        test=live is False,
        text=words_of(more),
        facts=facts,
        unread=(*read.leftover(), *(f"additionalData.{name}" for name in more.leftover()))[:_MAX_UNREAD],
    )


def _outcome(event: str, status: str, *, inquiry: bool) -> tuple[tuple[str, bool] | None, str]:
    """(result, final) where the matter is decided, and the stage.

    The event decides; ``disputeStatus`` says more exactly how a defence period ended, and decides for a chargeback that
    nothing can be said against any more. A request for information that expired or was answered is no loss.
    """
    said = vocabulary.STATUS_RULED.get(status)
    if event in vocabulary.RULED:
        result, final, stage = vocabulary.RULED[event]
        if event in ("DISPUTE_DEFENSE_PERIOD_ENDED", "ISSUER_RESPONSE_TIMEFRAME_EXPIRED"):
            result = said or result
        return ("closed" if inquiry else result, final), "inquiry" if inquiry else stage
    stage = _stage(event, inquiry=inquiry)
    if inquiry or event == "NOTIFICATION_OF_FRAUD" or said is None:
        return None, stage
    return (said, said == "accepted" or event != "CHARGEBACK"), stage


def _stage(event: str, *, inquiry: bool) -> str:
    if inquiry:
        return "inquiry"
    return vocabulary.OPENED[event][1] if event in vocabulary.OPENED else vocabulary.RULED[event][2]


def _about_information(more: Reader, event: str) -> bool:
    """Is it about a request for information? ``INFORMATION_SUPPLIED`` and the end of a period are told of both."""
    if event == "REQUEST_FOR_INFORMATION":
        return True
    asked = more.has("rfiReasonCode") or more.has("rfiSchemeCode")
    asked = asked or more.text("disputeStatus", "") in vocabulary.OF_INFORMATION
    return asked and not more.has("chargebackReasonCode") and event in (
        "INFORMATION_SUPPLIED", "DISPUTE_DEFENSE_PERIOD_ENDED", "ISSUER_COMMENTS",
    )  # fmt: skip


def _kind(event: str, method: str, network: str, *, inquiry: bool) -> str:
    if inquiry or event == "NOTIFICATION_OF_FRAUD":
        return "pre_dispute_alert"
    if not network and method.startswith(vocabulary.OWN_PROCESS):
        return "refund_dispute"
    return "chargeback"


def _respond_by(more: Reader, event: str, status: str) -> Due | None:
    """``defensePeriodEndsAt`` where Adyen waits for a defence. Nothing is computed where it is absent (RFI)."""
    path = "defensePeriodEndsAt"
    if not more.has(path) or more.text(path) == "":
        return None
    moment = more.moment(path)
    closed = flag(more, "defendable") is False or flag(more, "autoDefended") is True
    if closed or event == "INFORMATION_SUPPLIED" or status not in vocabulary.WAITING:
        return None
    return Due(at=moment, raw=more.text(path))


def _network(more: Reader) -> str:
    codes = [_word(more, path) for path in ("chargebackSchemeCode", "rfiSchemeCode", "nofSchemeCode")]
    return next((vocabulary.network(code) for code in codes if code), "")


def _reason(more: Reader, event: str, network: str) -> Reason | None:
    """The code as Adyen passes it on, white space around it removed (``" 4853"`` was seen in Adyen's own examples)."""
    paths = ("nofReasonCode",) if event == "NOTIFICATION_OF_FRAUD" else ("chargebackReasonCode", "rfiReasonCode")
    scheme = "adyen_nof" if event == "NOTIFICATION_OF_FRAUD" else network or "adyen"
    return next((Reason(scheme=scheme, code=code) for path in paths if (code := _word(more, path))), None)


def _references(read: Reader, more: Reader, case_ref: str) -> tuple[Reference, ...]:
    named = (
        ("payment", _word(read, "originalReference"), "adyen"),
        ("charge", _word(more, "capturePspReference"), "adyen"),
        ("order", _word(read, "merchantReference"), ""),
        ("order", _word(more, "captureMerchantReference"), ""),
        ("arn", _word(more, "arn"), ""),
        ("customer", _word(more, "shopperReference"), ""),
    )
    found = [Reference(type="case", value=case_ref, system="adyen")]
    found += [Reference(type=kind, value=value, system=system) for kind, value, system in named if value]
    return tuple(dict.fromkeys(found))


def _money(read: Reader) -> Money | None:
    """Minor units by Adyen's own table. An alert or an outcome may state no amount."""
    if not read.has("amount"):
        return None
    value, currency = read.integer("amount.value"), read.text("amount.currency")
    try:
        return Money(Decimal(value).scaleb(-vocabulary.decimals(currency)), currency)
    except ValueError as error:
        raise Unreadable(f"amount.currency: {str(error)[:120]}", code="bad_currency") from None


def _name(read: Reader, path: str) -> str:
    text = read.text(path)
    if not _ID.fullmatch(text):
        raise Unreadable(f"{path}: {text[:60]!r} is no Adyen reference", code="bad_identifier")
    return text


def _word(read: Reader, path: str) -> str:
    """A word of an open vocabulary, or ""."""
    text = read.text(path, "")
    if len(text) > 255:
        raise Unreadable(f"{path}: {len(text)} characters, more than 255", code="too_long")
    return text


def _left_aside(body: bytes, number: int, error: Unreadable) -> Letter:
    item = raw_items(body)[number]
    shown = json.dumps({"problem": f"item {number + 1}: {error}", "item": item}, indent=2, ensure_ascii=True)
    names = ("pspReference", "eventCode", "eventDate")
    ref = (
        ":".join(str(item.get(name))[:80] for name in names).encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    )
    return Letter(event_ref=f"unread:{number}:{ref}", raw=shown.encode(), media_type="application/json")
