"""Whatever arrives: a clear message, the bytes kept, the next delivery worked as if nothing had been."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
import pytest
from PIL import Image
from tests.cast import Cast, cast, connection
from tests.pipeline.desk import arrive, event, picture, post, the_case, work

from goodstanding.contract import Incoming
from goodstanding.models import Case, Connection, Delivery, Evidence, Notice, ProcessingStep, Waiting, acting_for
from goodstanding.pipeline import evidence, receive
from goodstanding.pipeline.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def acme(people: Cast) -> Connection:
    return connection(people.merchant)


GOOD = json.dumps(event()).encode()
UNREADABLE = {
    "truncated": GOOD[:-40],
    "empty": b"",
    "no JSON": b"dispute=1&status=open",
    "other encoding": '{"type": "拒付"}'.encode("utf-16"),
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "huge number": GOOD.replace(b"5990", b"9" * 5000),
    "wrong type": GOOD.replace(b'"amount": 5990', b'"amount": {"value": 5990}'),
    "float cents": GOOD.replace(b"5990", b"59.90"),
    "unknown event": GOOD.replace(b"dispute.opened", b"dispute.vanished"),
    "no such day": GOOD.replace(b"2026-11-10T08", b"2026-13-45T99"),
    "no name": GOOD.replace(b'"id": "D-20001"', b'"id": ""'),
    "no currency": GOOD.replace(b'"USD"', b'"NOT A CURRENCY"'),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_kept_and_explained(people: Cast, acme: Connection, body: bytes):
    assert post(acme, body).status_code == 200
    work()
    with acting_for(people.merchant.pk):
        (kept,) = Delivery.objects.all()
        assert bytes(kept.body) == body
        assert kept.identified_at
        assert kept.problem and "Traceback" not in kept.problem
        assert not ProcessingStep.objects.exclude(error="").exists()
        assert Connection.objects.get(pk=acme.pk).last_error == kept.problem
        assert not Case.objects.exists()
    arrive(acme, event())
    assert the_case(people.merchant).kind == "chargeback"


@pytest.mark.parametrize(
    "told,shown",
    [
        ({"reason_code": "99.99-NEW"}, ("reason_code", "99.99-NEW")),
        ({"network": "moonpay"}, ("network", "moonpay")),
        ({"status": "brand_new_status"}, ("status", "brand_new_status")),
        ({"stage": "hearing"}, ("stage", "")),
        ({"currency": "XTS"}, ("currency", "XTS")),
        ({"amount": 10**15}, ("currency", "USD")),
        ({"message": "x" * 200_000}, ("kind", "chargeback")),
        ({"status": "s" * 5_000}, ("kind", "chargeback")),
        ({"cardholder": {"name": "N" * 5_000}}, ("kind", "chargeback")),
        ({"order_number": "O" * 5_000}, ("kind", "chargeback")),
    ],
    ids=["reason", "network", "status", "stage", "currency", "sum", "text", "long status", "long name", "long order"],
)
def test_the_unknown_is_shown_as_unknown(people: Cast, acme: Connection, told: dict[str, Any], shown: tuple[str, str]):
    arrive(acme, event(**told))
    case = the_case(people.merchant)
    assert getattr(case, shown[0]) == shown[1]
    with acting_for(people.merchant.pk):
        assert not ProcessingStep.objects.exclude(error="").exists()
        card = case.interpretations.get().card
    if "reason_code" in told:
        assert case.family == ""
        assert any("知识库没有收录" in line["zh"] for line in card)


def nested(depth: int) -> bytes:
    inner = EmailMessage()
    inner["Subject"] = "innermost"
    inner.set_content("Your account is under review.")
    for level in range(depth):
        outer = EmailMessage()
        outer["Subject"] = f"Fwd {level}"
        outer.set_content("see attached")
        outer.add_attachment(inner)
        inner = outer
    return inner.as_bytes()


MAIL = {
    "broken MIME": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello",
    "50 deep": nested(50),
    "wrong charset": b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon-8\r\n\r\n\xff\xfe dispute \x80",
    "no date": b"From: risk@pay.example\r\nSubject: Chargeback notice\r\n\r\nPlease answer the chargeback on order 1001 in 7 days.",
    "no header": b"\r\n\r\n\r\n",
    "binary": bytes(range(256)) * 40,
    "NUL": b"Subject: a\x00b\r\n\r\nbody\x00",
    "header only": b"Subject: " + b"x" * 100_000,
    "empty": b"",
}


@pytest.mark.parametrize("body", MAIL.values(), ids=MAIL.keys())
def test_mail_of_any_form(people: Cast, body: bytes):
    box = connection(people.merchant, "mailbox", secrets={}, settings={})
    receive.store(box, Incoming(origin="mail", body=body, received_at=datetime.now(UTC)))
    work()
    with acting_for(people.merchant.pk):
        (kept,) = Delivery.objects.all()
        assert bytes(kept.body) == body
        assert kept.identified_at
        assert kept.problem or kept.reading is not None or Notice.objects.exists()
        assert not ProcessingStep.objects.exclude(error="").exists()


def encrypted() -> bytes:
    out = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return out.getvalue()


def pages(number: int) -> bytes:
    out = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(number):
            pdf.add_blank_page(page_size=(100, 100))
        pdf.save(out)
    return out.getvalue()


def bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 300_000_000)
    return out.getvalue()


def pixels() -> bytes:
    out = BytesIO()
    Image.new("1", (40_000, 40_000)).save(out, "PNG")
    return out.getvalue()


NASTY = {
    "empty.pdf": (b"", "空"),
    "text.pdf": (b"just words", "不是 PDF"),
    "broken.pdf": (b"%PDF-1.7\n" + b"\x00garbage" * 50, "损坏"),
    "locked.pdf": (encrypted, "密码"),
    "endless.pdf": (lambda: pages(2_001), "2,000 页"),
    "bomb.docx": (bomb, "解压"),
    "pixels.png": (pixels, "像素"),
    "page.png": (b"<html><script>alert(1)</script></html>", "不是图片"),
    "cut.png": (lambda: picture("cut")[:300], "损坏"),
    "proof.exe": (b"MZ\x90\x00" + b"\0" * 400, "不支持"),
    "many.zip": (lambda: bomb()[:50] + b"", "压缩包"),
}


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_upload_is_refused_by_name_with_what_to_do(people: Cast, acme: Connection, name: str):
    arrive(acme, event())
    case = the_case(people.merchant)
    made, word = NASTY[name]
    content = made() if callable(made) else made
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal) as refusal:
            evidence.add(case, people.alice, name, content, "ev.customer_comm")
        assert name in refusal.value.message_zh and word in refusal.value.message_zh
        assert name in refusal.value.message_en
        assert not Evidence.objects.exists()
        # The transaction is as good as before: the next file is taken.
        evidence.add(case, people.alice, "fine.png", picture("fine"), "ev.customer_comm")
    work()
    assert the_case(people.merchant).waiting == Waiting.EVIDENCE


def test_strange_names_and_kinds(people: Cast, acme: Connection):
    arrive(acme, event())
    case = the_case(people.merchant)
    with acting_for(people.merchant.pk):
        taken = evidence.add(case, people.alice, "../../etc/пароль 证据\u202egnp." + "x" * 400 + ".png", picture("a"))
        assert len(taken.filename) <= 255
        with pytest.raises(Refusal, match="没有"):
            evidence.add(case, people.alice, "b.png", picture("b"), "ev.invented")
        again = evidence.add(case, people.alice, "same bytes.png", picture("a"))
        assert again.pk == taken.pk
    work()


def test_a_letter_about_nothing_opens_no_case(people: Cast):
    box = connection(people.merchant, "mailbox", secrets={}, settings={})
    body = b"From: Shop <news@shop.example>\r\nSubject: Our summer sale\r\nDate: Tue, 10 Nov 2026 08:00:00 +0000\r\n\r\n20% off.\r\n"
    receive.store(box, Incoming(origin="mail", body=body, received_at=datetime.now(UTC)))
    work()
    with acting_for(people.merchant.pk):
        kept = Delivery.objects.get()
        assert kept.reading and kept.reading["kind"] == "not_a_notice"
        assert not Case.objects.exists()
