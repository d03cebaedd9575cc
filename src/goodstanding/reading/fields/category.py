"""The finer reason, by what the text gives as the ground of the matter."""

from __future__ import annotations

import re
from functools import lru_cache

from ..result import Field
from ..yamlfile import HERE, load
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


def category_in(text: str, flat: str, kind: str) -> Field | None:
    """The category that weighs most; more mentions weigh more, an early one and one behind "reason:" most."""
    candidates: list[Candidate] = []
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
