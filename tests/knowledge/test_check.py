"""A wrong file is named, with the place in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from goodstanding.knowledge.check import check, overdue
from goodstanding.knowledge.read import KnowledgeError, read_yaml
from goodstanding.knowledge.store import DATA, Knowledge


def test_what_ships_is_without_mistakes() -> None:
    assert check(Knowledge()) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("reasons/visa/fraud.yaml", "  explain_zh:", "  explian_zh:", "reasons/visa/fraud.yaml, visa.10.1: Object contains unknown field"),
        ("reasons/visa/fraud.yaml", "- id: ev.emv_log", "- id: ev.emv_lgo", "visa.10.1: evidence names 'ev.emv_lgo'"),
        ("reasons/visa/fraud.yaml", "- id: visa.10.2", "- id: visa.10.1", "the id 'visa.10.1' is already used"),
        ("reasons/visa/fraud.yaml", "status: live", "status: alive", "Invalid enum value 'alive'"),
        ("reasons/visa/fraud.yaml", "  ce3_eligible: false", "  ce3_eligible: maybe", "Expected `bool`"),
        ("reasons/visa/fraud.yaml", "review_by: 2027-04-30", "review_by: 2027-02-30", "review_by must be a day"),
        ("reasons/mastercard/legacy.yaml", "folded_into: mastercard.4808", "folded_into: mastercard.4898", "folded_into names"),
        ("reasons/mastercard/consumer_4853.yaml", "parent: mastercard.4853", "parent: mastercard.4835", "parent names"),
        ("obligations/eu.yaml", "effective_from: '2014-06-13'", "effective_from: '2014-06-31'", "effective_from is not a date"),
        ("families/fraud.yaml", "- visa.10.4\n", "", "visa.10.4: must stand in exactly one family"),
        ("families/fraud.yaml", "- visa.10.4\n", "- visa.13.1\n", "visa.13.1: must stand in exactly one family"),
        ("families/fraud.yaml", "  en: ", "  fr: ", "families/fraud.yaml: Object contains unknown field `fr`"),
        ("kinds/review.yaml", "- rating", "- ratting", "facts names 'ratting'"),
        ("unfamilied.yaml", "visa.10.5", "visa.10.6", "unfamilied.yaml: reason names 'visa.10.6'"),
        ("cooling_off/fr.yaml", "  days: 14", "  days: fourteen", "cooling_off/fr.yaml, cool.fr: Expected `int"),
        ("senders/gateway.yaml", "- mail_domains", "- mail_domain", "which is neither a field nor a known matter"),
        ("facts.yaml", "- key: arn", "- key: charge_id", "facts.yaml: 'charge_id' stands there twice"),
    ],
)  # fmt: skip
def test_mistakes_are_named(copy: Path, file: str, old: str, new: str, message: str) -> None:
    path = copy / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = check(Knowledge(copy))
    assert any(message in problem for problem in found), found


def test_a_key_given_twice_is_named_with_its_line() -> None:
    with pytest.raises(KnowledgeError, match=r"x\.yaml, line 2: the key 'a' stands there twice"):
        read_yaml("a: 1\na: 2\n", "x.yaml")


def test_yaml_is_text_until_the_schema_says_otherwise() -> None:
    found = read_yaml("a: NO\nb: 05\nc: 2026-01-02\nd: null\ne: 'null'\nf: 12.50\n", "x.yaml")
    assert found == {"a": "NO", "b": "05", "c": "2026-01-02", "d": None, "e": "null", "f": "12.50"}


@pytest.mark.parametrize("content", [b"records: [", b"\xff\xfe", b"", b"- 1", b"records: 1", b"? {a: 1}\n: 2\n"])
def test_a_broken_file_is_named(copy: Path, content: bytes) -> None:
    (copy / "senders" / "gateway.yaml").write_bytes(content)
    found = check(Knowledge(copy))
    assert found
    assert all(problem.startswith("senders/gateway.yaml") for problem in found)


def test_the_version_follows_the_content(copy: Path) -> None:
    before = Knowledge(copy).version
    assert before == Knowledge().version
    path = copy / "facts.yaml"
    path.write_text(path.read_text("utf-8") + "# \n", "utf-8")
    assert Knowledge(copy).version != before


def test_reviews_that_are_due_are_listed() -> None:
    assert overdue(Knowledge(), date(2026, 12, 1)) == []
    assert ("2027-04-30", "reasons/visa/fraud.yaml") in overdue(Knowledge(), date(2027, 5, 1))


def test_the_command_fails_on_a_mistake(copy: Path) -> None:
    (copy / "kinds" / "review.yaml").write_text("code: review\n", "utf-8")
    wrong = subprocess.run([sys.executable, "-m", "goodstanding.knowledge", str(copy)], capture_output=True, text=True)
    assert wrong.returncode == 1
    assert "kinds/review.yaml: Object missing required field" in wrong.stdout
    right = subprocess.run([sys.executable, "-m", "goodstanding.knowledge"], capture_output=True, text=True)
    assert right.returncode == 0
    assert "reasons" in right.stdout
