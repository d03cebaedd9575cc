"""Finding a quotation in a text: literally, but for the forms of characters (NFKC) and the width of white space."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..result import Span

_CLUSTER = re.compile(r"\s+|\S", re.S)
_LEAST = 2


@dataclass(frozen=True)
class Folded:
    """A text in NFKC with single spaces; ``starts[i]``/``ends[i]`` are where its i-th character came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def back(self, span: Span) -> Span:
        """A stretch of the folded text as a stretch of the original."""
        return self.starts[span[0]], self.ends[span[1] - 1]


def folded(text: str) -> Folded:
    """The text folded, with the way back."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = text[start:end]
        made = " " if piece.isspace() else unicodedata.normalize("NFKC", piece)
        if made.isspace() and out and out[-1] == " ":
            ends[-1] = end
            continue
        for char in made:
            if char.isspace() and out and out[-1] == " ":
                continue
            out.append(" " if char.isspace() else char)
            starts.append(start)
            ends.append(end)
    return Folded("".join(out), tuple(starts), tuple(ends))


def _clusters(text: str) -> list[Span]:
    """White space runs, and characters with the marks that combine with them."""
    found: list[Span] = []
    for match in _CLUSTER.finditer(text):
        if found and unicodedata.combining(match[0][0]) and not text[found[-1][0]].isspace():
            found[-1] = (found[-1][0], match.end())
        else:
            found.append(match.span())
    return found


def find(quote: str, source: Folded) -> Span | None:
    """Where the quotation stands in the folded text, whole words only; None where it does not."""
    wanted = folded(quote).text.strip()
    if len(wanted) < _LEAST:
        return None
    at = source.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not _joined(source.text, at) and not _joined(source.text, end):
            return at, end
        at = source.text.find(wanted, at + 1)
    return None


def _joined(text: str, border: int) -> bool:
    """Does a border cut a word or number in two? In scripts without spaces nothing is cut."""
    if border <= 0 or border >= len(text):
        return False
    before, after = text[border - 1], text[border]
    if before in ".,'/-_" and after.isdigit() and border > 1 and text[border - 2].isdigit():
        return True
    if after in ".,'/-_" and before.isdigit() and border + 1 < len(text) and text[border + 1].isdigit():
        return True
    return (
        before < "\u2e80"
        and after < "\u2e80"
        and (before.isalnum() or before == "_")
        and (after.isalnum() or after == "_")
    )
