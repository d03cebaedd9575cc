"""Tables whose heads stand in the row above: each cell with its head, so that it reads like "head: cell"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..result import Span

_ROW = re.compile(r"[^\n]*(?:\||\t)[^\n]*")
_RULE_LINE = re.compile(r"[\s|:+=-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """``head`` is folded; ``span`` is the cell's, without the blanks around it."""

    head: str
    span: Span


def cells_in(flat: str) -> Iterator[Cell]:
    """Cells of rows that have as many columns (three or more) as the head row above them, which has no digit."""
    head: list[str] = []
    end_before = -2
    for count, match in enumerate(_ROW.finditer(flat)):
        if count > 200:
            return
        if _RULE_LINE.fullmatch(match[0]):
            end_before = match.end()
            continue
        row = _cells(match)
        if match.start() - end_before > 1 or len(row) != len(head):
            plain = len(row) >= 3 and not any(char.isdigit() for char in match[0])
            head = [flat[start:end] for start, end in row] if plain else []
        else:
            yield from (Cell(name, span) for name, span in zip(head, row, strict=True) if span[0] < span[1])
        end_before = match.end()


def _cells(match: re.Match[str]) -> list[Span]:
    spans: list[Span] = []
    for piece in re.finditer(r"[^|\t]+", match[0]):
        text = piece[0]
        start = match.start() + piece.start() + len(text) - len(text.lstrip())
        end = match.start() + piece.end() - (len(text) - len(text.rstrip()))
        if start < end:
            spans.append((start, end))
    return spans
