"""Vectors of the curated glosses, and the gate above which a gloss is shown.

    python tools/train_gloss.py            rewrite src/goodstanding/reading/gloss/glosses.npz and print what was measured
    python tools/train_gloss.py --check    compare with the file that is there

The gate is the loosest that passes two questions asked of every wording. With only this wording left out, at least 99 % of
the answers accepted are right. With its whole gloss left out, so that nothing fits, at most 1.5 % of all are accepted.
"""

from __future__ import annotations

import argparse
import io
import sys

import numpy as np

from goodstanding.reading.classify.head_encoder import encode, mask
from goodstanding.reading.gloss.retrieve import VECTORS, Book, choose, group_ids, wordings

RIGHT = 0.99
INVENTED = 0.015


def measure(shelf: Book) -> tuple[int, int, int]:
    """Accepted and right; accepted and wrong; accepted although no gloss fits."""
    likeness = shelf.vectors @ shelf.vectors.T
    right = wrong = invented = 0
    for index, word in enumerate(shelf.wordings):
        row = likeness[index].copy()
        row[index] = -1
        chosen, _ = choose(row, word.text, word.language, shelf)
        if chosen is not None:
            right, wrong = (right + 1, wrong) if shelf.wordings[chosen].zh == word.zh else (right, wrong + 1)
        row[shelf.ids == shelf.ids[index]] = -1
        chosen, _ = choose(row, word.text, word.language, shelf)
        invented += chosen is not None
    return right, wrong, invented


def build() -> tuple[bytes, str]:
    """The file's bytes and a line about them."""
    words = tuple(wordings())
    small = np.round(encode([mask(word.text) for word in words]) * 127).astype(np.int8)
    vectors, ids = (small / 127).astype(np.float32), group_ids(words)
    best: tuple[int, float, float, int, int] = (-1, 0.99, 0.5, 0, 0)
    for least in np.arange(0.72, 0.86, 0.02):
        for margin in np.arange(0.08, 0.25, 0.02):
            right, wrong, invented = measure(Book(words, vectors, ids, float(least), float(margin)))
            if right >= RIGHT * (right + wrong) and invented <= INVENTED * len(words) and right > best[0]:
                best = (right, float(least), float(margin), wrong, invented)
    right, least, margin, wrong, invented = best
    buffer = io.BytesIO()
    np.savez_compressed(buffer, vectors=small, gate=np.round(np.array([least, margin]), 3))
    line = (
        f"{len(set(ids.tolist()))} glosses, {len(words)} wordings; gate: similarity {least:.2f}, margin {margin:.2f}; "
        f"left out one by one: {right} right, {wrong} wrong, {invented} invented, of {len(words)} asked; {len(buffer.getvalue()) / 1000:.0f} kB"
    )
    return buffer.getvalue(), line


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the shipped file differs")
    options = parser.parse_args()
    content, line = build()
    print(line)  # noqa: T201
    if options.check:
        same = VECTORS.read_bytes() == content
        print("glosses.npz is what the glosses give" if same else "glosses.npz differs: run tools/train_gloss.py")  # noqa: T201
        return 0 if same else 1
    VECTORS.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
