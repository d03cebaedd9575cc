"""Orders read from tables: notations, encodings, ruined numbers, merged rows, and files that mean harm."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.contract import Money, Order
from goodstanding.sources.orders import ColumnMapping, RowError, orders, preview, read_orders
from goodstanding.tables import CellError, TableError, amount, date_order_of, decimal_mark_of, identifier, moment

CHINESE = (
    "订单号,下单时间,订单金额,币种,收件人,邮箱,商品名称,数量,运单号,物流方式,发货时间,签收时间,交易号\n"
    "#1001,2026-11-03 14:05:09,59.90,USD,Pat Doe,pat@example.com,蓝色马克杯,2,LX123456789CN,云途,2026-11-05,2026/11/14 09:30,pi_1\n"
    "#1001,2026-11-03 14:05:09,59.90,USD,Pat Doe,pat@example.com,红色马克杯,1,LX123456790CN,云途,2026-11-06,,pi_1\n"
    "#1002,2026年11月4日 8:01,1299,USD,Sam Roe,sam@example.com,台灯,1,,,,,pi_2\n"
)


def read(
    text: str | bytes, mapping: ColumnMapping | None = None, zone: str = "Asia/Shanghai"
) -> list[Order | RowError]:
    return list(read_orders(text.encode() if isinstance(text, str) else text, "orders.csv", mapping, zone))


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_rows_of_one_order_become_one_order():
    first, second = read(CHINESE)
    assert first.number == "#1001"
    assert first.ordered_at == datetime(2026, 11, 3, 6, 5, 9, tzinfo=UTC)
    assert first.total == Money(Decimal("59.90"), "USD")
    assert [(line.title, line.quantity) for line in first.lines] == [("蓝色马克杯", 2), ("红色马克杯", 1)]
    assert [s.tracking_number for s in first.shipments] == ["LX123456789CN", "LX123456790CN"]
    assert first.shipments[0].delivered_at == datetime(2026, 11, 14, 1, 30, tzinfo=UTC)
    assert [(r.type, r.value) for r in first.references] == [("order", "#1001"), ("payment", "pi_1")]
    assert second.total == Money(Decimal(1299), "USD")
    assert second.shipments == ()


def test_rows_of_one_order_need_not_be_adjacent():
    lines = CHINESE.splitlines(keepends=True)
    first, second = read(lines[0] + lines[1] + lines[3] + lines[2])
    assert (len(first.lines), len(second.lines)) == (2, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter(encoding, delimiter):
    data = CHINESE.replace(",", delimiter).encode(encoding)
    assert read(data) == read(CHINESE)


def test_latin_bytes_are_refused_rather_than_guessed():
    with pytest.raises(TableError) as error:
        read("order no,customer name\n1,Jürgen Müßig\n2,Zoë Brontë\n".encode("latin-1"))
    assert error.value.code == "encoding"
    assert "CSV UTF-8" in error.value.message_zh


def test_a_ruined_tracking_number_is_refused_by_row_and_column():
    good, bad = CHINESE.splitlines()[3], CHINESE.splitlines()[1].replace("LX123456789CN", "1.23E+15")
    items = read(f"{CHINESE.splitlines()[0]}\n{bad}\n{good}\n")
    assert isinstance(items[0], RowError)
    assert (items[0].row, items[0].column, items[0].code) == (2, "运单号", "ruined_number")
    assert "第 2 行“运单号”" in items[0].message_zh
    assert "1.23E+15" in items[0].message_zh
    assert items[1].number == "#1002"


def test_a_long_number_in_a_workbook_has_lost_its_end():
    items = list(
        read_orders(workbook([["订单号", "运单号"], ["A1", 9400110200881234567890], ["A2", 123456789012]]), "o.xlsx")
    )
    assert isinstance(items[0], RowError)
    assert items[0].code == "ruined_number"
    assert items[1].shipments[0].tracking_number == "123456789012"


@pytest.mark.parametrize("cell", ['="9400110200881234567890"', "'9400110200881234567890", "9400110200881234567890\t"])
def test_dressing_that_keeps_text_in_excel_is_undone(cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    (order,) = read(f"订单号,运单号\nA1,{quoted}\n")
    assert order.shipments[0].tracking_number == "9400110200881234567890"


@pytest.mark.parametrize(
    ("text", "mark", "value", "currency"),
    [
        ("1,234.56", "", "1234.56", ""),
        ("1.234,56", "", "1234.56", ""),
        ("1 234,56 €", "", "1234.56", "EUR"),
        ("US$12.30", "", "12.30", "USD"),
        ("EUR 1.234,5", "", "1234.5", "EUR"),
        ("¥1,234", "", "1234", ""),
        ("1,234,567.89", "", "1234567.89", ""),
        ("1.234", ",", "1234", ""),
        ("1.234", ".", "1.234", ""),
        ("1,234", ",", "1.234", ""),
        ("(12.00)", "", "-12.00", ""),
        ("-5", "", "-5", ""),
        ("12.345,00", ",", "12345.00", ""),
        ("1234", "", "1234", ""),
        ("1'234.50", "", "1234.50", ""),
    ],
)
def test_amounts(text, mark, value, currency):
    assert amount(text, mark) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text", ["", "abc", "12.34.56", "1,23,456.7.8", "NaN", "Infinity", "1e5", "--", "12,34,56", "9" * 40, "1.2,3.4"]
)
def test_not_amounts(text):
    with pytest.raises(CellError):
        amount(text)


def test_a_point_before_three_digits_is_ambiguous_alone_and_clear_beside_others():
    assert read("订单号,金额,币种\n1,1.234,EUR\n")[0].code == "ambiguous_amount"
    items = read('订单号,金额,币种\n1,1.234,EUR\n2,"9,50",EUR\n')
    assert [item.total.amount for item in items] == [Decimal(1234), Decimal("9.50")]


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]),
)
def test_an_amount_reads_the_same_in_every_notation(value, marks):
    thousands, decimal = marks
    text = f"{value:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)
    assert amount(text)[0] == value


@given(st.text(max_size=40))
def test_any_text_is_an_amount_or_said_not_to_be(text):
    for mark in ("", ".", ","):
        try:
            assert amount(text, mark)[0].is_finite()
        except CellError as error:
            assert error.message_zh


@given(st.text(max_size=40), st.sampled_from(["", "dmy", "mdy"]))
def test_any_text_is_a_moment_or_said_not_to_be(text, order):
    try:
        assert moment(text, UTC, order).tzinfo is UTC
    except CellError as error:
        assert error.message_zh


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-11-03", "", (2026, 11, 3)),
        ("2026/11/3 9:05", "", (2026, 11, 3)),
        ("2026.11.03", "", (2026, 11, 3)),
        ("20261103", "", (2026, 11, 3)),
        ("20261103140509", "", (2026, 11, 3)),
        ("13/11/2026", "", (2026, 11, 13)),
        ("11/13/2026 2:05 PM", "", (2026, 11, 13)),
        ("03/11/2026", "dmy", (2026, 11, 3)),
        ("03/11/2026", "mdy", (2026, 3, 11)),
        ("3 Nov 2026", "", (2026, 11, 3)),
        ("Nov 3, 2026 14:05", "", (2026, 11, 3)),
        ("2026-11-03T14:05:09.123Z", "", (2026, 11, 3)),
        ("2026年11月3日 下午2:05", "", (2026, 11, 3)),
    ],
)
def test_dates(text, order, day):
    found = moment(text, UTC, order)
    assert (found.year, found.month, found.day) == day


def test_an_offset_in_the_cell_wins_over_the_declared_zone():
    (order,) = read("订单号,下单时间\n1,2026-11-03 14:05:00 -0500\n")
    assert order.ordered_at == datetime(2026, 11, 3, 19, 5, tzinfo=UTC)


def test_day_and_month_are_told_from_the_file_or_asked_for():
    assert read("订单号,下单时间\n1,03/04/2026\n")[0].code == "ambiguous_date"
    items = read("订单号,下单时间\n1,03/04/2026\n2,25/04/2026\n", zone="UTC")
    assert items[0].ordered_at == datetime(2026, 4, 3, tzinfo=UTC)
    items = read("订单号,下单时间\n1,03/04/2026\n", ColumnMapping(date_order="mdy"), zone="UTC")
    assert items[0].ordered_at == datetime(2026, 3, 4, tzinfo=UTC)
    assert date_order_of(["25/04/2026", "04/25/2026"]) == ""
    assert decimal_mark_of(["1.5", "1,5"]) == ""


def test_an_amount_without_currency_is_asked_for_not_invented():
    assert read("订单号,金额\n1,9.50\n")[0].code == "no_currency"
    assert read("订单号,金额\n1,9.50\n", ColumnMapping(currency="eur"))[0].total == Money(Decimal("9.50"), "EUR")


def test_a_title_above_the_header_and_a_sep_line():
    text = CHINESE.replace("订单号,", "某店 2026 年 11 月订单导出,,,,,\n订单号,", 1)
    assert [o.number for o in read(text)] == ["#1001", "#1002"]
    assert [o.number for o in read("sep=;\n订单号;金额;币种\n1;9,50;EUR\n")] == ["1"]


def test_a_remembered_mapping_is_used_and_a_missing_column_is_named():
    text = 'Ref,Wann,Summe\nA-1,03.11.2026,"9,50"\n'
    mapping = ColumnMapping(
        columns={"number": "Ref", "total": "Summe", "ordered_at": "wann"}, currency="EUR", date_order="dmy"
    )
    (order,) = read(text, mapping, "Europe/Berlin")
    assert order.ordered_at == datetime(2026, 11, 2, 23, 0, tzinfo=UTC)
    with pytest.raises(TableError) as error:
        read(text, ColumnMapping(columns={"number": "订单号"}))
    assert error.value.code == "column_missing"
    assert "Summe" in error.value.message_zh


def test_preview_shows_columns_samples_and_the_guess():
    shown = preview(CHINESE.encode("gb18030"), "orders.csv")
    assert shown.encoding == "gb18030"
    assert shown.mapping.columns["tracking_number"] == "运单号"
    assert shown.samples[2][0] == "#1002"
    assert shown.missing == ()
    assert preview(b"a,b\n1,2\n").missing == ("number",)
    assert preview("订单号,备注\n1,x\n".encode()).unmapped == ("备注",)


def test_no_order_number_column_is_said_with_what_there_is():
    with pytest.raises(TableError) as error:
        read("颜色,尺码\n红,M\n")
    assert error.value.code == "no_order_number"
    assert "颜色" in error.value.message_zh


def test_workbooks_read_like_text_tables():
    rows = [
        ["订单号", "下单时间", "订单金额", "币种", "数量", "商品名称"],
        ["#1", datetime(2026, 11, 3, 14, 5), 1234.5, "USD", 2, "杯"],  # noqa: DTZ001  workbooks know no zone
        [1002, "2026-11-04", 19.99, "USD", 1.0, "灯"],
    ]
    first, second = read_orders(workbook(rows), "o.xlsx", None, "Asia/Shanghai")
    assert first.ordered_at == datetime(2026, 11, 3, 6, 5, tzinfo=UTC)
    assert first.total == Money(Decimal("1234.5"), "USD")
    assert (second.number, second.total) == ("1002", Money(Decimal("19.99"), "USD"))


def test_a_formula_gives_its_stored_value_or_nothing():
    items = list(read_orders(workbook([["订单号", "订单金额", "币种"], ["A1", "=1+1", "USD"]]), "o.xlsx"))
    assert items[0].total is None


def repack(data: bytes, name: str, change) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part.filename, change(content) if part.filename == name else content)
    return out.getvalue()


def test_a_lie_about_the_sheets_size_changes_nothing():
    good = workbook([["订单号", "物流公司"], ["A1", "x"]])
    lying = repack(
        good,
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"'),
    )
    assert lying != good
    assert [o.number for o in read_orders(lying, "o.xlsx")] == ["A1"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf  \n", "encoding"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_excel"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "html_table"),
        (b"%PDF-1.7 ...", "not_a_table"),
        (b"PK\x03\x04 truncated", "broken_workbook"),
    ],
)
def test_what_is_no_table_is_said(data, code):
    with pytest.raises(TableError) as error:
        list(read_orders(data, "orders.xls"))
    if data.startswith(b"\xef"):
        assert error.value.code in ("empty", "encoding")
    else:
        assert error.value.code == code
    assert error.value.message_zh


def test_bombs_are_refused_before_they_are_opened():
    good = workbook([["订单号"], ["A1"]])
    bomb = repack(good, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * (60 * 2**20))
    with pytest.raises(TableError) as error:
        list(read_orders(bomb, "o.xlsx"))
    assert error.value.code == "zip_bomb"
    entities = repack(good, "xl/worksheets/sheet1.xml", lambda xml: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml)
    with pytest.raises(TableError) as error:
        list(read_orders(entities, "o.xlsx"))
    assert error.value.code == "broken_workbook"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("orders.csv", "订单号\n1\n")
    with pytest.raises(TableError) as error:
        list(read_orders(archive.getvalue(), "o.xlsx"))
    assert error.value.code == "not_a_workbook"


def test_a_table_that_breaks_off_keeps_what_was_read():
    items = read('订单号,物流公司\nA1,x\nA2,"' + "y" * 200_000 + "\n")
    assert {item.number for item in items if isinstance(item, Order)} == {"A1"}
    (problem,) = [item for item in items if isinstance(item, RowError)]
    assert problem.code == "broken_csv"


def test_every_bad_row_is_reported_and_the_others_come():
    lines = ["订单号,下单时间,金额,币种"]
    lines += [f"A{i},2026-11-03,{'x' if i % 3 == 0 else i}.50,USD" for i in range(1, 31)]
    items = read("\n".join(lines))
    assert sum(isinstance(item, RowError) for item in items) == 10
    assert sum(isinstance(item, Order) for item in items) == 20
    assert len(list(orders("\n".join(lines).encode()))) == 20


def test_memory_does_not_grow_with_the_number_of_rows():
    def peak(count: int) -> int:
        data = (
            "订单号,下单时间,金额,币种,商品名称\n"
            + "".join(f"A{i},2026-11-03 10:00,9.50,USD,杯\n" for i in range(count))
        ).encode()
        tracemalloc.start()
        for _ in read_orders(data, "o.csv"):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40_000) < 1.5 * peak(10_000)


def test_identifiers_that_look_like_numbers_but_are_whole():
    assert identifier("1E5X") == "1E5X"
    assert identifier("9400110200881234567890") == "9400110200881234567890"
    with pytest.raises(CellError):
        identifier("9,4E+21")
