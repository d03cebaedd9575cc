"""Names: of the buyer, and of who signed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ..consistency_text import folded
from .matter import Contradiction, Matter, Side, unlike

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "herr",
        "frau",
        "m",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "sr",
        "sra",
        "señor",
        "senora",
        "signor",
        "signora",
        "sig",
    ]
)
HAN = re.compile(r"[\u3400-\u9fff]")


def same_name(left: str, right: str) -> str:
    """``same``, ``close`` (a slip of the pen), ``different``, or ``unknown`` (empty, or not in one script).

    Order of names, titles, initials, a missing middle name, diacritics and ö/oe/o do not matter.
    """
    if not left.strip() or not right.strip():
        return "unknown"
    if bool(HAN.search(left)) != bool(HAN.search(right)):
        return "unknown"
    best = "different"
    for one in folded(left):
        for other in folded(right):
            verdict = _compare_names(_tokens(one), _tokens(other))
            if verdict == "same":
                return "same"
            best = "close" if verdict == "close" else best
    return best


def _tokens(name: str) -> list[str]:
    parts = name.split()
    return [part for part in parts if part not in _TITLES] or parts


def _compare_names(left: list[str], right: list[str]) -> str:
    if not left or not right:
        return "close"
    if sorted("".join(left)) == sorted("".join(right)) and set("".join(left)) and _rotations(left) & _rotations(right):
        return "same"
    short, long = sorted((left, right), key=len)
    rest, whole = list(long), 0
    for token in sorted(short, key=len, reverse=True):
        match = next((one for one in rest if one == token), None) or next(
            (one for one in rest if _initial(one, token)), None
        )
        if match is None:
            break
        rest.remove(match)
        whole += match == token and len(token) > 1
    else:
        return "same" if whole else "close"
    ratio = difflib.SequenceMatcher(None, " ".join(sorted(left)), " ".join(sorted(right))).ratio()
    return "close" if ratio >= 0.85 else "different"


def _rotations(tokens: list[str]) -> set[str]:
    return {"".join(tokens[i:] + tokens[:i]) for i in range(len(tokens))}


def _initial(one: str, other: str) -> bool:
    return (len(one) == 1 or len(other) == 1) and one[0] == other[0]


def names(matter: Matter) -> Iterator[Contradiction]:
    known = Side(value=matter.order.buyer_name if matter.order else "", source="order")
    if not known.value:
        known = Side(value=matter.notice.buyer_name, source="notice")
    others = [("notice", Side(value=matter.notice.buyer_name, source="notice")), *matter.facts("buyer_name")]
    for _, other in others:
        verdict = same_name(known.value, other.value)
        if verdict in ("close", "different"):
            yield unlike(
                "serious" if verdict == "different" else "note", "name", "buyer_name", known, other, "买家姓名不一致"
            )
    for _, other in matter.facts("signed_by"):
        if same_name(known.value, other.value) == "different":
            yield unlike("note", "signed_by_other", "signed_by", known, other, "签收人不是买家本人")
