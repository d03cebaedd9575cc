"""The reference pages say what the records say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from goodstanding.knowledge import knowledge
from goodstanding.knowledge.pages import facts_page
from goodstanding.knowledge.schema.common import Basis

DOCS = Path(__file__).parents[2] / "docs" / "reference"


def test_facts_page(request: pytest.FixtureRequest) -> None:
    path = DOCS / "facts.md"
    if request.config.getoption("--golden"):
        path.write_text(facts_page(knowledge()), "utf-8")
        pytest.skip("page rewritten")
    assert path.read_text("utf-8") == facts_page(knowledge())


def test_the_specification_page_and_the_data_name_the_same_kinds_and_categories() -> None:
    text = (DOCS / "notice-families.md").read_text("utf-8")
    kinds = set(re.findall(r"^\| `([a-z_]+)` \|", text, re.MULTILINE)) - {"genuine", "phishing", "unverified"}
    assert kinds == set(knowledge().kinds)
    listed = re.search(r"`reason_category`: `([^`]+)`", text)
    assert listed is not None
    assert listed[1].split() == list(knowledge().reason_categories)


def test_the_knowledge_page_explains_every_basis_and_folder() -> None:
    text = (DOCS / "knowledge.md").read_text("utf-8")
    for word in (
        *Basis.__args__,
        "reasons/",
        "gateways/",
        "programmes/",
        "senders/",
        "obligations/",
        "cooling_off/",
        "evidence/",
    ):  # type: ignore[attr-defined]
        assert f"`{word}`" in text, word


def test_the_playbooks_page_explains_every_tag() -> None:
    text = (DOCS / "playbooks.md").read_text("utf-8")
    for tag in ("needs", "exhibit", "record", "when", "without", "plain", "optional"):
        assert f"`[{tag}" in text, tag


def test_guidance_cites_records_that_exist() -> None:
    cited = 0
    for files in knowledge().playbooks.values():
        for id_ in re.findall(r"【([^】]+)】", files.guidance_zh):
            assert id_ in knowledge().by_id, f"{files.folder}: {id_}"
            cited += 1
        assert "【" in files.guidance_zh, files.folder
    assert cited > 40
