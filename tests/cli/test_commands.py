"""The command line as a person uses it: real processes, a home of their own, files in and files out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from goodstanding import database
from goodstanding.rendering.pdf_facts import inspect
from goodstanding.testing import homes

STRIPE = Path(__file__).parents[2] / "src/goodstanding/channels/stripe/fixtures"
DISPUTE = STRIPE / "charge.dispute.created__product_not_received.json"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not database.embedded(), reason="DATABASE_URL names a server; these make one of their own"),
]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    made = homes.make()
    yield made
    homes.destroy(made)


def run(home: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "goodstanding.cli", *map(str, words)]
    return subprocess.run(
        command,
        env={**os.environ, "GOODSTANDING_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a seller has it: a dispute, an export of orders, proof under Chinese names, and a mistake."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(DISPUTE, folder / "dispute.json")
    (folder / "orders.csv").write_text(
        "订单编号,下单时间,付款时间,币种,订单总额,买家姓名,收货地址,国家,商品名称,数量,物流方式,运单号,发货时间,签收时间\n"
        'GS-2001,2026-09-20 09:12,2026-09-20 09:13,USD,86.40,Zoë Müller 大田,"18 Alder Lane, Portland, OR 97205, US",'
        "US,折叠桌 Klapptisch,1,UPS,1Z999AA10123456784,2026-09-22 16:40,2026-09-26 11:05\n",
        encoding="gb18030",
    )
    proof = folder / "proof"
    proof.mkdir()
    picture = Image.new("RGB", (900, 600), "white")
    ImageDraw.Draw(picture).text((60, 60), "PROOF OF DELIVERY  18 Alder Lane, Portland, OR 97205", fill="black")
    picture.save(proof / "签收证明 POD.pdf")
    (proof / "聊天记录.txt").write_text(
        "Buyer: when will it arrive?\nShop: it was delivered on 26 September 2026.\n", "utf-8"
    )
    (proof / "broken.pdf").write_text("this is no PDF", "utf-8")
    return folder


def test_handle_takes_a_notice_all_the_way_to_a_package(home: Path, desk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(
        home, "handle", desk / "dispute.json", "--orders", desk / "orders.csv", "--proof", desk / "proof", "--out", out,
        "--name", "Shanhai Outdoor Ltd", "--json",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr  # a person has to look: one file was no PDF
    (told,) = lines(done)
    assert any("broken.pdf" in text and "不是 PDF" in text for text in told["attention"])

    assert {path.name for path in out.iterdir()} == {
        "reading.md",
        "reply.md",
        "package.pdf",
        "package.zip",
        "case.json",
    }
    case = json.loads((out / "case.json").read_text("utf-8"))
    assert case["kind"] == "chargeback"
    assert case["family"] == "not_received"
    assert case["order"] == "GS-2001"
    assert case["deadlines"][-1]["at"].startswith("2026-11-04")

    reading = (out / "reading.md").read_text("utf-8")
    for words in ("是什么", "最晚何时", "北京时间", "不回应的后果", "需要准备什么", "仅供参考，不构成律师建议"):
        assert words in reading
    reply = (out / "reply.md").read_text("utf-8")
    assert "1Z999AA10123456784" in reply
    assert "不构成律师建议" not in reply

    facts = inspect((out / "package.pdf").read_bytes())
    assert facts.archival
    assert facts.pdfa == "2B"
    assert facts.output_intent
    assert not facts.fonts_not_embedded
    assert not facts.encrypted
    assert not any(item["code"] == "package.missing_glyphs" for item in case["findings"])
    assert run(home, "verify", out / "package.zip").returncode == 0


def test_handling_the_same_notice_again_makes_no_second_case(home: Path, desk: Path, tmp_path: Path) -> None:
    words = ("handle", desk / "dispute.json", "--orders", desk / "orders.csv", "--json", "--out")
    first, second = lines(run(home, *words, tmp_path / "a"))[0], lines(run(home, *words, tmp_path / "b"))[0]
    assert first["case"]["number"] == second["case"]["number"]
    assert first["case"]["package"]["digest"] == second["case"]["package"]["digest"]


def test_a_changed_archive_is_found_out(home: Path, desk: Path, tmp_path: Path) -> None:
    run(home, "handle", desk / "dispute.json", "--out", tmp_path / "out")
    whole, changed = tmp_path / "out" / "package.zip", tmp_path / "changed.zip"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"Visa", b"Vida") if name == "reply.md" else content)
    assert run(home, "verify", whole).returncode == 0
    done = run(home, "verify", changed, "--json")
    assert done.returncode == 1
    (told,) = lines(done)
    assert [item["subject"] for item in told["findings"]] == ["reply.md"]


def test_read_answers_for_every_file_and_names_what_it_cannot_read(home: Path, tmp_path: Path) -> None:
    shutil.copy(DISPUTE, tmp_path / "a.json")
    (tmp_path / "b.txt").write_text("Hello, do you ship to Norway?\n", "utf-8")
    (tmp_path / "c.json").write_text('{"broken', "utf-8")
    (tmp_path / "d.pdf").write_text("not a pdf at all", "utf-8")
    (tmp_path / "e.eml").write_bytes(b"\xff\xfe\x00" * 50)
    done = run(home, "read", tmp_path, "--json")
    found = {Path(item["file"]).name: item for item in lines(done)}
    assert set(found) == {"a.json", "b.txt", "c.json", "d.pdf", "e.eml"}
    assert found["a.json"]["family"] == "chargeback"
    assert found["a.json"]["fields"]["reason_code"] == "13.1"
    assert found["a.json"]["authority"] == "unverified"
    assert found["b.txt"]["family"] == "not_a_notice"
    assert found["c.json"]["needs_human"]
    assert "Traceback" not in done.stderr


def test_read_checks_a_signature_when_the_secret_is_given(home: Path, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from goodstanding.channels.stripe.verify import signed_header

    body, secret, now = DISPUTE.read_bytes(), "whsec_invented", datetime.now(UTC)
    delivery = {
        "received_at": now.isoformat(),
        "method": "POST",
        "path": "/in/x/",
        "headers": {"Stripe-Signature": signed_header(body, secret, now)},
        "body": None,
        "raw_body": body.decode(),
    }
    (tmp_path / "whole.json").write_text(json.dumps(delivery), "utf-8")
    (tmp_path / "secrets").write_text(json.dumps({"stripe": {"webhook_secret": secret}}), "utf-8")
    (tmp_path / "wrong").write_text(json.dumps({"stripe": {"webhook_secret": "whsec_other"}}), "utf-8")
    for name, authority in (("secrets", "genuine"), ("wrong", "phishing")):
        (found,) = lines(run(home, "read", tmp_path / "whole.json", "--secrets", tmp_path / name, "--json"))
        assert found["authority"] == authority


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("read", "nowhere.eml"), 3),
        (("handle", "nowhere.json", "--out", "out"), 3),
        (("verify", "nowhere.zip"), 3),
        (("replay", "1"), 4),
        (("drill",), 4),
        (("nonsense",), 2),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_with_its_code(words: tuple[str, ...], code: int, tmp_path: Path) -> None:
    empty = homes.make()
    try:
        done = run(empty, *words)
    finally:
        homes.destroy(empty)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.strip()


def test_the_doctor_answers_also_where_nothing_is_there() -> None:
    empty = homes.make()
    try:
        (told,) = lines(run(empty, "doctor", "--json"))
    finally:
        homes.destroy(empty)
    assert {item["name"] for item in told["findings"]} >= {"Python", "PDF 排版"}
    assert all(item["advice"] for item in told["findings"] if item["level"] == "fail")


def test_a_package_is_checked_for_its_recipient(home: Path, desk: Path, tmp_path: Path) -> None:
    """The same notice with and without proof: what is missing is named, what is there passes."""
    proven, bare = tmp_path / "proven", tmp_path / "bare"
    run(
        home,
        "handle",
        desk / "dispute.json",
        "--orders",
        desk / "orders.csv",
        "--proof",
        desk / "proof",
        "--out",
        proven,
    )
    other = homes.make()
    try:
        run(other, "handle", desk / "dispute.json", "--out", bare)
    finally:
        homes.destroy(other)

    done = run(home, "check", proven / "package.zip", "--for", "stripe:visa:13.1", "--json")
    (told,) = lines(done)
    assert done.returncode == 0, told
    assert told["passes"]
    assert not [item for item in told["violations"] if item["grade"] == "fatal"]

    done = run(home, "check", bare / "package.zip", "--for", "stripe:visa:13.1", "--json")
    (told,) = lines(done)
    assert done.returncode == 1
    assert not told["passes"]
    missing = {
        item["evidence"] for item in told["requirements"] if item["state"] == "missing" and item["need"] == "any_of"
    }
    assert "ev.delivery_full_address" in missing

    assert run(home, "check", proven / "package.zip", "--for", "visa").returncode == 2
    assert run(home, "check", proven / "package.zip", "--for", "stripe:visa:99.9").returncode == 2
