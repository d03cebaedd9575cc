"""Whatever the bytes, there is an answer, and every span slices to its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.reading import FIELDS, KINDS, Reading, read, to_json
from goodstanding.reading.limits import MAX_TEXT

CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "mail"
PIECES = [
    "case number: AB-1234 ", "Respond by 03/04/2027 ", "12.12.2026 ", "within 10 days ", "1.234,56 € ", "$5.00 ", "Order #77 ", "reason code 10.4 ", "Visa ",
    "2026年12月5日まで", "拒付", "\n", "> ", "On Monday 1 wrote:\n", "From: a@b.c\nSent: x\nTo: y\n\n", "chargeback ", "\u200b", "İ", "ﬁ", "é", "¥1,000 ", "\t", "-- \n", "<b>", "Kind regards,\nJo Do\n",
]  # fmt: skip


def check(reading: Reading) -> None:
    assert reading.kind in KINDS
    assert reading.authority in ("genuine", "phishing", "unverified", "n/a")
    assert len(reading.text) <= MAX_TEXT + 1_000
    assert set(reading.fields) <= set(FIELDS)
    for field in reading.fields.values():
        if field.span is not None:
            assert reading.text[field.span[0] : field.span[1]] == field.raw
    for segment in reading.segments:
        assert 0 <= segment.start <= segment.end <= len(reading.text)
    json.dumps(to_json(reading, "x"))


@given(
    st.binary(max_size=3_000),
    st.sampled_from(
        ["message/rfc822", "text/plain", "application/json", "application/pdf", "image/png", "text/html", "x/y"]
    ),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes(raw: bytes, media_type: str) -> None:
    check(read(raw, media_type=media_type))


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.sampled_from(["text/plain", "text/html"]))
@settings(max_examples=150, deadline=None)
def test_any_words(pieces: list[str], kind: str) -> None:
    raw = (
        f"From: Stripe <a@stripe.com>\r\nSubject: dispute\r\nContent-Type: {kind}; charset=utf-8\r\n\r\n".encode()
        + "".join(pieces).encode()
    )
    check(read(raw, receivers=("mx.shop.example",)))


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: x\r\n\r\n" + b"1" * 1_000_000,
        b"Subject: x\r\n\r\n" + b"1.1," * 250_000,
        b"Subject: x\r\n\r\n" + b"A-9 " * 250_000,
        b"Subject: x\r\n\r\n" + b"On Mon 1 \n" * 60_000,
        b"From: " + b"<" * 200_000 + b"\r\n\r\nx",
        b'From: "' + b'\\"' * 100_000 + b"\r\n\r\nx",
        b"Authentication-Results: mx.shop.example; " + b"(" * 200_000 + b"\r\n\r\nx",
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"chargeback",
        b"Content-Type: text/html\r\n\r\n<style>" + b"@media{" * 15_000 + b"</style>x",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(3_000))
        + b"\r\nx",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nwords\r\n" * 5_000 + b"--b--",
    ],
    ids=[
        "digits",
        "numbers",
        "ids",
        "attributions",
        "angles",
        "quotes",
        "comments",
        "deep",
        "media",
        "nested",
        "parts",
    ],
)
def test_hostile_sizes(raw: bytes) -> None:
    check(read(raw, receivers=("mx.shop.example",)))


@pytest.mark.skipif(
    not CONTRACTS.exists(), reason="the samples of outside systems (../shared/contracts/mail) are not here"
)
def test_feedback_reports_of_real_providers() -> None:
    kinds = {path.name: read(path.read_bytes()).kind for path in sorted((CONTRACTS / "arf").glob("*.eml"))}
    assert kinds["arf-01.eml"] == "spam_complaint_report"
    assert kinds["arf-12.eml"] == "spam_complaint_report"
    assert sum(kind == "spam_complaint_report" for kind in kinds.values()) == 8


@pytest.mark.skipif(
    not CONTRACTS.exists(), reason="the samples of outside systems (../shared/contracts/mail) are not here"
)
def test_dmarc_reports_are_data_and_no_complaint() -> None:
    for path in sorted((CONTRACTS / "dmarc").rglob("*.eml")):
        reading = read(path.read_bytes())
        assert (reading.kind, reading.needs_human) == ("not_a_notice", ()), path.name
