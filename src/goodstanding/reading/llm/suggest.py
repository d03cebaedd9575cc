"""Values that the rules did not find, proposed by an outside model and kept only with proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import httpx
import msgspec

from ..result import Field, Ground, Kind, Reading, Span
from .ask import Tell, Trouble, ask, silent
from .config import Config
from .gate import admitted
from .injection import signals
from .payload import Consent, Payload, overlaps
from .proof import Case, proven, same
from .quotes import Folded, find, folded

Name = Literal[
    "case_id", "reason_code", "network", "amount", "currency", "order_id", "deadline", "deadline_rule", "complainant"
]


class _Proposal(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    value: Annotated[str, msgspec.Meta(max_length=400)]
    quote: Annotated[str, msgspec.Meta(max_length=1_000)]


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    fields: Annotated[list[_Proposal], msgspec.Meta(max_length=40)]
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A proposal that was proven, with the quotation's span in ``Reading.text``."""

    name: str
    field: Field
    quote: Span


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    """What an outside model adds, after checking. ``dropped`` counts the proposals without proof, by reason.

    ``signals`` are ours and stand whatever the model said, also when none was asked.
    """

    found: tuple[Suggested, ...] = ()
    kind: str = ""
    dropped: Mapping[str, int] = field(default_factory=dict)
    signals: tuple[Ground, ...] = ()
    model: str = ""


def suggest(
    reading: Reading, config: Config, http: httpx.Client, consent: Consent | None, *, tell: Tell = silent
) -> Suggestions:
    """Proposals that our own parsers confirm in the sentences they quote; none where nothing could or might be sent."""
    grounds = signals(reading)
    payload = admitted(reading, config, "suggest", consent)
    if isinstance(payload, Trouble):
        tell(payload)
        return Suggestions(signals=grounds)
    answer = ask(payload.requests[0].body, config, http, _Answer)
    if isinstance(answer, Trouble):
        tell(answer)
        return Suggestions(signals=grounds)
    found, dropped = _checked(answer, reading, payload)
    return Suggestions(found=found, kind=answer.kind or "", dropped=dict(dropped), signals=grounds, model=payload.model)


def _checked(answer: _Answer, reading: Reading, payload: Payload) -> tuple[tuple[Suggested, ...], Counter[str]]:
    """The proposals with proof. Two different values for one name cancel each other."""
    dropped: Counter[str] = Counter()
    by_name: dict[str, list[Suggested]] = {}
    source, case = folded(payload.masked.text), Case.of(reading)
    for item in answer.fields:
        made = _one(item, reading, payload, source, case)
        if isinstance(made, str):
            dropped[made] += 1
        else:
            by_name.setdefault(item.name, []).append(made)
    kept: list[Suggested] = []
    for same_name in by_name.values():
        if len({entry.field.value for entry in same_name}) == 1:
            kept.append(same_name[0])
        else:
            dropped["contradictory"] += len(same_name)
    return tuple(kept), dropped


def _one(item: _Proposal, reading: Reading, payload: Payload, source: Folded, case: Case) -> Suggested | str:
    quote, value = (payload.masked.restore(words, shown=False) for words in (item.quote, item.value))
    place = find(quote, source)
    if place is None:
        return "not_in_text"
    if overlaps(source.back(place), payload.withheld):
        return "instructed"
    found = proven(item.name, place, source, reading.text, case)
    if found is None:
        return "not_read"
    return Suggested(item.name, found, source.back(place)) if same(item.name, value, found) else "other_value"
