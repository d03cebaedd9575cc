"""A member's deadlines as a calendar that a phone reads."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast, cast
from tests.pipeline.test_remind import NOON, case_of

from goodstanding.models import Case, Connection, Deadline, Link, Member, acting_for
from goodstanding.pipeline import calendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(settings) -> Cast:
    settings.ORIGIN = "https://notices.example.com"
    return cast()


def token_of(member: Member) -> str:
    with acting_for(member.merchant_id):
        return calendar.open(member).rpartition("/")[2].removesuffix(".ics")


def read(data: bytes) -> list[dict[str, str]]:
    """The events, unfolded, by RFC 5545."""
    assert data.endswith(b"END:VCALENDAR\r\n") and all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = data.decode().replace("\r\n ", "").split("\r\n")
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            events[-1].setdefault(name, value)
    return events


def test_a_members_deadlines(people: Cast):
    mine = case_of(people, 1, owner=people.alice, amount="1234.50", currency="USD")
    case_of(people, 2, owner=people.bob)
    case_of(people, 3)
    case_of(people, 4, owner=people.alice, drill=True)
    case_of(people, 5, owner=people.alice, settled_at=NOON)
    with acting_for(people.merchant.pk):
        Connection.objects.update(label="Acme; Pay, \\ a very long name of a channel 很长的渠道名称，用来折行")
    data = calendar.feed(token_of(people.alice), NOON)
    assert data is not None
    events = read(data)
    assert [item["SUMMARY"] for item in events] == ["答复截止：拒付 #1 1234.50 USD", "答复截止：拒付 #3"]
    first = events[0]
    assert (first["DTSTART"], first["DTEND"], first["DTSTAMP"]) == (
        "20270321T033000Z",
        "20270321T040000Z",
        "20270301T040000Z",
    )
    assert first["UID"] == f"deadline-{people.merchant.pk}-{mine.pk}-answer-stated@goodstanding"
    assert first["DESCRIPTION"].startswith("Acme\\; Pay\\, \\\\ a very long")
    assert first["URL"] == "https://notices.example.com/m/qingchuan/cases/1/"


def test_met_moved_and_answered(people: Cast):
    case = case_of(people, owner=people.alice)
    token = token_of(people.alice)
    with acting_for(people.merchant.pk):
        Deadline.objects.update(at=NOON + timedelta(days=1))
    (event,) = read(calendar.feed(token, NOON) or b"")
    assert event["DTEND"] == "20270302T040000Z"
    with acting_for(people.merchant.pk):
        Deadline.objects.filter(case=case).update(met_at=NOON)
    assert read(calendar.feed(token, NOON) or b"") == []


def test_carol_sees_no_others_cases_and_mallory_none(people: Cast):
    case_of(people)
    assert read(calendar.feed(token_of(people.carol), NOON) or b"") == []
    assert read(calendar.feed(token_of(people.mallory), NOON) or b"") == []


def test_revoked_renewed_and_forged(people: Cast):
    first = token_of(people.alice)
    second = token_of(people.alice)
    assert calendar.feed(first) is None and calendar.feed(second) is not None
    with acting_for(people.merchant.pk):
        assert calendar.current(people.alice) and not Link.objects.filter(token_digest=second).exists()
        assert calendar.revoke(people.alice) and not calendar.revoke(people.alice)
    assert calendar.feed(second) is None
    assert calendar.feed("") is None and calendar.feed(second + "x") is None


def test_who_left_reads_nothing(people: Cast):
    token = token_of(people.bob)
    with acting_for(people.merchant.pk):
        Member.objects.filter(pk=people.bob.pk).update(left_at=NOON)
    assert calendar.feed(token) is None


def test_one_who_answered_has_nothing_left(people: Cast):
    case = case_of(people, owner=people.alice)
    token = token_of(people.alice)
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=case.pk).update(settled_at=NOON)
    assert read(calendar.feed(token) or b"") == []


@given(st.text())
def test_escaping_can_be_undone_and_lines_are_short(text: str):
    line = "SUMMARY:" + calendar.escaped(text)
    folded = calendar.folded(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))
    assert "\n" not in line and "\r" not in line
