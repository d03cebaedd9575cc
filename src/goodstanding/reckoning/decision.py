"""Fight, accept or refund: what each would cost and bring. It recommends with reasons; the seller decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import sqrt

from goodstanding.contract import Money

#: Fewer closed cases than this say nothing about the next one.
ENOUGH_CASES = 8


@dataclass(frozen=True, kw_only=True)
class History:
    """Similar closed cases of this merchant: how many were fought, how many of them won (``won`` + partly as half)."""

    fought: int = 0
    won: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.won <= self.fought:
            raise ValueError(f"{self.won} won of {self.fought} fought cannot be")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A share between 0 and 1 with its 95 % Wilson interval; ``share`` None without cases."""

    n: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """A monitored ratio in this month: ``counted`` disputes over ``base`` transactions, against ``threshold`` (0.009 is 0.9 %)."""

    programme: str
    counted: int
    base: int
    threshold: Decimal
    counts_if_refunded: bool = True
    confirmed: bool = True


@dataclass(frozen=True, kw_only=True)
class Stakes:
    """All that the sheet is computed from; all money in one currency, None where not known.

    ``counter_fee`` is charged for fighting, ``counter_fee_back`` says whether a win returns it. ``work`` is what answering
    costs the seller. ``refund_stops`` says whether a refund now would still prevent or close the matter;
    ``pre_dispute_until`` is the end of that window. ``can_fight`` is false where the recipient accepts no answer.
    """

    amount: Money
    dispute_fee: Money | None = None
    dispute_fee_back: bool = False
    counter_fee: Money | None = None
    counter_fee_back: bool = True
    work: Money | None = None
    refunded: Money | None = None
    history: History = field(default_factory=History)
    monitoring: tuple[Monitoring, ...] = ()
    refund_stops: bool = False
    pre_dispute_until: datetime | None = None
    can_fight: bool = True
    checklist_complete: bool = False
    fatal_contradictions: int = 0


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A monitored ratio before and after the case is counted, and whether it then lies over the threshold."""

    programme: str
    now: Decimal | None
    with_case: Decimal | None
    over: bool
    confirmed: bool


@dataclass(frozen=True, kw_only=True)
class Option:
    """One way to go and its money, as a signed change against today: best, worst, and on average where history allows."""

    choice: str
    best: Decimal
    worst: Decimal
    expected: tuple[Decimal, Decimal] | None = None  # at the low and the high end of the interval


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """``recommendation`` is ``fight``, ``accept``, ``refund`` or ``undecided``; ``reasons`` are codes with parameters."""

    currency: str
    options: tuple[Option, ...]
    odds: Interval
    ratios: tuple[Ratio, ...]
    recommendation: str
    reasons: tuple[tuple[str, Mapping[str, str]], ...]


def wilson(won: int, n: int, z: float = 1.96) -> Interval:
    """The Wilson score interval of ``won`` successes in ``n`` trials."""
    if n == 0:
        return Interval(n=0, share=None, low=0.0, high=1.0)
    share = won / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(n=n, share=share, low=max(0.0, centre - half), high=min(1.0, centre + half))


def weigh(stakes: Stakes, *, now: datetime) -> Sheet:
    """The sheet. Raises ``ValueError`` where the sums are not in one currency."""
    currency = stakes.amount.currency
    sums = {name: getattr(stakes, name) for name in ("dispute_fee", "counter_fee", "work", "refunded")}
    for name, money in sums.items():
        if money is not None and money.currency != currency:
            raise ValueError(
                f"{name} is in {money.currency}, the case in {currency}; convert it with a dated rate first"
            )
    odds = wilson(stakes.history.won, stakes.history.fought)
    open_window = stakes.refund_stops and (stakes.pre_dispute_until is None or now < stakes.pre_dispute_until)
    options = [_accept(stakes)]
    if stakes.can_fight:
        options.append(_fight(stakes, odds))
    if open_window:
        options.append(Option(choice="refund", best=-_left(stakes), worst=-_left(stakes)))
    choice, reasons = _recommend(stakes, odds, tuple(options), open_window)
    ratios = tuple(_ratio(one) for one in stakes.monitoring)
    for ratio in ratios:
        if ratio.over:
            reasons.append(("ratio_over", {"programme": ratio.programme}))
    return Sheet(
        currency=currency,
        options=tuple(options),
        odds=odds,
        ratios=ratios,
        recommendation=choice,
        reasons=tuple(reasons),
    )


def explain_zh(sheet: Sheet) -> tuple[str, ...]:
    """The recommendation and its reasons in Chinese, a sentence each."""
    head = {"fight": "建议抗辩", "accept": "建议接受", "refund": "建议退款了结", "undecided": "暂无足够依据给出建议"}
    lines = [f"{head[sheet.recommendation]}；最终由你决定，接受与退款请在网关后台操作。"]
    lines += [_REASONS_ZH[code].format_map(values) for code, values in sheet.reasons]
    return tuple(lines)


_REASONS_ZH = {
    "already_refunded": "该笔已退款 {refunded}，若再被扣等于付两次，应提交退款凭证。",
    "cannot_fight": "对方不接受抗辩。",
    "fatal": "证据里有 {count} 处致命矛盾，先改正再谈提交。",
    "incomplete": "必需证据尚未齐全。",
    "costs_more": "抗辩成本 {costs} 不低于争议金额 {amount}。",
    "window_open": "争议前处理窗口仍开放，退款可避免正式立案。",
    "history": "同类案件抗辩 {n} 件、胜 {won} 件，95% 区间 {low}–{high}。",
    "few_cases": "同类案件仅 {n} 件，样本太少，不能据此估计胜率。",
    "pays_even_low": "即使按区间下限计算，抗辩的平均结果也好于接受。",
    "loses_even_high": "即使按区间上限计算，抗辩的平均结果也不如接受。",
    "evidence_ready": "必需证据齐全且无致命矛盾。",
    "ratio_over": "计入本案后，{programme} 比率将超过阈值。",
}


def _left(stakes: Stakes) -> Decimal:
    """What is still to be paid back."""
    return max(stakes.amount.amount - _of(stakes.refunded), Decimal(0))


def _of(money: Money | None) -> Decimal:
    return money.amount if money else Decimal(0)


def _accept(stakes: Stakes) -> Option:
    loss = -stakes.amount.amount - _of(stakes.dispute_fee)
    return Option(choice="accept", best=loss, worst=loss)


def _fight(stakes: Stakes, odds: Interval) -> Option:
    kept_fee = Decimal(0) if stakes.dispute_fee_back else _of(stakes.dispute_fee)
    kept_counter = Decimal(0) if stakes.counter_fee_back else _of(stakes.counter_fee)
    best = -kept_fee - kept_counter - _of(stakes.work)
    worst = -stakes.amount.amount - _of(stakes.dispute_fee) - _of(stakes.counter_fee) - _of(stakes.work)
    expected = None
    if odds.n >= ENOUGH_CASES:
        low, high = Decimal(str(round(odds.low, 6))), Decimal(str(round(odds.high, 6)))
        expected = (low * best + (1 - low) * worst, high * best + (1 - high) * worst)
    return Option(choice="fight", best=best, worst=worst, expected=expected)


def _recommend(
    stakes: Stakes, odds: Interval, options: tuple[Option, ...], open_window: bool
) -> tuple[str, list[tuple[str, Mapping[str, str]]]]:
    reasons: list[tuple[str, Mapping[str, str]]] = [_history(stakes, odds)]
    accept, fight = options[0], next((one for one in options if one.choice == "fight"), None)
    if fight is None:
        return ("refund" if open_window else "accept"), [("cannot_fight", {}), *reasons]
    if stakes.fatal_contradictions:
        return "undecided", [("fatal", {"count": str(stakes.fatal_contradictions)}), *reasons]
    if stakes.refunded and stakes.refunded.amount >= stakes.amount.amount:
        return "fight", [("already_refunded", {"refunded": str(stakes.refunded)}), *reasons]
    costs = _of(stakes.work) + (Decimal(0) if stakes.counter_fee_back else _of(stakes.counter_fee))
    if costs >= stakes.amount.amount:
        values = {"costs": f"{costs} {stakes.amount.currency}", "amount": str(stakes.amount)}
        return ("refund" if open_window else "accept"), [("costs_more", values), *reasons]
    if open_window and not stakes.checklist_complete:
        return "refund", [("window_open", {}), ("incomplete", {}), *reasons]
    if fight.expected and fight.expected[1] <= accept.best:
        return ("refund" if open_window else "accept"), [("loses_even_high", {}), *reasons]
    if not stakes.checklist_complete:
        return "undecided", [("incomplete", {}), *reasons]
    if fight.expected and fight.expected[0] > accept.best:
        return "fight", [("evidence_ready", {}), ("pays_even_low", {}), *reasons]
    return ("fight" if fight.expected is None else "undecided"), [("evidence_ready", {}), *reasons]


def _history(stakes: Stakes, odds: Interval) -> tuple[str, Mapping[str, str]]:
    if odds.n < ENOUGH_CASES:
        return "few_cases", {"n": str(odds.n)}
    values = {"n": str(odds.n), "won": str(stakes.history.won), "low": f"{odds.low:.0%}", "high": f"{odds.high:.0%}"}
    return "history", values


def _ratio(one: Monitoring) -> Ratio:
    if one.base <= 0:
        return Ratio(programme=one.programme, now=None, with_case=None, over=False, confirmed=one.confirmed)
    now, then = Decimal(one.counted) / one.base, Decimal(one.counted + 1) / one.base
    over = one.confirmed and then > one.threshold
    return Ratio(programme=one.programme, now=now, with_case=then, over=over, confirmed=one.confirmed)
