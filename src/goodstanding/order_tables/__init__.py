"""Orders in a table that a shop, an ERP or a person exported. Used by plug-ins that may not import one another."""

from .aliases import FIELDS, LABELS
from .mapping import ColumnMapping, Preview, preview
from .read import Numbered, RowError, orders, read_numbered, read_orders

__all__ = [
    "FIELDS",
    "LABELS",
    "ColumnMapping",
    "Numbered",
    "Preview",
    "RowError",
    "orders",
    "preview",
    "read_numbered",
    "read_orders",
]
