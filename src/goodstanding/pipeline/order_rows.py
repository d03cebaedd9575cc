"""Orders into their tables, many at once: COPY beside them, then one statement that writes what is new or differs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import msgspec
from django.db import connection

from goodstanding.contract import Order

#: What names are compared by: letter case, spaces and a leading # are how people write, not what a thing is called.
_DRESSING = re.compile(r"[\s\u200b]+|^#+")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\ufffd"})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_encode = msgspec.json.Encoder().encode

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
    return _DRESSING.sub("", value).lower()


def write(merchant_id: int, source: str, orders: list[Order]) -> int:
    """Write the orders that are new or differ; how many that were. Inside the caller's ``acting_for``.

    Of several orders with one number the last counts. References of orders are added, never taken away.
    """
    by_number = {order.number[:120]: order for order in orders}
    with connection.cursor() as cursor:
        cursor.execute(_TEMPORARY)
        _copy(cursor, "arriving_order", "\n".join(_order_line(number, order) for number, order in by_number.items()))
        _copy(cursor, "arriving_name", "\n".join(_name_lines(by_number)))
        cursor.execute(_WRITE, {"merchant": merchant_id, "source": source})
        return int(cursor.fetchone()[0])


def _copy(cursor: object, table: str, lines: str) -> None:
    if lines:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:  # type: ignore[attr-defined]
            copy.write(lines + "\n")


def _order_line(number: str, order: Order) -> str:
    data = _data(order)
    total = order.total
    return "\t".join(
        (
            _text(number),
            order.ordered_at.isoformat() if order.ordered_at else "\\N",
            f"{total.amount:f}" if total else "\\N",
            total.currency if total else "",
            _text(order.buyer_email[:254]),
            data.decode().replace("\\", "\\\\"),  # JSON has no raw tab or line end
            hashlib.sha256(data).hexdigest(),
        )
    )


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
    if value.isalnum():
        return value
    return _UNSTORABLE.sub("\ufffd", value).translate(_ESCAPED)


def _name_lines(orders: dict[str, Order]) -> Iterator[str]:
    for number, order in orders.items():
        shown, plain = _text(number), plain_name(number)
        names = {("order", plain)} if plain != number else set()
        for reference in order.references:
            value = plain_name(reference.value)[:255]
            if value and (reference.type, value) != ("order", number):
                names.add((reference.type[:20], value))
        for parcel in order.shipments:
            if parcel.tracking_number:
                names.add(("tracking", plain_name(parcel.tracking_number)[:255]))
        for kind, value in sorted(names):
            yield f"{shown}\t{_text(kind)}\t{_text(value)}"
