"""Words from pictures, with the engine's own confidence. Lines below the gate are shown and never feed a field."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

#: Garbled lines scored 0.57 to 0.73 in trials, others 0.96 and more (docs/explanation/reading.md).
GATE = 0.9
TIMEOUT = 40  # seconds for one page
_LANGUAGES = ("eng", "deu", "fra", "spa", "ita", "nld", "pol", "jpn", "chi_sim", "por")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, ``confidence`` from 0 to 1."""

    text: str
    confidence: float


#: Takes an encoded picture (PNG, JPEG), gives its lines. Must be bounded in time and must not raise.
Ocr = Callable[[bytes], list[Line]]


def tesseract() -> Ocr | None:
    """The installed Tesseract, or None where there is none. Languages that are not installed are left out."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    try:
        listed = subprocess.run(  # noqa: S603 - fixed arguments
            [program, "--list-langs"], capture_output=True, timeout=10, check=False
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired):
        return None
    have = set(listed.split())
    languages = "+".join(name for name in _LANGUAGES if name in have) or "eng"

    def recognise(picture: bytes) -> list[Line]:
        try:
            done = subprocess.run(  # noqa: S603 - fixed arguments, the picture goes in by stdin
                [program, "stdin", "stdout", "-l", languages, "--psm", "3", "tsv"],
                input=picture,
                capture_output=True,
                timeout=TIMEOUT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return []
        return _lines(done.stdout.decode("utf-8", "replace"))

    return recognise


def _lines(table: str) -> list[Line]:
    """Tesseract's table of words, put together by line; a line is as sure as its words are on average."""
    rows: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        word, sure = (row.get("text") or "").strip(), row.get("conf") or "-1"
        try:
            confidence = float(sure)
        except ValueError:
            continue
        if word and confidence >= 0:
            key = tuple(row.get(name) or "" for name in ("page_num", "block_num", "par_num", "line_num"))
            rows.setdefault(key, []).append((word, confidence / 100))
    return [Line(" ".join(word for word, _ in words), sum(c for _, c in words) / len(words)) for words in rows.values()]


def rapidocr() -> Ocr | None:
    """RapidOCR, where the extra ``[ocr]`` is installed; better for photographs and Chinese, slower on clean pages."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        return None
    engine = RapidOCR()

    def recognise(picture: bytes) -> list[Line]:
        try:
            found = engine(picture)
        except Exception:  # noqa: BLE001 - an engine that fails on a picture has read nothing
            return []
        return [
            Line(str(text), float(score)) for text, score in zip(found.txts or (), found.scores or (), strict=False)
        ]

    return recognise
