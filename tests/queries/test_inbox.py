"""The inbox's answers: the right cases, in order, in a number of queries that does not grow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import Cast, cast, connection
from tests.web.stage import a_case

from goodstanding.models import Case, Merchant, Waiting, acting_for
from goodstanding.queries.case import case_page, find
from goodstanding.queries.inbox import ALL, Filters, inbox

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


def many(merchant: Merchant, count: int, **fields: Any) -> list[Case]:
    where = connection(merchant)
    with acting_for(merchant.pk):
        rows = []
        for index in range(count):
            told: dict[str, Any] = {
                "case_ref": f"D-{index}", "kind": "chargeback", "opened_at": NOW - timedelta(hours=index), "last_event_at": NOW,
                "due_at": NOW + timedelta(days=index % 5) if index % 4 else None, "amount": Decimal(index), "currency": "USD",
            }  # fmt: skip
            rows.append(
                Case.objects.create(
                    merchant=merchant, connection=where, number=merchant.next_case_number(), **{**told, **fields}
                )
            )
        return rows


@pytest.fixture
def people() -> Cast:
    return cast()


def numbers(people: Cast, **filters: Any) -> list[int]:
    with acting_for(people.merchant.pk):
        page = inbox(people.merchant, people.alice, Filters(**filters))
    return [row.number for row in page.rows]


@pytest.mark.parametrize("filters", [{"tab": "open"}, {"tab": ALL}, {"tab": "open", "sort": "newest"}])
def test_pages_by_key_show_each_case_once(people: Cast, filters: dict[str, str]) -> None:
    made = many(people.merchant, 23)
    seen: list[int] = []
    after = ""
    with acting_for(people.merchant.pk):
        for _ in range(10):
            page = inbox(people.merchant, people.alice, Filters(**filters, after=after), size=5)
            seen += [row.number for row in page.rows]
            after = page.next
            if not after:
                break
    assert sorted(seen) == sorted(case.number for case in made)
    assert len(seen) == len(set(seen))


def test_the_most_urgent_comes_first_and_the_undated_last(people: Cast) -> None:
    many(people.merchant, 9)
    with acting_for(people.merchant.pk):
        dates = [row.due_at for row in inbox(people.merchant, people.alice, Filters()).rows]
    dated = [date for date in dates if date]
    assert dated == sorted(dated)
    assert all(date is None for date in dates[len(dated) :])


def test_queries_do_not_grow(people: Cast, django_assert_num_queries: Any) -> None:
    many(people.merchant, 3)
    with acting_for(people.merchant.pk), django_assert_num_queries(5):
        inbox(people.merchant, people.alice, Filters())
    many(people.merchant, 30)
    with acting_for(people.merchant.pk), django_assert_num_queries(5):
        page = inbox(people.merchant, people.alice, Filters())
    assert len(page.rows) == 33


def test_counts_agree_with_the_tabs(people: Cast) -> None:
    many(people.merchant, 4)
    many(people.merchant, 2, needs_human=["no_cue"])
    many(people.merchant, 3, settled_at=NOW)
    with acting_for(people.merchant.pk):
        page = inbox(people.merchant, people.alice, Filters())
        for tab in (*Waiting.values, ALL, "open"):
            rows = inbox(people.merchant, people.alice, Filters(tab=tab)).rows
            assert len(rows) == page.counts.get(tab, 0), tab
    assert page.counts["person"] == 2


def test_search_finds_by_every_name(people: Cast) -> None:
    a_case(people)
    for word in ("#1", "1", "dp_20001", "gs-1001", "jordan", "JORDAN.LEE@EXAMPLE.COM", "Jordan GS-1001"):
        assert numbers(people, search=word) == [1], word
    assert numbers(people, search="nothing like it") == []
    assert numbers(people, search="Jordan nobody") == []


def test_filters_narrow(people: Cast) -> None:
    rows = many(people.merchant, 4)
    many(people.merchant, 1, kind="regulator", drill=True)
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=rows[0].pk).update(owner=people.bob, network="visa", due_at=NOW - timedelta(hours=1))
    first = rows[0].number
    assert numbers(people, owner=str(people.bob.pk)) == [first]
    assert numbers(people, network="visa") == [first]
    assert numbers(people, due="overdue") == [first]
    assert numbers(people, kind="regulator", scope="drill") == [5]
    assert 5 not in numbers(people, scope="live")
    assert numbers(people, least=Decimal(3), most=Decimal(3)) == [4]
    assert numbers(people, owner="me") == []


def test_another_merchant_sees_nothing(people: Cast) -> None:
    many(people.merchant, 3)
    with acting_for(people.elsewhere.pk):
        assert inbox(people.elsewhere, people.mallory, Filters(tab=ALL)).rows == ()
        assert inbox(people.merchant, people.mallory, Filters(tab=ALL)).rows == ()


def test_the_case_page_needs_as_many_queries_for_much_as_for_little(people: Cast) -> None:
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    a_case(people)
    with acting_for(people.merchant.pk):
        case = find(people.merchant, 1)
        assert case is not None
        case_page(case)  # knowledge is read from its files the first time
        with CaptureQueriesContext(
            database,
        ) as little:
            case_page(case)
    from tests.web.stage import picture

    from goodstanding.pipeline import evidence

    with acting_for(people.merchant.pk):
        for index in range(6):
            evidence.add(case, people.alice, f"{index}.png", picture(str(index)), "ev.customer_comm")
        case = find(people.merchant, 1)
        assert case is not None
        with CaptureQueriesContext(database) as much:
            page = case_page(case)
    assert len(page.exhibits) >= 6
    assert len(much) == len(little)
