"""Orders exported from 店小秘: a table whose columns each seller chooses, so they are found by name and never by place."""

from collections.abc import Iterator
from dataclasses import dataclass

from goodstanding.contract import Order, Source
from goodstanding.order_tables import ColumnMapping, Preview, RowError, read_orders
from goodstanding.order_tables import preview as _preview

from .aliases import FIELDS


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set: each export brings its own columns."""


def preview(data: bytes, filename: str = "", mapping: ColumnMapping | None = None, rows: int = 10) -> Preview:
    """Columns, samples and the guessed mapping of an export. Raises TableError."""
    return _preview(data, filename, mapping, rows, FIELDS)


def read(
    data: bytes, filename: str = "", mapping: ColumnMapping | None = None, zone: str = "Asia/Shanghai"
) -> Iterator[Order | RowError]:
    """Orders and row errors of an export; its times are Beijing local unless told otherwise. Raises TableError."""
    return read_orders(data, filename, mapping, zone, FIELDS)


def orders(
    data: bytes, filename: str = "", mapping: ColumnMapping | None = None, zone: str = "Asia/Shanghai"
) -> Iterator[Order]:
    """The orders alone."""
    return (item for item in read(data, filename, mapping, zone) if isinstance(item, Order))


source = Source(name="dianxiaomi", label="店小秘（导出表格）", config=Config, orders=orders)

__all__ = ["FIELDS", "Config", "orders", "preview", "read", "source"]
