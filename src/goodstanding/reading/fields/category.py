"""The finer reason, by what the text gives as the ground of the matter."""

from __future__ import annotations

import re
from functools import lru_cache

from ..result import Field
from ..yamlfile import HERE, KNOWLEDGE, load
from .candidate import Candidate, choose


@lru_cache(maxsize=1)
def _groups() -> tuple[tuple[frozenset[str], tuple[tuple[str, float, re.Pattern[str]], ...]], ...]:
    content = load(HERE / "categories.yaml")
    return tuple(
        (
            frozenset(group["kinds"]),
            tuple(
                (code, float(weight), re.compile(pattern))
                for code, rows in group["categories"].items()
                for weight, pattern in rows
            ),
        )
        for group in content.values()
    )


@lru_cache(maxsize=1)
def _by_code() -> dict[tuple[str, str], str]:
    """(network, code) to category as the knowledge's records of codes say; codes whose records disagree are left out."""
    words: dict[str, str] = load(HERE / "code_categories.yaml")["categories"]
    own: dict[str, dict[str, str]] = load(HERE / "code_categories.yaml")["codes"]
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted((KNOWLEDGE / "reasons").glob("*/*.yaml")):
        for row in load(path).get("records", ()):
            if row.get("code") and row.get("network"):
                word = (
                    "authorization"
                    if row.get("category") == "authorization"
                    else (row.get("maps") or {}).get("stripe_category")
                )
                found.setdefault((row["network"], str(row["code"]).upper()), set()).add(words.get(word or "", ""))
    known = {key: next(iter(values)) for key, values in found.items() if len(values) == 1 and "" not in values}
    return {**known, **{(network, code): word for network, codes in own.items() for code, word in codes.items()}}


def _of_code(code: str, network: str) -> str:
    """The category of a code; without a network only where all networks that know the code agree."""
    known = _by_code()
    if network:
        return known.get((network, code), "")
    found = {word for (_, item), word in known.items() if item == code}
    return next(iter(found)) if len(found) == 1 else ""


def category_in(text: str, flat: str, kind: str, scheme_code: Field | None = None, network: str = "") -> Field | None:
    """The category that weighs most; more mentions weigh more, an early one and one behind "reason:" most.

    A scheme's code speaks for its category through the knowledge, a little less than the words of the ground itself.
    """
    candidates: list[Candidate] = []
    if scheme_code and scheme_code.span and (word := _of_code(scheme_code.value, network)):
        candidates.append(Candidate(word, scheme_code.span, 3.4, "reason_category.code"))
    for kinds, rows in _groups():
        if kind not in kinds:
            continue
        for code, weight, pattern in rows:
            matches = []
            for match in pattern.finditer(flat):
                matches.append(match)
                if len(matches) >= 3:
                    break
            if not matches:
                continue
            first = matches[0]
            total = weight + 0.4 * (len(matches) - 1)
            if any(
                re.search(
                    r"(?:reason|grund|motif|motivo|reden|powód|przyczyna|理由|原因|because|weil|category|issue)[^.\n]{0,30}$",
                    flat[max(0, m.start() - 46) : m.start()],
                )
                for m in matches
            ):
                total += 1.5
            candidates.append(Candidate(code, first.span(), total, f"reason_category.{code}"))
    return choose(text, candidates, 2.0)[0]
