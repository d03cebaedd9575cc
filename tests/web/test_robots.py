"""Where people are told: added, tried, switched off, and what went wrong shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from tests.cast import Cast, cast

from goodstanding.models import Case, Connection, Notification, PluginType, acting_for
from goodstanding.notifiers import notifiers

from .stage import HOSTILE, a_case, browser

pytestmark = pytest.mark.django_db
ADDRESS = "https://oapi.dingtalk.com/robot/send?access_token=never-shown-again"


@pytest.fixture
def people() -> Cast:
    return cast()


def url(people: Cast, path: str = "") -> str:
    return f"/m/{people.merchant.slug}/connections/{path}"


def text(page: Any) -> str:
    return str(page.content.decode())


def robot(people: Cast) -> Connection:
    with acting_for(people.merchant.pk):
        return Connection.open(
            people.merchant, "dingtalk", "客服群", type=PluginType.NOTIFIER, secrets={"webhook_url": ADDRESS}
        )


@pytest.mark.parametrize("name", sorted(notifiers()))
def test_every_notifier_has_its_form_and_guide(people: Cast, name: str) -> None:
    page = browser(people.alice).get(url(people, f"robots/new/{name}/"))
    assert page.status_code == 200
    assert 'name="s_' in text(page)
    assert "<h1>" in text(page).partition("prose")[2]


def test_a_robot_is_added_and_its_secret_never_shown(people: Cast) -> None:
    alice = browser(people.alice)
    assert alice.post(url(people, "robots/new/dingtalk/"), {"label": "x"}).status_code == 422
    made = alice.post(url(people, "robots/new/dingtalk/"), {"label": HOSTILE, "s_webhook_url": ADDRESS})
    assert made.status_code == 302
    with acting_for(people.merchant.pk):
        row = Connection.objects.get(type=PluginType.NOTIFIER)
        assert row.secrets == {"webhook_url": ADDRESS}
    for path in ("", f"robots/{row.pk}/"):
        page = text(alice.get(url(people, path)))
        assert "never-shown-again" not in page
        assert "<script>alert(1)" not in page
    assert (
        alice.post(url(people, f"robots/{row.pk}/settings/"), {"label": "群", "s_keyword": "通知"}).status_code == 302
    )
    with acting_for(people.merchant.pk):
        row.refresh_from_db()
        assert row.secrets == {"webhook_url": ADDRESS}
        assert row.settings["keyword"] == "通知"


def test_a_test_message_speaks_of_a_drill_and_is_queued(people: Cast) -> None:
    row = robot(people)
    alice = browser(people.alice)
    page = alice.post(url(people, f"robots/{row.pk}/message/"), follow=True)
    assert "试运行" in text(page)
    a_case(people)
    with acting_for(people.merchant.pk):
        assert not Notification.objects.filter(key__startswith="try:").exists()
        Case.objects.update(drill=True)
    page = alice.post(url(people, f"robots/{row.pk}/message/"), follow=True)
    assert "测试消息已排队" in text(page)
    with acting_for(people.merchant.pk):
        told = Notification.objects.get(key__startswith="try:")
        assert told.connection_id == row.pk
        assert told.claimed_at is not None
    assert "排队中" in text(alice.get(url(people, f"robots/{row.pk}/")))


def test_the_last_error_is_shown_and_a_robot_switched_off(people: Cast) -> None:
    row = robot(people)
    with acting_for(people.merchant.pk):
        Connection.objects.filter(pk=row.pk).update(last_error="DingTalk: 310000: sign", last_error_at=timezone.now())
    alice = browser(people.alice)
    assert "DingTalk: 310000: sign" in text(alice.get(url(people)))
    assert "DingTalk: 310000: sign" in text(alice.get(url(people, f"robots/{row.pk}/")))
    alice.post(url(people, f"robots/{row.pk}/disable/"))
    assert "已停用" in text(alice.get(url(people, f"robots/{row.pk}/")))


def test_a_strangers_robot_and_a_channel_are_not_robots(people: Cast) -> None:
    row = robot(people)
    own = f"/m/{people.elsewhere.slug}/connections/robots/{row.pk}/"
    assert browser(people.mallory).get(own).status_code == 404
    assert browser(people.mallory).post(f"{own}message/").status_code == 404
    assert browser(people.alice).get(url(people, f"{row.pk}/")).status_code == 404
