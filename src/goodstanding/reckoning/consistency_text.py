"""Facts read out of the text of an exhibit or a reply: dates, sums, tracking numbers, order ids, addresses of mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from goodstanding.contract import Money

from .amounts import found_in

#: Texts longer than this are read up to here.
MOST_CHARACTERS = 400_000

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class WrittenDate:
    """A date in a text; ``readings`` are all days that it can mean (``03/04/2026`` is two)."""

    readings: tuple[date, ...]
    span: Span


@dataclass(frozen=True, kw_only=True)
class TextFacts:
    """What was found, each with its span in the text."""

    dates: tuple[WrittenDate, ...] = ()
    amounts: tuple[tuple[Money, Span], ...] = ()
    tracking: tuple[tuple[str, Span], ...] = ()
    orders: tuple[tuple[str, Span], ...] = ()
    emails: tuple[tuple[str, Span], ...] = ()


_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan januar janvier enero ene gennaio gen jän januari",
            "february feb februar février fevrier févr febrero febbraio februari",
            "march mar märz maerz mrz mars marzo maart",
            "april apr avril avr abril abr aprile",
            "may mai mayo maggio mag mei",
            "june jun juni juin junio giugno giu",
            "july jul juli juillet juil julio luglio lug",
            "august aug août aout agosto ago augustus",
            "september sept sep septembre septiembre settembre set",
            "october oct oktober okt octobre octubre ottobre ott",
            "november nov novembre noviembre",
            "december dec dezember dez décembre décembre déc diciembre dic dicembre",
        ),
        start=1,
    )
    for word in words.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    (re.compile(r"(?<!\d)(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"), "ymd"),
    (re.compile(r"(?<!\d)(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]"), "ymd"),
    (re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d|\.\d)"), "dmy"),
    (re.compile(r"(?<![\d/-])(?P<d>\d{1,2})[/-](?P<m>\d{1,2})[/-](?P<y>\d{4})(?![\d/-])"), "either"),
    (
        re.compile(
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s(?:de\s|of\s)?(?P<mon>{_MONTH})\b\.?,?\s(?:de\s)?(?P<y>\d{{4}})(?!\d)",
            re.I,
        ),
        "word",
    ),
    (re.compile(rf"\b(?P<mon>{_MONTH})\b\.?\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>\d{{4}})(?!\d)", re.I), "word"),
)

_TRACKING = re.compile(
    r"(?<![A-Z0-9])(?:1Z[A-Z0-9]{16}|YT\d{16}|4PX\d{13}CN|JJD\d{16,20}|JVGL\d{10,20}|JD\d{18}"
    r"|9[2-5]\d{20}(?:\d{2}|\d{4})?|(?P<upu>[A-Z]{2}\d{9}[A-Z]{2}))(?![A-Z0-9])"
)
_BARE_TRACKING = re.compile(
    r"(?:tracking(?:\s?(?:no|number|id|#))?|waybill|fedex|dhl|sendungsnummer|numéro de suivi|n[º°] de suivi|"
    r"número de seguimiento|numero di tracking|运单号|快递单号|跟踪号|物流单号)[\s.:#：]{0,4}(?P<id>\d{10,24}|[A-Z]{2,4}\d{8,18}[A-Z]{0,2})"
    r"(?![A-Z0-9])",
    re.I,
)
_ORDER = re.compile(
    r"\b(?:order|bestellung|bestellnummer|auftragsnummer|commande|pedido|ordine)"
    r"(?P<named>\s?(?:no\.?|number|nummer|nr\.?|n[º°.]|num[eé]ro|n[uú]mero|id|ref\.?)|nummer)?[\s:：#.]{0,4}"
    r"(?P<id>#?(?=[A-Z0-9-]{0,23}\d)[A-Z0-9][A-Z0-9-]{2,23})(?![A-Z0-9-])"
    r"|(?P<named_zh>订单编号|订单号|订单)[\s:：#.]{0,4}(?P<id_zh>#?(?=[A-Z0-9-]{0,23}\d)[A-Z0-9][A-Z0-9-]{2,23})(?![A-Z0-9-])",
    re.I,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_UPU_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def extract(text: str, *, dollar: str = "", yen: str = "") -> TextFacts:
    """All facts in a text. ``dollar`` and ``yen`` say what a bare sign means in this case; without them it is skipped."""
    text = text[:MOST_CHARACTERS]
    return TextFacts(
        dates=tuple(sorted(_dates(text), key=lambda one: one.span)),
        amounts=found_in(text, dollar=dollar, yen=yen),
        tracking=tuple(_tracking(text)),
        orders=tuple(_orders(text)),
        emails=tuple((match[0].rstrip(".").lower(), match.span()) for match in _EMAIL.finditer(text)),
    )


def upu_valid(number: str) -> bool:
    """Is the check digit of an international parcel number (``RR123456785CN``) right?"""
    total = sum(weight * int(digit) for weight, digit in zip(_UPU_WEIGHTS, number[2:10], strict=True))
    check = 11 - total % 11
    return int(number[10]) == {10: 0, 11: 5}.get(check, check)


def _dates(text: str) -> Iterator[WrittenDate]:
    taken: set[int] = set()
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            if match.start() in taken:
                continue
            readings = _readings(match, order)
            if readings:
                taken.update(range(*match.span()))
                yield WrittenDate(readings=readings, span=match.span())


def _readings(match: re.Match[str], order: str) -> tuple[date, ...]:
    year, day = int(match["y"]), int(match["d"])
    month = _MONTHS[match["mon"].lower()] if order == "word" else int(match["m"])
    pairs = [(month, day), (day, month)] if order == "either" else [(month, day)]
    found = []
    for one_month, one_day in pairs:
        try:
            found.append(date(year, one_month, one_day))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def _tracking(text: str) -> Iterator[tuple[str, Span]]:
    seen = set()
    for match in _TRACKING.finditer(text):
        if not match["upu"] or upu_valid(match["upu"]):
            seen.add(match[0])
            yield match[0], match.span()
    for match in _BARE_TRACKING.finditer(text):
        number = match["id"].upper()
        if number not in seen and sum(char.isdigit() for char in number) >= 8:
            seen.add(number)
            yield number, match.span("id")


def _orders(text: str) -> Iterator[tuple[str, Span]]:
    for match in _ORDER.finditer(text):
        group = "id" if match["id"] else "id_zh"
        raw = match[group]
        # "order 100 pieces" is a quantity; without "number" or "#" only something longer is an id.
        if _is_date(raw) or (not match["named"] and not match["named_zh"] and "#" not in match[0] and len(raw) < 5):
            continue
        yield _order_id(raw), match.span(group)


def _order_id(raw: str) -> str:
    return raw.lstrip("#").rstrip("-").upper()


def _is_date(raw: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d{2}(?:-\d{2}-\d{2})?|\d{1,2}-\d{1,2}-\d{4}", raw.lstrip("#")))


_GERMAN = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "å": "aa",
        "ø": "oe",
        "æ": "ae",
        "ß": "ss",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ı": "i",
    }
)
_BARE = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})


def folded(text: str) -> tuple[str, str]:
    """The text in lower case without diacritics, in the two usual ways: ``Göbel`` → ``goebel`` and ``gobel``."""
    lower = unicodedata.normalize("NFC", text).casefold().replace("ß", "ss")
    return _strip(lower.translate(_GERMAN)), _strip(lower.translate(_BARE))


def _strip(text: str) -> str:
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w]+", " ", text.replace("'", "").replace("’", "")).split())
