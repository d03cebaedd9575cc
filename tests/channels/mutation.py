"""Hostile variants of a fixture, and a check that what a parser answered has the declared types.

``mutations(body, n, seed)`` gives ``n`` bodies, the same ones for the same seed. ``survives(parse, incoming, n, seed)`` runs
a parser over them: it may answer, answer nothing, or raise ``Unreadable`` with a message; anything else is a failure.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import random
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from goodstanding.contract import RULINGS, STAGES, Incoming, Letter, ParsedNotice, Pointer, Unreadable

_DEEP = 200
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, -(10**30), 0.5, 1e308, "", " ", "0", "null", "-1", "١٢٣", "½",
    "2026-02-30", "9999-12-31T23:59:59Z", "0000-00-00", "1e309", "x" * 300, "汉" * 5000, "\x00", "a\x00b", "\ud800", "\u202e",
    "'; --", "<b>", "{{ x }}", "../../etc", [], {}, [[]], [None], {"": ""}, [1, "a", None], {"id": {"id": []}},
)  # fmt: skip
RAW_TOKENS = (b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b'"\\ud800"', b'"\\u0000"', b"01", b"tru", b'"', b"")


def mutations(body: bytes, n: int, seed: int = 0) -> Iterator[bytes]:
    """``n`` damaged variants of ``body``: values, keys, nesting and types where it is JSON, else bytes and encodings."""
    rng = random.Random(seed)
    document = _json(body)
    for number in range(n):
        if document is None or number % 5 == 4:
            yield _bytes_damage(body, rng)
        else:
            yield _tree_damage(document, rng)


def problems(answer: object) -> list[str]:
    """What in a parsed answer is not of its declared type or vocabulary; empty is good."""
    if not isinstance(answer, ParsedNotice | Letter | Pointer):
        return [f"parse answered a {type(answer).__name__}"]
    found = list(_mistyped(answer, type(answer).__name__))
    if isinstance(answer, ParsedNotice):
        found += [f"{name} is empty" for name in ("kind", "event_ref", "case_ref") if not getattr(answer, name)]
        if answer.stage not in ("", *STAGES):
            found.append(f"stage {answer.stage!r} is not one of STAGES")
        if answer.ruling and answer.ruling.result not in RULINGS:
            found.append(f"ruling {answer.ruling.result!r} is not one of RULINGS")
        if answer.respond_by and answer.respond_by.at is None and answer.respond_by.on is None:
            found.append("respond_by states neither a moment nor a date")
    return found


def survives(
    parse: Callable[[Incoming], Iterable[object]], incoming: Incoming, n: int = 500, seed: int = 0
) -> dict[str, int]:
    """Parse ``n`` mutations of an incoming thing; counts of ``answered``, ``nothing`` and ``unreadable``.

    Raises AssertionError naming the mutation where the parser does anything else, or answers with wrong types.
    """
    counts = {"answered": 0, "nothing": 0, "unreadable": 0}
    for number, body in enumerate(mutations(incoming.body, n, seed)):
        mutated = dataclasses.replace(incoming, body=body)
        where = f"mutation {number} of seed {seed} ({len(body)} bytes: {body[:120]!r}…)"
        try:
            answers = list(parse(mutated))
        except Unreadable as error:
            assert str(error), f"{where}: Unreadable without a message"
            counts["unreadable"] += 1
            continue
        except Exception as error:
            raise AssertionError(f"{where}: raised {type(error).__name__}: {error}") from error
        for answer in answers:
            assert not problems(answer), f"{where}: {problems(answer)}"
        counts["answered" if answers else "nothing"] += 1
    return counts


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _dump(document: Any) -> bytes:
    return json.dumps(document).encode()  # escapes everything outside ASCII, so lone surrogates pass


# --- damage to the tree ---------------------------------------------------------------------------------------------


def _tree_damage(document: Any, rng: random.Random) -> bytes:
    tree = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        holder, key = rng.choice(list(_places(tree)) or [(None, None)])
        if holder is None:
            return _dump(rng.choice(ODD_VALUES))
        raw = rng.choice(_TREE)(holder, key, rng)
        if raw is not None:
            return _dump(tree).replace(b'"@@raw@@"', raw)
    return _dump(tree)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield value, key
            yield from _places(item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value, index
            yield from _places(item)


def _odd(holder: Any, key: Any, rng: random.Random) -> bytes | None:
    holder[key] = copy.deepcopy(rng.choice(ODD_VALUES))
    return None


def _raw(holder: Any, key: Any, rng: random.Random) -> bytes | None:
    holder[key] = "@@raw@@"
    return rng.choice(RAW_TOKENS)


def _drop(holder: Any, key: Any, _: random.Random) -> bytes | None:
    del holder[key]
    return None


def _extra(holder: Any, _: Any, rng: random.Random) -> bytes | None:
    value = copy.deepcopy(rng.choice(ODD_VALUES))
    if isinstance(holder, dict):
        holder[rng.choice(("id", "object", "type", "", "x" * 300, "a.b", "0", "汉", "\x00"))] = value
    else:
        holder.append(value)
    return None


def _nest(holder: Any, key: Any, rng: random.Random) -> bytes | None:
    value = holder[key]
    for _ in range(rng.choice((1, 2, _DEEP))):
        value = rng.choice(([value], {"data": value}))
    holder[key] = value
    return None


def _deeper_than_the_stack(holder: Any, key: Any, rng: random.Random) -> bytes | None:
    holder[key] = "@@raw@@"
    depth = rng.choice((1_000, 100_000))
    return rng.choice((b"[" * depth + b"]" * depth, b'{"a":' * depth + b"0" + b"}" * depth, b"[" * depth))


def _flip_type(holder: Any, key: Any, _: random.Random) -> bytes | None:
    value = holder[key]
    holder[key] = str(value) if isinstance(value, int | float) else [value] if isinstance(value, str) else str(value)
    return None


def _sibling(holder: Any, key: Any, rng: random.Random) -> bytes | None:
    holder[key] = copy.deepcopy(rng.choice([holder[other] for other in _keys(holder)]))
    return None


def _keys(holder: Any) -> Iterable[Any]:
    return list(holder) if isinstance(holder, dict) else range(len(holder))


_TREE = (_odd, _odd, _odd, _raw, _drop, _drop, _extra, _nest, _deeper_than_the_stack, _flip_type, _sibling)


# --- damage to the bytes --------------------------------------------------------------------------------------------


def _bytes_damage(body: bytes, rng: random.Random) -> bytes:
    return rng.choice(_BYTES)(body, rng)


def _truncate(body: bytes, rng: random.Random) -> bytes:
    return body[: rng.randrange(len(body) + 1)]


def _flip_bits(body: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(rng.choice((1, 3, 30))):
        if damaged:
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def _other_encoding(body: bytes, rng: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-32", "utf-8-sig", "gb18030", "shift_jis", "latin-1")), "replace")


def _whole(_: bytes, rng: random.Random) -> bytes:
    return rng.choice(
        (b"", b" ", b"\x00", b"null", b"[]", b"{}", b'""', b"0", b"\xff\xfe", b"<xml/>", b"[" * 100_000, b"a=1&b=2")
    )


def _join(body: bytes, rng: random.Random) -> bytes:
    return rng.choice(
        (body + body, b"[" + body + b"]", body + b"\n,", b"\x1f\x8b" + body, body.replace(b":", b":" + b" " * 50))
    )


def _splice(body: bytes, rng: random.Random) -> bytes:
    at, size = rng.randrange(len(body) + 1), rng.choice((1, 10, 200))
    return body[:at] + rng.choice((b"", rng.randbytes(size))) + body[at + size :]


_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _truncate,
    _flip_bits,
    _other_encoding,
    _whole,
    _join,
    _splice,
)


# --- the types declared -----------------------------------------------------------------------------------------------


def _mistyped(value: Any, where: str) -> Iterator[str]:
    hints = typing.get_type_hints(type(value))
    for item in dataclasses.fields(value):
        yield from _against(getattr(value, item.name), hints[item.name], f"{where}.{item.name}")


def _against(value: Any, wanted: Any, where: str) -> Iterator[str]:
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (types.UnionType, typing.Union):
        if all(list(_against(value, option, where)) for option in inner):
            yield f"{where}: {type(value).__name__} is none of {wanted}"
    elif origin is tuple:
        if not isinstance(value, tuple):
            yield f"{where}: {type(value).__name__} is no tuple"
            return
        for index, item in enumerate(value):
            yield from _against(item, inner[0], f"{where}.{index}")
    elif origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            yield f"{where}: {type(value).__name__} is no mapping"
            return
        for key, item in value.items():
            yield from _against(key, inner[0], f"{where} key")
            yield from _against(item, inner[1], f"{where}[{key}]")
    elif not isinstance(value, wanted) or (isinstance(value, bool) and wanted is int):
        yield f"{where}: {type(value).__name__} is no {getattr(wanted, '__name__', wanted)}"
    elif isinstance(value, str):
        yield from _unstorable(value, where)
    elif isinstance(value, datetime):
        if value.utcoffset() is None:
            yield f"{where}: a moment without its zone"
    elif dataclasses.is_dataclass(value) and not isinstance(value, date):
        yield from _mistyped(value, where)


def _unstorable(value: str, where: str) -> Iterator[str]:
    if "\x00" in value:
        yield f"{where}: holds NUL, which PostgreSQL refuses"
    if any("\ud800" <= char <= "\udfff" for char in value):
        yield f"{where}: holds a lone surrogate, which UTF-8 refuses"
