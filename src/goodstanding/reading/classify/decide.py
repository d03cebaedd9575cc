"""The kind, and whether a person must look. A missed regulator costs far more than a false alarm: the gate for
``not_a_notice`` is the strictest."""

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
_HEAD_SHARE = 1.5  # how much a log-probability of the head weighs against a cue
_HEAD_FLOOR = -4.0
_QUIET_GATE = math.log(0.75)  # what the head must give ``not_a_notice`` where no cue speaks for anything else


@dataclass(frozen=True)
class Decision:
    kind: Kind
    needs_human: tuple[str, ...]
    scores: Mapping[str, float]
    flags: frozenset[str]


def decide(rules: Scores, head: Scores | None = None) -> Decision:
    """Weigh rules and head. Without a head, rules alone; a kind without any cue is never given without a person."""
    weights = dict(rules.weights)
    if head is not None:
        for kind in KINDS:
            weights[kind] += _HEAD_SHARE * (max(head.weights.get(kind, _HEAD_FLOOR), _HEAD_FLOOR) - _HEAD_FLOOR)
    ranked = sorted(KINDS, key=lambda kind: (-weights[kind], KINDS.index(kind)))
    best, second = ranked[0], ranked[1]
    topical = weights["not_a_notice"]
    needs: list[str] = []
    if weights[best] < 2.0 and best != "not_a_notice":
        needs.append("weak_cue") if weights[best] >= 1.0 else None
        if weights[best] < 1.5:
            best, second = "not_a_notice", best
    if best != "not_a_notice":
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
    else:
        rival = max((kind for kind in KINDS if kind in HIGH_STAKES), key=lambda kind: rules.weights[kind])
        if rules.weights[rival] >= 2.0 and topical - rules.weights[rival] < 2.0:
            needs.append("topical")
    if head is not None:
        wanted = max(KINDS, key=lambda kind: head.weights.get(kind, _HEAD_FLOOR))
        spoken = max(KINDS, key=lambda kind: rules.weights[kind])
        if wanted != spoken and (rules.weights[spoken] > 0 or wanted in HIGH_STAKES):
            needs.append("rules_and_model_disagree")
        if "gated" in head.flags and f"sure:{best}" not in head.flags and not (best == "not_a_notice" and _quiet(rules, head)):
            needs.append("model_unsure")
    return Decision(best, tuple(dict.fromkeys(needs)), {kind: round(weights[kind], 3) for kind in KINDS}, rules.flags)


def _quiet(rules: Scores, head: Scores) -> bool:
    """Nothing in the words speaks for a notice, and the head agrees: ordinary mail need not wait for a person."""
    loudest = max(weight for kind, weight in rules.weights.items() if kind != "not_a_notice")
    return loudest < 1.0 and head.weights.get("not_a_notice", _HEAD_FLOOR) >= _QUIET_GATE
