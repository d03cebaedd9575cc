"""Chinese for a sentence, by finding the curated wording that says the same; below the gate, honestly nothing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..classify.head_encoder import Vectors, available, encode, mask
from ..fold import fold
from ..yamlfile import load
from .sentences import sentences

UNREAD = "此句未能可靠解读"
DATA = Path(__file__).parent / "data"
VECTORS = Path(__file__).parent / "glosses.npz"
_CARRIED = re.compile(
    r"(?:[A-Z]{3}|US\$|[€$£¥])\s?\d[\d.,\u00a0 ]*\d|\d[\d.,]*\s?(?:€|EUR|USD|GBP|CHF|PLN|kr|zł|%)|"
    r"\d{1,2}(?:st|nd|rd|th|\.|er)?\s(?:de\s)?[A-Za-zÀ-ž]{3,10}\.?(?:\s(?:de\s)?\d{4})?|[A-Z][a-zä]{2,8}\s\d{1,2},?\s\d{4}|"
    r"(?:[A-Za-z]{1,12}[-_#/]){0,3}[A-Za-z]{0,12}\d[\w./:-]*\w|\d"
)


@dataclass(frozen=True, slots=True)
class Glossed:
    """A sentence at ``text[start:end]`` and what it does, in Chinese. ``confidence`` 0 means not read: ``zh`` says so."""

    start: int
    end: int
    text: str
    zh: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Wording:
    gloss: str
    zh: str
    language: str
    text: str


def wordings() -> list[Wording]:
    """Every curated wording, in file order."""
    found = []
    for row in load(DATA / "glosses.yaml"):
        for language in ("en", "de", "fr", "es", "it"):
            found += [Wording(row["id"], row["zh"], language, text) for text in row.get(language, ())]
    return found


@dataclass(frozen=True)
class Book:
    """The wordings with their vectors and the gate found by ``tools/train_gloss.py``."""

    wordings: tuple[Wording, ...]
    vectors: Vectors
    ids: npt.NDArray[np.int64]
    least: float
    margin: float


@lru_cache(maxsize=1)
def book() -> Book:
    """Raises RuntimeError where the vectors do not belong to the wordings: the installation is broken."""
    words = wordings()
    try:
        with np.load(VECTORS, allow_pickle=False) as data:
            vectors = data["vectors"].astype(np.float32) / 127
            least, margin = (float(value) for value in data["gate"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise RuntimeError(
            f"{VECTORS.name}: the glosses' vectors cannot be read ({error}); run tools/train_gloss.py or reinstall the package"
        ) from error
    if len(vectors) != len(words):
        raise RuntimeError(
            f"{VECTORS.name}: it has {len(vectors)} vectors for {len(words)} wordings; run tools/train_gloss.py"
        )
    return Book(tuple(words), vectors, group_ids(words), least, margin)


def group_ids(words: Sequence[Wording]) -> npt.NDArray[np.int64]:
    """The number of each wording's gloss."""
    names = {name: index for index, name in enumerate(dict.fromkeys(word.gloss for word in words))}
    return np.array([names[word.gloss] for word in words])


def gloss(text: str, language: str) -> list[Glossed]:
    """Each sentence of the text with its Chinese gloss, or with :data:`UNREAD`.

    Numbers, dates and ids are repeated from the sentence itself. Chinese is given back as it is. At most 160 sentences.
    Without the encoder, or in a language whose negation is not known here, nothing is read.
    """
    spans = sentences(text)
    if language.startswith("zh"):
        return [Glossed(start, end, text[start:end], text[start:end], 1.0) for start, end in spans]
    if not spans or language not in _guards()["negation"] or not available():
        return [Glossed(start, end, text[start:end], UNREAD, 0.0) for start, end in spans]
    shelf = book()
    vectors = encode([mask(text[start:end]) or "-" for start, end in spans])
    found = []
    for (start, end), row in zip(spans, vectors @ shelf.vectors.T, strict=True):
        sentence = text[start:end]
        index, confidence = choose(row, sentence, language, shelf)
        zh = UNREAD if index is None else shelf.wordings[index].zh + carried(sentence)
        found.append(Glossed(start, end, sentence, zh, round(confidence, 3) if index is not None else 0.0))
    return found


def choose(row: npt.NDArray[Any], sentence: str, language: str, shelf: Book) -> tuple[int | None, float]:
    """The wording that says the same, or None: too far, two glosses too near each other, or a guard objects."""
    best = int(np.argmax(row))
    others = row[shelf.ids != shelf.ids[best]]
    top = float(row[best])
    if top < shelf.least or (len(others) and top - float(others.max()) < shelf.margin):
        return None, 0.0
    word = shelf.wordings[best]
    return (best, min(top, 1.0)) if same_polarity(sentence, language, word) else (None, 0.0)


def negated(sentence: str, language: str) -> int:
    """How many words deny, at most 3. ``-1`` for a language that is not known here."""
    pattern = _guards()["negation"].get(language)
    if pattern is None:
        return -1
    found = len(pattern.findall(fold(sentence)))
    # French says it with two words.
    return min((found + 1) // 2 if language == "fr" else found, 3)


def same_polarity(sentence: str, language: str, word: Wording) -> bool:
    """Whether a sentence denies exactly as the wording does, and stands at the same pole of each opposition."""
    if negated(sentence, language) != negated(word.text, word.language):
        return False
    mine, theirs = fold(sentence), fold(word.text)
    for one, other in _guards()["poles"]:
        here, there = (
            (bool(one.search(mine)), bool(other.search(mine))),
            (bool(one.search(theirs)), bool(other.search(theirs))),
        )
        if here != there and (any(there) or all(here)) and any(here):
            return False
    return True


def carried(sentence: str) -> str:
    """The sentence's own numbers, dates and ids, as written, to stand behind the gloss."""
    found = list(dict.fromkeys(match[0].strip(" .,;:") for match in _CARRIED.finditer(sentence)))[:8]
    return f"（原文：{'、'.join(found)}）" if found else ""


@lru_cache(maxsize=1)
def _guards() -> dict[str, Any]:
    rows = load(DATA / "guards.yaml")
    return {
        "negation": {language: re.compile(pattern) for language, pattern in rows["negation"].items()},
        "poles": [tuple(re.compile(side) for side in pair) for pair in rows["poles"]],
    }
