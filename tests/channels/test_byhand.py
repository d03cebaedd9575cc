"""What a person brings: files by their bytes, and tables row by row."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from goodstanding.channels.byhand import channel
from goodstanding.contract import Incoming, Letter, Money, ParsedNotice, Reason, Unreadable

HEADER = "案件号,原因代码,卡组织,金额,币种,截止日期,订单号,阶段\n"
GOOD = "D-1,13.1,VISA,59.90,USD,2026-11-20,GS-1,拒付\n"


def bring(body: bytes | str, filename: str = "", origin: str = "upload") -> list[ParsedNotice | Letter]:
    raw = body.encode() if isinstance(body, str) else body
    return list(
        channel.parse(
            Incoming(origin=origin, body=raw, received_at=datetime(2026, 11, 10, tzinfo=UTC), filename=filename)
        )
    )


@pytest.mark.parametrize(
    ("body", "filename", "media_type"),
    [
        (b"From: a@example.com\r\nSubject: x\r\n\r\nhello", "", "message/rfc822"),
        (b"From: a@example.com\r\nSubject: x\r\n\r\nhello", "wrong.txt", "message/rfc822"),
        (b"hello", "n.eml", "message/rfc822"),
        ("尊敬的客户：您好".encode(), "信.txt", "text/plain"),
        ("尊敬的客户：您好".encode("gb18030"), "信.txt", "text/plain"),
        ("hello".encode("utf-16"), "n.txt", "text/plain"),
        (b"Note: call them\nTomorrow: maybe\n\nok", "", "text/plain"),
        (b'{"id": "evt_1"}', "event.json", "application/json"),
        (b'{"id": broken', "event.json", "text/plain"),
        (b"[" * 100_000, "event.json", "text/plain"),
        (b"<html><body>x</body></html>", "page.html", "text/html"),
        (b"%PDF-1.7\n...", "scan.pdf", "application/pdf"),
        (b"plain words", "scan.pdf", "text/plain"),
        (b"\x89PNG\r\n\x1a\n....", "shot.png", "image/png"),
        (b"\xff\xd8\xff\xe0....", "photo.csv", "image/jpeg"),
    ],
)
def test_a_file_is_what_its_bytes_say(body, filename, media_type):
    (letter,) = bring(body, filename)
    assert isinstance(letter, Letter)
    assert (letter.raw, letter.media_type) == (body, media_type)


@pytest.mark.parametrize(
    ("body", "filename", "words"),
    [
        (b"", "a.txt", "a.txt: the file is empty"),
        (b"\x00\x00\r\n ", "", "empty"),
        (b"\x00\x01\x02\x03" * 100, "virus.exe", "upload .eml"),
        (b"PK\x03\x04" + b"\0" * 50, "letter.docx", "save it as PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "letter.doc", "save it as PDF"),
        (b"\0\0\0\x18ftypheic", "photo.heic", "JPEG"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "disputes.xls", "save as .xlsx"),
        (b"PK\x03\x04broken", "disputes.xlsx", "save it again"),
        ("颜色,尺码\n红,M\n".encode(), "disputes.csv", "案件号"),
        (HEADER.encode(), "disputes.csv", "no rows below"),
        ((HEADER + "D-1,13.1,VISA,lots,USD,2026-11-20,,\n").encode(), "disputes.csv", "row 2: column '金额'"),
    ],
)
def test_what_cannot_be_read_says_which_file_and_what_to_do(body, filename, words):
    with pytest.raises(Unreadable) as error:
        bring(body, filename)
    assert words in str(error.value)


def test_a_row_is_a_notice_in_the_sheets_own_words():
    (notice,) = bring(HEADER + GOOD, "disputes.csv")
    assert isinstance(notice, ParsedNotice)
    assert (notice.kind, notice.stage, notice.case_ref, notice.network) == ("chargeback", "dispute", "D-1", "visa")
    assert notice.reason == Reason(scheme="visa", code="13.1")
    assert notice.amount == Money(Decimal("59.90"), "USD")
    assert notice.respond_by.on == date(2026, 11, 20)
    assert notice.respond_by.at is None


def test_bad_rows_are_named_and_the_others_come():
    found = bring(HEADER + GOOD + "D-2,13.1,VISA,x,USD,2026-11-20,,\n" + GOOD.replace("D-1", "D-3"), "d.csv")
    assert [getattr(item, "case_ref", "letter") for item in found] == ["D-1", "letter", "D-3"]
    words = found[1].raw.decode()
    assert words.startswith("表格第 3 行没有导入：“金额”：“x”不是金额")
    assert "案件号: D-2" in words


def test_uploading_the_corrected_table_again_repeats_no_event():
    first = bring(HEADER + GOOD + "D-2,13.1,VISA,x,USD,2026-11-20,,\n", "d.csv")
    second = bring(HEADER + GOOD + "D-2,13.1,VISA,10,USD,2026-11-20,,\n", "d2.csv")
    assert first[0].event_ref == second[0].event_ref
    later = bring(HEADER + GOOD.replace("2026-11-20", "2026-11-25"), "d.csv")
    assert later[0].event_ref != first[0].event_ref


def test_a_stated_instant_is_kept_and_a_bare_clock_time_gives_only_the_day():
    with_zone, without = bring(
        HEADER
        + GOOD.replace("2026-11-20", "2026-11-20T18:00:00-05:00")
        + GOOD.replace("2026-11-20", "2026-11-20 18:00"),
        "d.csv",
    )
    assert with_zone.respond_by.at == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert (without.respond_by.on, without.respond_by.at) == (date(2026, 11, 20), None)


def test_unknown_networks_and_stages_are_not_filed_under_others():
    (notice,) = bring(HEADER + "D-9,77,Elo,5,BRL,2026-11-20,GS-9,调解\n", "d.csv")
    assert (notice.network, notice.reason, notice.stage) == ("elo", Reason(scheme="elo", code="77"), "")


def test_workbooks_with_titles_and_typed_cells():
    book = openpyxl.Workbook()
    for row in (
        ["11 月拒付"],
        ["Case ID", "Amount", "Currency", "Due date"],
        ["CB-1", 12.5, "EUR", date(2026, 11, 20)],
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    (notice,) = bring(out.getvalue(), "disputes.xlsx")
    assert notice.amount == Money(Decimal("12.5"), "EUR")
    assert notice.respond_by.on == date(2026, 11, 20)


def test_pasted_text_is_never_taken_for_a_table():
    (letter,) = bring("Hello, world\ncase id, amount\n", "x.csv", origin="paste")
    assert letter.media_type == "text/plain"
