"""How near in meaning a translation is to its original, by the multilingual encoder that reading uses anyway."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..classify.head_encoder import available, encode, mask
from .masks import MARK

#: Nearness of each pair (original, Chinese), -1 to 1; both may still hold their masks. None where nothing can measure it.
Alike = Callable[[Sequence[tuple[str, str]]], Sequence[float] | None]

#: Below this a sentence is not shown. Measured on 25 faithful pairs in nine languages: 22 are at or above it (median 0.68); of
#: 600 pairs that do not belong together 5 % are, and none of 125 with a made-up sentence ("the case is in your favour").
LEAST = 0.5


def nearness(pairs: Sequence[tuple[str, str]]) -> Sequence[float] | None:
    """Cosines of the sentence vectors, masks left out: they are alike on both sides whatever is said; None where the encoder is not installed."""
    if not pairs or not available():
        return None
    before, after = (encode([mask(MARK.sub(" ", words)) for words in side]) for side in zip(*pairs, strict=True))
    return [float(value) for value in (before * after).sum(axis=1)]
