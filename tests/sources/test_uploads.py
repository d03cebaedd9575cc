"""Proof that people upload, and files that mean harm: each is taken or refused with its remedy, and none can hang us."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from goodstanding.contract import Finding
from goodstanding.sources.uploads import Upload, UploadRefused, accept, guess_kind, sandbox
from goodstanding.sources.uploads.guess import _RULES
from goodstanding.sources.uploads.refusals import MESSAGES
from goodstanding.sources.uploads.sandbox import Job, inspect


def pdf(text: str = "Proof of delivery", pages: int = 1, **save) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=(300, 300))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    document.docinfo["/CreationDate"] = "D:20261114093000+01'00'"
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def picture(kind: str, size=(40, 30), **save) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **save)
    return out.getvalue()


def one(filename: str, content: bytes) -> Finding | UploadRefused:
    (answer,) = accept([Upload(filename=filename, content=content)])
    return answer


def docx(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document><w:p><w:t>{text}</w:t></w:p></w:document>")
    return out.getvalue()


def bomb_png(side: int = 30_000) -> bytes:
    """A valid PNG of a few kilobytes that decodes to hundreds of megabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    row = b"\0" + b"\0" * (side * 3)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(200)) + packer.flush()
    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_pdf_gives_pages_text_date_and_a_suggestion():
    found = one("scan_0001.pdf", pdf(pages=2))
    assert isinstance(found, Finding)
    assert found.kind == "ev.delivery_full_address"
    assert (found.media_type, found.facts["pages"], found.facts["date_hint"]) == (
        "application/pdf",
        "2",
        "2026-11-14T09:30:00",
    )
    assert "Proof of delivery" in found.facts["text"]
    assert found.proves_at is None, "a date in a file proves nothing until a person says so"


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_pictures_of_every_kind(kind, media_type):
    found = one("a.bin", picture(kind))
    assert isinstance(found, Finding)
    assert (found.media_type, found.facts["width"], found.facts["height"]) == (media_type, "40", "30")


def test_a_photos_own_date_is_a_hint():
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:11:14 09:30:00"
    assert one("IMG.jpg", picture("JPEG", exif=exif)).facts["date_hint"] == "2026-11-14T09:30:00"


def test_mail_text_and_word():
    mail = one("chat.eml", b"From: a@example.com\r\nDate: Tue, 10 Nov 2026 08:00:00 +0000\r\nSubject: x\r\n\r\nhi")
    assert (mail.media_type, mail.kind) == ("message/rfc822", "ev.customer_comm")
    assert mail.facts["date_hint"] == "Tue, 10 Nov 2026 08:00:00 +0000"
    assert one("聊天.txt", "你好，什么时候发货".encode("gb18030")).facts["text"] == "你好，什么时候发货"
    assert one("letter.docx", docx("Refund issued")).facts["text"].strip() == "Refund issued"


