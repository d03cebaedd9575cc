"""Numbers and addresses: parcels, orders, cases, e-mail, IP, policies; and proof that harms its own side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .. import harm
from ..consistency_text import upu_valid
from .dates import moment_of
from .matter import DELIVERY_KINDS, ORDER_KINDS, OTHER_ORDER_KINDS, Contradiction, Matter, Side, source_zh, unlike


def _id(text: str) -> str:
    return re.sub(r"[\s#._-]", "", text).upper()


def parcels(matter: Matter) -> Iterator[Contradiction]:
    numbers = [one.tracking_number for one in matter.order.shipments if one.tracking_number] if matter.order else []
    known = {_id(one) for one in numbers}
    if not known:
        yield from _said_parcels(matter)
        return
    ours = Side(value=", ".join(numbers), source="order")
    for kind, side in matter.facts("tracking_number"):
        if _id(side.value) not in known:
            grade = "fatal" if kind in (*DELIVERY_KINDS, "reply") else "note"
            yield unlike(grade, "tracking", "tracking_number", ours, side, "运单号不属于本订单")
    for one in matter.exhibits:
        found = [value for value, _ in matter.read[one.id].tracking]
        if (
            found
            and one.kind in DELIVERY_KINDS
            and not known & {_id(value) for value in found}
            and not _in_text(known, one.text)
        ):
            side = Side(value=found[0], source=one.id)
            yield unlike("fatal", "tracking", "tracking_number", ours, side, "物流证据的运单号不属于本订单")
    for value, _ in matter.said.tracking:
        if _id(value) not in known and (not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", value) or upu_valid(value)):
            yield unlike(
                "fatal",
                "tracking",
                "tracking_number",
                ours,
                Side(value=value, source="reply"),
                "答复里的运单号不属于本订单",
            )


def _said_parcels(matter: Matter) -> Iterator[Contradiction]:
    """Where no order names the parcels, the reply may speak of those alone that the proof of delivery shows."""
    proof = [one for one in matter.exhibits if one.kind in DELIVERY_KINDS]
    shown = [(number, one.id) for one in proof for number in sorted(matter.parcels_of(one.id))]
    for value, _ in matter.said.tracking:
        if shown and not any(_in_text({_id(value)}, one.text) for one in matter.exhibits):
            left, right = Side(value=shown[0][0], source=shown[0][1]), Side(value=value, source="reply")
            yield unlike("fatal", "tracking", "tracking_number", left, right, "答复里的运单号与物流证据不符")


def not_distinct(matter: Matter) -> Iterator[Contradiction]:
    """Proof of separate purchases that names one and the same order each time."""
    for one in matter.exhibits:
        found = [value for value, _ in matter.read[one.id].orders]
        if one.kind == "ev.distinct_orders" and len(found) > 1 and len({_id(value) for value in found}) == 1:
            side = Side(value=found[0], source=one.id)
            yield unlike("fatal", "same_order", "order_number", side, side, "“不同订单”的证据里只有一个订单号")


def _in_text(known: Iterable[str], text: str) -> bool:
    plain = _id(text)
    return any(one in plain for one in known)


def order_numbers(matter: Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None or not order.number.strip():
        return
    ours = Side(value=order.number, source="order")
    names = {_id(order.number), *(_id(one.value) for one in order.references if one.type == "order")}
    if matter.notice.order_number and _id(matter.notice.order_number) not in names:
        side = Side(value=matter.notice.order_number, source="notice")
        yield unlike("serious", "order_number", "order_number", ours, side, "通知所指订单号不同")
    for kind, side in matter.facts("order_number"):
        if kind not in OTHER_ORDER_KINDS and _id(side.value) not in names:
            yield unlike("fatal", "order_number", "order_number", ours, side, "订单号不是本案订单")
    for one in matter.exhibits:
        found = [value for value, _ in matter.read[one.id].orders]
        if one.kind in ORDER_KINDS and found and not _in_text(names, one.text):
            side = Side(value=found[0], source=one.id)
            yield unlike("fatal", "order_number", "order_number", ours, side, "证据里是另一张订单")
    if matter.notice.family != "duplicate_processing" and matter.said.orders and not _in_text(names, matter.reply.text):
        side = Side(value=matter.said.orders[0][0], source="reply")
        yield unlike("fatal", "order_number", "order_number", ours, side, "答复写的是另一张订单")


def case_ids(matter: Matter) -> Iterator[Contradiction]:
    if matter.notice.case_ref:
        ours = Side(value=matter.notice.case_ref, source="notice")
        for _, side in matter.facts("case_ref"):
            if _id(side.value) != _id(matter.notice.case_ref):
                yield unlike("fatal", "case_ref", "case_ref", ours, side, "案件编号不一致")


def contacts(matter: Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None:
        return
    email = Side(value=order.buyer_email, source="order")
    others = [("notice", Side(value=matter.notice.email, source="notice")), *matter.facts("email")]
    for kind, side in others:
        if email.value and side.value and _mailbox(email.value) != _mailbox(side.value):
            grade = "note" if kind in OTHER_ORDER_KINDS else "serious"
            yield unlike(grade, "email", "email", email, side, "买家邮箱不一致")
    for name, value, grade, what in (
        ("ip", order.buyer_ip, "serious", "下单 IP 不一致"),
        ("country", order.country, "serious", "收货国家不一致"),
        ("ip_country", order.country, "note", "下单 IP 所在国与收货国不同"),
    ):
        for kind, side in matter.facts(name):
            if value and kind not in OTHER_ORDER_KINDS and side.value.upper() != value.upper():
                yield unlike(grade, name, name, Side(value=value, source="order"), side, what)


def _mailbox(address: str) -> str:
    local, _, domain = address.strip().lower().partition("@")
    local = local.partition("+")[0]
    return f"{local.replace('.', '') if domain in ('gmail.com', 'googlemail.com') else local}@{domain}"


def policies(matter: Matter) -> Iterator[Contradiction]:
    order = matter.order
    if order is None:
        return
    bought = moment_of(order.ordered_at, "order")
    for _, side in matter.facts("policy_from"):
        since = moment_of(side.value, side.source)
        if bought and since and since.first > bought.last:
            yield unlike("serious", "policy_later", "policy_from", bought.side, side, "政策在下单之后才生效")
    version = order.extra.get("policy_version", "")
    for _, side in matter.facts("policy_version"):
        if version and side.value != version:
            yield unlike(
                "serious",
                "policy_version",
                "policy_version",
                Side(value=version, source="order"),
                side,
                "政策版本与下单时不同",
            )


def harmful(matter: Matter) -> Iterator[Contradiction]:
    found = [
        one for exhibit in matter.exhibits for one in harm.find(exhibit.id, exhibit.kind, exhibit.text, exhibit.facts)
    ]
    found += harm.placeholders("reply", matter.reply.text)
    for one in found:
        yield Contradiction(
            grade=one.grade,
            code=f"harm.{one.code}",
            field="text",
            left=Side(value=one.quote, source=one.exhibit),
            right=Side(value="", source=""),
            message_zh=f"{source_zh(one.exhibit).strip()}：{one.message_zh}",
        )
