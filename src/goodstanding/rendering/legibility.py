"""Can it still be read: on a black-and-white copy, after recompression, and is there anything on the page at all?

Banks print and fax. What stands out only by its colour is lost there, and what was squeezed too far is lost everywhere.
All measures are taken on edges, because letters are edges: an edge is a step between neighbouring pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from goodstanding.contract import Exhibit, Violation

_LOOK = 900  # about the longest side, in pixels, at which a page is looked at
_EDGE = 40  # a step (0 to 255) that a reader notices
_FAINT = 14  # a step in grey that a fax machine loses
_MIN_EDGES = 150  # fewer noticeable steps are not text
LOST_SHARE = 0.25  # of the edges of a page; more than that and words are likely to be among them

Grid = np.ndarray[Any, np.dtype[np.int16]]


def is_blank(picture: Image.Image) -> bool:
    """Nothing printed: practically one tone, apart from dust."""
    grey = _grid(_small(picture).convert("L"))
    paper = int(np.median(grey))
    return bool((np.abs(grey - paper) > 24).mean() < 0.0002)


def lost_in_grey(picture: Image.Image) -> float:
    """The share of a picture's noticeable edges that vanish when colour does, 0 to 1."""
    if picture.mode != "RGB":
        return 0.0
    small = _small(picture)
    strong = np.maximum.reduce([_steps(_grid(channel)) for channel in small.split()]) > _EDGE
    if int(strong.sum()) < _MIN_EDGES:
        return 0.0
    grey = _steps(_grid(small.convert("L")))
    return float((grey[strong] < _FAINT).mean())


def in_black_and_white(picture: Image.Image, exhibit: Exhibit, page: int) -> list[Violation]:
    """A warning where much of the page would vanish on a black-and-white copy."""
    share = lost_in_grey(picture)
    if share <= LOST_SHARE:
        return []
    name = exhibit.filename or exhibit.title or exhibit.id
    message = (
        f"{name}, page {page}: {share:.0%} of its outlines differ only in colour and vanish on a black-and-white copy; "
        "raise the contrast, or frame the passage in black instead of colouring it."
    )
    facts = {"page": str(page), "lost": f"{share:.2f}"}
    return [Violation(code="exhibit.colour_only", message=message, grade="serious", subject=exhibit.id, facts=facts)]


def is_text(picture: Image.Image) -> bool:
    """A document or a screenshot rather than a photograph: most of it is one plain tone with outlines on it."""
    counts = np.asarray(_small(picture).convert("L").histogram()).reshape(32, 8).sum(axis=1)
    return bool(np.sort(counts)[-2:].sum() / counts.sum() > 0.6)


def kept_detail(reference: Image.Image, squeezed: Image.Image) -> float:
    """How much of the reference's edges the squeezed picture still shows, 0 to 1, at the reference's size.

    The steps at the places of the reference's noticeable edges, after, as a share of before. 1 where it has none.
    """
    before = _steps(_grid(reference.convert("L")))
    strong = before > _EDGE
    if int(strong.sum()) < _MIN_EDGES:
        return 1.0
    same = squeezed.convert("L").resize(reference.size, Image.Resampling.BICUBIC)
    after = np.minimum(_steps(_grid(same)), before)
    return float(after[strong].sum() / before[strong].sum())


def _grid(picture: Image.Image) -> Grid:
    return np.asarray(picture, dtype=np.uint8).astype(np.int16)


def _small(picture: Image.Image) -> Image.Image:
    return picture.reduce(max(1, round(max(picture.size) / _LOOK)))


def _steps(values: Grid) -> Grid:
    """The larger of the steps to the right and to the lower neighbour, per pixel."""
    steps = np.zeros_like(values)
    steps[:, :-1] = np.abs(np.diff(values, axis=1))
    steps[:-1, :] = np.maximum(steps[:-1, :], np.abs(np.diff(values, axis=0)))
    return steps