@pytest.mark.parametrize(
    ("filename", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("words.pdf", b"just words", "misnamed_pdf"),
        ("words.jpg", b"just words", "misnamed_image"),
        ("cut.pdf", pdf()[:200], "broken_pdf"),
        ("junk.pdf", b"%PDF-1.7\n" + b"\xff" * 500, "broken_pdf"),
        ("locked.pdf", pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted_pdf"),
        ("cut.jpg", picture("JPEG", (400, 300))[:700], "broken_image"),
        ("cut.png", picture("PNG")[:40], "broken_image"),
        ("bomb.png", bomb_png(), "pixel_bomb"),
        ("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "heic"),
        ("film.mp4", b"\0\0\0\x18ftypisom\0\0\0\0", "media"),
        ("voice.wav", b"RIFF\0\0\0\0WAVEfmt ", "media"),
        ("all.zip", b"PK\x03\x04\x14\0", "archive"),
        ("all.7z", b"7z\xbc\xaf\x27\x1c\0\0", "archive"),
        ("old.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 20, "old_word"),
        ("orders.xlsx", b"PK\x03\x04\x14\0", "spreadsheet"),
        ("cut.docx", docx("x")[:60], "broken_docx"),
        ("tool.exe", b"MZ\x90\0\x03\0\0\0" * 50, "wrong_type"),
    ],
    ids=lambda value: (
        value if isinstance(value, str) else ""
    ),  # contents hold times: the name must not change with them
)
def test_what_cannot_be_used_says_why_and_what_to_do(filename, content, code):
    refused = one(filename, content)
    assert isinstance(refused, UploadRefused), refused
    assert refused.code == code
    assert refused.message_zh.startswith(f"“{filename}”：")
    assert re.search("请|不收", refused.message_zh)


def test_a_word_file_that_unpacks_to_gigabytes():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:t>" + b"a" * (60 * 2**20))
    assert one("bomb.docx", out.getvalue()).code == "zip_bomb"


def test_size_and_number_are_bounded():
    sizes = [50 * 2**20 + 1, *[5] * 200]
    answers = list(accept([Upload(filename=f"{n}.txt", content=b"x" * size) for n, size in enumerate(sizes)]))
    assert [getattr(a, "code", "") for a in answers] == ["too_large", *[""] * 199, "too_many_files"]
    assert "50 MB" in answers[0].message_zh


def test_one_bad_file_spoils_none_of_the_others():
    names = ["a.pdf", "locked.pdf", "b.pdf", "bomb.png", "c.png"]
    files = [pdf(), pdf(encryption=pikepdf.Encryption(owner="o", user="u")), pdf(), bomb_png(), picture("PNG")]
    answers = list(accept([Upload(filename=n, content=f) for n, f in zip(names, files, strict=True)]))
    assert [type(a).__name__ for a in answers] == ["Finding", "UploadRefused", "Finding", "UploadRefused", "Finding"]


def test_a_child_that_stalls_or_dies_costs_only_its_own_file(monkeypatch, tmp_path):
    child = Path(sandbox.__file__).with_name("child.py").read_text()
    hook = "    if b'STALL' in data:\n        import time; time.sleep(60)\n    if b'CRASH' in data:\n        import os; os.abort()\n    if b'EAT' in data:\n        bytearray(4 * 2**30)\n"
    hostile = tmp_path / "child.py"
    hostile.write_text(child.replace("    import pypdfium2\n", hook + "    import pypdfium2\n", 1))
    monkeypatch.setattr(sandbox, "_CHILD", hostile)
    jobs = [Job(kind="pdf", data=data) for data in (pdf(), b"STALL" * 100_000, pdf(), b"CRASH", b"EAT", pdf())]
    replies = list(inspect(jobs, seconds=2.0))
    assert [reply.get("refused", reply.get("pages")) for reply in replies] == [
        1,
        "endless",
        1,
        "too_heavy",
        "too_heavy",
        1,
    ]


def test_a_pdf_whose_content_never_ends_is_given_up(monkeypatch):
    """A page that draws a form that draws itself, and a stream of millions of operators."""
    document = pikepdf.new()
    page = document.add_blank_page()
    page.Contents = document.make_stream(b"BT /F1 1 Tf (a) Tj ET\n" * 3_000_000)
    out = io.BytesIO()
    document.save(out)
    (reply,) = inspect([Job(kind="pdf", data=out.getvalue())], seconds=0.2)
    assert reply.get("refused") in ("endless", "too_heavy")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("POD_1Z999.pdf", "ev.delivery_full_address"), ("签收证明.png", "ev.delivery_full_address"), ("signature-page.jpg", "ev.signature_pod"),
        ("tracking-history.png", "ev.tracking_partial"), ("退款凭证.pdf", "ev.refund_proof"), ("refund_policy.pdf", "ev.refund_policy"),
        ("退款政策.pdf", "ev.refund_policy"), ("chat with buyer.png", "ev.customer_comm"), ("invoice-1001.pdf", "ev.receipt_invoice"),
        ("order_1001.pdf", "ev.order_record"), ("IMG_0001.jpg", ""),
    ],
)  # fmt: skip
def test_suggestions(name, kind):
    assert guess_kind(name) == kind


def test_suggested_kinds_are_in_the_knowledge_files():
    data = Path(__file__).parents[2] / "src/goodstanding/knowledge/data"
    known = set(re.findall(r"\bev\.[a-z0-9_]+", "".join(p.read_text() for p in data.rglob("*.yaml"))))
    assert {kind for kind, _, _ in _RULES} <= known


def test_every_refusal_speaks_both_languages():
    for zh, en in MESSAGES.values():
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert en.isascii()
