"""JSON deliveries: the channel's own parser understands them; here its notice becomes a reading."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from goodstanding.contract import Due, Incoming, Letter, Parsed, ParsedNotice, Pointer, Reason

from .result import KINDS, DeadlineReading, Field, Ground, Issuer, Kind, Reading, ground

Trust = Literal["genuine", "forged", "unproven"]
_SCHEMES = frozenset(
    {
        "visa",
        "mastercard",
        "amex",
        "discover",
        "diners",
        "jcb",
        "unionpay",
        "elo",
        "cartes_bancaires",
        "sepa_debit",
        "sepa",
        "maestro",
    }
)
_NETWORKS = {
    "visa": "visa", "mastercard": "mastercard", "mc": "mastercard", "maestro": "mastercard", "amex": "amex", "american_express": "amex",
    "discover": "discover", "diners": "discover", "jcb": "jcb", "unionpay": "unionpay", "cup": "unionpay", "elo": "elo", "sepa_debit": "sepa_debit",
    "sepa": "sepa_debit", "sepadirectdebit": "sepa_debit",
}  # fmt: skip
#: Of several notices in one delivery the gravest is shown.
_GRAVITY: dict[str, int] = {kind: index for index, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class ChannelAnswer:
    """What a channel made of a delivery, and what its signature check said (``unproven``: no secret to check with)."""

    channel: str
    label: str
    parsed: tuple[Parsed, ...]
    trust: Trust = "unproven"
    organisation: str = ""


#: Finds the channel of a delivery, verifies and parses it; None where no channel knows it. Must not raise.
ParseChannel = Callable[[Incoming, Mapping[str, str]], ChannelAnswer | None]


def incoming_of(raw: bytes, received_at: datetime | None, headers: Iterable[tuple[str, str]]) -> Incoming:
    """The delivery. A file may be a whole delivery as we store them, or the body alone."""
    moment = received_at or datetime(1970, 1, 1, tzinfo=UTC)
    whole = _whole(raw)
    if whole is None:
        return Incoming(origin="upload", body=raw, received_at=moment, headers=tuple(headers))
    stated = _moment(whole.get("received_at"))
    return Incoming(
        origin="webhook",
        body=_body(whole),
        received_at=stated or moment,
        headers=_headers(whole.get("headers")) or tuple(headers),
        method=str(whole.get("method") or "POST"),
        url=str(whole.get("path") or whole.get("url") or ""),
    )


def _whole(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and "headers" in value and ("body" in value or "raw_body" in value):
        return value
    return None


def _body(whole: dict[str, Any]) -> bytes:
    """``raw_body`` is the bytes as they came (text, or base64 where it says so); ``body`` may be the parsed JSON."""
    exact = whole.get("raw_body")
    if isinstance(exact, str):
        if whole.get("raw_body_encoding") == "base64" or whole.get("encoding") == "base64":
            try:
                return base64.b64decode(exact, validate=True)
            except (binascii.Error, ValueError):
                return exact.encode("utf-8", "replace")
        return exact.encode("utf-8", "surrogatepass")
    body = whole.get("body")
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _headers(value: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        return tuple(
            (str(name), str(item))
            for name, items in value.items()
            for item in (items if isinstance(items, list) else [items])
        )
    if isinstance(value, list):
        return tuple(
            (str(item[0]), str(item[1])) for item in value if isinstance(item, (list, tuple)) and len(item) == 2
        )
    return ()


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def of_answer(answer: ChannelAnswer, incoming: Incoming) -> Reading:
    """The reading of what a channel understood."""
    notices = [item for item in answer.parsed if isinstance(item, ParsedNotice)]
    authority, reasons = _authority(answer)
    issuer = Issuer(id=answer.organisation or answer.channel, name=answer.label)
    if not notices:
        pointers = any(isinstance(item, Pointer) for item in answer.parsed)
        letters = any(isinstance(item, Letter) for item in answer.parsed)
        needs = ("unknown_event",) if pointers or letters else ()
        return Reading(
            text="",
            kind="not_a_notice",
            authority=authority,
            authority_reasons=reasons,
            issuer=issuer,
            needs_human=needs,
            media_type="application/json",
        )
    notice = min(notices, key=lambda item: _GRAVITY.get(item.kind, 99))
    return of_notice(notice, incoming, authority, reasons, issuer)


def _authority(answer: ChannelAnswer) -> tuple[Literal["genuine", "phishing", "unverified"], tuple[Ground, ...]]:
    code = {"genuine": "signature_valid", "forged": "signature_invalid", "unproven": "signature_unknown"}[answer.trust]
    verdicts: dict[Trust, Literal["genuine", "phishing", "unverified"]] = {
        "genuine": "genuine",
        "forged": "phishing",
        "unproven": "unverified",
    }
    return verdicts[answer.trust], (ground(code, claimed=answer.label),)


def of_notice(
    notice: ParsedNotice, incoming: Incoming, authority: Any, reasons: tuple[Ground, ...], issuer: Issuer
) -> Reading:
    """A parsed notice as a reading. Its values come from named fields of the sender's own format and have no spans."""
    needs: list[str] = []
    kind: Kind
    if notice.kind in KINDS:
        kind = KINDS[KINDS.index(notice.kind)]
    else:
        kind, needs = "not_a_notice", ["unknown_event"]
    fields: dict[str, Field] = {}
    _put(fields, "case_id", notice.case_ref, "case_ref")
    _reason(fields, notice)
    _put(fields, "network", _NETWORKS.get(notice.network.lower().replace(" ", "_"), ""), "network")
    if notice.amount is not None:
        _put(fields, "amount", str(notice.amount).split()[0], "amount")
        _put(fields, "currency", notice.amount.currency, "amount")
    order = next((item.value for item in notice.references if item.type == "order" and item.value), "")
    _put(fields, "order_id", order, "references.order")
    person = next(
        (item.name for item in notice.parties if item.role in ("cardholder", "buyer", "complainant") and item.name), ""
    )
    _put(fields, "complainant", person, "parties")
    deadline = None
    if kind not in ("dispute_result", "not_a_notice") and notice.respond_by is not None:
        deadline = _deadline(notice.respond_by, incoming.received_at)
        if deadline:
            _put(fields, "deadline", deadline.readings[0], "respond_by")
    if kind == "not_a_notice":
        fields = {}
    return Reading(
        text=notice.text,
        language=notice.language,
        kind=kind,
        stage=notice.stage,
        authority=authority,
        authority_reasons=reasons,
        issuer=issuer,
        fields=fields,
        deadline=deadline,
        needs_human=tuple(needs),
        media_type="application/json",
    )


