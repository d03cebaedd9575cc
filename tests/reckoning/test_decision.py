"""Fight, accept or refund: the sums, the odds, and what is not promised."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.contract import Money
from goodstanding.reckoning.amounts import convert, found_in, number
from goodstanding.reckoning.decision import History, Monitoring, Stakes, explain_zh, weigh, wilson

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def usd(amount):
    return Money(Decimal(str(amount)), "USD")


def test_wilson_interval_against_published_values():
    found = wilson(8, 10)  # Brown, Cai & DasGupta's method: 0.490 to 0.943
    assert (round(found.low, 3), round(found.high, 3)) == (0.49, 0.943)
    assert (wilson(0, 0).share, wilson(0, 0).low, wilson(0, 0).high) == (None, 0.0, 1.0)


@settings(max_examples=1000)
@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_contains_the_share(pair):
    found = wilson(*pair)
    assert 0 <= found.low <= found.share + 1e-9
    assert found.share - 1e-9 <= found.high <= 1


def test_the_sums():
    stakes = Stakes(amount=usd(100), dispute_fee=usd(15), counter_fee=usd(15), work=usd(5), refund_stops=True)
    options = {one.choice: (one.best, one.worst) for one in weigh(stakes, now=NOW).options}
    assert options == {"accept": (-115, -115), "fight": (-20, -135), "refund": (-100, -100)}


@pytest.mark.parametrize(
    ("changes", "choice", "reason"),
    [
        ({"can_fight": False}, "accept", "cannot_fight"),
        ({"fatal_contradictions": 2}, "undecided", "fatal"),
        ({"refunded": usd(100)}, "fight", "already_refunded"),
        ({"work": usd(120)}, "accept", "costs_more"),
        ({"checklist_complete": False}, "undecided", "incomplete"),
        ({"checklist_complete": False, "refund_stops": True}, "refund", "window_open"),
        ({"history": History(fought=40, won=20)}, "fight", "pays_even_low"),
        ({"history": History(fought=400, won=1), "counter_fee": usd(30)}, "accept", "loses_even_high"),
        ({"history": History(fought=3, won=3)}, "fight", "few_cases"),
        ({}, "fight", "few_cases"),
    ],
)
def test_recommendations_and_their_reasons(changes, choice, reason):
    stakes = Stakes(
        **{"amount": usd(100), "dispute_fee": usd(15), "work": usd(5), "checklist_complete": True, **changes}
    )
    sheet = weigh(stakes, now=NOW)
    assert sheet.recommendation == choice
    assert reason in [code for code, _ in sheet.reasons]
    assert all(explain_zh(sheet))


def test_a_closed_window_offers_no_refund():
    stakes = Stakes(amount=usd(100), refund_stops=True, pre_dispute_until=NOW - timedelta(seconds=1))
    assert "refund" not in [one.choice for one in weigh(stakes, now=NOW).options]


def test_monitoring_counts_only_confirmed_thresholds():
    sure = Monitoring(programme="VAMP", counted=90, base=10_000, threshold=Decimal("0.009"))
    unsure = Monitoring(programme="X", counted=90, base=10_000, threshold=Decimal("0.009"), confirmed=False)
    empty = Monitoring(programme="Y", counted=0, base=0, threshold=Decimal("0.009"))
    ratios = weigh(Stakes(amount=usd(10), monitoring=(sure, unsure, empty)), now=NOW).ratios
    assert [one.over for one in ratios] == [True, False, False]
    assert ratios[0].with_case == Decimal("0.0091")


def test_two_currencies_are_refused_by_name():
    with pytest.raises(ValueError, match="dispute_fee is in EUR"):
        weigh(Stakes(amount=usd(10), dispute_fee=Money(Decimal(15), "EUR")), now=NOW)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1,234", "1234"),
        ("12,30", "12.30"),
        ("1'000", "1000"),
    ],
)
def test_numbers_as_the_world_writes_them(text, value):
    assert number(text) == Decimal(value)


def test_sums_in_text():
    text = "Total $89.90, paid 1.234,50 € and GBP 12.00; ¥500; room 101"
    assert [str(money) for money, _ in found_in(text, dollar="USD")] == ["89.90 USD", "1234.50 EUR", "12.00 GBP"]


def test_conversion_needs_both_rates():
    rates = {"USD": Decimal("1.25")}
    assert convert(Money(Decimal(10), "EUR"), "USD", rates) == Money(Decimal("12.50"), "USD")
    assert convert(Money(Decimal(10), "GBP"), "USD", rates) is None
