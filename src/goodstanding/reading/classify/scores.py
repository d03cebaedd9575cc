"""Evidence for each kind. Rules and a trained head give the same shape, so that they can be weighed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..result import KINDS, Kind


@dataclass(frozen=True)
class Scores:
    """``weights`` in log-odds by kind; ``hits`` names what spoke for a kind (empty: nothing supports it).

    A head that estimates probabilities gives ``log(p)``; the two are added after scaling in :mod:`decide`.
    """

    weights: Mapping[str, float]
    hits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()

    def ranked(self) -> list[tuple[Kind, float]]:
        """Kinds, the weightiest first; of equals the one that stands first in the table."""
        return sorted(((kind, self.weights.get(kind, 0.0)) for kind in KINDS), key=lambda item: -item[1])


class Head(Protocol):
    """A trained classifier: text and language in, log-probabilities by kind out. Must not raise, must not call out."""

    def __call__(self, text: str, language: str) -> Scores: ...
