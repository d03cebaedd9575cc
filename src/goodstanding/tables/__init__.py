"""Reads the tables that people upload (CSV, XLSX): rows as text, columns by alias, cells as values. Pure and bounded.

Used by plug-ins that may not import one another; imports nothing of ours.
"""

from .cells import amount, date_order_of, decimal_mark_of, identifier, moment
from .columns import Alias, find_header, guess
from .errors import CellError, TableError
from .rows import Row, Table, open_table

__all__ = [
    "Alias",
    "CellError",
    "Row",
    "Table",
    "TableError",
    "amount",
    "date_order_of",
    "decimal_mark_of",
    "find_header",
    "guess",
    "identifier",
    "moment",
    "open_table",
]
