"""All fields of one message, and what about them a person must look at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from ..fold import fold
from ..limits import MAX_READ
from ..organisations import Organisation, country_facts
from ..result import DeadlineReading, Field
from .amounts import amount_in
from .category import category_in
from .deadline import Where, deadline_in
from .ids import case_in, network_in, order_in, reason_code_in
from .people import complainant_in
from .terms import rule_in

_MONEY_KINDS = frozenset(
    {
        "chargeback",
        "pre_dispute_alert",
        "refund_dispute",
        "dispute_result",
        "legal_threat",
        "consumer_complaint",
        "regulator",
    }
)
_CARD_KINDS = frozenset({"chargeback", "pre_dispute_alert", "dispute_result"})
#: Home country by the ending of the sender's domain, where no organisation record says it.
_ENDINGS = {
    "de": "DE", "at": "AT", "ch": "CH", "fr": "FR", "be": "BE", "es": "ES", "it": "IT", "nl": "NL", "pl": "PL", "pt": "PT", "uk": "GB", "ie": "IE",
    "au": "AU", "nz": "NZ", "ca": "CA", "jp": "JP", "cn": "CN", "gov": "US", "us": "US", "mil": "US", "br": "BR", "mx": "MX", "hk": "HK", "sg": "SG", "tw": "TW", "eu": "EU",
}  # fmt: skip
_LANGUAGE_HOME = {
    "de": "DE",
    "fr": "FR",
    "es": "ES",
    "it": "IT",
    "nl": "NL",
    "pl": "PL",
    "ja": "JP",
    "pt": "PT",
    "zh": "CN",
}
_BRITISH = re.compile(
    r"\b(?:organisation|authorised|unauthorised|recognised|cheque|favour|enquiry|licence|solicitors?|trading standards|united kingdom|\bLtd\b|£)",
    re.I,
)


@dataclass(frozen=True)
class Known:
    """What was found out before: kind, language, organisation, when it came, the sender's domain and name."""

    kind: str
    language: str
    organisation: Organisation | None = None
    received: datetime | None = None
    domain: str = ""
    display: str = ""


@dataclass
class Extraction:
    fields: dict[str, Field] = field(default_factory=dict)
    deadline: DeadlineReading | None = None
    needs: list[str] = field(default_factory=list)


def extract(text: str, known: Known) -> Extraction:
    """Read the fields that the message states. Nothing is inferred that does not stand there."""
    out = Extraction()
    if known.kind == "not_a_notice":
        return out
    body = text[:MAX_READ]
    flat = fold(body)
    country = _country(known)
    case, two = case_in(body, flat, known.organisation)
    _put(out, "case_id", case)
    if two:
        out.needs.append("two_case_ids")
    _put(out, "order_id", order_in(body, flat, case.value if case else ""))
    if known.kind in _CARD_KINDS:
        _put(out, "reason_code", reason_code_in(body, flat))
        _put(out, "network", network_in(body, flat))
    network = out.fields["network"].value if "network" in out.fields else ""
    _put(out, "reason_category", category_in(body, flat, known.kind, out.fields.get("reason_code"), network))
    amount, currency, tied = amount_in(
        body,
        flat,
        language=known.language,
        country=country,
        wanted=known.kind in _MONEY_KINDS,
        demand=known.kind == "legal_threat",
    )
    if amount and currency:
        out.fields["amount"], out.fields["currency"] = amount, currency
        if tied and known.kind in _CARD_KINDS | {"refund_dispute"}:
            out.needs.append("several_amounts")
    _put(out, "complainant", complainant_in(body, flat, known.kind, known.display))
    if known.kind != "dispute_result":
        _deadlines(out, body, flat, known, country)
    return out


def _deadlines(out: Extraction, body: str, flat: str, known: Known, country: str) -> None:
    home = country_facts(country)
    found = deadline_in(body, flat, Where(_order(known, country, body), _zone(known, home), country, known.received))
    if found.field is not None:
        out.fields["deadline"], out.deadline = found.field, found.reading
        out.needs.extend(found.needs)
    _put(out, "deadline_rule", rule_in(body, flat, known.kind, known.language))


def _put(out: Extraction, name: str, value: Field | None) -> None:
    if value is not None:
        out.fields[name] = value


def _country(known: Known) -> str:
    if known.organisation and known.organisation.country:
        return known.organisation.country
    ending = known.domain.rsplit(".", 1)[-1] if known.domain else ""
    return _ENDINGS.get(ending, "") or _LANGUAGE_HOME.get(known.language, "")


def _order(known: Known, country: str, body: str) -> str:
    if known.organisation and known.organisation.date_order:
        return (
            known.organisation.date_order
            if known.organisation.date_order != "ymd"
            else ("" if known.language == "en" else "dmy")
        )
    order = country_facts(country).get("order", "")
    if order in ("dmy", "mdy"):
        return order
    if known.language == "en" and _BRITISH.search(body):
        return "dmy"
    return ""


def _zone(known: Known, home: dict[str, str]) -> str:
    if known.organisation and known.organisation.zone:
        return known.organisation.zone
    return home.get("zone", "")
