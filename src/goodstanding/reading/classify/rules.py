"""Cues in the text, the sender's trade, the mail's own marks; then what each boundary of the table turns on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..fold import fold
from ..limits import MAX_READ
from ..organisations import PAYMENT
from ..result import KINDS
from ..yamlfile import HERE, load
from .boundaries import settle
from .scores import Scores

#: Kinds a sender of this trade may send, and how much that speaks for each once a cue does.
_TRADE: dict[str, dict[str, float]] = {
    **{trade: {"chargeback": 1.5, "pre_dispute_alert": 1.5, "refund_dispute": 1.5, "dispute_result": 1.5, "regulator": -2.5, "consumer_complaint": -3.0, "legal_threat": -2.5, "review": -2.0, "spam_complaint_report": -1.5, "data_protection": -2.0} for trade in PAYMENT},
    "authority": {"regulator": 3.5, "consumer_complaint": -3.5, "review": -2.5, "chargeback": -3.0, "refund_dispute": -3.0, "pre_dispute_alert": -3.0, "legal_threat": -2.5, "esp_warning": -2.0},
    "data_protection_authority": {"data_protection": 4.5, "regulator": -1.5, "consumer_complaint": -3.5, "legal_threat": -2.5, "esp_warning": -2.0},
    "esp": {"esp_warning": 1.5, "spam_complaint_report": 1.0, "regulator": -3.0, "consumer_complaint": -3.0, "chargeback": -2.0, "legal_threat": -2.0, "data_protection": -2.0, "review": -1.5},
    "mailbox": {"esp_warning": 1.0, "spam_complaint_report": 1.5, "regulator": -3.0, "consumer_complaint": -3.0, "chargeback": -2.0, "legal_threat": -2.0, "data_protection": -2.0},
    "review": {"review": 3.0, "consumer_complaint": -3.5, "regulator": -3.5, "refund_dispute": -2.5, "chargeback": -2.5, "legal_threat": -2.0, "data_protection": -1.5},
    "court": {"legal_threat": 3.5, "consumer_complaint": -3.0, "regulator": -1.0},
    "association": {"legal_threat": 2.0, "regulator": -4.0, "consumer_complaint": -1.5},
    "carrier": {"not_a_notice": 2.0, "chargeback": -2.0, "regulator": -2.0, "refund_dispute": -2.5},
    "person": {"consumer_complaint": 1.0},
}  # fmt: skip
_LONG_NUMBER = re.compile(r"\d{60,}")  # no cue, and quadratic for patterns that begin with digits
_FALLBACK = ("en", "any")
_EARLY = 2_500  # characters within which a notice says what it is


@dataclass(frozen=True)
class Cue:
    kind: str
    weight: float
    pattern: re.Pattern[str]
    name: str


@dataclass(frozen=True)
class Setting:
    """What is known beside the words: ``trade`` is the sender's type, or ``person`` for a free mailbox, or ""."""

    trade: str = ""
    subject: str = ""
    bulk: bool = False  # List-Unsubscribe or Precedence: bulk
    discussion: bool = False  # a mailing list on which people talk
    forwarded: bool = False


@lru_cache(maxsize=32)
def cues(language: str) -> tuple[Cue, ...]:
    """Cues of a language file, compiled once."""
    path = HERE / "cues" / f"{language}.yaml"
    if not path.exists():
        return ()
    return tuple(
        Cue(kind, float(weight), re.compile(pattern), f"{language}.{kind}.{index}")
        for kind, rows in load(path).items()
        for index, (weight, pattern) in enumerate(rows)
    )


def score(text: str, language: str, setting: Setting) -> Scores:
    """Add up what speaks for each kind."""
    flat = _LONG_NUMBER.sub("0", " ".join(fold(text[:MAX_READ]).split()))
    subject = " ".join(fold(setting.subject[:400]).split())
    weights: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    hits: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name in dict.fromkeys((language, *_FALLBACK)):
        share = 1.0 if name in (language, "any") else (0.7 if language in ("", "und") else 0.5)
        for cue in cues(name):
            found = _distinct(cue.pattern, flat)
            if not found:
                continue
            in_subject = bool(subject) and cue.pattern.search(subject) is not None
            # A notice comes to its point; a long text mentions everything somewhere.
            found_share = 0.4 if not in_subject and cue.pattern.search(flat[:_EARLY]) is None else 1.0
            weights[cue.kind] += cue.weight * share * (1 + 0.25 * (found - 1)) * (1.4 if in_subject else found_share)
            hits[cue.kind].append(cue.name + ("@subject" if in_subject else ""))
    spoken = {kind for kind in KINDS if hits[kind]}
    for kind, extra in _TRADE.get(setting.trade, {}).items():
        if extra < 0 or kind in spoken:
            weights[kind] += extra
            if extra > 0:
                hits[kind].append(f"trade.{setting.trade}")
    if setting.bulk:
        weights["not_a_notice"] += 1.0
    if setting.discussion:
        weights["not_a_notice"] += 4.0
    weights, flags = settle(flat, subject, language, weights, setting.trade)
    may = {f"may:{kind}" for kind, extra in _TRADE.get(setting.trade, {}).items() if extra > 0}
    return Scores(weights, {kind: tuple(found) for kind, found in hits.items() if found}, flags | may)


def _distinct(pattern: re.Pattern[str], flat: str) -> int:
    seen: set[str] = set()
    for match in pattern.finditer(flat):
        seen.add(match[0][:40])
        if len(seen) >= 3:
            break
    return len(seen)
