"""The seller is asked, and what they say becomes a fact of the case with its own source."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.cast import cast, connection

from goodstanding.dossier import case_facts
from goodstanding.models import Case, acting_for
from goodstanding.pipeline import answers
from goodstanding.pipeline.refusals import Refusal

pytestmark = pytest.mark.django_db


def opened(people):
    with acting_for(people.merchant.pk):
        now = timezone.now()
        return Case.objects.create(
            merchant=people.merchant, number=1, connection=connection(people.merchant), case_ref="D-1",
            kind="regulator", opened_at=now, last_event_at=now,
        )  # fmt: skip


def test_an_answer_is_a_fact_that_names_the_seller_as_its_source():
    people = cast()
    case = opened(people)
    with acting_for(people.merchant.pk):
        answers.answer(case, people.alice, {"cancelled_at": "2026-11-01T08:00:00+00:00"})
        fact = case_facts(case)["cancelled_at"]
        assert fact.source == "answers"
        assert fact.value.isoformat() == "2026-11-01T08:00:00+00:00"
        assert [event.kind for event in case.audit_events.all()] == ["case.answered"]
        answers.answer(case, people.alice, {"cancelled_at": ""})
        assert "cancelled_at" not in case_facts(case)


def test_nobody_answers_who_may_only_look_nor_what_is_no_fact():
    people = cast()
    case = opened(people)
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="只能查看"):
            answers.answer(case, people.carol, {"cancelled_at": "x"})
        with pytest.raises(Refusal, match="没有"):
            answers.answer(case, people.alice, {"no_such_thing": "x"})
        with pytest.raises(Refusal, match="太长"):
            answers.answer(case, people.alice, {"cancelled_at": "x" * 5_000})
        assert case.audit_events.count() == 0
