"""The words of a relative term that binds the merchant: "within ten days of the date of this letter"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..result import Field, Span
from ..yamlfile import HERE, load
from .candidate import Candidate, choose

_WIDE = frozenset({"ja", "zh"})
_WIDE_NUMBER = r"(?:\d{1,3}|[一二三四五六七八九十两]{1,3})(?: ?\(\w{1,4}\))?"
#: Kinds by which an institution or a lawyer sets terms: a term with a start ("of this letter") needs no verb there.
_FORMAL = frozenset(
    {"chargeback", "pre_dispute_alert", "refund_dispute", "regulator", "data_protection", "esp_warning", "legal_threat"}
)


@dataclass(frozen=True, slots=True)
class _Words:
    """One language's wordings, compiled."""

    core: re.Pattern[str]
    lead: re.Pattern[str]
    grant: re.Pattern[str]
    tail: re.Pattern[str] | None
    asks: re.Pattern[str] | None
    duty: re.Pattern[str] | None
    others: re.Pattern[str]
    history: re.Pattern[str]


@lru_cache(maxsize=16)
def _words(language: str) -> _Words | None:
    row = load(HERE / "terms.yaml").get(language)
    if row is None:
        return None
    wide = language in _WIDE
    if wide:
        number = _WIDE_NUMBER
    else:
        names = "|".join(sorted(map(re.escape, row["numbers"]), key=len, reverse=True))
        number = rf"(?<![\w.,/-])(?:\d{{1,3}}(?: ?\([^()]{{1,16}}\))?|(?:{names})(?: ?\(\d{{1,3}}\))?)"
    before = "" if wide else r"(?<!\w)"
    space = r"\s*" if wide else r"[\s:]*"

    def compiled(name: str, form: str = "{}") -> re.Pattern[str] | None:
        return re.compile(form.format(row[name])) if row[name] else None

    return _Words(
        core=re.compile(f"{number}(?:{row['units']})" + (rf"|\b(?:{row['wordless']})\b" if "wordless" in row else "")),
        lead=re.compile(rf"{before}(?:{row['leads']}){space}$"),
        grant=re.compile(rf"{before}(?:{row['grants']}){space}$"),
        tail=compiled("tails"),
        asks=compiled("asks"),
        duty=compiled("duty"),
        others=re.compile(row["others"]),
        history=re.compile(row["history"]),
    )


def rule_in(text: str, flat: str, kind: str = "", language: str = "") -> Field | None:
    """The term whose surroundings speak most for the merchant's duty; the words themselves are the value.

    Without a language, every one is tried.
    """
    candidates: list[Candidate] = []
    for name in dict.fromkeys((language, "en")) if language else load(HERE / "terms.yaml"):
        words = _words(name)
        if words is not None:
            candidates.extend(_candidates(text, flat, kind, words))
    return choose(text, candidates, 2.5)[0]


def _candidates(text: str, flat: str, kind: str, words: _Words) -> list[Candidate]:
    found: list[Candidate] = []
    for match in words.core.finditer(flat):
        window = flat[max(0, match.start() - 130) : match.start()]
        lead = words.lead.search(window[-60:])
        grant = words.grant.search(window[-60:])
        end, runs = match.end(), False
        if words.tail is not None and (tail := words.tail.match(flat, end)):
            end, runs = tail.end(), True
        asks = words.asks.match(flat, end) if words.asks is not None else None
        if words.tail is None:  # Chinese and Japanese say "within" behind the count: the words before are the start
            runs = lead is not None
        elif lead is None and grant is None and asks is None and not runs:
            continue
        first = min((item.start() for item in (lead, grant) if item), default=len(window[-60:]))
        start = match.start() - (len(window[-60:]) - first)
        if asks:
            end = asks.end()
        span = _trimmed(flat, (start, end))
        weight = _weigh(flat, window, end, words, kind, granted=bool(grant or asks), runs=runs)
        found.append(Candidate(" ".join(text[span[0] : span[1]].split()), span, weight, "deadline_rule.words"))
    return found


def _trimmed(flat: str, span: Span) -> Span:
    start, end = span
    while start < end and (flat[start].isspace() or flat[start] in ":,"):
        start += 1
    while start < end and flat[end - 1].isspace():
        end -= 1
    return start, end


def _weigh(flat: str, window: str, end: int, words: _Words, kind: str, *, granted: bool, runs: bool) -> float:
    line = (
        window.rfind("\n") if words.tail is None else -1
    )  # lines of Chinese and Japanese are not wrapped in mid-sentence
    cut = max(line, window.rfind("\n\n"), window.rfind("。"), window.rfind("！"), window.rfind("; "), -1)
    for stop in re.finditer(r"(?<=[a-zà-ž)\d]{2})[.!?]\s", window):
        cut = max(cut, stop.end() - 1)
    before = window[cut + 1 :]
    after = re.split(r"[.。!?\n;](?:\s|$)|[。；]", flat[end : end + 90], maxsplit=1)[0]
    duty = granted or words.duty is None or bool(words.duty.search(before) or words.duty.search(after))
    weight = 1.0 + (2.0 if duty else 0.0) + (1.0 if runs else 0.0) + (0.5 if kind in _FORMAL else 0.0)
    if words.others.search(before[-60:]) or words.history.match(flat, end):
        weight -= 1.5 if granted else 3.0
    return weight
