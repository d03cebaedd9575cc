"""Holds an edited reply against what the case can show: figures, dates, sums, addresses and numbers of things.

What is checked can be recognised by its form. Words are not understood: a claim in plain words stays for the approver.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from goodstanding.contract import Money

from .drafting import _MONTHS, FactValue

_MONTH_NUMBER = {name.lower(): number for names in _MONTHS.values() for number, name in enumerate(names.split(), 1)} | {
    name.lower()[:3]: number for number, name in enumerate(_MONTHS["en"].split(), 1)
}
_MONTH = "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True))
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]{1,2000}", re.IGNORECASE)
_DATES = (
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?=T|\b)"),
    re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:\.|st|nd|rd|th|er|º)?(?: de| of)? (?P<mon>{_MONTH})\.?,?(?: de)?(?: (?P<y>\d{{4}}))?\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<mon>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y>\d{{4}}))?\b", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<mon>{_MONTH})\.? (?P<y>\d{{4}})\b", re.IGNORECASE),
    re.compile(r"\b(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4})\b"),
)
_ZONE = r"(?:Z\b|[+-]\d{2}:?\d{2}\b| ?(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?)"
_TIME = re.compile(rf"(?<![\w:])T?(\d{{1,2}}):(\d{{2}})(?::\d{{2}}(?:\.\d+)?)?{_ZONE}?(?![\d:])")
_FIGURE = r"\d{1,3}(?:[.,\u00a0\u202f '’]\d{3}){1,5}(?:[.,]\d{1,3})?|\d{1,15}(?:[.,]\d{1,4})?"
_SYMBOLS = {
    "$": "USD CAD AUD NZD SGD HKD MXN",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "zł": "PLN",
    "₩": "KRW",
}
_CODE = r"[A-Z]{3}"
_SYMBOL = "|".join(re.escape(symbol) for symbol in _SYMBOLS)
_SUM = re.compile(
    rf"(?<![\w.])(?:(?P<c1>{_CODE}|(?:US|CA|AU|HK)?(?:{_SYMBOL}))[ \u00a0]?(?P<n1>{_FIGURE})(?![\w])"
    rf"|(?P<n2>{_FIGURE})[ \u00a0]?(?P<c2>{_SYMBOL}|{_CODE}\b))"
)
_CURRENCIES = frozenset(
    [
        "AED",
        "ARS",
        "AUD",
        "BGN",
        "BRL",
        "CAD",
        "CHF",
        "CLP",
        "CNY",
        "COP",
        "CZK",
        "DKK",
        "EUR",
        "GBP",
        "HKD",
        "HUF",
        "IDR",
        "ILS",
        "INR",
        "JPY",
        "KRW",
        "MXN",
        "MYR",
        "NOK",
        "NZD",
        "PEN",
        "PHP",
        "PLN",
        "RON",
        "SAR",
        "SEK",
        "SGD",
        "THB",
        "TRY",
        "TWD",
        "UAH",
        "USD",
        "VND",
        "ZAR",
    ]
)
_ORDINAL = re.compile(r"(?m)^[ \t]{0,20}(?:\(?\d{1,2}[.)]|#+ \d{1,2}\.)(?=\s)")
_NUMBER = re.compile(rf"(?<![\w#./:-])(?:{_FIGURE})(?![\w#]|[./:-]\w|,\d)")
_TOKEN = re.compile(r"[#]?\w(?:[\w./:#-]{0,120}\w)?")
_SPACED = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+){1,12}")  # 1Z 999 AA1 01 2345 6784
_NAMES = re.compile(r"\b(?:3-?D[ -]Secure(?: ?2)?|3DS2?|Compelling Evidence 3\.0|CE ?3\.0)\b", re.IGNORECASE)
_KINDS_ZH = {
    "email": "邮箱",
    "url": "网址",
    "date": "日期",
    "time": "时间",
    "amount": "金额",
    "number": "数字",
    "identifier": "编号",
}


@dataclass(frozen=True)
class Unproven:
    """Something in the text that nothing in the case shows. ``start`` and ``end`` are offsets in the text as given."""

    token: str
    kind: str
    start: int
    end: int
    message_zh: str


@dataclass(frozen=True)
class Ledger:
    """All that a reply may state, in normal form."""

    texts: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    days: frozenset[date] = frozenset()
    times: frozenset[tuple[int, int]] = frozenset()
    sums: frozenset[tuple[Decimal, str]] = frozenset()
    numbers: frozenset[Decimal] = frozenset()
    identifiers: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, facts: Mapping[str, FactValue], exhibits: Mapping[str, tuple[str, ...]], also: Iterable[str] = ()
    ) -> Ledger:
        """The ledger of a case: its facts, the labels of its exhibits, and texts that may be quoted (``also``).

        Sentences of a draft that rest on a knowledge record belong into ``also``.
        """
        book = _Book()
        for fact in facts.values():
            book.enter(fact)
        for text in also:
            book.read(text)
        for labels in exhibits.values():
            for label in labels:
                book.identifiers.add(_bare(label))
        return book.close()


@dataclass
class _Book:
    texts: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    times: set[tuple[int, int]] = field(default_factory=set)
    sums: set[tuple[Decimal, str]] = field(default_factory=set)
    numbers: set[Decimal] = field(default_factory=set)
    identifiers: set[str] = field(default_factory=set)

    def enter(self, fact: FactValue) -> None:
        value = fact.value
        if isinstance(value, datetime):
            for moment in (value, value.astimezone(ZoneInfo(fact.zone)) if fact.zone else value):
                self.days.add(moment.date())
                self.times.add((moment.hour, moment.minute))
        elif isinstance(value, date):
            self.days.add(value)
        elif isinstance(value, Money):
            self.sums.add((value.amount.normalize(), value.currency))
            self.numbers.add(value.amount.normalize())
        elif isinstance(value, Decimal | int):
            self.numbers.add(Decimal(value).normalize())
        else:
            for text in (value,) if isinstance(value, str) else value:
                self.texts.add(" ".join(text.split()))
                if _SPACED.fullmatch(text.strip()) and sum(map(str.isdigit, text)) >= 4:
                    self.identifiers.add(_bare(text))
                self.read(text)

    def read(self, text: str) -> None:
        for kind, token, found in _things(text):
            if kind == "email":
                self.emails.add(token.lower())
            elif kind == "url":
                self.urls.add(_address(token))
            elif kind == "date":
                self.days.update(item for item in _readings(found) if isinstance(item, date))
            elif kind == "time":
                self.times.add((int(found[1]), int(found[2])))
            elif kind == "amount":
                numbers = _figures(found["n1"] or found["n2"])
                self.sums |= {(number, currency) for number in numbers for currency in _currencies(found)}
                self.numbers |= numbers
            elif kind == "number":
                self.numbers |= _figures(token)
                self.identifiers.add(_bare(token))
            else:
                self.identifiers.add(_bare(token))

    def close(self) -> Ledger:
        return Ledger(
            frozenset(text for text in self.texts if len(text) > 3),
            frozenset(self.emails),
            frozenset(self.urls),
            frozenset(self.days),
            frozenset(self.times),
            frozenset(self.sums),
            frozenset(self.numbers),
            frozenset(self.identifiers),
        )


def check_text(text: str, ledger: Ledger) -> tuple[Unproven, ...]:
    """What the text states, recognisable by its form, that the ledger does not hold; in the order of the text."""
    rest = _blank_known(text, ledger)
    found: list[Unproven] = []
    for kind, token, match in _things(rest):
        if not _proven(kind, token, match, ledger):
            message = f"“{token}”：案件资料中没有这个{_KINDS_ZH[kind]}。请删去，或补上能证明它的资料"
            found.append(Unproven(token, kind, match.start(), match.end(), message))
    return tuple(sorted(found, key=lambda item: item.start))


def _blank_known(text: str, ledger: Ledger) -> str:
    """The text with quoted facts, spaced-out known numbers and names like 3-D Secure blanked, its length unchanged."""
    text = _NAMES.sub(_blank, text)
    for known in sorted(ledger.texts, key=len, reverse=True):
        pattern = r"[\s,]+".join(re.escape(word.strip(",")) for word in known.split() if word.strip(","))
        if pattern:
            text = re.sub(rf"(?<!\w){pattern}(?!\w)", _blank, text, flags=re.IGNORECASE)
    for known in sorted(ledger.identifiers, key=len, reverse=True):
        if len(known) >= 8:
            text = re.sub(rf"(?<!\w){'[ -]?'.join(map(re.escape, known))}(?!\w)", _blank, text, flags=re.IGNORECASE)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _things(text: str) -> list[tuple[str, str, re.Match[str]]]:
    """What the text states, by form; each character counts once."""
    found: list[tuple[str, str, re.Match[str]]] = []

    def take(kind: str, pattern: re.Pattern[str]) -> None:
        nonlocal text

        def keep(match: re.Match[str]) -> str:
            unmeant = (kind == "amount" and not _currencies(match)) or (kind == "date" and not _readings(match))
            if unmeant:
                return match[0]
            found.append((kind, match[0].rstrip(".,;:"), match))
            return _blank(match)

        text = pattern.sub(keep, text)

    take("email", _EMAIL)
    take("url", _URL)
    for pattern in _DATES:
        take("date", pattern)
    take("time", _TIME)
    take("amount", _SUM)
    text = _ORDINAL.sub(_blank, text)
    take("number", _NUMBER)
    for match in _TOKEN.finditer(text):
        token = match[0]
        if any(character.isdigit() for character in token):
            plain = re.fullmatch(_FIGURE, token) is not None
            found.append(("number" if plain else "identifier", token, match))
    return found


def _proven(kind: str, token: str, match: re.Match[str], ledger: Ledger) -> bool:
    if kind == "email":
        return token.lower() in ledger.emails
    if kind == "url":
        return _address(token) in ledger.urls or any(_address(text) == _address(token) for text in ledger.texts)
    if kind == "date":
        return any(_is_known_day(item, ledger) for item in _readings(match))
    if kind == "time":
        return (int(match[1]), int(match[2])) in ledger.times
    if kind == "amount":
        numbers = _figures(match["n1"] or match["n2"])
        return any((number, currency) in ledger.sums for number in numbers for currency in _currencies(match))
    if _bare(token) in ledger.identifiers:
        return True
    return kind == "number" and bool(_figures(token) & ledger.numbers)


def _is_known_day(item: date | tuple[int | None, int, int | None], ledger: Ledger) -> bool:
    if isinstance(item, date):
        return item in ledger.days
    year, month, number = item
    return any(
        day.month == month and year in (None, day.year) and number in (None, day.day) for day in ledger.days
    )  # fmt: skip


def _readings(match: re.Match[str]) -> list[date | tuple[int | None, int, int | None]]:
    """The days that the words may mean: two for 03/04/2026; year or day None where not said; none if no such day."""
    part = match.groupdict()
    year = int(part["y"]) if part.get("y") else None
    if part.get("a"):
        pairs = [(int(part["b"]), int(part["a"])), (int(part["a"]), int(part["b"]))]
    else:
        month = _MONTH_NUMBER[part["mon"].lower()] if part.get("mon") else int(part["m"])
        number = int(part["d"]) if part.get("d") else None
        if year is None or number is None:
            return [(year, month, number)]
        pairs = [(month, number)]
    found: list[date | tuple[int | None, int, int | None]] = []
    for month, number in pairs:
        try:
            found.append(date(year or 1, month, number))
        except ValueError:
            continue
    return found


def _figures(text: str) -> frozenset[Decimal]:
    """What a written number may mean: ``12,30`` is 12.3; ``1,234`` is 1234 or 1.234."""
    bare = re.sub(r"[\u00a0\u202f '’]", "", text)
    marks = [character for character in bare if character in ".,"]
    found = set()
    if len(set(marks)) == 2:
        decimal = bare[max(bare.rfind("."), bare.rfind(","))]
        found.add(bare.replace("," if decimal == "." else ".", "").replace(decimal, "."))
    elif len(marks) > 1:
        found.add(bare.replace(marks[0], ""))
    elif marks:
        found.add(bare.replace(marks[0], "."))
        if re.fullmatch(r"\d{1,3}[.,]\d{3}", bare):
            found.add(bare.replace(marks[0], ""))
    else:
        found.add(bare)
    return frozenset(Decimal(item).normalize() for item in found)


def _currencies(match: re.Match[str]) -> tuple[str, ...]:
    word = match["c1"] or match["c2"]
    if word in _CURRENCIES:
        return (word,)
    prefixed = {"US$": "USD", "CA$": "CAD", "AU$": "AUD", "HK$": "HKD"}.get(word)
    return (prefixed,) if prefixed else tuple(_SYMBOLS.get(word, "").split())


def _bare(token: str) -> str:
    return re.sub(r"[\s\-_#./:]", "", token).upper()


def _address(url: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", url.strip().rstrip(".,;:/").lower())
