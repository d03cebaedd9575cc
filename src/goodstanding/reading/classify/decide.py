"""The kind, and whether a person must look. A missed regulator costs far more than a false alarm: a person is asked where a
wrong answer would cost, not wherever two witnesses differ a little."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..result import KINDS, Kind
from .scores import Scores

HIGH_STAKES = frozenset(
    {"chargeback", "regulator", "legal_threat", "data_protection", "pre_dispute_alert", "refund_dispute"}
)
_ENOUGH = 3.0  # log-odds that a kind needs to stand without a person
_TOPICAL = 4.0  # so much talk about the topic asks for as much lead
_ALONE = 8.0  # what a single cue would have to weigh
_MARGIN = 1.5  # ahead of the next kind

#: How rules and head add up to log-odds: fitted by logistic regression on the seeds' out-of-fold predictions and on messages
#: whose words no cue had been written for, so that neither witness is believed more than it deserved there.
_RULES = 2.4  # on the signed log(1 + weight) of the rules
_HIT = -2.0  # what the first cue does not yet say
_HEAD = 1.1  # on the head's log-probability
_ORDINARY = 0.95  # more, for the rules' weight of ``not_a_notice``: topical words are better witnesses than others
_HEAD_FLOOR = -5.0
_GATE = 0.9  # the probability that a kind needs to go without a person
_QUIET_GATE = 0.9  # the head's, where no cue speaks for anything
_SURE = 0.9  # a head this sure counts as a witness of its own
_STRONG = 5.0  # rules this loud do too

_WRITES_GRAVELY = frozenset({"may:regulator", "may:data_protection", "may:legal_threat"})

_DECISIVE = 6.0
_DECISIVE_LEAD = 4.0


@dataclass(frozen=True)
class Decision:
    kind: Kind
    needs_human: tuple[str, ...]
    scores: Mapping[str, float]
    flags: frozenset[str]


def decide(rules: Scores, head: Scores | None = None) -> Decision:
    """Weigh rules and head. Without a head, rules alone; a kind without any cue is never given without a person."""
    return _by_rules(rules) if head is None else _together(rules, head)


def decisive(rules: Scores) -> bool:
    """Strong cues for what a sender of this trade does send, and nothing for anything else: the head need not be asked."""
    ranked = rules.ranked()
    (best, weight), (_, second) = ranked[0], ranked[1]
    return (
        best != "not_a_notice"
        and f"may:{best}" in rules.flags
        and weight >= _DECISIVE
        and weight - second >= _DECISIVE_LEAD
        and rules.weights["not_a_notice"] < 1.0
        and (best not in HIGH_STAKES or bool(rules.flags & {"answer_due", "debited"}))  # or it may only talk of it
        and len(rules.hits.get(best, ())) >= 2
    )


def _together(rules: Scores, head: Scores) -> Decision:
    odds = {kind: _odds(kind, rules, head) for kind in KINDS}
    spoken, loudness = rules.ranked()[0]
    ranked = sorted(KINDS, key=lambda kind: (-odds[kind], KINDS.index(kind)))
    if loudness >= _STRONG and not rules.hits.get(ranked[0]):
        ranked.sort(key=lambda kind: not rules.hits.get(kind))  # the head alone does not overrule strong words
    best, second = ranked[0], ranked[1]
    sure = 1 / sum(math.exp(odds[kind] - odds[best]) for kind in KINDS)
    wanted, log_sure = head.ranked()[0]
    needs: list[str] = []
    if sure < _GATE and not (best == "not_a_notice" and _quiet(rules, head)):
        needs.append(_why_unsure(rules, best, second, spoken, wanted))
    if wanted != spoken and loudness >= _STRONG and log_sure >= math.log(_SURE):
        needs.append("rules_and_model_disagree")
    if best == "not_a_notice" and rules.flags & _WRITES_GRAVELY and rules.weights[best] < 2.0:
        needs.append("no_cue")  # an authority or court that seems to say nothing: a person reads it
    if best != "not_a_notice" and not rules.hits.get(best):
        witnessed = f"may:{best}" in rules.flags and wanted == best and log_sure >= math.log(_SURE)
        needs += [] if witnessed else ["no_cue"]
    return Decision(best, tuple(dict.fromkeys(needs)), _rounded(odds), rules.flags)


def _odds(kind: Kind, rules: Scores, head: Scores) -> float:
    weight = min(12.0, max(-6.0, rules.weights[kind]))
    said = math.copysign(math.log1p(abs(weight)), weight)
    heard = _HEAD * max(head.weights.get(kind, _HEAD_FLOOR), _HEAD_FLOOR)
    share = _RULES + (_ORDINARY if kind == "not_a_notice" else 0.0)
    return share * said + heard + (_HIT if rules.hits.get(kind) and weight > 0 else 0.0)


def _why_unsure(rules: Scores, best: Kind, second: Kind, spoken: str, wanted: str) -> str:
    if "not_a_notice" in (best, second) and rules.weights["not_a_notice"] >= 2.0:
        return "topical"
    if rules.hits and spoken != wanted:
        return "rules_and_model_disagree"
    return "close_kinds" if rules.hits.get(second) else "model_unsure"


def _quiet(rules: Scores, head: Scores) -> bool:
    """Nothing in the words speaks for a notice, and the head agrees: ordinary mail need not wait for a person."""
    loudest = max(weight for kind, weight in rules.weights.items() if kind != "not_a_notice")
    return loudest < 1.0 and head.weights.get("not_a_notice", _HEAD_FLOOR) >= math.log(_QUIET_GATE)


def _by_rules(rules: Scores) -> Decision:
    weights = rules.weights
    (best, _), (second, _) = rules.ranked()[:2]
    topical = weights["not_a_notice"]
    needs: list[str] = []
    if weights[best] < 2.0 and best != "not_a_notice":
        needs += ["weak_cue"] if weights[best] >= 1.0 else []
        if weights[best] < 1.5:
            best, second = "not_a_notice", best
    if best != "not_a_notice":
        needs += _doubts(rules, best, second)
    else:
        rival = max((kind for kind in KINDS if kind in HIGH_STAKES), key=lambda kind: weights[kind])
        if weights[rival] >= 2.0 and topical - weights[rival] < 2.0:
            needs.append("topical")
    return Decision(best, tuple(dict.fromkeys(needs)), _rounded(weights), rules.flags)


def _doubts(rules: Scores, best: Kind, second: Kind) -> list[str]:
    """Why rules alone would not give this kind without a person."""
    weights, topical = rules.weights, rules.weights["not_a_notice"]
    needs: list[str] = []
    if weights[best] < _ENOUGH:
        needs.append("weak_cue")
    if weights[best] - weights[second] < _MARGIN:
        needs.append("topical" if second == "not_a_notice" else "close_kinds")
    if topical >= _TOPICAL and weights[best] - topical < _TOPICAL:
        needs.append("topical")
    if not rules.hits.get(best):
        needs.append("no_cue")
    elif len(rules.hits[best]) == 1 and weights[best] < _ALONE and not rules.hits[best][0].endswith("@subject"):
        needs.append("weak_cue")  # one phrase alone, and no sender whose trade it is
    return needs


def _rounded(weights: Mapping[Kind, float] | Mapping[str, float]) -> dict[str, float]:
    return {kind: round(weights[kind], 3) for kind in KINDS}
