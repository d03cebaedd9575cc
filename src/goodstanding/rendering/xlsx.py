"""A table as an Excel file that no cell can turn into a program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | Decimal | bool | date | datetime | None

_MAX_CELL = 32_767  # characters that Excel takes
_DATE, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"


def table(rows: Iterable[Sequence[Cell]], headers: Sequence[str], *, sheet: str = "Sheet1") -> bytes:
    """Write the rows under bold headers. Text is always text, also where it begins with ``=``; moments are in UTC.

    Text longer than Excel takes is cut at its end.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(_sheet_name(sheet))
    page.freeze_panes = "A2"
    for number, header in enumerate(headers, 1):
        page.column_dimensions[get_column_letter(number)].width = min(60, max(12, 2 + 2 * len(header)))
    page.append([_bold(page, header) for header in headers])
    for row in rows:
        page.append([_cell(page, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(name: str) -> str:
    return "".join(character for character in name if character not in "[]:*?/\\")[:31] or "Sheet1"


def _bold(page: Any, header: str) -> Any:
    cell = _text(page, header)
    cell.font = Font(bold=True)
    return cell


def _text(page: Any, value: str) -> Any:
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", value)[:_MAX_CELL])
    cell.data_type = "s"  # openpyxl takes "=…" for a formula
    cell.quotePrefix = value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return cell


def _cell(page: Any, value: Cell) -> Any:
    if isinstance(value, str):
        return _text(page, value)
    cell = WriteOnlyCell(page)
    if isinstance(value, datetime):
        cell.value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        cell.number_format = _MOMENT
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = _DATE
    return cell
