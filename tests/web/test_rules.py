"""Rules as sentences: read back, pointed at where they are wrong, tried on past cases."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast, cast

from goodstanding.models import Rule, acting_for

from .stage import HOSTILE, a_case, browser

pytestmark = pytest.mark.django_db
LARGE = "当 拒付金额 > 50 USD 则 标签 = (大额)"


@pytest.fixture
def people() -> Cast:
    return cast()


def url(people: Cast, path: str = "") -> str:
    return f"/m/{people.merchant.slug}/rules/{path}"


def text(page: Any) -> str:
    return str(page.content.decode())


def kept(people: Cast) -> list[str]:
    with acting_for(people.merchant.pk):
        return list(Rule.objects.values_list("text", flat=True))


def add(people: Cast, sentence: str) -> Rule:
    with acting_for(people.merchant.pk):
        count = Rule.objects.count()
        return Rule.objects.create(merchant=people.merchant, name=sentence[:20], text=sentence, position=count)


def test_a_rule_is_said_back_and_tried_before_it_is_kept(people: Cast) -> None:
    a_case(people)
    alice = browser(people.alice)
    page = text(alice.post(url(people, "new/"), {"text": LARGE, "say": "check"}))
    assert "系统读到的是" in page
    assert "会命中" in page
    assert "1 / 1" in page
    assert kept(people) == []
    assert "没有一个会命中" in text(alice.post(url(people, "new/"), {"text": LARGE.replace("50", "5000")}))
    assert alice.post(url(people, "new/"), {"text": LARGE, "say": "save"}).status_code == 302
    assert kept(people) == [LARGE]
    assert "大额" in text(alice.get(url(people)))


def test_an_error_is_shown_at_its_character(people: Cast) -> None:
    page = browser(people.alice).post(url(people, "new/"), {"text": "当 拒付金额 大约 50 则 标签 = (x)", "say": "save"})
    assert page.status_code == 422
    assert "第 8 个字符处" in text(page)
    assert "<mark>大</mark>约 50" in text(page)
    assert kept(people) == []


@pytest.mark.parametrize("given", ["", "\0", HOSTILE, "当" * 20_001, "当 (" * 100])
def test_what_is_no_rule_is_answered_in_words(people: Cast, given: str) -> None:
    page = browser(people.alice).post(url(people, "new/"), {"text": given, "say": "save"})
    assert page.status_code == 422
    assert "<script>alert(1)" not in text(page)


def test_conflicts_are_shown_beside_the_rule_and_in_the_list(people: Cast) -> None:
    add(people, "当 任何案件 则 优先级 = 高")
    row = add(people, "当 拒付金额 > 50 USD 则 优先级 = 低")
    alice = browser(people.alice)
    assert "被前面的规则占先" in text(alice.get(url(people)))
    assert "被前面的规则占先" in text(alice.get(url(people, f"{row.pk}/")))
    alice.post(url(people, f"{row.pk}/change/"), {"do": "earlier"})
    with acting_for(people.merchant.pk):
        assert Rule.objects.values_list("pk", flat=True)[0] == row.pk


def test_switched_off_and_removed(people: Cast) -> None:
    row = add(people, LARGE)
    alice = browser(people.alice)
    alice.post(url(people, f"{row.pk}/change/"), {"do": "switch"})
    assert "已停用" in text(alice.get(url(people)))
    alice.post(url(people, f"{row.pk}/change/"), {"do": "remove"})
    assert kept(people) == []


def test_a_rule_that_cannot_be_read_is_named_and_can_be_mended(people: Cast) -> None:
    row = add(people, "这不是规则")
    alice = browser(people.alice)
    assert "读不懂，没有在用" in text(alice.get(url(people)))
    assert "个字符处" in text(alice.get(url(people, f"{row.pk}/")))
    assert alice.post(url(people, f"{row.pk}/"), {"text": LARGE, "say": "save"}).status_code == 302
    assert kept(people) == [LARGE]


def test_only_owners_write_rules(people: Cast) -> None:
    row = add(people, LARGE)
    for member in (people.bob, people.carol):
        client = browser(member)
        assert "大额" in text(client.get(url(people)))
        if not member.may("manage"):
            assert client.get(url(people, "new/")).status_code == 403
            assert client.post(url(people, f"{row.pk}/"), {"text": LARGE, "say": "save"}).status_code == 403
    own = f"/m/{people.elsewhere.slug}/rules/{row.pk}/"
    assert browser(people.mallory).post(own, {"text": LARGE}).status_code in (403, 404)
    assert kept(people) == [LARGE]
