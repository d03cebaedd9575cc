"""Letters without a mail around them: paste, PDF, scan; and what channels understood."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from goodstanding.contract import Due, Incoming, Money, ParsedNotice, Party, Reason, Reference
from goodstanding.reading import ChannelAnswer, Tools, read
from goodstanding.reading.ocr import Line, tesseract

TODAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LETTER = (
    "Letter before claim\n\nWe act for Ms Ada Bright. Our client purchased a defective heater from you. Unless you pay £1,250.00 "
    "within 14 days of the date of this letter, our client will issue proceedings in the County Court.\n\nHarlow & Finch Solicitors\n"
)


def test_a_pasted_letter_is_read_and_unverified() -> None:
    reading = read(LETTER.encode(), media_type="text/plain", received_at=TODAY)
    assert (reading.kind, reading.authority) == ("legal_threat", "unverified")
    assert reading.value("amount") == "1250.00"


def test_a_pasted_mail_is_read_like_a_forward() -> None:
    raw = b"From: Stripe <x@stripe-refunds.net>\nSent: Monday\nTo: us\nSubject: Chargeback opened\n\nThe cardholder disputed a payment of $9.00 with their bank. Submit evidence by December 4, 2026."
    reading = read(raw, media_type="text/plain", received_at=TODAY)
    assert (reading.kind, reading.authority, reading.value("deadline")) == ("chargeback", "phishing", "2026-12-04")


def test_a_plain_note_is_nothing_and_claims_nothing() -> None:
    reading = read("明天下午三点开会，请各位同事准时参加。".encode(), media_type="text/plain")
    assert (reading.kind, reading.authority, reading.language) == ("not_a_notice", "n/a", "zh")


def picture() -> bytes:
    image = Image.new("L", (1500, 700), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=34)
    for index, line in enumerate(
        [
            "LETTER BEFORE CLAIM",
            "We act for our client Ada Bright.",
            "Unless we receive payment of GBP 1250.00 within 14 days",
            "our client will issue proceedings in the County Court.",
            "Harlow and Finch Solicitors",
        ]
    ):
        draw.text((60, 60 + index * 90), line, fill=0, font=font)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def scan() -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(picture())).save(buffer, "PDF")
    return buffer.getvalue()


def test_a_scan_without_an_engine_is_honest() -> None:
    reading = read(scan(), media_type="application/pdf")
    assert "no_text" in reading.needs_human


@pytest.mark.skipif(tesseract() is None, reason="Tesseract is not installed")
def test_a_scan_is_recognised() -> None:
    reading = read(scan(), media_type="application/pdf", tools=Tools(ocr=tesseract()))
    assert reading.kind == "legal_threat"
    assert reading.value("amount") == "1250.00"


def test_lines_below_the_gate_feed_no_field() -> None:
    def unsure(_: bytes) -> list[Line]:
        return [
            Line("Letter before claim. We act for our client, Ms Ada Bright, against you in the County Court.", 0.97),
            Line("Pay GBP 9999.00 by 5 December 2026", 0.6),
        ]

    reading = read(picture(), media_type="image/png", tools=Tools(ocr=unsure), received_at=TODAY)
    assert reading.value("amount") is None
    assert reading.value("deadline") is None
    assert "weak_ocr" in reading.needs_human


def test_a_broken_pdf_is_unreadable() -> None:
    reading = read(b"%PDF-1.7 broken", media_type="application/pdf")
    assert "unreadable" in reading.needs_human


def test_an_empty_pdf_says_so() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    buffer = io.BytesIO()
    document.save(buffer)
    assert "no_text" in read(buffer.getvalue(), media_type="application/pdf").needs_human


NOTICE = ParsedNotice(
    kind="chargeback", event_ref="evt_1", case_ref="dp_1", reason=Reason(scheme="visa", code="13.1"), reason_category="product_not_received", network="visa",
    amount=Money(Decimal("1200"), "JPY"), respond_by=Due(at=datetime(2026, 12, 4, 23, 59, tzinfo=UTC)),
    references=(Reference(type="order", value="1042"),), parties=(Party(role="buyer", name="Jo Do"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("trust", "authority"), [("genuine", "genuine"), ("forged", "phishing"), ("unproven", "unverified")]
)
def test_what_a_channel_understood_becomes_a_reading(trust: str, authority: str) -> None:
    seen: list[Incoming] = []

    def channel(incoming: Incoming, secrets: Mapping[str, str]) -> ChannelAnswer:
        seen.append(incoming)
        assert secrets == {"stripe": "whsec"}
        return ChannelAnswer("stripe", "Stripe", (NOTICE,), trust)  # type: ignore[arg-type]

    raw = b'{"received_at":"2026-11-24T08:00:00Z","method":"POST","path":"/in","headers":{"Stripe-Signature":"t=1"},"raw_body":"{\\"a\\": 1}"}'
    reading = read(raw, media_type="application/json", tools=Tools(parse_channel=channel, secrets={"stripe": "whsec"}))
    assert seen[0].body == b'{"a": 1}'
    assert seen[0].header("stripe-signature") == "t=1"
    assert reading.authority == authority
    assert {name: reading.value(name) for name in ("case_id", "reason_code", "network", "amount", "currency", "order_id", "deadline", "complainant")} == {
        "case_id": "dp_1", "reason_code": "13.1", "network": "visa", "amount": "1200", "currency": "JPY", "order_id": "1042",
        "deadline": "2026-12-04T23:59:00+00:00", "complainant": "Jo Do",
    }  # fmt: skip


def test_json_that_no_channel_knows_goes_to_a_person() -> None:
    reading = read(b'{"hello": 1}', media_type="application/json")
    assert reading.needs_human == ("unknown_event",)
