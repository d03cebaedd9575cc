"""Exported tables: numbers stay numbers, text stays text."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook

from goodstanding.rendering.xlsx import table


def test_no_cell_can_become_a_formula():
    hostile = ['=HYPERLINK("http://a.example")', "+1+1", "-2", "@SUM(A1)", "\t=1", "plain\x00text", "x" * 40_000]
    page = load_workbook(BytesIO(table([hostile], ["=A", *"bcdefg"]))).active
    for cell in (*page[1], *page[2]):
        assert cell.data_type == "s"
    assert page["A2"].value == hostile[0]
    assert page["A2"].quotePrefix
    assert page["F2"].value == "plaintext"
    assert len(page["G2"].value) == 32_767


def test_values_keep_their_type():
    local = datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    page = load_workbook(
        BytesIO(
            table([[Decimal("12.30"), 3, True, None, date(2026, 1, 2), local, "案件"]], list("abcdefg"), sheet="案/件")
        )
    ).active
    assert page.title == "案件"
    amount, number, flag, nothing, day, moment, text = (cell.value for cell in page[2])
    assert (float(amount), number, flag, nothing, text) == (12.3, 3, True, None, "案件")
    assert day.date() == date(2026, 1, 2)
    assert moment.replace(tzinfo=UTC) == local
