"""Sums and currencies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from goodstanding.contract import Money

from ..amounts import number
from .dates import NEGATED, SENTENCE
from .matter import OTHER_ORDER_KINDS, Contradiction, Matter, Side, unlike


def _money(text: str) -> Money | None:
    match = re.fullmatch(r"\s*(?P<sum>[\d.,' ]{1,24})\s*(?P<currency>[A-Za-z]{3})\s*", text)
    value = number(match["sum"], match["currency"].upper()) if match else None
    return Money(value, match["currency"]) if match and value is not None else None


def sums(matter: Matter) -> Iterator[Contradiction]:
    order, disputed = matter.order, matter.notice.amount
    total = order.total if order else None
    if total and disputed:
        left, right = Side(value=str(total), source="order"), Side(value=str(disputed), source="notice")
        if total.currency != disputed.currency:
            yield unlike("note", "currency", "amount", left, right, "争议币种与订单币种不同（可能是结算换汇）")
        elif disputed.amount > total.amount:
            yield unlike("serious", "amount_over_total", "amount", left, right, "争议金额大于订单总额")
        elif disputed.amount < total.amount:
            yield unlike("note", "amount_partial", "amount", left, right, "争议的是部分金额")
    refunded = order.refunded if order else None
    if refunded and total and refunded.currency == total.currency and refunded.amount > total.amount:
        left, right = Side(value=str(total), source="order"), Side(value=str(refunded), source="order")
        yield unlike("serious", "refund_over_total", "refunded", left, right, "已退金额大于订单总额")
    if refunded and refunded.amount > 0:
        for _, side in matter.facts("refunded"):
            other = _money(side.value)
            if other and other.currency == refunded.currency and other.amount != refunded.amount:
                yield unlike(
                    "serious", "refund", "refunded", Side(value=str(refunded), source="order"), side, "退款金额不一致"
                )
    yield from _stated_sums(matter, total)


def _stated_sums(matter: Matter, total: Money | None) -> Iterator[Contradiction]:
    if total is None:
        return
    known = _own_sums(matter)
    for kind, side in matter.facts("amount"):
        money = _money(side.value)
        if kind in OTHER_ORDER_KINDS or money is None or money.currency != total.currency or money.amount in known:
            continue
        grade = "fatal" if kind in ("ev.order_record", "ev.receipt_invoice", "reply") else "serious"
        yield unlike(grade, "amount", "amount", Side(value=str(total), source="order"), side, "金额不一致")
    for one in matter.exhibits:
        sums = [money for money, _ in matter.read[one.id].amounts if money.currency == total.currency]
        if (
            one.kind in ("ev.order_record", "ev.receipt_invoice")
            and sums
            and not known & {money.amount for money in sums}
        ):
            side = Side(value=str(max(sums, key=lambda money: money.amount)), source=one.id)
            yield unlike(
                "fatal", "amount", "amount", Side(value=str(total), source="order"), side, "凭证里没有本订单的金额"
            )
    yield from _refund_shown(matter, known)
    yield from _refund_said(matter)
    known |= {money.amount for read in matter.read.values() for money, _ in read.amounts}
    for money, _ in matter.said.amounts:
        if money.currency == total.currency and money.amount not in known:
            side = Side(value=str(money), source="reply")
            yield unlike(
                "serious",
                "amount_unknown",
                "amount",
                Side(value=str(total), source="order"),
                side,
                "答复里的金额在订单与通知中都没有",
            )


def _refund_shown(matter: Matter, known: set[object]) -> Iterator[Contradiction]:
    """A refund's proof that shows sums of the currency, and none that belongs to the matter."""
    refunded = matter.order.refunded if matter.order else None
    for one in matter.exhibits if refunded and refunded.amount > 0 else ():
        sums = [money for money, _ in matter.read[one.id].amounts if refunded and money.currency == refunded.currency]
        if one.kind == "ev.refund_proof" and sums and not known & {money.amount for money in sums}:
            left, right = Side(value=str(refunded), source="order"), Side(value=str(sums[0]), source=one.id)
            yield unlike("fatal", "refund", "refunded", left, right, "退款凭证的金额与订单退款不符")


_REFUNDED = re.compile(
    r"refund|reimburs|credited|(?:money|paid|gave it) back|erstatt|gutgeschrieben|rembours|reembols|devolv|rimbors|退款|退还",
    re.I,
)


def _refund_said(matter: Matter) -> Iterator[Contradiction]:
    """The reply names a refund; its proof shows other sums of that currency and not this one."""
    proof = [one for one in matter.exhibits if one.kind == "ev.refund_proof"]
    shown = {money: one.id for one in proof for money, _ in matter.read[one.id].amounts}
    for sentence in SENTENCE.finditer(matter.reply.text) if shown else ():
        if not _REFUNDED.search(sentence[0]) or NEGATED.search(sentence[0]):
            continue
        said = [money for money, span in matter.said.amounts if sentence.start() <= span[0] < sentence.end()]
        rivals = [money for money in shown if said and money.currency == said[0].currency]
        if rivals and not any(money in shown for money in said):
            left, right = Side(value=str(rivals[0]), source=shown[rivals[0]]), Side(value=str(said[0]), source="reply")
            yield unlike("fatal", "refund", "refunded", left, right, "答复说的退款金额与退款凭证不符")


def _own_sums(matter: Matter) -> set[object]:
    """Sums of the matter itself: total, lines, refund, dispute, and what is left of the total after either."""
    order, sums = matter.order, set[object]()
    if order:
        sums |= {
            money.amount for money in (order.total, order.refunded, *(line.price for line in order.lines)) if money
        }
        sums |= {line.price.amount * line.quantity for line in order.lines if line.price}
        if order.total and order.refunded:
            sums.add(order.total.amount - order.refunded.amount)
    if matter.notice.amount:
        sums.add(matter.notice.amount.amount)
        if order and order.total:
            sums.add(order.total.amount - matter.notice.amount.amount)
    return sums
