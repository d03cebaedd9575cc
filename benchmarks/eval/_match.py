"""When does a value read equal the value stated? Ids but for ``#``, sums by number, people but for titles, dates by day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation

_TITLE = re.compile(
    r"^(mrs|mr|ms|miss|dr|frau|herr|mme|mlle|m|monsieur|madame|sig\.ra|sig|signora|signor|d\.ª|d|pan|pana|pani)\.?\s+",
    re.I,
)
_AFTER = re.compile(r"(様|さん|氏)$")


def matches(field: str, read: str | None, accepted: tuple[str | None, ...]) -> bool:
    """Whether ``read`` is one of the accepted values; None where nothing is stated."""
    if read is None or read == "":
        return None in accepted
    compare = _COMPARE.get(field, _same_word)
    return any(compare(str(read), value) for value in accepted if value is not None)


def _same_word(read: str, stated: str) -> bool:
    return _plain(read) == _plain(stated)


def _plain(text: str) -> str:
    return " ".join(text.split()).strip().lstrip("#").casefold()


def _same_sum(read: str, stated: str) -> bool:
    try:
        return Decimal(read) == Decimal(stated)
    except InvalidOperation:
        return False


def _same_person(read: str, stated: str) -> bool:
    return _nameonly(read) == _nameonly(stated)


def _nameonly(name: str) -> str:
    return _AFTER.sub("", _TITLE.sub("", " ".join(name.split()))).strip(" .,").casefold()


def _same_moment(read: str, stated: str) -> bool:
    """Two moments with offsets must be the same instant; otherwise the calendar day must be the same."""
    try:
        one, two = (datetime.fromisoformat(value.replace("Z", "+00:00")) for value in (read, stated))
    except ValueError:
        return False
    if one.tzinfo and two.tzinfo:
        return one == two
    return one.date() == two.date()


def _same_rule(read: str, stated: str) -> bool:
    """The words may be cut longer or shorter, as long as the count of days is in both."""
    short, long = sorted((_plain(read), _plain(stated)), key=len)
    return len(short) >= 4 and short in long and re.findall(r"\d+", short) == re.findall(r"\d+", long)


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "amount": _same_sum,
    "complainant": _same_person,
    "deadline": _same_moment,
    "deadline_rule": _same_rule,
}
