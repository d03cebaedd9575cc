"""Places in a text that are replaced by ``⟦n⟧`` before it is sent, and put back afterwards."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..fields.dates import dates_in
from ..fold import fold
from ..result import Reading, Span
from ..yamlfile import HERE, load
from .people import personal

_FILE = Path(__file__).parent / "words.yaml"
MARK = re.compile(r"⟦(\d{1,5})⟧")
BRACKETS = re.compile(r"[⟦⟧]")
_NUMBER = r"\d(?:[\d.,'’ \u00a0]{0,18}\d)?"
_CODE = (
    r"(?:eur|usd|gbp|jpy|cny|rmb|chf|cad|aud|nzd|sek|nok|dkk|pln|czk|huf|ron|hkd|sgd|twd|krw|inr|brl|mxn|zar|try|aed)"
)
_SIGN = r"(?:us ?\$|[a-z]{1,3}\$|\$|€|£|¥|₩|₹)"
_AFTER = r"(?:€|£|\$|¥|zł|kč|kr\b|円|元|euros?\b|dollars?\b|pounds?\b|yen\b|franken\b|cents?\b)"
_MONEY = re.compile(
    rf"(?<![\w.])(?:(?:{_SIGN}|{_CODE}) ?{_NUMBER}(?: ?{_CODE}\b)?|{_NUMBER}(?:,--|,-)? ?(?:{_CODE}\b|{_AFTER}))(?: ?(?:thousand|million|billion|mio\.?|mrd\.?|k|m)\b)?"
)
_CLOCK = re.compile(
    r"(?<![\w.])\d{1,2}(?:[:.]\d{2}(?::\d{2})?)? ?(?:a\.?m\b\.?|p\.?m\b\.?|uhr\b|uur\b)(?: ?(?:utc|gmt|[a-z]{1,3}t)\b)?|(?<![\w.])\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:utc|gmt|[a-z]{1,3}t)\b)?"
)
_PERCENT = re.compile(
    r"\d[\d.,]{0,18} ?(?:%|‰|percent\b|per cent\b|prozent\b|pour cent\b|por ciento\b|per cento\b|procent\b)"
)
_TOKEN = re.compile(r"[#№]?[A-Za-z0-9À-ɏ_]+(?:[./:#+%&=?@~-][A-Za-z0-9À-ɏ_]+)*[%°]?|\d+")
_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,5}(?:com|net|org|eu|io|shop|store|info|biz|co|de|fr|es|it|nl|pl|pt|uk|cn|jp|us|gov|example|test)\b(?:/[^\s]{0,200})?"
)
_LONG_GAP = re.compile(r"\s{5,}")  # nothing reads across one; long runs of white space cost patterns their time
_KANJI = re.compile(
    r"[〇一二三四五六七八九十百千万億]{1,8}(?=日|月|年|円|時間|週間|か月|ヶ月|営業日|名|件|％|%|分|割|倍)"
)


@dataclass(frozen=True, slots=True)
class Mask:
    """One replaced place: what stood there, what kind of thing it is, and how it reads in Chinese text."""

    number: int
    span: Span
    kind: str
    original: str
    shown: str

    def __str__(self) -> str:
        return f"⟦{self.number}⟧"


@dataclass(frozen=True)
class Masked:
    """The text with its masks, in order of place."""

    text: str
    masks: tuple[Mask, ...]

    def of(self, span: Span) -> str:
        """The stretch as it is sent. A mask that a border cuts is taken whole."""
        at, out = span[0], []
        for mask in self.within(span):
            out += [self.text[at : mask.span[0]], str(mask)]
            at = max(at, mask.span[1])
        return "".join([*out, self.text[at : span[1]]])

    def within(self, span: Span) -> tuple[Mask, ...]:
        """The masks that touch the stretch."""
        first = max(0, bisect_right([item.span[0] for item in self.masks], span[0]) - 1)
        return tuple(item for item in self.masks[first:] if item.span[1] > span[0] and item.span[0] < span[1])

    def hidden(self) -> str:
        """The text with every mask's place filled with ``x``: same length, nothing to trip over."""
        out = list(self.text)
        for mask in self.masks:
            out[mask.span[0] : mask.span[1]] = "x" * (mask.span[1] - mask.span[0])
        return "".join(out)

    def restore(self, words: str, *, shown: bool) -> str:
        """Masks put back, as they read in Chinese or as they stood. An unknown number stays a mask."""
        known = {item.number: item.shown if shown else item.original for item in self.masks}
        return MARK.sub(lambda match: known.get(int(match[1]), match[0]), words)


def numbers_in(words: str) -> Counter[int]:
    """How often each mask stands in words."""
    return Counter(int(item) for item in MARK.findall(words))


@lru_cache(maxsize=1)
def lexicon() -> dict[str, Any]:
    """The word lists of ``words.yaml``."""
    found: dict[str, Any] = load(_FILE)
    return found


def for_translation(reading: Reading) -> Masked:
    """Personal data, numbers, dates, sums, terms, weekdays, months, ids and addresses masked."""
    return _mask(reading.text, [*_brackets(reading.text), *_people(reading), *_facts(reading)])


def for_fields(reading: Reading) -> Masked:
    """Personal data masked; dates, sums and ids stay: they are what is looked for."""
    return _mask(reading.text, [*_brackets(reading.text), *_people(reading)])


