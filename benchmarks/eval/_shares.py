"""Shares of small samples, honest about how small they are."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any

_Z = 1.959964  # 95 %


def share(hits: int, n: int) -> dict[str, Any]:
    """``hits`` of ``n`` with the Wilson interval (95 %). Without cases there is no share."""
    if not n:
        return {"hits": 0, "n": 0, "share": None, "low": None, "high": None}
    p = hits / n
    bottom = 1 + _Z**2 / n
    middle = (p + _Z**2 / (2 * n)) / bottom
    half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n * n)) / bottom
    return {
        "hits": hits, "n": n, "share": round(p, 4),
        "low": round(max(0.0, middle - half), 4), "high": round(min(1.0, middle + half), 4),
    }  # fmt: skip


def of(found: Iterable[bool]) -> dict[str, Any]:
    hits = list(found)
    return share(sum(hits), len(hits))


def shown(value: dict[str, Any]) -> str:
    """``97.1 % (93.8–98.7) 200/206``."""
    if not value["n"]:
        return "– (0)"
    return f"{value['share']:.1%} ({value['low']:.1%}–{value['high']:.1%}) {value['hits']}/{value['n']}"


def by_kind(pairs: list[tuple[str, str]], kinds: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each kind from (true, read) pairs. A kind never read has precision 0."""
    figures = {}
    for kind in kinds:
        both = sum(true == read == kind for true, read in pairs)
        true_n = sum(true == kind for true, _ in pairs)
        read_n = sum(read == kind for _, read in pairs)
        precision, recall = both / read_n if read_n else 0.0, both / true_n if true_n else 0.0
        f1 = 2 * precision * recall / (precision + recall) if both else 0.0
        figures[kind] = {
            "n": true_n, "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4),
        }  # fmt: skip
    return figures


def macro_f1(figures: dict[str, dict[str, Any]]) -> float:
    """The mean F1 of the kinds that occur."""
    found = [item["f1"] for item in figures.values() if item["n"]]
    return round(sum(found) / len(found), 4) if found else 0.0
