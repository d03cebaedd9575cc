"""Full sentences in Chinese from an outside model; each is shown only if it adds and loses nothing that we can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import httpx
import msgspec

from ..result import Reading, Span
from .ask import Tell, Trouble, ask, silent
from .checks import fault
from .config import Config
from .gate import admitted
from .masks import Masked
from .meaning import LEAST, Alike, nearness
from .payload import Consent, Payload, Request
from .sentences import sentences

LABEL = "机器翻译"


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
    alike: Alike | None = nearness,
) -> Translation | None:
    """The message in Chinese, or None where not one sentence may be shown; ``tell`` hears why a request gave nothing.

    ``alike`` measures nearness in meaning; a sentence below ``meaning.LEAST`` is not shown. None leaves that check out.
    """
    payload = admitted(reading, config, "translate", consent)
    if isinstance(payload, Trouble):
        tell(payload)
        return None
    said, asked = _said(payload, config, http, tell)
    numbered = enumerate(sentences(payload.masked), 1)
    made = [_sentence(payload, number, span, said, asked, reading.language) for number, span in numbered]
    if alike is not None:
        made = _near(made, payload.masked, alike)
    if not any(item.chinese for item in made):
        return None
    dropped = dict(Counter(item.fault for item in made if item.fault))
    shown = tuple(replace(item, chinese=payload.masked.restore(item.chinese, shown=True)) for item in made)
    return Translation(
        sentences=shown, provider=payload.provider, model=payload.model, dropped=dropped, cut=payload.cut
    )


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
    return Translated(span=span, original=original, chinese=output)


def _near(made: list[Translated], masked: Masked, alike: Alike) -> list[Translated]:
    """Without the sentences whose Chinese means something else."""
    at = [index for index, item in enumerate(made) if item.chinese]
    values = alike([(masked.of(made[index].span), made[index].chinese) for index in at])
    for index, value in zip(at, values or (), strict=values is not None):
        if value < LEAST:
            made[index] = replace(made[index], chinese="", fault="meaning")
    return made
