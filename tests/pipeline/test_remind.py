"""Who is reminded when: planned once, claimed once, told once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection as database
from tests.cast import Cast, cast, connection
from tests.pipeline.desk import OPENED, arrive, current, event, keep_order, prove, the_case, work

from goodstanding.models import (
    Case,
    Connection,
    Deadline,
    Notification,
    Package,
    Pause,
    PluginType,
    ServiceLevel,
    acting_for,
)
from goodstanding.pipeline import absences, approve, clock, notify, outcome, promises, remind, schedule
from goodstanding.pipeline.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2027, 3, 1, 4, tzinfo=UTC)  # a Monday in Shanghai
PROOF = ("ev.delivery_full_address", "ev.signature_pod")


@pytest.fixture
def people() -> Cast:
    return cast()


def case_of(people: Cast, number: int = 1, *, due: datetime | None = NOON + timedelta(days=20), **fields) -> Case:
    """A case that came in at noon."""
    with acting_for(people.merchant.pk):
        channel = Connection.objects.filter(type=PluginType.CHANNEL).first()
    channel = channel or connection(people.merchant)
    with acting_for(people.merchant.pk):
        case = Case.objects.create(
            merchant=people.merchant,
            number=number,
            connection=channel,
            case_ref=f"D-{number}",
            kind="chargeback",
            opened_at=NOON,
            last_event_at=NOON,
            due_at=due,
            **fields,
        )
        Case.objects.filter(pk=case.pk).update(created_at=NOON)
        if due:
            Deadline.objects.create(
                merchant=people.merchant,
                case=case,
                purpose="answer",
                at=due,
                zone="UTC",
                origin="stated",
                reason={"a": 1},
            )
        return Case.objects.select_related("merchant", "connection").get(pk=case.pk)


def robot(people: Cast, **fields) -> Connection:
    return connection(people.merchant, "dingtalk", type=PluginType.NOTIFIER, secrets={}, settings={}, **fields)


def rows(case: Case, **wanted) -> list[Notification]:
    with acting_for(case.merchant_id):
        return list(case.notifications.filter(**wanted).order_by("at", "pk"))


def plan(case: Case, now: datetime = NOON) -> int:
    with acting_for(case.merchant_id):
        return remind.plan(case, now)


def move(case: Case, due: datetime) -> None:
    with acting_for(case.merchant_id):
        Deadline.objects.filter(case=case, purpose="answer").update(at=due)
        Case.objects.filter(pk=case.pk).update(due_at=due)


def test_the_usual_reminders_once(people: Cast):
    case = case_of(people, owner=people.alice)
    assert plan(case) == 6
    kept = rows(case)
    cutoff = NOON + timedelta(days=20)
    told = [(row.kind, row.at) for row in kept if row.member_id == people.alice.pk]
    assert told == [
        ("case_new", NOON),
        ("deadline_near", cutoff - timedelta(days=7)),
        ("deadline_near", cutoff - timedelta(days=3)),
        ("deadline_near", cutoff - timedelta(hours=24)),
        ("deadline_near", cutoff - timedelta(hours=4)),
    ]
    (escalation,) = [row for row in kept if row.kind == "escalated"]
    assert (escalation.member_id, escalation.at) == (people.bob.pk, NOON + timedelta(hours=24))
    assert plan(case) == 0 and plan(case, NOON + timedelta(days=3)) == 0
    assert [row.pk for row in rows(case, dropped_at=None)] == [row.pk for row in kept]


def test_without_owner_those_who_decide(people: Cast):
    case = case_of(people)
    plan(case)
    assert {row.member_id for row in rows(case)} == {people.alice.pk, people.bob.pk}
    with acting_for(people.merchant.pk):
        case.owner = people.bob
        case.save()
    plan(case)
    assert {row.member_id for row in rows(case, dropped_at=None, kind="deadline_near")} == {people.bob.pk}


def test_quiet_hours(people: Cast):
    late = NOON + timedelta(days=20, hours=15)  # 03:00 in Shanghai
    case = case_of(people, owner=people.alice, due=late)
    plan(case)
    for row in rows(case):
        hour = row.at.astimezone(UTC).hour + 8
        assert 8 <= hour % 24 <= 22 or row.urgent


def test_robots_tell_the_team_and_people_what_is_theirs(people: Cast):
    bot = robot(people)
    case = case_of(people, owner=people.alice)
    plan(case)
    assert {row.connection_id for row in rows(case, kind="deadline_near")} == {bot.pk}
    assert {row.member_id for row in rows(case, kind="escalated")} == {None, people.bob.pk}


def test_what_was_answered_or_settled_or_moved_is_dropped(people: Cast):
    case = case_of(people, owner=people.alice)
    plan(case)
    later = NOON + timedelta(days=40)
    move(case, later)
    plan(case, NOON + timedelta(days=1))
    live = rows(case, dropped_at=None)
    assert {row.at for row in live if row.kind == "deadline_near"} == {
        later - timedelta(hours=hours) for hours in (168, 72, 24, 4)
    }
    assert [row.at for row in live if row.kind == "deadline_moved"] == [NOON + timedelta(days=1)]
    assert plan(case, NOON + timedelta(days=2)) == 0
    assert len(rows(case, dropped_at=None, kind="deadline_moved")) == 1
    with acting_for(people.merchant.pk):
        outcome.settle(case, people.alice, "duplicate")
    assert not rows(case, dropped_at=None, sent_at=None)


def test_a_cutoff_that_returns_revives_only_what_lies_ahead(people: Cast):
    case = case_of(people, owner=people.alice)
    first = NOON + timedelta(days=20)
    plan(case)
    move(case, NOON + timedelta(days=40))
    plan(case, NOON + timedelta(days=1))
    move(case, first)
    plan(case, first - timedelta(days=5))
    near = rows(case, dropped_at=None, kind="deadline_near")
    assert [row.at for row in near] == [first - timedelta(hours=hours) for hours in (72, 24, 4)]


def test_seen_is_not_escalated(people: Cast):
    case = case_of(people, owner=people.alice)
    plan(case)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    with acting_for(people.merchant.pk):
        assert remind.acknowledge(case, people.carol, NOON) == 0
        assert remind.acknowledge(case, people.alice, NOON + timedelta(hours=1)) == 1
    plan(case, NOON + timedelta(hours=2))
    assert not rows(case, kind="escalated", dropped_at=None)


def test_a_drill_is_told_once_and_marked(people: Cast):
    mail.outbox.clear()
    case = case_of(people, owner=people.alice, drill=True)
    plan(case)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    assert [row.kind for row in rows(case)] == ["case_new"]
    (letter,) = mail.outbox
    assert letter.subject.startswith("[试运行]")


def test_due_takes_each_row_once_also_when_two_look(people: Cast):
    for number in range(1, 31):
        plan(case_of(people, number, owner=people.alice))
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    at = NOON + timedelta(days=13)
    found: list[int] = []
    ready = threading.Barrier(2)

    def look() -> None:
        try:
            ready.wait(20)
            found.append(remind.due(at))
        finally:
            database.close()

    both = [threading.Thread(target=look) for _ in range(2)]
    [one.start() for one in both]
    [one.join(60) for one in both]
    with acting_for(people.merchant.pk):
        expected = Notification.objects.filter(at__lte=at + notify.TOGETHER).exclude(kind="case_new").count()
    assert sum(found) == expected == 60
    assert remind.due(at) == 0
    # 10 minutes later nothing was sent: whoever claimed them is gone.
    assert remind.due(at + timedelta(minutes=11)) == 60


def test_the_clock_is_one(people: Cast):
    plan(case_of(people, owner=people.alice))
    stamp = int((NOON + timedelta(days=13)).timestamp())
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with clock._elected() as mine:
                assert mine
                entered.set()
                leave.wait(30)
        finally:
            database.close()

    other = threading.Thread(target=hold)
    other.start()
    assert entered.wait(20)
    clock.tick(stamp)
    with acting_for(people.merchant.pk):
        assert not Notification.objects.exclude(kind="case_new").filter(claimed_at__isnull=False).exists()
    leave.set()
    other.join(20)
    clock.tick(stamp)
    with acting_for(people.merchant.pk):
        assert Notification.objects.exclude(kind="case_new").filter(claimed_at__isnull=False).count() == 2


def test_who_is_away_is_not_told_but_the_deputy_is(people: Cast):
    mail.outbox.clear()
    case = case_of(people, owner=people.bob)
    with acting_for(people.merchant.pk):
        absences.set(people.bob, NOON - timedelta(days=1), NOON + timedelta(days=2), people.alice, people.bob)
    plan(case)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.com"] and "代班：Bob" in letter.body


def test_absences(people: Cast):
    one, day = people.merchant.pk, timedelta(days=1)
    with acting_for(one):
        for deputy, code in (
            (people.bob, "no_deputy"),
            (people.carol, "deputy_may_not"),
            (people.mallory, "no_deputy"),
        ):
            with pytest.raises(Refusal) as caught:
                absences.set(people.bob, NOON, NOON + day, deputy, people.bob)
            assert caught.value.code == code
        with pytest.raises(Refusal):
            absences.set(people.alice, NOON, NOON + day, None, people.bob)
        with pytest.raises(Refusal):
            absences.set(people.bob, NOON, NOON, None, people.bob)
        bob_away = absences.set(people.bob, NOON, NOON + day, None, people.alice)
        assert absences.stand_in(one, people.bob.pk, NOON) == people.alice.pk
        assert absences.stand_in(one, people.bob.pk, NOON + day) == people.bob.pk
        absences.set(people.alice, NOON, NOON + day, people.bob, people.alice)
        assert absences.stand_in(one, people.bob.pk, NOON) == people.bob.pk  # nobody is there
        assert absences.stand_in(one, people.alice.pk, NOON) == people.alice.pk
        absences.remove(bob_away, people.bob)
        assert absences.stand_in(one, people.alice.pk, NOON) == people.bob.pk


def test_a_package_asks_for_approval_and_tells_of_it(people: Cast):
    mail.outbox.clear()
    keep_order(people.merchant)
    arrive(connection(people.merchant), event())
    case = the_case(people.merchant)
    prove(case, people.alice, *PROOF)
    work()
    package = current(case)
    assert package is not None
    wanted = rows(case, kind="approval_wanted", dropped_at=None)
    assert {row.member_id for row in wanted} == {people.alice.pk, people.bob.pk}
    assert {row.facts["package"] for row in wanted} == {package.pk}
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=case.pk).update(owner=people.alice)
        Notification.objects.filter(kind="approval_wanted").update(sent_at=None)
        approve.approve(Package.objects.get(pk=package.pk), people.bob, package.digest, True)
    assert not rows(case, kind="approval_wanted", dropped_at=None)
    assert [row.member_id for row in rows(case, kind="package_approved")] == [people.alice.pk]
    assert any("待审批" in letter.subject or "件事" in letter.subject for letter in mail.outbox)
    assert not any("Jordan" in letter.body + letter.subject for letter in mail.outbox)


def test_a_sequence_is_asked_one_by_one(people: Cast):
    keep_order(people.merchant)
    arrive(connection(people.merchant), event())
    case = the_case(people.merchant)
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=case.pk).update(
            approvers={"mode": "sequence", "people": ["Bob", "alice@example.com"], "four_eyes": False}
        )
    prove(case, people.alice, *PROOF)
    package = current(case)
    assert package is not None
    assert [row.member_id for row in rows(case, kind="approval_wanted", dropped_at=None)] == [people.bob.pk]
    with acting_for(people.merchant.pk):
        approve.approve(package, people.bob, package.digest, True)
    asked = [row.member_id for row in rows(case, kind="approval_wanted", dropped_at=None, sent_at=None)]
    assert asked == [people.alice.pk]


def test_promises_become_clocks_that_stand_still(people: Cast):
    with acting_for(people.merchant.pk):
        promises.promise(people.merchant, people.alice, "first_draft", 24)
        promises.promise(people.merchant, people.alice, "answer", 72, working_hours=True)
        for purpose, hours in (("other", 1), ("review", 0)):
            with pytest.raises(Refusal):
                promises.promise(people.merchant, people.alice, purpose, hours)
        with pytest.raises(Refusal):
            promises.promise(people.merchant, people.bob, "review", 8)
    arrive(connection(people.merchant), event())
    case = the_case(people.merchant)

    def at(purpose: str) -> datetime | None:
        with acting_for(people.merchant.pk):
            return (
                Deadline.objects.filter(case=case, purpose=purpose, origin="sla").values_list("at", flat=True).first()
            )

    with acting_for(people.merchant.pk):
        received = case.notices_in_order()[0].delivery.received_at
    assert at("first_draft") == received + timedelta(hours=24)
    assert at("promised_answer") is not None and case.due_at == OPENED + timedelta(days=40)
    with acting_for(people.merchant.pk):
        promises.pause(case, people.bob, "等卖家补签收证明", received + timedelta(hours=2))
    schedule.schedule(people.merchant.pk, case.pk)
    assert at("first_draft") is None
    with acting_for(people.merchant.pk):
        assert promises.resume(case, people.bob, received + timedelta(hours=12))
        assert not promises.resume(case, people.bob)
    schedule.schedule(people.merchant.pk, case.pk)
    assert at("first_draft") == received + timedelta(hours=34)
    with acting_for(people.merchant.pk):
        assert Pause.objects.count() == 1 and ServiceLevel.objects.count() == 2


def test_a_merchants_own_habits(people: Cast):
    merchant = people.merchant
    with acting_for(merchant.pk):
        for wrong in (
            {"reminders": [0]},
            {"reminders": range(1, 20)},
            {"told_from": time(9), "told_until": time(9)},
            {"told_from": time(23)},
            {"escalate_after": 0},
        ):
            with pytest.raises(Refusal):
                promises.remind_at(merchant, people.alice, **wrong)
        with pytest.raises(Refusal):
            promises.remind_at(merchant, people.bob, reminders=[48])
        promises.remind_at(
            merchant, people.alice, reminders=[2, 48], told_from=time(0), told_until=time(23, 59), escalate_after=6
        )
    due = NOON + timedelta(days=20, hours=15)
    case = case_of(people, owner=people.alice, due=due)
    plan(case)
    assert [row.at for row in rows(case, kind="deadline_near")] == [due - timedelta(hours=48), due - timedelta(hours=2)]
    assert [row.at for row in rows(case, kind="escalated")] == [NOON + timedelta(hours=6)]
