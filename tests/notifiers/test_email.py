"""E-mail against a real SMTP server on the loopback."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from tests.notifiers.test_robots import MESSAGE

from goodstanding.contract import Refused, Unavailable
from goodstanding.notifiers.email import notifier
from goodstanding.notifiers.email.config import Config


@dataclass
class Office:
    """A mail server that keeps what it takes, and answers what a test says."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address in self.unknown:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("GOODSTANDING_INNER_HOSTS", "127.0.0.1")
    running = Office()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        running.port = free.getsockname()[1]
    controller = Controller(
        running,
        hostname="127.0.0.1",
        port=running.port,
        authenticator=lambda server, session, envelope, mechanism, data: AuthResult(
            success=data.password == b"right", handled=False
        ),
        auth_require_tls=False,
    )
    controller.start()
    yield running
    controller.stop()


def send(office: Office, **changes: Any) -> None:
    given = {
        "host": "127.0.0.1",
        "port": office.port,
        "sender": "notices@shop.example",
        "recipients": "a@shop.example, b@shop.example",
        "plain": True,
        **changes,
    }
    with httpx.Client() as http:
        notifier.send(MESSAGE, Config(**given), http)


def test_a_mail_arrives_whole(office: Office):
    send(office, user="me", password="right")
    (taken,) = office.taken
    assert taken.rcpt_tos == ["a@shop.example", "b@shop.example"]
    mail = email.message_from_bytes(taken.content or b"", policy=email.policy.default)
    assert mail["Subject"] == MESSAGE.title
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_content()
    assert all(line in text for line in (*MESSAGE.lines, MESSAGE.url))


def test_a_wrong_password_is_refused(office: Office):
    with pytest.raises(Refused) as caught:
        send(office, user="me", password="wrong")
    assert caught.value.code == "key_invalid" and "wrong" not in str(caught.value)


def test_for_now_and_for_ever(office: Office):
    office.answers = ["451 later", "554 never"]
    with pytest.raises(Unavailable):
        send(office)
    with pytest.raises(Refused):
        send(office)
    assert not office.taken


def test_an_unknown_recipient_is_told(office: Office):
    office.unknown = {"b@shop.example"}
    with pytest.raises(Refused):
        send(office)
    office.unknown.add("a@shop.example")
    with pytest.raises(Refused):
        send(office)


def test_a_closed_port_is_tried_again(office: Office):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(Unavailable):
        send(office, port=closed)


def test_nothing_inside_the_network_is_called(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GOODSTANDING_INNER_HOSTS")
    with pytest.raises(Refused) as caught:
        send(office)
    assert caught.value.code == "inner_address" and not office.taken


def test_a_title_cannot_add_a_header_and_an_address_is_one(office: Office):
    for changes in ({"recipients": ""}, {"recipients": "nobody"}, {"sender": "a@b.example\nBcc: c@d.example"}):
        with pytest.raises(Refused):
            send(office, **changes)
    assert not office.taken
