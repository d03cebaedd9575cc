"""A quarter in a time machine: 500 cases in 12 zones, two holidays, a change of clocks, a worker that dies, an approver away.

What is expected is worked out here from the dates alone, and compared with what arrived in the group and in the mailboxes.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection as database
from django.db.models import F, Min
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast, cast, connection, member
from tests.fakes.robots import FakeDingTalk

from goodstanding.dossier import tellings
from goodstanding.models import (
    Case,
    Connection,
    Deadline,
    Delivery,
    Member,
    Merchant,
    Notice,
    Notification,
    PluginType,
    Role,
    ServiceLevel,
    acting_for,
)
from goodstanding.pipeline import absences, notify, remind, schedule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BEGIN, END = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
ZONES = (
    "Asia/Shanghai", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney", "Europe/Berlin", "Europe/London",
    "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo", "Pacific/Auckland", "UTC",
)  # fmt: skip
BEFORE = (timedelta(days=7), timedelta(days=3), timedelta(hours=24), timedelta(hours=4))
AWAY = (datetime(2026, 9, 10, tzinfo=UTC), datetime(2026, 9, 24, tzinfo=UTC))
CRASH = datetime(2026, 9, 16, tzinfo=UTC)  # the first time after this that there is work, the worker dies over it


@dataclass
class Told:
    """A case as this test knows it."""

    case: Case
    zone: str  # of who is told
    opened: datetime
    cutoff: datetime
    settled: datetime | None = None


@dataclass
class Machine:
    """Goes from one moment with work to the next, as the clock and a worker would have done."""

    merchants: tuple[Merchant, ...]
    events: list[tuple[datetime, int, Told]] = field(default_factory=list)
    crashed: datetime | None = None
    ticks: int = 0

    def run(self) -> None:
        self.events.sort(key=lambda item: item[:2])
        now = BEGIN
        while now < END:
            while self.events and self.events[0][0] <= now:
                self.happen(*self.events.pop(0))
            self.work(now)
            remind.due(now)
            self.ticks += 1
            self.work(now)
            now = self.next_minute(now)

    def happen(self, at: datetime, _: int, told: Told) -> None:
        with acting_for(told.case.merchant_id):
            if told.settled == at:
                Case.objects.filter(pk=told.case.pk).update(settled_at=at)
            case = Case.objects.select_related("merchant", "connection").get(pk=told.case.pk)
            remind.plan(case, at)
            assert remind.plan(case, at) == 0

    def work(self, now: datetime) -> None:
        """A worker's turn; once, it dies with a job in its hands, and the queue with it."""
        for _ in range(50):
            waiting = ProcrastinateJob.objects.filter(status="todo").exclude(scheduled_at__gt=now)
            jobs = list(waiting.order_by("pk").values_list("pk", "args"))
            if not jobs:
                return
            # As a worker of the owner's role would take them.
            delete([pk for pk, _ in jobs])
            if self.crashed is None and now >= CRASH:
                self.crashed = now
                return
            for _, args in jobs:
                if not args["path"].startswith("goodstanding.pipeline.notify:"):
                    continue
                robot = args["path"].endswith("by_robot")
                row = args["row_id"]
                notify.tell(notify.Target(args["merchant_id"], row if robot else None, None if robot else row), now)
        raise AssertionError("the queue does not run empty")

    def next_minute(self, now: datetime) -> datetime:
        """The next whole minute at which anything happens."""
        soon = [item[0] for item in self.events[:1]] + [END]
        for merchant in self.merchants:
            with acting_for(merchant.pk):
                open_rows = Notification.objects.filter(sent_at=None, dropped_at=None)
                first = open_rows.filter(claimed_at=None).aggregate(at=Min("at"))["at"]
                taken = open_rows.filter(claimed_at__isnull=False).aggregate(at=Min("claimed_at"))["at"]
            soon += [first - notify.TOGETHER] if first else []
            soon += [taken + notify.STALE + timedelta(seconds=1)] if taken else []
        queued = ProcrastinateJob.objects.filter(status="todo").aggregate(at=Min("scheduled_at"))["at"]
        soon += [queued] if queued else []
        at = max(min(soon), now + timedelta(seconds=1))
        whole = at.replace(second=0, microsecond=0)
        return whole if whole == at else whole + timedelta(minutes=1)