def _reason(fields: dict[str, Field], notice: ParsedNotice) -> None:
    reason: Reason | None = notice.reason
    if reason is not None and reason.code and (reason.scheme.lower() in _SCHEMES):
        _put(fields, "reason_code", reason.code.strip(), "reason")
    elif notice.facts.get("network_reason_code"):
        _put(fields, "reason_code", notice.facts["network_reason_code"].strip(), "facts.network_reason_code")
    _put(fields, "reason_category", notice.reason_category, "reason_category")


def _deadline(due: Due, received: datetime) -> DeadlineReading | None:
    """A stated moment or day, unless it is past."""
    if due.at is not None:
        if due.at < received:
            return None
        value = due.at.isoformat()
        zone = due.zone or (value[-6:] if value[-6:-5] in "+-" else "UTC")
        return DeadlineReading(
            raw=due.raw or value, local=value[:19], zone=zone, zone_origin="stated", readings=(value,)
        )
    if due.on is not None:
        if due.on < received.date():
            return None
        value = due.on.isoformat()
        return DeadlineReading(
            raw=due.raw or value,
            local=value,
            zone=due.zone or "UTC",
            zone_origin="stated" if due.zone else "assumed",
            readings=(value,),
        )
    return None


def _put(fields: dict[str, Field], name: str, value: str, rule: str) -> None:
    if value:
        fields[name] = Field(value=value, raw=value, span=None, rule=f"channel.{rule}")
