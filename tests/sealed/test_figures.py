"""The yardstick itself: shares with intervals, F1, and when two values are the same."""

from __future__ import annotations

import pytest
from benchmarks.eval._match import matches
from benchmarks.eval._shares import by_kind, macro_f1, share
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share(hits: int, more: int) -> None:
    n = hits + more
    found = share(hits, n)
    assert 0 <= found["low"] <= found["share"] <= found["high"] <= 1


def test_no_cases_no_share() -> None:
    assert share(0, 0)["share"] is None


def test_the_interval_is_wilsons() -> None:
    found = share(14, 15)
    assert (found["low"], found["high"]) == (0.7018, 0.9881)


def test_f1_by_hand() -> None:
    figures = by_kind([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")], ("a", "b", "c"))
    assert figures["a"] == {"n": 2, "precision": 1.0, "recall": 0.5, "f1": 0.6667}
    assert figures["b"]["precision"] == 0.6667
    assert macro_f1(figures) == pytest.approx((0.6667 + 0.8) / 2, abs=1e-4)  # kinds that do not occur do not count


@pytest.mark.parametrize(
    ("field", "read", "accepted", "same"),
    [
        ("order_id", "#1044", ("1044",), True),
        ("order_id", "1045", ("1044",), False),
        ("case_id", None, (None,), True),
        ("case_id", "X-1", (None,), False),
        ("case_id", None, ("X-1",), False),
        ("amount", "1234.5", ("1234.50",), True),
        ("amount", "12.3450", ("1234.50",), False),
        ("amount", "some", ("1234.50",), False),
        ("complainant", "Holt", ("Mrs Holt",), True),
        ("complainant", "村上", ("村上氏",), True),
        ("deadline", "2026-12-04", ("2026-12-04",), True),
        ("deadline", "2026-12-04T23:59:00-05:00", ("2026-12-04",), True),
        ("deadline", "2026-11-29T07:59:00+00:00", ("2026-11-28T23:59:00-08:00",), True),
        ("deadline", "2026-11-28T23:59:00+00:00", ("2026-11-28T23:59:00-08:00",), False),
        ("deadline", "2026-04-03", ("2026-03-04", "2026-04-03", None), True),
        ("deadline", "soon", ("2026-03-04",), False),
        ("deadline_rule", "within 14 days", ("within 14 days of the date of this letter",), True),
        ("deadline_rule", "of this letter", ("within 14 days of the date of this letter",), False),
        ("deadline_rule", "within 7 days", ("within 14 days",), False),
    ],
)
def test_when_values_are_the_same(field: str, read: str | None, accepted: tuple[str | None, ...], same: bool) -> None:
    assert matches(field, read, accepted) is same
