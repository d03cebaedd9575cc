"""Sentences with their places in the text."""

from __future__ import annotations

import re

MAX_SENTENCES = 160
MAX_SENTENCE = 600  # characters; a longer run is cut at a space
MAX_SCANNED = 24_000

_END = re.compile(
    r"[.!?…]+[\"'»”)\]]*(?=\s)|[。！？]+[」』”）]*|\n[ \t]*\n|\n(?=[ \t]*(?:[-•*·]|\d{1,2}[.)]\s))|\n(?=[A-ZÄÖÜÉÈÀÇÑ¿¡])"
)
_SHORT = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|ltd|inc|co|no|nr|nos|art|arts|abs|bzw|ca|vgl|usw|z\.\s?b|d\.\s?h|i\.\s?d\.\s?r|e\.g|i\.e|etc|vs|p\.\s?ex|n\.|núm|sr|sra|sig|sig\.ra|dott|avv|spett|"
    r"approx|sec|ref|tel|str|rd|fig|cal|civ|[a-z])\.$",
    re.IGNORECASE,
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans without surrounding blanks, at most :data:`MAX_SENTENCES`, from the first :data:`MAX_SCANNED` characters."""
    text = text[:MAX_SCANNED]
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match[0][0] == "." and (
            _SHORT.search(text[max(start, match.end() - 12) : match.end()])
            or re.match(r"\s+[a-zäöüéèàß]", text[match.end() : match.end() + 8])
        ):
            continue
        _add(text, start, match.end(), spans)
        start = match.end()
        if len(spans) >= MAX_SENTENCES:
            return spans[:MAX_SENTENCES]
    _add(text, start, len(text), spans)
    return spans[:MAX_SENTENCES]


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while end - start > MAX_SENTENCE and len(spans) < MAX_SENTENCES:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        _trimmed(text, start, cut, spans)
        start = cut
    _trimmed(text, start, end, spans)


def _trimmed(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(char.isalnum() for char in text[start:end]):
        spans.append((start, end))