def delete(numbers: list[int]) -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [numbers])


@pytest.fixture
def robot(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDingTalk]:
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    with FakeDingTalk(secret="SEC0001", per_minute=10**6) as running:
        yield running


def shop(people: Cast, robot: FakeDingTalk) -> tuple[Merchant, Merchant, Member]:
    """One team in Shanghai with a group robot, one in Berlin with mailboxes: an owner, and an approver who goes away."""
    with acting_for(people.merchant.pk):
        Connection.open(
            people.merchant, "dingtalk", "群", type=PluginType.NOTIFIER,
            secrets={"webhook_url": robot.address, "sign_secret": robot.secret}, settings={"api_base": robot.url},
        )  # fmt: skip
        ServiceLevel.objects.create(merchant=people.merchant, purpose="first_draft", hours=16, working_hours=True)
    berlin = people.elsewhere
    with acting_for(berlin.pk):
        berlin.zone = "Europe/Berlin"
        berlin.save()
    erin = member(berlin, "erin@example.com", "Erin", Role.APPROVER)
    with acting_for(berlin.pk):
        absences.set(erin, *AWAY, people.mallory, erin)
    return people.merchant, berlin, erin


def end_of_day(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def open_case(channel: Connection, number: int, opened: datetime, day: date, zone: str, owner: Member | None) -> Case:
    """A case as the pipeline leaves it after its deadlines were written."""
    of = {"merchant_id": channel.merchant_id}
    with acting_for(channel.merchant_id):
        delivery = Delivery.objects.create(
            **of, connection=channel, origin="webhook", body=b"{}", digest=f"{number:064}", received_at=opened
        )
        case = Case.objects.create(
            **of, number=number, connection=channel, case_ref=f"D-{number}", kind="consumer_complaint", opened_at=opened,
            last_event_at=opened, owner=owner,
        )  # fmt: skip
        Notice.objects.create(
            **of, delivery=delivery, connection=channel, case=case, event_ref=f"e{number}", kind=case.kind,
            case_ref=case.case_ref, occurred_at=opened, respond_by={"on": day.isoformat(), "zone": zone, "raw": ""},
        )  # fmt: skip
        Case.objects.filter(pk=case.pk).update(created_at=opened)
    schedule.schedule(channel.merchant_id, case.pk)
    return case


def is_open(at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return time(8) <= local.time() <= time(22)


def not_later(at: datetime, zone: str) -> datetime:
    """The last moment up to this at which people are told."""
    local = at.astimezone(ZoneInfo(zone))
    if is_open(at, zone):
        return at
    day = local.date() if local.time() > time(22) else local.date() - timedelta(days=1)
    return datetime.combine(day, time(22), ZoneInfo(zone)).astimezone(UTC)


def expected(told: Told) -> list[datetime]:
    """When the reminders of the case have to arrive."""
    wanted = [not_later(told.cutoff - before, told.zone) for before in BEFORE]
    return [at for at in wanted if at > told.opened and at < END and (told.settled is None or at < told.settled)]


def lines_of(texts: list[str], name: str) -> Counter[int]:
    """How often each case was reminded of, over single cards and lists."""
    return Counter(int(number) for text in texts for number in re.findall(rf"截止：{name} #(\d+)", text))


def test_a_quarter(robot: FakeDingTalk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tellings, "MOST_LINES", 500)  # so that every reminder can be counted
    mail.outbox.clear()
    people = cast()
    shanghai, berlin, erin = shop(people, robot)
    channels = {merchant.pk: connection(merchant) for merchant in (shanghai, berlin)}
    dice = random.Random(7)
    machine = Machine((shanghai, berlin))
    everyone: list[Told] = []
    for number in range(500):
        merchant = (shanghai, berlin)[number % 2]
        opened = BEGIN + timedelta(days=dice.randrange(70), hours=dice.choice((3, 6, 9, 12)))
        zone = ZONES[number % len(ZONES)] if number % 5 else dice.choice(ZONES)
        day = (opened + timedelta(days=dice.randrange(8, 30))).date()
        owner = erin if merchant is berlin else None
        case = open_case(channels[merchant.pk], number + 1, opened, day, zone, owner)
        told = Told(case, merchant.zone, opened, end_of_day(day, zone))
        if number % 7 == 0:
            told.settled = opened + timedelta(days=5)
            machine.events.append((told.settled, number, told))
        machine.events.append((opened, number, told))
        everyone.append(told)

    machine.run()

    assert machine.crashed is not None
    name = tellings.kind_name(everyone[0].case, "zh-hans")
    seen: Counter[tuple[int, int]] = Counter()
    for told in everyone:
        with acting_for(told.case.merchant_id):
            cutoff = Deadline.objects.get(case=told.case, purpose="answer").at
            sent = list(
                Notification.objects.filter(case=told.case, kind="deadline_near", sent_at__isnull=False)
                .order_by("at").values_list("at", "sent_at")
            )  # fmt: skip
            missed = Notification.objects.filter(
                case=told.case, sent_at=None, dropped_at=None, at__lt=END - timedelta(minutes=15)
            )
            assert not missed.exists()
        assert cutoff == told.cutoff
        assert sorted({at for at, _ in sent}) == sorted(expected(told)), told
        for at, sent_at in sent:
            late = sent_at - at
            crash = machine.crashed - timedelta(minutes=2) <= at <= machine.crashed + timedelta(minutes=12)
            assert -notify.TOGETHER <= late <= (timedelta(minutes=13) if crash else timedelta(minutes=1)), (at, sent_at)
        seen[told.case.merchant_id, told.case.number] += len(sent)

    # What arrived is what the rows say: nothing twice, nothing missing.
    group = [item.get("actionCard", item.get("markdown"))["text"] for item in robot.messages]
    letters = [f"{letter.subject}\n{letter.body}" for letter in mail.outbox]
    assert not any("另有" in text for text in group + letters)
    heads = [f"{text.splitlines()[0]}" if "· " not in text else text for text in group]
    assert lines_of(heads, name) == Counter({number: n for (pk, number), n in seen.items() if pk == shanghai.pk and n})
    tops = [letter.subject if "件事" not in letter.subject else letter.body for letter in mail.outbox]
    assert lines_of(tops, name) == Counter({number: n for (pk, number), n in seen.items() if pk == berlin.pk and n})

    # Who was away was not written to, and the deputy read for whom.
    with acting_for(berlin.pk):
        away = Notification.objects.filter(sent_at__gt=AWAY[0] + notify.TOGETHER, sent_at__lt=AWAY[1])
        assert away.exists() and not away.filter(member=erin).exists()
        assert all(row.facts["for"] == "Erin" for row in away.filter(kind="deadline_near"))
        before = Notification.objects.filter(sent_at__lt=AWAY[0], kind="deadline_near")
        assert before.exists() and set(before.values_list("member_id", flat=True)) == {erin.pk}
        assert not Notification.objects.filter(sent_at__lt=F("at") - notify.TOGETHER).exists()

    # Nobody works on the national holiday and at mid-autumn: no promise ends there.
    with acting_for(shanghai.pk):
        ends = [at.astimezone(ZoneInfo("Asia/Shanghai")).date() for at in
                Deadline.objects.filter(origin="sla").values_list("at", flat=True)]  # fmt: skip
    assert len(ends) == 250
    assert not {date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))} & set(ends)
    # Clocks went back in Berlin on 25 October: still nobody was woken.
    with acting_for(berlin.pk):
        autumn = Notification.objects.filter(at__gt=datetime(2026, 10, 25, tzinfo=UTC), sent_at__isnull=False)
        assert autumn.exists() and all(is_open(row.at, "Europe/Berlin") for row in autumn if not row.urgent)