Place = tuple[Span, str, str]  # where, kind, shown in Chinese ("" as it stood)


def _mask(text: str, places: Iterable[Place]) -> Masked:
    """Earlier places win; a later one that overlaps them keeps what they leave free."""
    taken = bytearray(len(text))
    kept: list[Place] = []
    for span, kind, shown in places:
        free = [index for index in range(*span) if not taken[index]]
        if not free or not text[free[0] : free[-1] + 1].strip():
            continue
        if len(free) == span[1] - span[0]:
            kept.append((span, kind, shown))
        else:
            kept.extend((part, kind, "") for part in _runs(free) if text[part[0] : part[1]].strip())
        for index in free:
            taken[index] = 1
    kept.sort(key=lambda item: item[0])
    masks = tuple(
        Mask(number, span, kind, text[span[0] : span[1]], shown or text[span[0] : span[1]].replace("\n", " "))
        for number, (span, kind, shown) in enumerate(kept, 1)
    )
    return Masked(text, masks)


def _runs(indexes: list[int]) -> Iterator[Span]:
    start = indexes[0]
    for before, after in zip(indexes, [*indexes[1:], -1], strict=True):
        if after != before + 1:
            yield start, before + 1
            start = after


def _brackets(text: str) -> Iterator[Place]:
    """Our own signs, where a mail has them, are masked first: it cannot forge a mask."""
    for match in BRACKETS.finditer(text):
        yield match.span(), "sign", " "


def _people(reading: Reading) -> Iterator[Place]:
    for span, kind in personal(reading):
        yield span, kind, ""


def _facts(reading: Reading) -> Iterator[Place]:
    flat = _LONG_GAP.sub(lambda match: f"  {'_' * (len(match[0]) - 4)}  ", fold(reading.text))
    today = reading.sent_at.date() if reading.sent_at else date(2024, 1, 1)  # only the place counts here
    for match in _DOMAIN.finditer(flat):
        yield match.span(), "url", ""
    for name, kind in (("case_id", "id"), ("order_id", "id"), ("reason_code", "id")):
        if (found := reading.fields.get(name)) and found.span:
            yield found.span, kind, ""
    for seen in dates_in(flat, "", today):
        yield seen.span, "date", ""
    yield from _terms(flat, reading.language)
    for kind, pattern in (("amount", _MONEY), ("time", _CLOCK), ("percent", _PERCENT)):
        for match in pattern.finditer(flat):
            yield match.span(), kind, ""
    yield from _days_and_months(flat, reading.language)
    for match in _TOKEN.finditer(flat):
        if any(char.isdigit() for char in match[0]):
            yield match.span(), "number", ""
    if reading.language == "ja":
        for match in _KANJI.finditer(flat):
            yield match.span(), "number", ""


@lru_cache(maxsize=16)
def _term_pattern(language: str) -> re.Pattern[str] | None:
    numbers, units = lexicon()["numbers"].get(language, {}), lexicon()["units"].get(language, {})
    if not numbers and not units:
        return None
    words = "|".join(sorted(map(re.escape, numbers), key=len, reverse=True)) or r"(?!)"
    names = "|".join(sorted((re.escape(fold(item)) for item in units), key=len, reverse=True)) or r"(?!)"
    edge = r"\b" if language != "ja" else ""
    return re.compile(
        rf"(?:(?P<n>\d{{1,4}})|(?<![^\W\d_])(?P<w>{words})(?![^\W\d_]))(?: ?\((?P<p>\d{{1,4}})\))?(?:[ \n-]{{0,2}}(?P<u>{names}){edge})?"
    )


def _terms(flat: str, language: str) -> Iterator[Place]:
    """``fourteen (14) business days`` as one place that reads ``14 个工作日``: a model can change neither number nor unit."""
    pattern = _term_pattern(language)
    if pattern is None:
        return
    numbers, units = lexicon()["numbers"].get(language, {}), lexicon()["units"].get(language, {})
    for match in pattern.finditer(flat):
        if match["n"] and not match["u"]:
            continue
        if match["n"] and re.search(r"[\w.,/#€$£-]$", flat[max(0, match.start() - 1) : match.start()]):
            continue
        value = match["n"] or str(numbers[match["w"]])
        if match["p"] and match["p"] != value:
            continue  # the mail contradicts itself: both stay as they are
        unit = units.get(match["u"] or "", "")
        yield match.span(), "term" if unit else "number", f"{value} {unit}".strip()


@lru_cache(maxsize=16)
def _calendar_words(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    days = lexicon()["weekdays"].get(language, [])
    shown = {name: f"星期{sign}" for name, sign in zip(days, "一二三四五六日", strict=False)}
    months: dict[int, list[str]] = load(HERE / "months.yaml")
    shown |= {
        name: f"{number} 月"
        for number, names in months.items()
        for name in names
        if len(name) >= 5 and name not in ("march", "marca")
    }
    names = "|".join(sorted(map(re.escape, shown), key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:{names})(?![^\W\d_])" if language != "ja" else names), shown


def _days_and_months(flat: str, language: str) -> Iterator[Place]:
    pattern, shown = _calendar_words(language)
    for match in pattern.finditer(flat):
        yield match.span(), "weekday" if shown[match[0]].startswith("星") else "month", shown[match[0]]
