"""Words in a mail that are meant for a machine: found by us, whatever a model makes of them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from ..fold import fold
from ..result import Ground, Reading, Span, ground
from ..yamlfile import load

_FILE = Path(__file__).parent / "injection.yaml"
_REACH = 20_000  # characters of one removed passage


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Sentences (a line end is a space in them), and marks (where a line begins matters)."""
    groups: dict[str, list[str]] = load(_FILE)
    sentences = tuple(re.compile(item) for name, items in groups.items() if name != "marks" for item in items)
    return sentences, tuple(re.compile(item, re.M) for item in groups["marks"])


def instructed_lines(text: str) -> tuple[Span, ...]:
    """The lines, as spans, that hold an instruction to a machine. One broken over two lines marks both."""
    flat = fold(text)
    joined = flat.replace("\n", " ")
    sentences, marks = _patterns()
    found: set[Span] = set()
    for words, patterns in ((joined, sentences), (flat, marks)):
        for pattern in patterns:
            for match in pattern.finditer(words):
                start = text.rfind("\n", 0, match.start()) + 1
                end = text.find("\n", max(match.start(), match.end() - 1))
                found.add((start, len(text) if end < 0 else end))
    return tuple(sorted(found))


def signals(reading: Reading) -> tuple[Ground, ...]:
    """``instructions_to_machine`` if the visible, quoted, hidden or linked words hold instructions."""
    aside = [item.content[:_REACH] for item in reading.segments[:200] if item.content]
    links = ["\n".join(f"{item.shown}\n{unquote(item.target)}" for item in reading.links[:400])[: 4 * _REACH]]
    if any(instructed_lines(item) for item in (reading.text, reading.subject, reading.sender, *aside, *links)):
        return (ground("instructions_to_machine"),)
    return ()
