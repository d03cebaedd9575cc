"""Cells as values: amounts in either notation, moments in many, identifiers that Excel may have ruined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from .errors import CellError

_RUINED = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}\Z")
_EXCEL_TEXT = re.compile(r'="(.*)"\Z', re.DOTALL)
_CURRENCY = {"US$": "USD", "$": "", "€": "EUR", "£": "GBP", "HK$": "HKD", "A$": "AUD", "C$": "CAD", "¥": "", "￥": ""}
_PLAIN = re.compile(r"\d{1,15}(?:\.\d{1,2})?\Z")
_NUMBER = re.compile(r"\d[\d.,' \u00a0\u202f]*\Z|\.\d+\Z")
_CODE = re.compile(r"\A([A-Za-z]{3})\b|\b([A-Za-z]{3})\Z")

_YMD = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(.*)\Z", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?\Z")
_TWO = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)\Z", re.DOTALL)
_NAMED = re.compile(
    r"(?:(\d{1,2})[ -]([A-Za-z]{3,9})|([A-Za-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)?),?[ -](\d{4})(.*)\Z", re.DOTALL
)
_CLOCK = re.compile(
    r"[T ,]*(上午|下午)?\s*(\d{1,2})[:时](\d{2})(?:[:分](\d{2})(?:[.,]\d+)?)?秒?\s*([AaPp]\.?[Mm]\.?)?\s*"
    r"(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?\Z"
)
_MONTHS = {
    name: i
    for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}


def clean(text: str) -> str:
    """The cell without the dressing that exports add so that Excel keeps it as text (``="123"``, a leading ``'``, tabs)."""
    if text[:1].isalnum() and text[-1:].isalnum() and "\0" not in text:
        return text  # nearly every cell
    if "\0" in text:  # PostgreSQL refuses it, and no export means it
        text = text.replace("\0", "")
    text = text.strip().strip("\ufeff\u200b\t ")
    if text.startswith('="'):
        match = _EXCEL_TEXT.match(text)
        text = match[1].strip() if match else text
    return text.removeprefix("'").strip()


def identifier(text: str) -> str:
    """An order, case or tracking number. Raises CellError where Excel has turned it into ``1.23E+15`` and lost digits."""
    if _RUINED.match(text):
        raise CellError(
            "ruined_number",
            f"“{text}”是被 Excel 改成科学计数的号码，末几位已丢失。请在导出时把该列设为“文本”，或重新导出后不要用 Excel 打开保存",
            f"{text!r} is a number that Excel turned into scientific notation and lost digits of; export the column as text again",
        )
    return text


@lru_cache(maxsize=8192)
def amount(text: str, decimal_mark: str = "") -> tuple[Decimal, str]:
    """A sum and the currency code written beside it, if any: ``("1.234,56 EUR")`` is ``(1234.56, "EUR")``.

    ``decimal_mark`` is ``.`` or ``,`` where the file's notation is known. Without it ``1,234`` is read as thousands, and
    ``1.234`` is refused as ambiguous.
    """
    if _PLAIN.match(text) and decimal_mark != ",":
        return Decimal(text), ""
    rest, currency, negative = _without_currency(text)
    if not _NUMBER.match(rest) or len(rest) > 30:
        raise _no_amount(text)
    value = Decimal(_digits(rest, decimal_mark, text))
    return (-value if negative else value), currency


def _without_currency(text: str) -> tuple[str, str, bool]:
    rest, currency = text.strip(), ""
    if match := _CODE.search(rest):
        currency = (match[1] or match[2]).upper()
        rest = (rest[: match.start()] + rest[match.end() :]).strip()
    for sign in sorted(_CURRENCY, key=len, reverse=True):
        if sign in rest:
            currency = currency or _CURRENCY[sign]
            rest = rest.replace(sign, "", 1).strip()
            break
    negative = rest.startswith(("-", "(")) or rest.endswith("-")
    rest = rest.strip("()-+ ")
    return rest, currency, negative


def _digits(rest: str, decimal_mark: str, text: str) -> str:
    rest = re.sub(r"[' \u00a0\u202f]", "", rest)
    points, commas = rest.count("."), rest.count(",")
    if not decimal_mark:
        decimal_mark = _mark_in(rest)
    if not decimal_mark and points == 1:
        raise CellError(
            "ambiguous_amount",
            f"“{text}”可能是一千多，也可能带三位小数。请在列设置里选定小数点写法",
            f"{text!r} may mean thousands or three decimals; choose the decimal mark in the column settings",
        )
    other = "," if decimal_mark == "." else "."
    if decimal_mark:
        whole, _, fraction = rest.replace(other, "").partition(decimal_mark)
        if decimal_mark in fraction or not re.fullmatch(r"\d{0,3}(?:[.,]?\d{3})*|\d+", whole):
            raise _no_amount(text)
        groups = rest.partition(decimal_mark)[0].split(other)
        if (len(groups) > 1 and any(len(group) != 3 for group in groups[1:])) or (
            other in rest.partition(decimal_mark)[2]
        ):
            raise _no_amount(text)
        return f"{whole or '0'}.{fraction or '0'}"
    groups = rest.split("," if commas else ".")
    if any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= (3 if len(groups) > 1 else 30):
        raise _no_amount(text)
    return "".join(groups)


def _mark_in(rest: str) -> str:
    """The decimal mark that a number shows by itself, or "" where it does not."""
    points, commas = rest.count("."), rest.count(",")
    if points and commas:
        return "." if rest.rfind(".") > rest.rfind(",") else ","
    mark = "." if points == 1 else "," if commas == 1 else ""
    if mark and len(rest) - rest.index(mark) - 1 != 3:
        return mark
    return ""


def _no_amount(text: str) -> CellError:
    shown = text[:40]
    return CellError("bad_amount", f"“{shown}”不是金额", f"{shown!r} is not an amount")


def decimal_mark_of(samples: Iterable[str]) -> str:
    """The decimal mark that the samples prove, or "" where they prove none or both."""
    marks = {_mark_in(re.sub(r"[' \u00a0\u202f]", "", _without_currency(text)[0])) for text in samples if text} - {""}
    return marks.pop() if len(marks) == 1 else ""


@lru_cache(maxsize=8192)
def moment(text: str, zone: tzinfo, order: str = "") -> datetime:
    """An instant as aware UTC. A time without offset is taken in ``zone``; a date alone is its first instant there.

    ``order`` is ``dmy`` or ``mdy`` for dates like 03/04/2026; without it such a date is refused unless one part exceeds 12.
    """
    try:
        year, month, day, rest = _date_parts(text, order)
        hour, minute, second, offset = _clock_parts(rest)
        value = datetime(year, month, day, hour, minute, second, tzinfo=offset or zone)
        return value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, CellError):
            raise
        raise _no_date(text) from None


