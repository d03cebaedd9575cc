"""A member's own calendar and absence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast, cast

from goodstanding.models import Absence, acting_for

from .stage import a_case, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def url(people: Cast, path: str = "") -> str:
    return f"/m/{people.merchant.slug}/own/{path}"


def text(page: Any) -> str:
    return str(page.content.decode())


def stamp(hours: int) -> str:
    return (timezone.localtime() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_the_feed_is_shown_once_read_by_anyone_with_it_and_ended(people: Cast) -> None:
    a_case(people)
    alice, nobody = browser(people.alice), browser(None)
    made = text(alice.post(url(people, "calendar/")))
    first = re.search(r"/calendar/[^<\s]+\.ics", made)
    assert first
    feed = nobody.get(first[0])
    assert feed.status_code == 200
    assert feed["Content-Type"].startswith("text/calendar")
    assert feed.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"BEGIN:VEVENT" in feed.content
    page = text(alice.get(url(people)))
    assert first[0] not in page
    assert "已开启" in page
    second = re.search(r"/calendar/[^<\s]+\.ics", text(alice.post(url(people, "calendar/"))))
    assert second
    assert nobody.get(first[0]).status_code == 404
    alice.post(url(people, "calendar/end/"))
    assert nobody.get(second[0]).status_code == 404
    assert nobody.get("/calendar/guess.ics").status_code == 404
    assert nobody.post(second[0]).status_code == 405


def test_away_with_a_deputy_and_back(people: Cast) -> None:
    alice = browser(people.alice)
    told = {"starts_at": stamp(1), "ends_at": stamp(48), "deputy": str(people.bob.pk)}
    assert alice.post(url(people, "away/"), told).status_code == 302
    with acting_for(people.merchant.pk):
        row = Absence.objects.get()
        assert (row.member_id, row.deputy_id) == (people.alice.pk, people.bob.pk)
    assert str(people.bob) in text(alice.get(url(people)))
    assert browser(people.bob).post(url(people, f"away/{row.pk}/end/")).status_code == 404
    alice.post(url(people, f"away/{row.pk}/end/"))
    with acting_for(people.merchant.pk):
        assert not Absence.objects.exists()


def test_times_and_deputies_that_cannot_be_are_refused_in_words(people: Cast) -> None:
    alice = browser(people.alice)
    wrong = alice.post(url(people, "away/"), {"starts_at": stamp(5), "ends_at": stamp(1)})
    assert wrong.status_code == 422
    assert "结束时间应在开始之后" in text(wrong)
    for deputy in (people.carol.pk, people.mallory.pk, people.alice.pk, "x"):
        told = {"starts_at": stamp(1), "ends_at": stamp(5), "deputy": str(deputy)}
        assert alice.post(url(people, "away/"), told).status_code == 422
    assert alice.post(url(people, "away/"), {}).status_code == 422


def test_who_only_looks_has_an_own_calendar_too(people: Cast) -> None:
    assert "/calendar/" in text(browser(people.carol).post(url(people, "calendar/")))
    assert "日历与代班" in text(browser(people.carol).get("/profile/"))
