"""What is promised of the labelled set: nothing empty or contradictory passes, nothing strong is held back."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from benchmarks.eval import bundles

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = bundles.builder().load()


def test_the_set_is_wide_enough() -> None:
    assert len(BUNDLES) >= 120
    assert {one.network for one in BUNDLES} == {"visa", "mastercard", "amex", "discover", "paypal"}
    assert min(Counter(one.verdict for one in BUNDLES).values()) >= 8
    assert {one.verdict for one in BUNDLES} == set(bundles.builder().VERDICTS)


@pytest.mark.parametrize("base", sorted({one.base for one in BUNDLES}))
def test_each_bundle_is_judged_by_its_label(base: str) -> None:
    judged = [bundles.judge(one) for one in BUNDLES if one.base == base]
    wrong = [(item.bundle.id, item.bundle.verdict, item.codes, item.missing) for item in judged if not item.right]
    assert not wrong


def test_a_case_that_does_not_say_what_it_means_is_refused() -> None:
    build = bundles.builder()
    base = {"id": "x", "for": "stripe:visa:13.1", "case": "c", "order": "o", "exhibits": {}, "reply": "r"}
    for change in ({"swap": {"reply": {"absent": "y"}}}, {"drop": ["nothing"]}, {"verdict": "fine"}, {"drops": []}):
        with pytest.raises(build.BadCase):
            list(build._bundles({**base, "also": [{"id": "y", "verdict": "weak", **change}]}))


def test_the_same_source_gives_the_same_package() -> None:
    assert BUNDLES[0].package() == BUNDLES[0].package()
    assert str(ROOT) not in BUNDLES[0].package().decode("latin-1")
    assert "bundles_build" in sys.modules
