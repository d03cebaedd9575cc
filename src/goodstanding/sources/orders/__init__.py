"""Orders from a table that a shop, an ERP or a person exported: CSV or XLSX, any column order, Chinese or English headers."""

from dataclasses import dataclass

from goodstanding.contract import Source
from goodstanding.order_tables import (
    FIELDS,
    LABELS,
    ColumnMapping,
    Preview,
    RowError,
    orders,
    preview,
    read_orders,
)


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
