"""Full sentences in Chinese from an outside model; each is shown only if it adds and loses nothing that we can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import httpx
import msgspec

from ..result import Reading, Span
from .ask import Tell, Trouble, ask, silent
from .checks import fault
from .config import Config
from .gate import admitted
from .masks import Masked
from .payload import Consent, Payload, Request
from .sentences import sentences

LABEL = "机器翻译"

#: How near in meaning two sentences are, 0 to 1: (original, Chinese).
Alike = Callable[[str, str], float]


class _Sentence(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    zh: Annotated[str, msgspec.Meta(max_length=4_000)]


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    translations: Annotated[list[_Sentence], msgspec.Meta(max_length=1_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """One sentence of the original; ``chinese`` is "" where none may be shown, and ``fault`` says why (a code)."""

    span: Span
    original: str
    chinese: str = ""
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Translation:
    """Every sentence in order, under the label 机器翻译. ``dropped`` counts faults by code."""

    sentences: tuple[Translated, ...]
    provider: str
    model: str
    dropped: Mapping[str, int]
    cut: bool
    label: str = LABEL


def translate(
    reading: Reading,
    config: Config,
    http: httpx.Client,
    consent: Consent | None,
    *,
    tell: Tell = silent,
    alike: Alike | None = None,
    least_alike: float = 0.5,
) -> Translation | None:
    """The message in Chinese, or None where not one sentence may be shown; ``tell`` hears why a request gave nothing.

    ``alike``, where given, drops a sentence whose Chinese is less near to its original than ``least_alike``.
    """
    payload = admitted(reading, config, "translate", consent)
    if isinstance(payload, Trouble):
        tell(payload)
        return None
    said, asked = _said(payload, config, http, tell)
    made = tuple(
        _sentence(payload, number, span, said, asked, reading.language)
        for number, span in enumerate(sentences(payload.masked), 1)
    )
    if alike is not None:
        made = tuple(_near(item, alike, least_alike) for item in made)
    if not any(item.chinese for item in made):
        return None
    dropped = dict(Counter(item.fault for item in made if item.fault))
    return Translation(sentences=made, provider=payload.provider, model=payload.model, dropped=dropped, cut=payload.cut)


def _said(
    payload: Payload, config: Config, http: httpx.Client, tell: Tell
) -> tuple[dict[int, list[str]], frozenset[int]]:
    """Their sentences by number, and the numbers that were asked. A part that fails does not spoil those before it."""
    said: dict[int, list[str]] = {}
    asked: set[int] = set()
    for request in payload.requests:
        answer = ask(request.body, config, http, _Answer)
        if isinstance(answer, Trouble):
            tell(answer)
            if answer.code not in ("not_json", "wrong_schema", "empty", "cut_short", "too_large"):
                break
            continue
        asked |= {number for number, _ in request.asked}
        _collect(answer, request, said)
    return said, frozenset(asked)


def _collect(answer: _Answer, request: Request, said: dict[int, list[str]]) -> None:
    numbers = {number for number, _ in request.asked}
    for item in answer.translations:
        if item.id in numbers:
            said.setdefault(item.id, []).append(item.zh)


def _sentence(
    payload: Payload, number: int, span: Span, said: dict[int, list[str]], asked: frozenset[int], language: str
) -> Translated:
    masked: Masked = payload.masked
    original = masked.text[span[0] : span[1]]
    if number not in asked:
        return Translated(span=span, original=original, fault="not_asked")
    given = said.get(number, [])
    if len(given) != 1:
        return Translated(span=span, original=original, fault="repeated" if given else "missing")
    output = given[0].strip()
    why = fault(" ".join(masked.of(span).split()), output, language, masked.within(span))
    if why:
        return Translated(span=span, original=original, fault=why)
    return Translated(span=span, original=original, chinese=masked.restore(output, shown=True))


def _near(item: Translated, alike: Alike, least: float) -> Translated:
    if not item.chinese or alike(item.original, item.chinese) >= least:
        return item
    return Translated(span=item.span, original=item.original, fault="meaning")
