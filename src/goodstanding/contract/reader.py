"""Typed takers over a decoded payload, so that unchecked input cannot leak; and the list of what nobody took."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar, overload

from .errors import Unreadable
from .money import Money

T = TypeVar("T")
_MISSING: Any = object()
_MAX_DEPTH = 64
_UNSTORABLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
_UNSTORABLE_TEXT = re.compile("[\0\ud800-\udfff]")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Reader:
    """Takes typed fields out of JSON-like data by dotted path (``data.object.id``, list items by number).

    A taker without default raises :class:`Unreadable` naming the path when the value is absent, null or of another type;
    with a default, absent and null give the default, and a wrong type still raises.
    """

    def __init__(self, data: Any) -> None:
        self._data = data
        self._taken: set[str] = set()

    @classmethod
    def of_json(cls, body: bytes) -> Reader:
        """The JSON object in received bytes. Raises Unreadable; NUL and lone surrogates, which no database takes, are replaced."""
        try:
            value = _storable(json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant))
        except UnicodeDecodeError as error:
            raise Unreadable(f"body: not UTF-8 at byte {error.start}", code="not_utf8") from None
        except RecursionError:
            raise Unreadable("body: nested too deeply", code="too_deep") from None
        except ValueError as error:
            raise Unreadable(f"body: not JSON: {str(error)[:120]}", code="not_json") from None
        if not isinstance(value, dict):
            raise Unreadable(f"body: expected a JSON object, got {type(value).__name__}", code="not_an_object")
        return cls(value)

    def has(self, path: str) -> bool:
        """Is there a value other than null at the path? Does not take it."""
        return self._find(path) not in (_MISSING, None)

    @overload
    def text(self, path: str) -> str: ...
    @overload
    def text(self, path: str, default: T) -> str | T: ...
    def text(self, path: str, default: Any = _MISSING) -> Any:
        """A string, surrounding white space removed; a number is taken as its digits (ids come as both)."""
        value = self._take(path, default)
        if value is default:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self._wrong(path, "text", value)
        return str(value).strip()

    @overload
    def integer(self, path: str) -> int: ...
    @overload
    def integer(self, path: str, default: T) -> int | T: ...
    def integer(self, path: str, default: Any = _MISSING) -> Any:
        """A whole number, also written as a string of digits; at most 18 digits."""
        value = self._take(path, default)
        if value is default:
            return default
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**18:
            raise self._wrong(path, "a whole number", value)
        return value

    @overload
    def flag(self, path: str) -> bool: ...
    @overload
    def flag(self, path: str, default: T) -> bool | T: ...
    def flag(self, path: str, default: Any = _MISSING) -> Any:
        """A boolean; the strings ``true`` and ``false`` count."""
        value = self._take(path, default)
        if value is default:
            return default
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise self._wrong(path, "true or false", value)
        return value

    @overload
    def decimal(self, path: str) -> Decimal: ...
    @overload
    def decimal(self, path: str, default: T) -> Decimal | T: ...
    def decimal(self, path: str, default: Any = _MISSING) -> Any:
        """A decimal number written as a string or integer; floats are read through their shortest text."""
        value = self._take(path, default)
        if value is default:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self._wrong(path, "a number", value)
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            raise self._wrong(path, "a number", value) from None
        if not number.is_finite() or abs(number) >= Decimal(10) ** 18:
            raise self._wrong(path, "a number", value)
        return number

    @overload
    def moment(self, path: str) -> datetime: ...
    @overload
    def moment(self, path: str, default: T) -> datetime | T: ...
    def moment(self, path: str, default: Any = _MISSING) -> Any:
        """An instant as aware UTC, from Unix seconds or ISO 8601 with an offset."""
        value = self._take(path, default)
        if value is default:
            return default
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                return datetime.fromtimestamp(value, UTC)
            if isinstance(value, str):
                parsed = datetime.fromisoformat(value.strip())
                if parsed.tzinfo is not None:
                    return parsed.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            pass
        raise self._wrong(path, "a moment with its offset", value)

    @overload
    def day(self, path: str) -> date: ...
    @overload
    def day(self, path: str, default: T) -> date | T: ...
    def day(self, path: str, default: Any = _MISSING) -> Any:
        """A calendar date, ISO 8601."""
        value = self._take(path, default)
        if value is default:
            return default
        try:
            if isinstance(value, str):
                return date.fromisoformat(value.strip()[:10])
        except ValueError:
            pass
        raise self._wrong(path, "a date", value)

    def minor_money(self, amount_path: str, currency_path: str) -> Money:
        """A sum given as an integer of minor units beside its currency."""
        value, currency = self.integer(amount_path), self.text(currency_path)
        try:
            return Money.from_minor(value, currency)
        except ValueError as error:
            raise Unreadable(f"{currency_path}: {error}") from None

    def major_money(self, amount_path: str, currency_path: str) -> Money:
        """A sum given as a decimal of major units beside its currency."""
        value, currency = self.decimal(amount_path), self.text(currency_path)
        try:
            return Money(value, currency)
        except ValueError as error:
            raise Unreadable(f"{currency_path}: {error}") from None

    def items(self, path: str) -> list[Reader]:
        """The elements of a list, each as a Reader of its own; an absent list is empty."""
        value = self._take(path, None)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(path, "a list", value)
        return [Reader(item) for item in value]

    def texts(self, path: str) -> list[str]:
        """A list of strings, surrounding white space removed; an absent list is empty."""
        found = []
        for item in self.items(path):
            if not isinstance(item._data, str):
                raise self._wrong(path, "a list of texts", item._data)
            found.append(item._data.strip())
        return found

    def part(self, path: str) -> Reader:
        """The object at the path as a Reader; its fields count as taken here."""
        value = self._take(path, _MISSING)
        if not isinstance(value, Mapping):
            raise self._wrong(path, "an object", value)
        return Reader(value)

    def flat(self, path: str) -> Reader:
        """The object at the path as a Reader, dots in its keys written ``/``: Adyen's ``issuerComments.type`` is one key.

        An absent object is empty; its fields count as taken here.
        """
        value = self._take(path, None)
        if value is None:
            return Reader({})
        if not isinstance(value, Mapping):
            raise self._wrong(path, "an object", value)
        return Reader({str(key).replace(".", "/"): item for key, item in value.items()})

    def ignore(self, *paths: str) -> None:
        """Declare paths known to be irrelevant, with all below them."""
        self._taken.update(paths)

    def leftover(self) -> tuple[str, ...]:
        """Paths of values that nobody took, sorted; ask after all takers have run."""
        return tuple(sorted(path for path in _leaves(self._data) if not self._covered(path)))

    def _covered(self, path: str) -> bool:
        parts = path.split(".")
        return any(".".join(parts[:i]) in self._taken for i in range(1, len(parts) + 1))

    def _find(self, path: str) -> Any:
        value = self._data
        for key in path.split("."):
            if isinstance(value, Mapping):
                value = value.get(key, _MISSING)
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                return _MISSING
            if value is _MISSING:
                return _MISSING
        return value

    def _take(self, path: str, default: Any) -> Any:
        value = self._find(path)
        self._taken.add(path)
        if value is _MISSING or value is None:
            if default is _MISSING:
                raise Unreadable(f"{path}: missing")
            return default
        return value

    def _wrong(self, path: str, wanted: str, value: Any) -> Unreadable:
        return Unreadable(f"{path}: expected {wanted}, got {type(value).__name__}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _storable(value: Any, depth: int = 0) -> Any:
    if depth > _MAX_DEPTH:
        raise Unreadable(f"body: nested more than {_MAX_DEPTH} deep", code="too_deep")
    if isinstance(value, str):
        return value.translate(_UNSTORABLE) if _UNSTORABLE_TEXT.search(value) else value
    if isinstance(value, dict):
        return {_storable(key): _storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_storable(item, depth + 1) for item in value]
    return value


def _leaves(value: Any, prefix: str = "", depth: int = 0) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{prefix}.{key}" if prefix else str(key), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{prefix}.{index}" if prefix else str(index), depth + 1)
    elif prefix and value is not None:
        yield prefix
