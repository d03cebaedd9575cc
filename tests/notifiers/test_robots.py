"""Every notifier against a fake that checks as the real one does."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.robots import FakeDingTalk, FakeFeishu, FakeRobot, FakeSlack, FakeTeams, FakeWebhook, FakeWeCom

from goodstanding.contract import Message, Notifier, Refused, Unavailable
from goodstanding.contract.notifier import clipped
from goodstanding.notifiers import notifiers

SECRET = "SEC-invented/secret+0001"
MESSAGE = Message(
    title="3 天后截止：拒付 #12",
    lines=(
        "案件：#12",
        "类型：拒付 · 未收到货",
        "金额：59.90 USD",
        "截止：12月1日 周二 23:59（北京时间）",
        "请补充签收证明",
    ),
    url="https://notices.example.com/m/qingchuan/cases/12/",
    due_at=datetime(2026, 12, 1, 15, 59, tzinfo=UTC),
)
LONG = dataclasses.replace(MESSAGE, lines=tuple(f"第 {number} 行：需要处理的案件" for number in range(3000)))
SIGNED: dict[str, type[FakeRobot]] = {"dingtalk": FakeDingTalk, "feishu": FakeFeishu, "webhook": FakeWebhook}
FAKES: dict[str, type[FakeRobot]] = {**SIGNED, "wecom": FakeWeCom, "slack": FakeSlack, "teams": FakeTeams}


def config(record: Notifier, fake: FakeRobot, **changes: Any) -> Any:
    """A robot's settings, with what it is set to check."""
    known = {item.name for item in dataclasses.fields(record.config)}
    given = {"webhook_url": fake.address, "api_base": fake.url, "sign_secret": fake.secret, "keyword": fake.keyword}
    return record.config(**{name: value for name, value in {**given, **changes}.items() if name in known})


def send(name: str, fake: FakeRobot, message: Message = MESSAGE, **changes: Any) -> None:
    record = notifiers()[name]
    with httpx.Client(timeout=10, trust_env=False) as http:
        record.send(message, config(record, fake, **changes), http)


@pytest.fixture(params=sorted(FAKES))
def robot(request: pytest.FixtureRequest) -> Iterator[tuple[str, FakeRobot]]:
    secret = SECRET if request.param in SIGNED else ""
    with FAKES[request.param](secret=secret) as running:
        yield request.param, running


def test_a_card_arrives_whole(robot: tuple[str, FakeRobot]):
    name, fake = robot
    send(name, fake)
    (shown,) = fake.shown
    assert all(text in shown for text in (MESSAGE.title, *MESSAGE.lines, MESSAGE.url))


def test_a_card_without_link_arrives(robot: tuple[str, FakeRobot]):
    name, fake = robot
    send(name, fake, dataclasses.replace(MESSAGE, url="", urgent=True))
    assert len(fake.messages) == 1


def test_what_is_too_long_is_cut_and_the_link_stays(robot: tuple[str, FakeRobot]):
    name, fake = robot
    send(name, fake, LONG)
    (shown,) = fake.shown
    assert MESSAGE.url in shown and LONG.lines[0] in shown


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_a_wrong_secret_is_refused_though_the_status_may_be_200(name: str):
    with SIGNED[name](secret=SECRET) as fake, pytest.raises(Refused) as caught:
        send(name, fake, sign_secret="another secret, long enough")
    assert caught.value.code in ("not_accepted", "key_invalid") and not fake.messages


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_the_keyword_stands_in_the_text(name: str):
    with SIGNED[name](keyword="绩效提醒") as fake:
        send(name, fake)
        with pytest.raises(Refused) as caught:
            send(name, fake, keyword="别的词")
    assert len(fake.messages) == 1 and caught.value.code == "not_accepted"


@pytest.mark.parametrize("name", ["dingtalk", "feishu", "wecom"])
def test_too_fast_is_later_not_never(name: str):
    with FAKES[name](per_minute=1) as fake:
        send(name, fake)
        with pytest.raises(Unavailable) as caught:
            send(name, fake)
    assert caught.value.code == "rate_limited" and caught.value.retry_after
    assert len(fake.messages) == 1


def test_a_server_that_fails_is_tried_again(robot: tuple[str, FakeRobot]):
    name, fake = robot
    fake.fail("POST", 503, headers={"Retry-After": "7"})
    with pytest.raises(Unavailable) as caught:
        send(name, fake)
    assert caught.value.retry_after == 7
    fake.fail("POST", hang_up=True)
    with pytest.raises(Unavailable):
        send(name, fake)
    fake.fail("POST", 302, headers={"Location": "https://evil.example/"})
    with pytest.raises(Refused):
        send(name, fake)
    assert not fake.messages


@pytest.mark.parametrize("name", sorted(set(FAKES) - {"webhook", "teams"}))
def test_a_page_with_status_200_is_no_success(name: str):
    with FAKES[name]() as fake:
        fake.fail("POST", 200, body=b"<html>Please log in</html>")
        with pytest.raises((Unavailable, Refused)):
            send(name, fake)


@pytest.mark.parametrize("name", sorted(set(FAKES) - {"webhook"}))
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/robot/send?access_token=TOKEN",
        "https://oapi.dingtalk.com.evil.example/robot/send",
        "https://user@oapi.dingtalk.com/robot/send",
        "http://169.254.169.254/latest",
        "https://open.feishu.cn:8080/x",
        "https://xlogic.azure.com/",
        "",
        "https://[",
    ],
)
def test_no_other_host_is_called(name: str, url: str):
    with FAKES[name](secret=SECRET) as fake:
        with pytest.raises(Refused) as caught:
            send(name, fake, webhook_url=url)
        assert caught.value.code == "bad_address" and not fake.requests


def test_no_error_says_the_address(robot: tuple[str, FakeRobot]):
    name, fake = robot
    for status in (400, 401, 403, 404, 410, 418, 429, 500):
        fake.fail("POST", status, body=b"{}")
        with pytest.raises((Unavailable, Refused)) as caught:
            send(name, fake)
        assert not any(word in str(caught.value) for word in ("TOKEN", "HOOK", "KEY", "XXXX", "SIG", SECRET))


def test_wrong_addresses_of_the_right_host_are_refused():
    for name, url in {
        "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=OTHER",
        "feishu": "https://open.larksuite.com/open-apis/bot/v2/hook/OTHER",
        "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=OTHER",
        "slack": "https://hooks.slack.com/services/T0/B0/OTHER",
        "teams": "https://prod-01.westeurope.logic.azure.com/workflows/abc?sig=OTHER",
    }.items():
        with FAKES[name]() as fake, pytest.raises(Refused) as caught:
            send(name, fake, webhook_url=url)
        assert caught.value.code in ("key_invalid", "gone"), name


def test_a_weak_secret_signs_nothing():
    with FakeWebhook(secret="short") as fake, pytest.raises(Refused):
        send("webhook", fake)


def test_the_webhook_is_what_the_guide_says():
    with FakeWebhook(secret=SECRET) as fake:
        send("webhook", fake)
    (message,) = fake.messages
    assert message == {
        "version": 1,
        "title": MESSAGE.title,
        "lines": list(MESSAGE.lines),
        "url": MESSAGE.url,
        "due_at": "2026-12-01T15:59:00+00:00",
        "urgent": False,
    }
    assert json.dumps(message)


@given(st.text(), st.integers(3, 60))
def test_cut_text_is_text_and_short_enough(text: str, most: int):
    cut = clipped(text, most)
    assert len(cut.encode()) <= most
    assert cut == text or cut.endswith("…")
    assert text.startswith(cut.removesuffix("…"))
