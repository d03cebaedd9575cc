"""A letter sentence by sentence: the original with its marks, what the offline gloss says, what a model translated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from goodstanding.models import Notice, Translation

from .original import Piece, by_spans

_MOST = 160


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence of the original. ``zh`` is "" where the gloss could not tell; ``machine`` is labelled as what it is."""

    pieces: tuple[Piece, ...]
    zh: str = ""
    machine: tuple[str, ...] = field(default=())


def sentences(notice: Notice | None, translation: Translation | None) -> tuple[Sentence, ...]:
    """The sentences of a letter; empty for what is no letter, or is Chinese already."""
    reading: dict[str, Any] = (notice.reading if notice else None) or {}
    text = str(reading.get("text") or "")
    made = _spans(translation.sentences if translation else (), text)
    glossed = _spans(reading.get("gloss") or (), text)
    rows = glossed or made
    spoken = _beside([(row["start"], row["end"]) for row in rows], made)
    return tuple(
        Sentence(
            pieces=by_spans(text, reading.get("fields") or {}, (row["start"], row["end"])),
            zh=str(row.get("zh", "")) if glossed and float(row.get("confidence") or 0) > 0 else "",
            machine=spoken.get(index, ()),
        )
        for index, row in enumerate(rows[:_MOST])
    )


def _spans(given: Iterable[Any], text: str) -> list[Mapping[str, Any]]:
    """Rows whose places lie in the text, in its order."""
    rows = [item for item in given if isinstance(item, Mapping)]
    kept = [
        item
        for item in rows
        if isinstance(item.get("start"), int)
        and isinstance(item.get("end"), int)
        and 0 <= item["start"] < item["end"] <= len(text)
    ]
    return sorted(kept, key=lambda item: int(item["start"]))


def _beside(rows: Sequence[tuple[int, int]], made: Iterable[Mapping[str, Any]]) -> dict[int, tuple[str, ...]]:
    """Each translated sentence beside the row that it shares most with: the two are not always cut alike."""
    found: dict[int, tuple[str, ...]] = {}
    for item in made:
        if not item.get("zh") or not rows:
            continue
        shared = [min(end, item["end"]) - max(start, item["start"]) for start, end in rows]
        best = max(range(len(rows)), key=shared.__getitem__)
        if shared[best] > 0:
            found[best] = (*found.get(best, ()), str(item["zh"]))
    return found
