"""Which column is what: by the names that shops and ERPs give them, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

#: A field's name and the headers that are known for it, most telling first.
Alias = Mapping[str, tuple[str, ...]]

_NOISE = re.compile(r"[\s_\-./:：()（）\[\]【】*#'\"\ufeff]+")


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """A header without case, spaces and punctuation: ``Order No.`` and ``order_no`` are the same."""
    return _NOISE.sub("", header.strip().lower())


def guess(header: Sequence[str], aliases: Alias) -> dict[str, int]:
    """Field to column index. An exact alias wins; the earlier alias of a field wins; a column serves one field."""
    positions: dict[str, int] = {}
    for index, name in enumerate(header):
        positions.setdefault(plain(name), index)
    found: dict[str, int] = {}
    taken: set[int] = set()
    for field, names in aliases.items():
        for name in names:
            index = positions.get(plain(name), -1)
            if index >= 0 and index not in taken:
                found[field] = index
                taken.add(index)
                break
    return found


def find_header(rows: Iterable[Sequence[str]], aliases: Alias, known: Iterable[str] = ()) -> int:
    """Index of the header among the first rows: exports like to put a title above it.

    The row with the most known names, at least two of them; otherwise the first row that is not empty. ``known`` adds the
    names of a remembered mapping.
    """
    names = {plain(alias) for alternatives in aliases.values() for alias in alternatives} | {plain(n) for n in known}
    scores = [len({plain(cell) for cell in row if cell} & names) for row in rows]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    return 0
