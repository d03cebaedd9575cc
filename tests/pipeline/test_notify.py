"""Sent once, in one message, within the robot's pace; what fails is tried again, and in the end falls back to e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from tests.cast import Cast, cast
from tests.fakes.robots import FakeDingTalk, FakeFeishu, FakeWeCom
from tests.models.rows import fill
from tests.pipeline.test_remind import NOON, case_of, plan, rows

from goodstanding.dossier import tellings
from goodstanding.models import Case, Connection, Link, Notification, Package, PluginType, User, acting_for
from goodstanding.pipeline import links, notify, remind
from goodstanding.pipeline.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(settings, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ORIGIN = "https://notices.example.com"
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    mail.outbox.clear()
    return cast()


@pytest.fixture
def dingtalk() -> Iterator[FakeDingTalk]:
    with FakeDingTalk(secret="SEC0001") as running:
        yield running


def connect(people: Cast, fake, plugin: str = "dingtalk") -> Connection:
    with acting_for(people.merchant.pk):
        return Connection.open(
            people.merchant,
            plugin,
            f"群 {plugin}",
            type=PluginType.NOTIFIER,
            secrets={"webhook_url": fake.address, **({"sign_secret": fake.secret} if fake.secret else {})},
            settings={"api_base": fake.url},
        )


def target(connection: Connection) -> notify.Target:
    return notify.Target(connection.merchant_id, connection.pk, None)


def again(people: Cast, pk: int) -> Connection:
    with acting_for(people.merchant.pk):
        return Connection.objects.get(pk=pk)


@pytest.mark.parametrize(("plugin", "kind"), [("dingtalk", FakeDingTalk), ("feishu", FakeFeishu), ("wecom", FakeWeCom)])
def test_a_correct_card(people: Cast, plugin: str, kind):
    with kind(secret="" if plugin == "wecom" else "SEC0001") as fake:
        bot = connect(people, fake, plugin)
        due = datetime(2027, 3, 15, 3, 59, tzinfo=UTC)
        with acting_for(people.merchant.pk):
            people.merchant.zone = "America/New_York"
            people.merchant.save()
        case = case_of(people, 12, due=due, amount="59.90", currency="USD", complainant="Jordan Lee")
        plan(case, NOON)
        remind.due(NOON + timedelta(hours=12))
        notify.tell(target(bot), NOON + timedelta(hours=12))
        (shown,) = fake.shown
    for text in (
        "新案件：拒付 #12",
        "案件：#12",
        "59.90 USD",
        "3月14日 周日 23:59（America/New_York）",
        "3月15日 周一 11:59（北京时间）",
        "要做的事：补齐证据",
        "https://notices.example.com/m/qingchuan/cases/12/",
    ):
        assert text in shown
    assert "Jordan" not in shown
    assert rows(case, connection_id=bot.pk, kind="case_new")[0].sent_at


def test_paths_are_the_pages_paths():
    assert reverse("inbox", kwargs={"slug": "a"}) == tellings.INBOX_PATH.format(slug="a")
    assert reverse("case", kwargs={"slug": "a", "number": 3}) == tellings.CASE_PATH.format(slug="a", number=3)


def test_several_due_together_are_one_message(people: Cast, dingtalk: FakeDingTalk):
    bot = connect(people, dingtalk)
    for number in range(1, 31):
        plan(case_of(people, number))
    notify.tell(target(bot), NOON)
    notify.tell(target(bot), NOON)
    (shown,) = dingtalk.shown
    assert "30 件事需要处理" in shown and "另有 10 件" in shown
    with acting_for(people.merchant.pk):
        assert Notification.objects.filter(connection=bot, sent_at=NOON).count() == 30


def test_twenty_a_minute(people: Cast, dingtalk: FakeDingTalk):
    bot = connect(people, dingtalk)
    dingtalk.pace.most = 1000  # the fake's minute is the machine's, and this one is told the time
    for number in range(1, 26):
        plan(case_of(people, number))
        notify.tell(target(bot), NOON + timedelta(seconds=number))
    assert len(dingtalk.messages) == 20
    notify.tell(target(bot), NOON + timedelta(seconds=62))
    assert len(dingtalk.messages) == 21
    with acting_for(people.merchant.pk):
        assert not Notification.objects.filter(connection=bot, kind="case_new", sent_at=None).exists()


def test_a_refusal_falls_back_to_mail_and_shows(people: Cast, dingtalk: FakeDingTalk):
    bot = connect(people, dingtalk)
    dingtalk.secret = "SEC0002"  # changed over there
    case = case_of(people, owner=people.alice)
    plan(case)
    notify.tell(target(bot), NOON)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    assert "310000" in again(people, bot.pk).last_error
    (letter,) = mail.outbox
    assert letter.to == ["alice@example.com"] and "新案件：拒付 #1" in letter.subject
    assert plan(case) == 0
    dingtalk.secret = "SEC0001"
    remind.due(NOON + timedelta(days=13))
    notify.tell(target(bot), NOON + timedelta(days=13))
    assert again(people, bot.pk).last_error == "" and len(dingtalk.messages) == 1


def test_not_there_for_now_is_tried_again_then_mailed(people: Cast, dingtalk: FakeDingTalk):
    bot = connect(people, dingtalk)
    case = case_of(people, owner=people.alice)
    plan(case)
    now = NOON
    for _ in range(2):
        dingtalk.fail("POST", 503)
        notify.tell(target(bot), now)
        (row,) = rows(case, connection_id=bot.pk, kind="case_new")
        assert row.sent_at is None and row.claimed_at and row.claimed_at > now
        notify.tell(target(bot), now)  # too early: not asked
        now = row.claimed_at
    notify.tell(target(bot), now)
    assert len(dingtalk.messages) == 1 and len(dingtalk.requests) == 3
    with acting_for(people.merchant.pk):
        Notification.objects.filter(kind="case_new").update(sent_at=None, attempts=0)
    for _ in range(notify.TRIES):
        dingtalk.fail("POST", 503)
        now += timedelta(minutes=11)
        notify.tell(target(bot), now)
    (row,) = rows(case, connection_id=bot.pk, kind="case_new")
    assert row.dropped_at and "503" in row.error
    assert rows(case, member_id=people.alice.pk, kind="case_new")


def test_what_is_no_longer_wanted_is_not_sent(people: Cast, dingtalk: FakeDingTalk):
    bot = connect(people, dingtalk)
    case = case_of(people)
    plan(case)
    with acting_for(people.merchant.pk):
        Case.objects.filter(pk=case.pk).update(settled_at=NOON)
    notify.tell(target(bot), NOON)
    assert not dingtalk.requests and rows(case, kind="case_new")[0].dropped_at


def test_a_robot_switched_off_falls_back(people: Cast, dingtalk: FakeDingTalk):
    bot = connect(people, dingtalk)
    case = case_of(people, owner=people.alice)
    plan(case)
    with acting_for(people.merchant.pk):
        Connection.objects.filter(pk=bot.pk).update(disabled_at=NOON)
    notify.tell(target(bot), NOON)
    assert not dingtalk.requests and rows(case, member_id=people.alice.pk, kind="case_new")


def test_without_a_mail_server_nothing_hangs(people: Cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""
    case = case_of(people, owner=people.alice)
    plan(case)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    assert "GOODSTANDING_SMTP_HOST" in rows(case, kind="case_new")[0].error
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    case = case_of(people, 2, owner=people.alice)
    plan(case)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    (row,) = rows(case, kind="case_new")
    assert row.dropped_at is None and row.claimed_at and row.claimed_at > NOON


def test_mail_in_the_readers_language_and_zone(people: Cast):
    User.objects.filter(pk=people.alice.user_id).update(language="en", zone="Europe/Berlin")
    case = case_of(people, owner=people.alice, due=datetime(2027, 3, 15, 3, 59, tzinfo=UTC))
    plan(case)
    notify.tell(notify.Target(people.merchant.pk, None, people.alice.pk), NOON)
    (letter,) = mail.outbox
    assert letter.subject == "New case: Chargeback #1"
    assert "Due: Mon 15 Mar 04:59 (Europe/Berlin)" in letter.body and "11:59 (Beijing)" in letter.body


def test_a_stranger_to_the_merchant_is_never_told(people: Cast):
    plan(case_of(people))
    notify.tell(notify.Target(people.elsewhere.pk, None, people.alice.pk), NOON)
    assert not mail.outbox


def test_approval_links(people: Cast):
    made = fill(people)
    number = made["goodstanding_package"]
    with acting_for(people.merchant.pk):
        url = links.for_approval(people.bob, number)
    token = re.fullmatch(r"https://notices\.example\.com/approvals/([^/]+)/", url)[1]  # type: ignore[index]
    with pytest.raises(Refusal) as caught:
        links.for_user(token, people.alice.user)
    assert caught.value.code == "other_person"
    for other in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", ""):
        with pytest.raises(Refusal):
            links.for_user(other, people.bob.user)
    assert links.find(token, links.CALENDAR) is None
    link = links.for_user(token, people.bob.user)
    with acting_for(people.merchant.pk):
        assert links.spend(link) == Package.objects.get(pk=number)
        with pytest.raises(Refusal):
            links.spend(link)
    with pytest.raises(Refusal):
        links.for_user(token, people.bob.user)
    with acting_for(people.merchant.pk):
        old = links.for_approval(people.bob, number, NOON - timedelta(days=365)).split("/")[-2]
        assert not Link.objects.filter(token_digest=token).exists()
    with pytest.raises(Refusal):
        links.for_user(old, people.bob.user)