def is_date_only(text: str) -> bool:
    """Does the cell state a calendar date without a time?"""
    return not re.search(r"\d{1,2}[:时]\d{2}", text)


def _date_parts(text: str, order: str) -> tuple[int, int, int, str]:
    if match := _YMD.match(text):
        return int(match[1]), int(match[2]), int(match[3]), match[4]
    if match := _COMPACT.match(text):
        clock = f" {match[4]}:{match[5]}:{match[6] or '00'}" if match[4] else ""
        return int(match[1]), int(match[2]), int(match[3]), clock
    if match := _TWO.match(text):
        first, second = int(match[1]), int(match[2])
        order = order or ("dmy" if first > 12 else "mdy" if second > 12 else "dmy" if first == second else "")
        if not order:
            raise CellError(
                "ambiguous_date",
                f"“{text[:40]}”分不清哪个是月、哪个是日。请在列设置里选定日期写法",
                f"{text[:40]!r}: cannot tell day from month; choose the date order in the column settings",
            )
        day, month = (first, second) if order == "dmy" else (second, first)
        return int(match[3]), month, day, match[4]
    if match := _NAMED.match(text):
        month_name = (match[2] or match[3]).lower()[:3]
        if month_name in _MONTHS:
            return int(match[5]), _MONTHS[month_name], int(match[1] or match[4]), match[6]
    raise _no_date(text)


def _clock_parts(rest: str) -> tuple[int, int, int, tzinfo | None]:
    if not rest.strip():
        return 0, 0, 0, None
    match = _CLOCK.match(rest)
    if not match:
        raise ValueError(rest)
    half = (match[1] or match[5] or "").lower().replace(".", "")
    hour = int(match[2])
    if half in ("pm", "下午") and hour < 12:
        hour += 12
    elif half in ("am", "上午") and hour == 12:
        hour = 0
    return hour, int(match[3]), int(match[4] or 0), _offset(match[6])


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    digits = text.upper().removeprefix("UTC").removeprefix("GMT")
    if digits in ("Z", ""):
        return UTC
    return datetime.strptime(digits.replace(":", ""), "%z").tzinfo


def _no_date(text: str) -> CellError:
    shown = text[:40]
    return CellError(
        "bad_date",
        f"“{shown}”不是日期。可写成 2026-11-03 14:05",
        f"{shown!r} is not a date; write it like 2026-11-03 14:05",
    )


def date_order_of(samples: Iterable[str]) -> str:
    """``dmy`` or ``mdy`` as the samples prove, or "" where they prove none or both."""
    orders = set()
    for text in samples:
        if match := _TWO.match(text):
            first, second = int(match[1]), int(match[2])
            if first > 12 >= second:
                orders.add("dmy")
            elif second > 12 >= first:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else ""
