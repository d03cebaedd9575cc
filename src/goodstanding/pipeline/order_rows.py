"""Orders into their tables, many at once: COPY beside them, then one statement that writes what is new or differs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from django.db import connection

from goodstanding.contract import Order

#: What names are compared by: letter case, spaces and a leading # are how people write, not what a thing is called.
_DRESSING = re.compile(r"[\s\u200b]+|^#+")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"})
_SPECIAL = re.compile("[\\\\\\t\\n\\r\\0\\ud800-\\udfff]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_encode = msgspec.json.Encoder().encode

_KNOWN = "SELECT number, digest FROM goodstanding_order WHERE merchant_id = %s AND source = %s AND number = ANY(%s)"
_TEMPORARY = """
CREATE TEMPORARY TABLE IF NOT EXISTS arriving_order (
    number text, ordered_at timestamptz, amount numeric, currency text, buyer_email text, data text, digest text
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS arriving_name (number text, type text, value text) ON COMMIT DELETE ROWS;
TRUNCATE arriving_order, arriving_name
"""
_WRITE = """
WITH written AS (
    INSERT INTO goodstanding_order AS known
        (merchant_id, source, number, ordered_at, amount, currency, buyer_email, data, digest, imported_at)
    SELECT %(merchant)s, %(source)s, number, ordered_at, amount, currency, buyer_email, data::jsonb, digest, now()
    FROM arriving_order
    ON CONFLICT (merchant_id, source, number) DO UPDATE SET
        ordered_at = EXCLUDED.ordered_at, amount = EXCLUDED.amount, currency = EXCLUDED.currency,
        buyer_email = EXCLUDED.buyer_email, data = EXCLUDED.data, digest = EXCLUDED.digest, imported_at = now()
    WHERE known.digest <> EXCLUDED.digest
    RETURNING id, number
), named AS (
    INSERT INTO goodstanding_orderreference (merchant_id, order_id, type, value)
    SELECT %(merchant)s, written.id, name.type, name.value
    FROM arriving_name AS name JOIN written USING (number)
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM written
"""


def plain_name(value: str) -> str:
    """A reference as it is compared: without white space, a leading ``#`` and letter case."""
    return (value if value.isalnum() else _DRESSING.sub("", value)).lower()


def number_forms(number: str) -> set[str]:
    """The ways in which an order's number is looked for among numbers as the shop writes them."""
    plain = plain_name(number)
    return {plain, plain.upper(), f"#{plain}", f"#{plain.upper()}"}


def write(merchant_id: int, source: str, orders: list[Order]) -> int:
    """Write the orders that are new or differ; how many that were. Inside the caller's ``acting_for``.

    Of several orders with one number the last counts. References of orders are added, never taken away.
    """
    lines = {order.number[:120]: (order, _data(order)) for order in orders}
    digests = {number: hashlib.sha256(data).hexdigest() for number, (_, data) in lines.items()}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [merchant_id, source, list(digests)])
        known = dict(cursor.fetchall())
        fresh = [number for number, digest in digests.items() if known.get(number) != digest]
        if not fresh:
            return 0
        cursor.execute(_TEMPORARY)
        _copy(cursor, "arriving_order", (_order_line(n, *lines[n], digests[n]) for n in fresh))
        _copy(cursor, "arriving_name", (line for n in fresh for line in _name_lines(n, lines[n][0])))
        cursor.execute(_WRITE, {"merchant": merchant_id, "source": source})
        return int(cursor.fetchone()[0])


def _copy(cursor: Any, table: str, lines: Iterable[str]) -> None:
    text = "\n".join(lines)
    if text:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(text + "\n")


def _order_line(number: str, order: Order, data: bytes, digest: str) -> str:
    total = order.total
    ordered = order.ordered_at.isoformat() if order.ordered_at else "\\N"
    amount, currency = (f"{total.amount:f}", total.currency) if total else ("\\N", "")
    written = data.decode().replace("\\", "\\\\")  # JSON has no raw tab or line end
    return f"{_text(number)}\t{ordered}\t{amount}\t{currency}\t{_text(order.buyer_email[:254])}\t{written}\t{digest}"


def _data(order: Order) -> bytes:
    try:
        data = _encode(order)
    except UnicodeEncodeError:  # a lone surrogate
        return _encode(_storable(msgspec.to_builtins(order, str_keys=True)))
    return _encode(_storable(msgspec.to_builtins(order, str_keys=True))) if b"\\u0000" in data else data


def _storable(value: object) -> object:
    """The same without what PostgreSQL refuses in a text."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value


def _text(value: str) -> str:
    return _UNSTORABLE.sub("\ufffd", value).translate(_ESCAPED) if _SPECIAL.search(value) else value


def _name_lines(number: str, order: Order) -> Iterator[str]:
    """The names by which a dispute may call the order, without its number in the forms that a search tries anyway."""
    found = {("tracking", parcel.tracking_number) for parcel in order.shipments}
    found |= {(item.type[:20], item.value) for item in order.references if (item.type, item.value) != ("order", number)}
    found.add(("order", number))
    shown, forms = _text(number), number_forms(number)
    for kind, value in found:
        plain = plain_name(value)[:255]
        if plain and not (kind == "order" and number in forms and plain == plain_name(number)):
            yield f"{shown}\t{kind}\t{_text(plain)}"
