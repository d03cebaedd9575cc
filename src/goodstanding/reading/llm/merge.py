"""Adding proven proposals to a reading. It only ever adds: values, doubts, signals. Nothing that the rules said changes."""

from __future__ import annotations

from dataclasses import replace

from ..explain import explain_need
from ..result import Alternative, Field, Ground, Reading, Span
from .injection import instructed_lines, signals
from .payload import overlaps
from .proof import Case, proven
from .quotes import Folded, folded
from .suggest import Suggested, Suggestions

SUGGESTED = "model_suggested"
DISAGREES = "model_disagrees"
OTHER_KIND = "model_reads_other_kind"
SUSPICIOUS = "suspicious"

#: Reasons for a person to look that come from here, in Chinese; their words stand with the others in ``reading.reasons``.
NEEDS = {code: explain_need(code) for code in (SUGGESTED, DISAGREES, OTHER_KIND)}


def merge(reading: Reading, suggestions: Suggestions) -> Reading:
    """The reading with what is proven in *its* text. Kind, authority, deadline to count from, and the rules' fields stay.

    A proposed date becomes a field to confirm; ``Reading.deadline``, from which terms are computed, is never set here.
    """
    fields = dict(reading.fields)
    needs: list[str] = []
    source, case = folded(reading.text if suggestions.found else ""), Case.of(reading)
    barred = instructed_lines(reading.text) if suggestions.found else ()
    for item in sorted(suggestions.found, key=lambda entry: entry.name == "currency"):
        found = _still_proven(item, reading, source, case, barred)
        if found is None:
            continue
        mine = fields.get(item.name)
        if mine is None and item.name == "currency" and not _beside(found, fields.get("amount")):
            continue
        if mine is None:
            fields[item.name] = found
            needs.append(SUGGESTED)
        elif not _agree(item.name, mine.value, found.value):
            fields[item.name] = _with_doubt(mine, found)
            needs.append(DISAGREES)
    if suggestions.kind and suggestions.kind != reading.kind:
        needs.append(OTHER_KIND)
    grounds = _added(reading.signals, (*suggestions.signals, *signals(reading)))
    if len(grounds) > len(reading.signals):
        needs.append(SUSPICIOUS)
    return replace(
        reading, fields=fields, signals=grounds, needs_human=tuple(dict.fromkeys((*reading.needs_human, *needs)))
    )


def _still_proven(
    item: Suggested, reading: Reading, source: Folded, case: Case, barred: tuple[Span, ...]
) -> Field | None:
    """The proposal read once more, here: one made for another text, or by hand, gains nothing."""
    start, end = item.quote
    if not 0 <= start < end <= len(reading.text) or overlaps(item.quote, barred):
        return None
    inside = [index for index, at in enumerate(source.starts) if at >= start and source.ends[index] <= end]
    if not inside:
        return None
    found = proven(item.name, (inside[0], inside[-1] + 1), source, reading.text, case)
    return found if found == item.field else None


def _beside(found: Field, amount: Field | None) -> bool:
    """A currency is taken only where it stands with the sum that is known."""
    return amount is not None and amount.span is not None and found.span == amount.span


def _agree(name: str, mine: str, theirs: str) -> bool:
    if name == "deadline":
        return mine[:10] == theirs[:10]
    if name in ("case_id", "order_id"):
        return mine.lstrip("#") == theirs.lstrip("#")
    return " ".join(mine.split()) == " ".join(theirs.split())


def _with_doubt(mine: Field, theirs: Field) -> Field:
    if any(item.value == theirs.value for item in mine.alternatives):
        return mine
    return replace(mine, alternatives=(*mine.alternatives, Alternative(theirs.value, theirs.raw, theirs.span, "model")))


def _added(old: tuple[Ground, ...], new: tuple[Ground, ...]) -> tuple[Ground, ...]:
    known = {item.code for item in old}
    more: list[Ground] = []
    for item in new:
        if item.code not in known:
            known.add(item.code)
            more.append(item)
    return (*old, *more)
