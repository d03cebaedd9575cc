"""A value is taken only as our own parsers read it, in the sentence where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..fields.amounts import amount_in
from ..fields.deadline import Where, deadline_in, rule_in
from ..fields.ids import case_in, network_in, order_in, reason_code_in
from ..fields.people import complainant_in
from ..fold import fold
from ..organisations import Organisation, country_facts, organisations
from ..result import Field, Reading, Span
from .quotes import Folded

#: What a model may propose. A category is a judgement, not a quotation: it is not among them.
PROPOSED = (
    "case_id",
    "reason_code",
    "network",
    "amount",
    "currency",
    "order_id",
    "deadline",
    "deadline_rule",
    "complainant",
)
_NO_ANSWER_DUE = frozenset({"dispute_result", "not_a_notice"})
_CARDS = frozenset({"chargeback", "pre_dispute_alert", "dispute_result"})
_BEFORE = 240  # characters of the sentence before a quotation
_AFTER = 120
_END = re.compile(r"[.!?](?= )|[。！？]")
_RULE = "llm."


@dataclass(frozen=True)
class Case:
    """What the parsers need to know about the message."""

    kind: str
    language: str
    organisation: Organisation | None
    received: date | None
    where: Where

    @classmethod
    def of(cls, reading: Reading) -> Case:
        id_ = reading.issuer.id if reading.issuer else ""
        found = next((item for item in organisations() if item.id == id_), None) if id_ else None
        country = found.country if found else ""
        order = (
            found.date_order
            if found and found.date_order in ("dmy", "mdy")
            else country_facts(country).get("order", "")
        )
        where = Where(order if order in ("dmy", "mdy") else "", found.zone if found else "", country, reading.sent_at)
        return cls(reading.kind, reading.language, found, reading.sent_at.date() if reading.sent_at else None, where)


def allowed(name: str, kind: str) -> bool:
    """May a message of this kind have the field at all?"""
    if kind == "not_a_notice" or name not in PROPOSED:
        return False
    if name in ("reason_code", "network"):
        return kind in _CARDS
    return not (name in ("deadline", "deadline_rule") and kind in _NO_ANSWER_DUE)


def proven(name: str, quote: Span, source: Folded, text: str, case: Case) -> Field | None:
    """The field as our parser reads it inside the quotation (a span of the folded text), its span in the original.

    The parser sees the whole sentence, so that a quotation cannot leave out the words that turn its meaning.
    """
    if not allowed(name, case.kind):
        return None
    window = _sentence(source.text, quote)
    words = source.text[window[0] : window[1]]
    found = _read(name, words, case)
    if found is None or found.span is None:
        return None
    place = (found.span[0] + window[0], found.span[1] + window[0])
    if place[0] < quote[0] or place[1] > quote[1]:
        return None
    span = source.back(place)
    return Field(value=found.value, raw=text[span[0] : span[1]], span=span, rule=_RULE + found.rule, note=found.note)


def same(name: str, proposed: str, field: Field) -> bool:
    """Is the proposed value the one that we read?"""
    said = " ".join(proposed.split())
    if name == "amount":
        return bool(re.fullmatch(r"\d{1,12}(?:\.\d{1,4})?", said)) and Decimal(said) == Decimal(field.value)
    if name == "deadline":
        return said == field.value or said == field.value[:10]
    if name == "deadline_rule":
        return fold(said) == fold(" ".join(field.value.split()))
    if name in ("case_id", "order_id"):
        return said.lstrip("#") == field.value.lstrip("#")
    if name in ("network", "reason_code", "currency"):
        return said.lower() == field.value.lower()
    return said == " ".join(field.value.split())


def _sentence(text: str, quote: Span) -> Span:
    start = max(0, quote[0] - _BEFORE)
    ends = [match.end() for match in _END.finditer(text, start, quote[0])]
    start = ends[-1] if ends else start
    end = min(len(text), quote[1] + _AFTER)
    after = _END.search(text, max(quote[1] - 1, 0), end)
    return start, after.end() if after else end


def _read(name: str, words: str, case: Case) -> Field | None:
    flat = fold(words)
    if name == "case_id":
        field, several = case_in(words, flat, case.organisation)
        return None if several else field
    if name == "order_id":
        return order_in(words, flat, "")
    if name == "reason_code":
        return reason_code_in(words, flat)
    if name == "network":
        return network_in(words, flat)
    if name == "complainant":
        return complainant_in(words, flat, case.kind, "")
    if name == "deadline_rule":
        return rule_in(words, flat)
    if name == "deadline":
        found = deadline_in(words, flat, case.where)
        return None if found.needs else found.field  # a date of two readings is for a person, not for a model
    amount, currency, several = amount_in(words, flat, language=case.language, country=case.where.country, wanted=True)
    if several or amount is None or any(item.why == "equal" for item in amount.alternatives):
        return None
    return amount if name == "amount" else currency
