"""The closed list of what a rule may ask about. ``type`` decides which operators and values fit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from goodstanding.contract import Money

from .model import RuleError, Test, Value


@dataclass(frozen=True)
class Field:
    """``code`` is the key in the case facts; ``zh`` the names by which a sentence may call it, the first one is printed."""

    code: str
    type: str  # money, number, text, country, reason, texts
    zh: tuple[str, ...]
    meaning_zh: str


FIELDS = {
    one.code: one
    for one in (
        Field("amount", "money", ("拒付金额", "金额", "争议金额"), "争议的金额与币种"),
        Field("reason", "reason", ("原因码", "原因代码"), "发送方给的原因码；可写 visa:13.1 限定卡组织"),
        Field("reason_category", "text", ("原因类别",), "归一后的原因类别，如 product_not_received"),
        Field("family", "text", ("原因族", "家族"), "同样答法的原因归成的一族，如 not_received"),
        Field("kind", "text", ("通知类型", "类型"), "通知种类，如 chargeback、regulator"),
        Field("stage", "text", ("阶段",), "案件所处阶段，如 inquiry、dispute"),
        Field("network", "text", ("卡组织", "网络"), "visa、mastercard、amex 等"),
        Field("channel", "text", ("渠道",), "通知来自哪里，如 stripe、paypal"),
        Field("country", "country", ("国家", "地区"), "买家国家；写 US 包含 US-CA 等各州"),
        Field("store", "text", ("店铺",), "店铺名"),
        Field("product", "texts", ("商品",), "订单里的商品名与 SKU，任一符合即可"),
        Field("buyer_orders", "number", ("买家历史订单数", "历史订单数"), "该买家此前的订单数"),
        Field("buyer_disputes", "number", ("买家历史拒付数", "历史拒付数"), "该买家此前的拒付数"),
        Field("age_days", "number", ("案件天数",), "立案至今的天数"),
        Field("order_age_days", "number", ("订单天数",), "下单至通知的天数"),
        Field("hours_left", "number", ("剩余小时",), "距答复截止的小时数"),
        Field("language", "text", ("语言",), "来函语言，如 de"),
        Field("authenticity", "text", ("真伪",), "genuine、unproven、forged"),
    )
}
BY_NAME = {name: one for one in FIELDS.values() for name in (*one.zh, one.code)}

_ORDERED = ("eq", "ne", "gt", "ge", "lt", "le", "known", "unknown")
_TEXTUAL = ("eq", "ne", "in", "not_in", "contains", "not_contains", "starts", "known", "unknown")
OPERATORS_OF = {
    "money": _ORDERED,
    "number": _ORDERED,
    "text": _TEXTUAL,
    "texts": _TEXTUAL,
    "country": ("eq", "ne", "in", "not_in", "known", "unknown"),
    "reason": ("eq", "ne", "in", "not_in", "starts", "known", "unknown"),
}
MOST_CHARACTERS = 500
MOST_VALUES = 500
_MONEY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s?([A-Za-z]{3})")
_MONEY_LAST = re.compile(r"([A-Za-z]{3})\s?([0-9]{1,15}(?:\.[0-9]{1,6})?)")


def make_test(field_name: str, operator: str, raw: tuple[str, ...], at: int = -1) -> Test:
    """A checked test from words. Raises :class:`RuleError` naming what does not fit, and what would."""
    field = BY_NAME.get(field_name)
    if field is None:
        raise RuleError(f"不认识“{field_name}”；可用的有：{'、'.join(one.zh[0] for one in FIELDS.values())}", at)
    if operator not in OPERATORS_OF[field.type]:
        raise RuleError(f"“{field.zh[0]}”不能用 {operator} 比较；可用：{'、'.join(OPERATORS_OF[field.type])}", at)
    return Test(field.code, operator, _value(field, operator, raw, at))


def _value(field: Field, operator: str, raw: tuple[str, ...], at: int) -> Value:
    if operator in ("known", "unknown"):
        if raw:
            raise RuleError(f"“{field.zh[0]} {operator}”后面不要再写值", at)
        return None
    if not raw or not all(raw):
        raise RuleError(f"“{field.zh[0]}”缺少要比较的值", at)
    if any(len(one) > MOST_CHARACTERS for one in raw) or len(raw) > MOST_VALUES:
        raise RuleError(f"值太长：每个最多 {MOST_CHARACTERS} 字，最多 {MOST_VALUES} 个", at)
    if operator in ("in", "not_in"):
        return raw
    if len(raw) > 1:
        raise RuleError(f"“{field.zh[0]}”这里只能写一个值；多个值请用“属于”", at)
    if field.type == "money":
        return _money(raw[0], at)
    return _number(raw[0], at) if field.type == "number" else raw[0]


def _money(text: str, at: int) -> Money:
    plain = text.replace(",", "").strip()
    match, last = _MONEY.fullmatch(plain), _MONEY_LAST.fullmatch(plain)
    if match:
        return Money(Decimal(match[1]), match[2])
    if last:
        return Money(Decimal(last[2]), last[1])
    raise RuleError(f"“{text}”不是金额；请写成 50 USD 这样，币种不能省", at)


def _number(text: str, at: int) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > 10**12 or value.as_tuple().exponent not in range(-6, 13):
        raise RuleError(f"“{text}”不是数字", at)
    return value


def value_text(value: Value) -> str:
    """A money or number value as written in a rule."""
    if isinstance(value, Money):
        return f"{value.amount:f} {value.currency}"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
