"""A merchant's own templates: laid over the shipped ones, compared with them, and refused where they would state the unproven."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.knowledge import knowledge
from goodstanding.reckoning.drafting import LANGUAGES, parse
from goodstanding.reckoning.overlay import LONGEST, OverlayError, check, difference, overlay

SHIPPED = knowledge().playbooks["chargeback.not_received"]
OWN = "Dear Team, [plain]\n\nOrder {{order_number}} arrived on {{delivered_at|date}}. [exhibit: ev.signature_pod]\n"


def test_the_own_reply_stands_in_place_of_the_shipped_one() -> None:
    mine = overlay(SHIPPED, {"en": OWN})
    assert mine.replies["en"] == OWN
    assert mine.replies["de"] == SHIPPED.replies["de"]
    assert (mine.playbook, mine.guidance_zh, mine.folder) == (SHIPPED.playbook, SHIPPED.guidance_zh, SHIPPED.folder)


def test_the_shipped_playbook_is_unchanged() -> None:
    before = dict(SHIPPED.replies)
    overlay(SHIPPED, {"en": OWN})
    assert SHIPPED.replies == before
    assert knowledge().playbooks["chargeback.not_received"].replies["en"] == before["en"]


def test_nothing_of_one_s_own_changes_nothing() -> None:
    assert overlay(SHIPPED, {}) == SHIPPED
    assert difference(SHIPPED, {}) == ()
    assert difference(SHIPPED, {"en": SHIPPED.replies["en"]}) == ()


def test_the_difference_is_a_unified_diff() -> None:
    own = SHIPPED.replies["en"].replace("Dear Dispute Team,", "Dear Colleagues,")
    lines = difference(SHIPPED, {"en": own})
    assert lines[:2] == ("--- shipped/reply.en.md", "+++ own/reply.en.md")
    assert "-Dear Dispute Team, [plain]" in lines
    assert "+Dear Colleagues, [plain]" in lines
    assert sum(line.startswith(("+", "-")) for line in lines) == 4


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ({"en": "We always ship on time.\n"}, "第 1 行：没有依据"),
        ({"en": "Hello. [plain]\nIt arrived in 3 days. [plain]\n"}, "第 2 行：标题和 [plain] 句里不能有数字"),
        ({"en": "## Order 1001\n"}, "第 1 行：标题和 [plain] 句里不能有数字"),
        ({"en": "Order {{order_number}}. [plain]\n"}, "第 1 行：标了 [plain] 却引用了事实或证据"),
        ({"en": "## {{order_number}}\n"}, "第 1 行：标题里不能引用事实"),
        ({"en": "Order {{ordr}}.\n"}, "第 1 行无法识别（no fact is called 'ordr'"),
        ({"en": "Hello. [plain]\n\nPaid. [exhibit: ev.nothing]\n"}, "第 3 行无法识别"),
        ({"en": "  \n"}, "模板是空的"),
        ({"en": "a" * (LONGEST + 1)}, "上限是 20000"),
        ({"xx": OWN}, "不支持的语言“xx”"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_used_says_where_and_why(own: dict[str, str], message: str) -> None:
    problems = check(own)
    assert message in problems[0].message_zh
    assert problems[0].language in own
    with pytest.raises(OverlayError) as caught:
        overlay(SHIPPED, own)
    assert caught.value.problems == problems
    assert message in str(caught.value)


def test_every_mistake_is_named_at_once() -> None:
    problems = check({"de": "Falsch.\nAuch falsch.\n", "en": "Wrong.\n"})
    assert [(item.language, item.message_zh[:6]) for item in problems] == [
        ("de", "第 1 行："),
        ("de", "第 2 行："),
        ("en", "第 1 行："),
    ]


@pytest.mark.parametrize("files", knowledge().playbooks.values(), ids=lambda files: files.playbook.id)
def test_every_shipped_reply_may_be_taken_over_and_edited(files) -> None:  # type: ignore[no-untyped-def]
    assert check(files.replies) == ()


@given(st.text(max_size=300))
def test_whatever_a_member_writes_is_read_or_refused(text: str) -> None:
    if not check({"zh": text}):
        assert all(line.sourced for line in parse(overlay(SHIPPED, {"zh": text}).replies["zh"]).lines)


def test_each_language_may_be_overlaid() -> None:
    own = dict.fromkeys(LANGUAGES, "{{merchant_name}}\n")
    assert set(overlay(SHIPPED, own).replies) >= set(LANGUAGES)
