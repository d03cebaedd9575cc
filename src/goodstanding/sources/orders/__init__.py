"""Orders from a table that a shop, an ERP or a person exported: CSV or XLSX, any column order, Chinese or English headers."""

from dataclasses import dataclass

from goodstanding.contract import Source

from .aliases import FIELDS, LABELS
from .mapping import ColumnMapping, Preview, preview
from .read import RowError, orders, read_orders


@dataclass(frozen=True, kw_only=True)
class Config:
    """Nothing to set: each file brings its own column mapping."""


source = Source(name="orders", label="订单表格（CSV/XLSX）", config=Config, orders=orders)

__all__ = [
    "FIELDS",
    "LABELS",
    "ColumnMapping",
    "Config",
    "Preview",
    "RowError",
    "orders",
    "preview",
    "read_orders",
    "source",
]
