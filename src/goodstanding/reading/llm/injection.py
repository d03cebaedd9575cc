"""Words in a mail that are meant for a machine: found by us, whatever a model makes of them."""

from __future__ import annotations

import re
from pathlib import Path

from ..fold import fold
from ..result import Ground, Reading, Span, ground
from ..yamlfile import load

_FILE = Path(__file__).parent / "injection.yaml"
_PATTERNS: list[re.Pattern[str]] = []
_REACH = 20_000  # characters of one passage


def _patterns() -> list[re.Pattern[str]]:
    if not _PATTERNS:
        _PATTERNS.extend(re.compile(item, re.I) for items in load(_FILE).values() for item in items)
    return _PATTERNS


def instructed_lines(text: str) -> tuple[Span, ...]:
    """The lines, as spans, that hold an instruction to a machine. One broken over two lines marks both."""
    flat = fold(text).replace("\n", " ")
    found: set[Span] = set()
    for pattern in _patterns():
        for match in pattern.finditer(flat):
            start = text.rfind("\n", 0, match.start()) + 1
            end = text.find("\n", max(match.start(), match.end() - 1))
            found.add((start, len(text) if end < 0 else end))
    return tuple(sorted(found))


def signals(reading: Reading) -> tuple[Ground, ...]:
    """``instructions_to_machine`` if the visible, quoted or hidden words hold instructions; ``hidden_text`` beside it."""
    hidden = [item.content[:_REACH] for item in reading.segments if item.kind == "hidden"]
    aside = [item.content[:_REACH] for item in reading.segments if item.content]
    links = [f"{item.shown}\n{item.target}" for item in reading.links]
    passages = (reading.text, reading.subject, reading.sender, *aside, *links)
    if not any(instructed_lines(item) for item in passages):
        return ()
    machine = ground("instructions_to_machine")
    return (machine, ground("hidden_text")) if any(instructed_lines(item) for item in hidden) else (machine,)
