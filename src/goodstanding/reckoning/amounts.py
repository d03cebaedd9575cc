"""Sums in text, and how two sums relate. Decimal only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from goodstanding.contract import Money, exponent

#: Signs that name one currency. ``$`` and ``¥`` name several and are resolved by the caller's hint or not at all.
SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "₩": "KRW",
    "₹": "INR",
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "HK$": "HKD",
    "R$": "BRL",
}
_CODES = "USD|EUR|GBP|CNY|RMB|JPY|AUD|CAD|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|MXN|BRL|HKD|SGD|TWD|KRW|INR|NZD|ZAR|AED|SAR|KWD|TRY|ILS|THB|MYR"
_NUMBER = r"\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,3})?"
_AMOUNT = re.compile(
    rf"(?<![\w.])(?:(?P<before>US\$|HK\$|[ACR]\$|[€£₩₹$¥]|(?:{_CODES})\b)\s?(?P<first>{_NUMBER})"
    rf"|(?P<second>{_NUMBER})\s?(?P<after>[€£]|(?:{_CODES})\b|美元|欧元|英镑|日元|元))(?![\d])"
)
_WORDS = {"美元": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "元": "CNY", "RMB": "CNY"}


def number(text: str, currency: str = "") -> Decimal | None:
    """A number as written in any of the usual styles (``1,234.50``, ``1.234,50``, ``1 234,5``); None if it is none.

    One separator followed by exactly three digits is a thousands separator, unless the currency has three decimals.
    """
    text = re.sub(r"[\s'\u00a0\u202f]", "", text)
    dot, comma = text.rfind("."), text.rfind(",")
    if dot >= 0 and comma >= 0:
        decimal = "." if dot > comma else ","
    elif dot >= 0 or comma >= 0:
        mark = "." if dot >= 0 else ","
        tail = text[text.rfind(mark) + 1 :]
        whole = text.count(mark) > 1 or (len(tail) == 3 and not (currency and exponent(currency) == 3))
        decimal = "" if whole else mark
    else:
        decimal = ""
    for mark in ".,":
        if mark != decimal:
            text = text.replace(mark, "")
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def found_in(text: str, *, dollar: str = "", yen: str = "") -> tuple[tuple[Money, tuple[int, int]], ...]:
    """Sums with a currency in a text, with their spans. ``dollar``/``yen`` say what a bare ``$``/``¥`` means; "" skips them."""
    found = []
    for match in _AMOUNT.finditer(text):
        sign = match["before"] or match["after"]
        currency = SIGNS.get(sign) or _WORDS.get(sign) or {"$": dollar, "¥": yen}.get(sign, sign)
        value = number(match["first"] or match["second"], currency)
        if currency and value is not None:
            found.append((Money(value, currency), match.span()))
    return tuple(found)


def convert(money: Money, currency: str, rates: Mapping[str, Decimal]) -> Money | None:
    """The sum in another currency, by a table of units per euro as the ECB publishes it (``{"USD": 1.08, …}``).

    None where the table knows one of the two currencies not; never a guess. The result is not rounded.
    """
    if money.currency == currency:
        return money
    table = {"EUR": Decimal(1), **rates}
    source, target = table.get(money.currency), table.get(currency)
    if source is None or target is None or source <= 0 or target <= 0:
        return None
    return Money(money.amount / source * target, currency)
