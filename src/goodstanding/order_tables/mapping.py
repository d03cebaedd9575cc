"""Which column holds which field: guessed, shown to a person, remembered by the caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from goodstanding.tables import Row, Table, TableError, date_order_of, decimal_mark_of, find_header, guess, open_table
from goodstanding.tables.columns import Alias, plain

from .aliases import FIELDS

_PEEK = 500
_HEADER_ROWS = 10
_MOMENTS = ("ordered_at", "paid_at", "shipped_at", "delivered_at")
_AMOUNTS = ("total", "price", "refunded")


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """Field name to header text, and how the file writes numbers and dates; "" leaves it to the file.

    ``currency`` is the ISO code for rows that state none. Headers are compared without case, spaces and punctuation.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    decimal_mark: str = ""  # "." or ","
    date_order: str = ""  # "dmy" or "mdy"
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the mapping page shows before anything is imported."""

    format: str
    encoding: str
    columns: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    mapping: ColumnMapping
    unmapped: tuple[str, ...]
    missing: tuple[str, ...]  # fields without which nothing can be imported


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the header stands and what each column is: what the reading loop needs."""

    header: tuple[str, ...]
    header_row: int
    indexes: Mapping[str, int]
    decimal_mark: str
    date_order: str
    currency: str


def preview(
    data: bytes, filename: str = "", mapping: ColumnMapping | None = None, rows: int = 10, aliases: Alias = FIELDS
) -> Preview:
    """Columns, sample rows and the guessed mapping of a table. Raises TableError where it is none."""
    table = open_table(data, filename)
    head = peek(table)
    layout = layout_of(head, mapping or ColumnMapping(), aliases)
    body = [row for row in head if row.number > layout.header_row]
    used = set(layout.indexes.values())
    return Preview(
        format=table.format,
        encoding=table.encoding,
        columns=layout.header,
        samples=tuple(row.cells for row in body[:rows]),
        mapping=ColumnMapping(
            columns={name: layout.header[index] for name, index in layout.indexes.items()},
            decimal_mark=layout.decimal_mark,
            date_order=layout.date_order,
            currency=layout.currency,
        ),
        unmapped=tuple(name for index, name in enumerate(layout.header) if name and index not in used),
        missing=() if "number" in layout.indexes else ("number",),
    )


def peek(table: Table) -> list[Row]:
    """The first rows, enough to see header, notation and samples."""
    rows: list[Row] = []
    try:
        rows.extend(islice(table.rows(), _PEEK))
    except TableError:
        if not rows:
            raise
    if not rows:
        raise TableError("empty", "表格里没有内容", "the table is empty")
    return rows


def layout_of(head: Sequence[Row], mapping: ColumnMapping, aliases: Alias = FIELDS) -> Layout:
    """Find the header and apply the given mapping; guess what it leaves open. Raises TableError for an absent column."""
    at = find_header([row.cells for row in head[:_HEADER_ROWS]], aliases, mapping.columns.values())
    header = head[at].cells
    indexes = _given(header, mapping.columns, aliases) if mapping.columns else guess(header, aliases)
    body = head[at + 1 :]
    return Layout(
        header=header,
        header_row=head[at].number,
        indexes=indexes,
        decimal_mark=mapping.decimal_mark or decimal_mark_of(_samples(body, indexes, _AMOUNTS)),
        date_order=mapping.date_order or date_order_of(_samples(body, indexes, _MOMENTS)),
        currency=mapping.currency.upper(),
    )


def _given(header: Sequence[str], columns: Mapping[str, str], aliases: Alias) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, name in enumerate(header):
        positions.setdefault(plain(name), index)
    found = {}
    for name, column in columns.items():
        if name not in aliases:
            raise TableError("unknown_field", f"没有名为“{name}”的字段", f"no field is called {name!r}")
        if plain(column) not in positions:
            raise TableError(
                "column_missing",
                f"表格里没有“{column}”这一列，现有：{'、'.join(h for h in header[:30] if h)}。请重新选择列",
                f"the table has no column {column!r}; choose the columns again",
            )
        found[name] = positions[plain(column)]
    return found


def _samples(rows: Iterable[Row], indexes: Mapping[str, int], names: Iterable[str]) -> list[str]:
    columns = [indexes[name] for name in names if name in indexes]
    return [row.cells[index] for row in rows for index in columns if index < len(row.cells)]
