"""``goodstanding export corrections``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cast import Cast, cast, connection

from goodstanding.cli import codes, exporting
from goodstanding.cli.main import main
from goodstanding.models import Case, Correction, Delivery, Notice, acting_for

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 8, tzinfo=UTC)


@pytest.fixture
def people() -> Cast:
    everyone = cast()
    of = {"merchant": everyone.merchant, "connection": connection(everyone.merchant)}
    with acting_for(everyone.merchant.pk):
        case = Case.objects.create(**of, number=1, case_ref="D-1", kind="regulator", opened_at=NOW, last_event_at=NOW)
        for number, body in enumerate((b"\xff plain words", b'{"id": "D-1"}')):
            delivery = Delivery.objects.create(
                **of, origin="paste", body=body, digest=f"{number:064}", received_at=NOW,
                headers=[["Content-Type", "text/plain; charset=utf-8"]],
            )  # fmt: skip
            Notice.objects.create(
                **of, case=case, delivery=delivery, event_ref=f"e{number}", kind="consumer_complaint", case_ref="D-1",
                reading={"text": "可见文字", "fields": {"amount": {"value": "59.90"}}} if number else None,
            )  # fmt: skip
            Correction.objects.create(
                merchant=everyone.merchant, delivery=delivery, case=case, member=everyone.bob,
                values={"kind": "regulator", "amount": "60.00"},
            )  # fmt: skip
    return everyone


def test_each_correction_is_one_line_with_what_was_read_and_what_is_right(people: Cast, tmp_path: Path):
    out = tmp_path / "corrections.jsonl"
    assert exporting.corrections(people.merchant.slug, out) == codes.OK
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["text"] for row in rows] == ["\ufffd plain words", "可见文字"]
    assert rows[0]["read"] == {"kind": "consumer_complaint", "case_id": "D-1"}
    assert rows[1]["read"] == {"kind": "consumer_complaint", "case_id": "D-1", "amount": "59.90"}
    assert {row["media_type"] for row in rows} == {"text/plain"}
    assert rows[0]["corrected"] == {"kind": "regulator", "amount": "60.00"}


def test_a_file_that_is_there_is_kept(people: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "mine.jsonl"
    out.write_text("mine")
    assert exporting.corrections(people.merchant.slug, out) == codes.USAGE
    assert out.read_text() == "mine" and "已存在" in capsys.readouterr().err
    assert exporting.corrections(people.merchant.slug, tmp_path / "no" / "such.jsonl") == codes.UNREADABLE


def test_another_merchant_gets_nothing_and_an_unknown_one_is_named(people: Cast, capsys: pytest.CaptureFixture[str]):
    assert exporting.corrections("elsewhere", None) == codes.OK
    assert capsys.readouterr().out == ""
    assert exporting.corrections("nobody", None) == codes.USAGE
    assert "nobody" in capsys.readouterr().err


def test_words_that_are_missing_are_a_wrong_use():
    for words in (["export"], ["export", "corrections"]):
        with pytest.raises(SystemExit) as stopped:
            main(words)
        assert stopped.value.code == codes.USAGE
