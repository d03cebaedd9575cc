"""The card of every kind: six sections, each line with its source, nothing that is not in the knowledge or the notice."""

from __future__ import annotations

import functools
import operator
from datetime import UTC, datetime, timedelta

import pytest
from tests.cast import Cast, cast, connection

from goodstanding import knowledge
from goodstanding.dossier import cards
from goodstanding.models import Case, Delivery, Notice, acting_for
from goodstanding.pipeline import schedule

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 8, tzinfo=UTC)
KINDS = sorted(knowledge.knowledge().kinds)


@pytest.fixture
def people() -> Cast:
    return cast()


def made(people: Cast, kind: str, **fields: object) -> tuple[Case, Notice]:
    """A case of a kind with its one notice, due in ten days where the kind is answered."""
    known = knowledge.kind(kind)
    assert known is not None
    due = {"at": (NOW + timedelta(days=10)).isoformat(), "on": "", "zone": "America/New_York", "raw": ""}
    of = {"merchant": people.merchant, "connection": connection(people.merchant)}
    told = {"kind": kind, "case_ref": "D-1", "stage": next(iter(known.stages), ""), **fields}
    family = str(told.pop("family", ""))
    with acting_for(people.merchant.pk):
        case = Case.objects.create(
            **of, number=1, opened_at=NOW, last_event_at=NOW, authority="unverified", family=family, **told
        )
        delivery = Delivery.objects.create(**of, origin="paste", body=b"x", digest="0" * 64, received_at=NOW)
        answered = known.answer_needed != "no"
        notice = Notice.objects.create(
            **of, case=case, delivery=delivery, event_ref="e", authority="unverified",
            occurred_at=NOW, respond_by=due if answered else None, **told,
        )  # fmt: skip
    schedule.schedule(people.merchant.pk, case.pk)
    return case, notice


def lines(people: Cast, kind: str, **fields: object) -> dict[str, list[dict[str, str]]]:
    case, notice = made(people, kind, **fields)
    found: dict[str, list[dict[str, str]]] = {}
    with acting_for(people.merchant.pk):
        for line in cards.card(case, notice):
            found.setdefault(line["section"], []).append(line)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_whole_card_with_sources(people: Cast, kind: str):
    card = lines(people, kind)
    assert set(card) == set(cards.SECTIONS)
    for line in functools.reduce(operator.iadd, card.values(), []):
        assert line["zh"] and "{" not in line["zh"] and "【" not in line["zh"]
        assert known_source(line["source"]), line


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_by_when_on_both_clocks_or_that_nothing_is_due(people: Cast, kind: str):
    told = " ".join(line["zh"] for line in lines(people, kind)["when"])
    if knowledge.kind(kind).answer_needed == "no":  # type: ignore[union-attr]
        assert "不用答复" in told
    else:
        assert "2026-11-20 16:00 CST（北京时间）" in told and "2026-11-20 03:00 EST" in told


def test_a_known_reason_says_what_it_asks_for_and_how_it_is_lost(people: Cast):
    card = lines(people, "chargeback", reason_scheme="visa", reason_code="13.1", network="visa", family="not_received")
    assert {line["source"] for line in card["mistakes"]} == {"visa.13.1"}
    assert all(line["source"].startswith("ev.") for line in card["prepare"])


def test_a_letter_without_a_number_gives_none(people: Cast):
    case, notice = made(people, "legal_threat")
    notice.reading = {"text": "x", "fields": {}}
    with acting_for(people.merchant.pk):
        told = [line["zh"] for line in cards.card(case, notice) if line["section"] == "who"]
    assert not [line for line in told if "D-1" in line]


def known_source(source: str) -> bool:
    """A field of the notice, the deadline's own reason, or a record of the knowledge."""
    folder, _slash, name = source.partition("/")
    store = knowledge.knowledge()
    if folder == "kinds":
        return name in store.kinds
    if folder == "families":
        return knowledge.family(name) is not None
    if folder == "playbooks":
        return name in {item.playbook.id for item in store.playbooks.values()}
    return source == "deadline" or source.startswith(("field:", "notice:")) or knowledge.record(source) is not None
