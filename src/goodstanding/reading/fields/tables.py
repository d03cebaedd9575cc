"""Tables whose heads stand in the row above: each cell with its head, so that it reads like "head: cell"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..result import Span

_RULE_LINE = re.compile(r"[\s|:+=-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """``head`` is folded; ``span`` is the cell's, without the blanks around it."""

    head: str
    span: Span


def cells_in(text: str, flat: str) -> Iterator[Cell]:
    """Cells of rows that have as many columns (three or more) as the head row above them, which has no digit."""
    if "|" not in text and "\t" not in text:
        return
    head: list[str] = []
    adjacent, at = False, 0
    for count, line in enumerate(text.split("\n")):
        start, at = at, at + len(line) + 1
        if count > 2_000:
            return
        if "|" not in line and "\t" not in line:
            head, adjacent = [], False
            continue
        if _RULE_LINE.fullmatch(line):
            continue
        row = _cells(line, start)
        if adjacent and head and len(row) == len(head):
            yield from (Cell(name, span) for name, span in zip(head, row, strict=True))
        else:
            plain = len(row) >= 3 and not any(char.isdigit() for char in line)
            head = [flat[first:last] for first, last in row] if plain else []
        adjacent = True


def _cells(line: str, offset: int) -> list[Span]:
    spans: list[Span] = []
    for piece in re.finditer(r"[^|\t]+", line):
        words = piece[0]
        start = offset + piece.start() + len(words) - len(words.lstrip())
        end = offset + piece.end() - (len(words) - len(words.rstrip()))
        if start < end:
            spans.append((start, end))
    return spans
