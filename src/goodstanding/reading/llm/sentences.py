"""A masked text cut into sentences, each with its place."""

from __future__ import annotations

import re

from ..result import Span
from .masks import Masked

MAX_SENTENCE = 800
_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”）]*|\n")
_SHORT = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|no|nr|art|st|inc|ltd|co|vs|e\.g|i\.e|z\.b|bzw|ggf|inkl|abs|sr|sra|sig|núm|tel|ref|approx|ca|etc|av|p\.ej|d\.h|u\.s|u\.k)|\b[a-z])\.$",
    re.I,
)


def sentences(masked: Masked) -> tuple[Span, ...]:
    """The sentences with words in them. Line ends cut, as they do in lists and tables of mails."""
    hidden = masked.hidden()
    found: list[Span] = []
    start = 0
    for match in _END.finditer(hidden):
        if match[0] == "." and _SHORT.search(hidden[max(start, match.end() - 12) : match.end()]):
            continue
        found.append((start, match.end()))
        start = match.end()
    found.append((start, len(hidden)))
    return tuple(span for item in found if (span := _trimmed(masked.text, item)) and _has_words(masked, span))


def _trimmed(text: str, span: Span) -> Span:
    words = text[span[0] : span[1]]
    return span[0] + len(words) - len(words.lstrip()), span[1] - len(words) + len(words.rstrip())


def _has_words(masked: Masked, span: Span) -> bool:
    """Is there anything to translate besides what is masked?"""
    return span[1] > span[0] and bool(re.search(r"[^\W\d_]{2}|[^\x00-\u2e7f]", re.sub(r"⟦\d+⟧", "", masked.of(span))))
