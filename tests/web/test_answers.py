"""The seller is asked, answers, and takes it back; an unknown hand-over is settled by a person."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cast import Cast, cast

from goodstanding.models import Case, Reply, Submission, acting_for
from goodstanding.pipeline import approve

from .stage import HOSTILE, a_case, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    everyone = cast()
    a_case(everyone, proven=True)
    return everyone


def url(people: Cast, path: str = "") -> str:
    return f"/m/{people.merchant.slug}/cases/1/{path}"


def text(page: Any) -> str:
    return str(page.content.decode())


def kept(people: Cast) -> dict[str, str]:
    with acting_for(people.merchant.pk):
        return dict(Case.objects.get(number=1).answers)


def test_the_playbooks_questions_are_asked_and_answered(people: Cast) -> None:
    alice = browser(people.alice)
    page = text(alice.get(url(people)))
    assert "向卖家了解" in page
    assert "签收人是谁，与收货人什么关系？" in page
    assert 'name="a_signed_by"' in page
    assert alice.post(url(people, "answers/"), {"a_signed_by": HOSTILE}).status_code == 302
    assert kept(people)["signed_by"] == HOSTILE
    page = text(alice.get(url(people)))
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    alice.post(url(people, "answers/"), {"a_signed_by": "  "})
    assert kept(people) == {}


def test_what_records_show_is_said_beside_the_question(people: Cast) -> None:
    page = text(browser(people.alice).get(url(people)))
    assert "资料已显示：12 Elm St, Portland" in page


def test_a_wrong_answer_is_refused_in_words_and_not_lost(people: Cast) -> None:
    alice = browser(people.alice)
    page = alice.post(url(people, "answers/"), {"a_no_such_fact": "x"})
    assert page.status_code == 422
    page = alice.post(url(people, "answers/"), {"a_signed_by": "y" * 4001})
    assert page.status_code == 422
    assert "y" * 4001 in text(page)
    assert kept(people) == {}


def test_who_only_looks_is_asked_nothing(people: Cast) -> None:
    page = text(browser(people.carol).get(url(people)))
    assert "向卖家了解" in page
    assert "保存回答" not in page


def test_questions_in_english(people: Cast) -> None:
    alice = browser(people.alice)
    alice.post("/language/", {"language": "en"})
    page = text(alice.get(url(people)))
    assert "Ask the seller" in page
    assert "Save answers" in page


def test_the_chinese_stands_beside_and_says_when_it_is_old(people: Cast) -> None:
    alice = browser(people.alice)
    page = text(alice.get(url(people)))
    assert "中文对照（不会发出）" in page
    assert "已过时" not in page
    with acting_for(people.merchant.pk):
        written = Reply.objects.filter(case__number=1)[0].text
    alice.post(url(people, "reply/"), {"text": written + "\nThank you.\n"})
    page = text(alice.get(url(people)))
    assert "中文对照（不会发出）" in page
    assert "已过时" in page


def unknown(people: Cast) -> None:
    with acting_for(people.merchant.pk):
        package = Case.objects.get(number=1).packages.get(superseded_at__isnull=True)
        approve.approve(package, people.alice, package.digest, True, "")
        Submission.objects.create(
            merchant=people.merchant, package=package, member=people.alice, way="api", state="unknown",
            receipt={"reason": "the call was cut off", "code": "cut_off"},
        )  # fmt: skip


def test_what_became_of_a_hand_over_is_said_by_a_person(people: Cast) -> None:
    unknown(people)
    alice = browser(people.alice)
    page = text(alice.get(url(people)))
    assert "the call was cut off" in page
    assert "对方已收到" in page
    where = url(people, "packages/1/settlement/")
    alice.post(where, {"arrived": "perhaps"})
    with acting_for(people.merchant.pk):
        assert Submission.objects.get().state == "unknown"
    alice.post(where, {"arrived": "yes"})
    with acting_for(people.merchant.pk):
        assert Submission.objects.get().state == "sent"
    assert "对方已收到" not in text(alice.get(url(people)))


def test_what_did_not_arrive_can_be_handed_over_again(people: Cast) -> None:
    unknown(people)
    alice = browser(people.alice)
    alice.post(url(people, "packages/1/settlement/"), {"arrived": "no"})
    page = text(alice.get(url(people)))
    assert "经人工核对，对方没有收到" in page
    assert "标记为已人工提交" in page


def test_who_only_looks_settles_nothing(people: Cast) -> None:
    unknown(people)
    assert 'name="arrived"' not in text(browser(people.carol).get(url(people)))
