"""A table of disputes: one notice for each good row, one Letter for each row that cannot be relied on.

A row with a wrong deadline or amount is not half read: it comes as a Letter that says row, column and reason above the row's
own words, so that a person sees it in the inbox and none of the other rows is lost. Uploading the corrected table again is
harmless, since unchanged rows are the same events.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from itertools import islice
from typing import TypeVar

from goodstanding.contract import Due, Letter, Money, ParsedNotice, Party, Reason, Reference
from goodstanding.tables import (
    CellError,
    Row,
    TableError,
    amount,
    date_order_of,
    decimal_mark_of,
    find_header,
    guess,
    identifier,
    moment,
    open_table,
)
from goodstanding.tables.cells import is_date_only

from .aliases import FIELDS, NETWORKS, STAGES

T = TypeVar("T")
_EARLIEST = timezone(timedelta(hours=14))
MAX_ROWS = 20_000
_REFERENCES = ("order", "payment", "charge", "arn")
_CODE = re.compile(r"[A-Za-z]{3}\Z")
_OFFSET = re.compile(r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\Z")


def disputes(data: bytes, filename: str) -> Iterator[ParsedNotice | Letter]:
    """Raises TableError where the file is no table, has no case ids, or not one row could be read."""
    rows = list(islice(open_table(data, filename).rows(), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise TableError(
            "too_many_rows", f"争议超过 {MAX_ROWS:,} 行，请拆成几个文件", f"more than {MAX_ROWS:,} rows; split the file"
        )
    if not rows:
        raise TableError("empty", "表格里没有内容", "the table is empty")
    at = find_header([row.cells for row in rows[:10]], FIELDS)
    header, body = rows[at].cells, rows[at + 1 :]
    columns = guess(header, FIELDS)
    _require(columns, header)
    sheet = _Sheet(header, columns, body)
    parsed: list[ParsedNotice | Letter] = []
    reasons: list[str] = []
    for row in body:
        try:
            parsed.append(sheet.notice(row))
        except CellError as error:
            reasons.append(f"row {row.number}: {error}")
            parsed.append(sheet.letter(row, error))
    if not body:
        raise TableError("no_rows", "表头下面没有数据", "the table has a header and no rows below it")
    if len(reasons) == len(body):
        raise TableError("no_good_row", "没有一行能读出来", f"no row can be read. {'; '.join(reasons[:5])}")
    yield from parsed


def _require(columns: Mapping[str, int], header: Sequence[str]) -> None:
    if "case_ref" not in columns:
        shown = ", ".join(name for name in header[:30] if name)
        raise TableError(
            "no_case_column",
            f"找不到案件号所在的列，现有：{shown}。请把该列命名为“案件号”",
            f"no column holds the case id; found: {shown}. Name it 'case id' (案件号)",
        )


class _Sheet:
    """The table's columns and notation, and its rows as notices."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, int], body: Sequence[Row]) -> None:
        self._header = header
        self._columns = columns
        self._decimal_mark = decimal_mark_of(self._samples(body, "amount"))
        self._date_order = date_order_of(self._samples(body, "respond_by") + self._samples(body, "occurred_at"))

    def _samples(self, body: Sequence[Row], name: str) -> list[str]:
        index = self._columns.get(name, -1)
        return [row.cells[index] for row in body[:500] if 0 <= index < len(row.cells)]

    def _values(self, row: Row) -> dict[str, str]:
        return {name: row.cells[i] for name, i in self._columns.items() if i < len(row.cells) and row.cells[i]}

    def notice(self, row: Row) -> ParsedNotice:
        values = self._values(row)
        if "case_ref" not in values:
            raise CellError("no_case", "这一行没有案件号", "no case id")
        for name in ("case_ref", *_REFERENCES):
            self._named(name, partial(identifier, values.get(name, "")))
        kind, stage = STAGES.get(values.get("stage", "").lower(), ("chargeback", ""))
        network = values.get("network", "").lower()
        network = NETWORKS.get(network, network)
        code = values.get("reason_code", "")
        return ParsedNotice(
            kind=kind,
            event_ref=_event_ref(values),
            case_ref=values["case_ref"],
            occurred_at=self._named("occurred_at", lambda: self._instant(values.get("occurred_at", ""))),
            stage=stage,
            status=values.get("status", ""),
            reason=Reason(scheme=network, code=code) if code else None,
            network=network,
            amount=self._named("amount", lambda: self._money(values)),
            respond_by=self._named("respond_by", lambda: self._due(values.get("respond_by", ""))),
            references=tuple(Reference(type=name, value=values[name]) for name in _REFERENCES if name in values),
            parties=_buyer(values),
            text=values.get("reason_text", ""),
            unread=self._unread(row),
        )

    def letter(self, row: Row, error: CellError) -> Letter:
        """The row in words, under what is wrong with it."""
        lines = [
            f"{self._header[i] or f'第 {i + 1} 列'}: {cell}"
            for i, cell in enumerate(row.cells)
            if cell and i < len(self._header)
        ]
        text = (
            f"表格第 {row.number} 行没有导入：{error.message_zh}\nRow {row.number} was not imported: {error}\n\n"
            + "\n".join(lines)
        )
        raw = text.encode()
        return Letter(event_ref=_digest(raw), raw=raw, media_type="text/plain", filename=f"row-{row.number}.txt")

    def _named(self, name: str, take: Callable[[], T]) -> T:
        """Take a value; what is wrong with it names its column."""
        try:
            return take()
        except CellError as error:
            column = self._header[self._columns[name]]
            raise CellError(error.code, f"“{column}”：{error.message_zh}", f"column {column!r}: {error}") from None

    def _money(self, values: Mapping[str, str]) -> Money | None:
        if "amount" not in values:
            return None
        value, written = amount(values["amount"], self._decimal_mark)
        currency = values.get("currency") or written
        if not _CODE.match(currency):
            raise CellError(
                "no_currency",
                f"金额“{values['amount']}”没有币种",
                f"the amount {values['amount']!r} has no currency; add a column 币种",
            )
        return Money(value, currency)

    def _instant(self, text: str) -> datetime | None:
        """Without an offset the earliest instant that the text can mean, so that no window computed from it ends too late."""
        return moment(text, _EARLIEST, self._date_order) if text else None

    def _due(self, text: str) -> Due | None:
        if not text:
            return None
        value = moment(text, UTC, self._date_order)
        if _OFFSET.search(text) and not is_date_only(text):
            return Due(at=value, raw=text)
        # A clock time without a zone says which day, not which instant.
        return Due(on=date(value.year, value.month, value.day), raw=text)

    def _unread(self, row: Row) -> tuple[str, ...]:
        used = set(self._columns.values())
        return tuple(
            self._header[i] for i, cell in enumerate(row.cells) if cell and i < len(self._header) and i not in used
        )


def _buyer(values: Mapping[str, str]) -> tuple[Party, ...]:
    name, email = values.get("buyer_name", ""), values.get("buyer_email", "")
    return (Party(role="cardholder", name=name, email=email),) if name or email else ()


def _event_ref(values: Mapping[str, str]) -> str:
    """The same row is the same event; a row with a new status, stage, deadline or amount is a new one."""
    telling = ("case_ref", "stage", "status", "respond_by", "amount", "currency", "reason_code")
    return "row:" + _digest("\0".join(values.get(name, "") for name in telling).encode())[7:39]


def _digest(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()
