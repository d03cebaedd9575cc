"""A table's rows as text, one at a time, from CSV or XLSX bytes; nothing is trusted about size, encoding or layout."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from .cells import clean
from .errors import TableError

MAX_ROWS = 3_000_000
MAX_COLUMNS = 512
MAX_CELL_CHARS = 32_767  # what Excel itself allows
_MAX_UNPACKED = 600 * 2**20
_MAX_SHARED_STRINGS = 200 * 2**20
_MAX_RATIO = 150
_MAX_PARTS = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` is the row or line as the person sees it in Excel, starting at 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """How the bytes were understood, and the rows. ``rows`` can be called again and starts anew."""

    format: str  # csv or xlsx
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    data: bytes = b""

    def rows(self) -> Iterator[Row]:
        """Rows that hold anything, in order. Raises TableError where the file breaks off or exceeds a limit."""
        return _xlsx_rows(self.data) if self.format == "xlsx" else _csv_rows(self.data, self.encoding, self.delimiter)


def open_table(data: bytes, filename: str = "") -> Table:
    """Look at the bytes (not at the name) and say what kind of table they are. Raises TableError."""
    if not data.strip(b"\0 \r\n\t"):
        raise TableError("empty", "文件是空的", "the file is empty")
    if data.startswith(b"PK\x03\x04"):
        _guard_zip(data)
        return Table(format="xlsx", data=data)
    _refuse_others(data, filename)
    encoding = _encoding(data)
    return Table(format="csv", encoding=encoding, delimiter=_delimiter(data, encoding), data=data)


def _refuse_others(data: bytes, filename: str) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableError(
            "old_excel",
            "这是旧版 .xls 或带密码的 Excel 文件。请去掉密码，另存为 .xlsx 或 CSV UTF-8",
            "an old .xls or a password-protected workbook; remove the password and save as .xlsx or CSV UTF-8",
        )
    head = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")):
        raise TableError(
            "html_table",
            "文件内容是网页表格，只是扩展名叫 .xls。请用 Excel 打开后另存为 .xlsx",
            "a web page named like a workbook; open it in Excel and save as .xlsx",
        )
    if head.startswith(b"%pdf") or data[:4] in (b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1"):
        raise TableError("not_a_table", f"“{filename}”不是表格，请上传 CSV 或 XLSX", "not a table; upload CSV or XLSX")


def _encoding(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:4096]
    if len(sample) >= 4 and sample.count(0) * 4 >= len(sample):
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    if _decodes(data, "utf-8"):
        return "utf-8"
    if _decodes(data, "gb18030") and _looks_chinese(data):
        return "gb18030"
    raise TableError(
        "encoding",
        "认不出文件的文字编码。请在 Excel 里另存为“CSV UTF-8（逗号分隔）”后再上传",
        "unknown text encoding; save as CSV UTF-8 and upload again",
    )


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for start in range(0, len(view), 2**20):
            decoder.decode(view[start : start + 2**20])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _looks_chinese(data: bytes) -> bool:
    """Almost any Latin-1 bytes decode as GB18030 into rare characters; real text uses the common ones."""
    text = codecs.getincrementaldecoder("gb18030")().decode(data[: 2**18])
    foreign = [char for char in text if ord(char) > 127]
    common = sum(_in_gb2312(char) for char in foreign)
    return bool(foreign) and common >= 0.8 * len(foreign)


def _in_gb2312(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _delimiter(data: bytes, encoding: str) -> str:
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(data[:65_536])
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4]
    best, best_score = ",", 0.0
    for candidate in (",", "\t", ";", "|"):
        counts = [len(row) - 1 for row in csv.reader(lines, delimiter=candidate)]
        score = sum(counts) / (1 + max(counts, default=0) - min(counts, default=0))
        if score > best_score:
            best, best_score = candidate, score
    return best


def _csv_rows(data: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        try:
            for count, cells in enumerate(reader):
                if count == 0 and len(cells) <= 2 and cells and cells[0].lower().startswith("sep="):
                    continue
                _guard_row(count, len(cells))
                values = tuple([clean(cell) if cell else "" for cell in cells])
                if any(values):
                    yield Row(reader.line_num, values)
        except (csv.Error, UnicodeError) as error:
            raise TableError(
                "broken_csv",
                f"第 {reader.line_num + 1} 行附近读不下去（多半是引号没有成对，或某格超过 13 万字）。此行之前的内容已读取",
                f"cannot read on near line {reader.line_num + 1}: {error}; rows above it were read",
            ) from None


def _guard_row(count: int, columns: int) -> None:
    if count >= MAX_ROWS:
        raise TableError(
            "too_many_rows", f"超过 {MAX_ROWS:,} 行，请拆成几个文件", f"more than {MAX_ROWS:,} rows; split the file"
        )
    if columns > MAX_COLUMNS:
        raise TableError(
            "too_many_columns", f"超过 {MAX_COLUMNS} 列，请只导出需要的列", f"more than {MAX_COLUMNS} columns"
        )


def _guard_zip(data: bytes) -> None:
    bomb = TableError(
        "zip_bomb",
        "这个 XLSX 解压后大得不正常，为安全起见不打开。请另存为 CSV UTF-8 再上传",
        "the workbook unpacks to an abnormal size; save as CSV UTF-8 instead",
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise bomb
            for part in parts:
                big = part.file_size > 20 * 2**20
                if big and part.file_size > _MAX_RATIO * max(part.compress_size, 1):
                    raise bomb
                if part.filename.endswith("sharedStrings.xml") and part.file_size > _MAX_SHARED_STRINGS:
                    raise bomb
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        if b"<!DOCTYPE" in opened.read(1024):
                            raise _broken_workbook("DOCTYPE")
            if not any(part.filename.startswith("xl/") for part in parts):
                raise TableError(
                    "not_a_workbook",
                    "这是压缩包，不是 Excel 表格。请解压后上传里面的表格",
                    "a ZIP, not a workbook; upload the table in it",
                )
    except TableError:
        raise
    except Exception as error:  # noqa: BLE001  zipfile raises many kinds on broken archives
        raise _broken_workbook(type(error).__name__) from None


def _broken_workbook(detail: str) -> TableError:
    return TableError(
        "broken_workbook",
        "Excel 文件已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传",
        f"the workbook is broken ({detail}); open it in Excel and save it again",
    )


def _xlsx_rows(data: bytes) -> Iterator[Row]:
    import openpyxl  # half a second that only workbooks pay

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise TableError("no_sheet", "工作簿里没有可见的工作表", "the workbook has no visible sheet")
        sheet.reset_dimensions()  # read-only sheets: the declared size may be a lie
        for index, values in enumerate(sheet.iter_rows(values_only=True)):
            _guard_row(index, len(values))
            cells = tuple([_as_text(value) for value in values])
            if any(cells):
                yield Row(index + 1, cells)
    except TableError:
        raise
    except Exception as error:  # noqa: BLE001  openpyxl raises many kinds on broken workbooks
        raise _broken_workbook(type(error).__name__) from None


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value[:MAX_CELL_CHARS])
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _number_text(value: float) -> str:
    """A number as it was typed. Excel keeps 15 digits: a longer one has lost its end and is shown so."""
    if abs(value) >= 10**15:
        return f"{value:.14E}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")
