"""Conversations: mails found in the shop's own mailbox, and exports and screenshots that a person uploads."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.imap import Mailbox, serving

from goodstanding.contract import Reference, Refused, Unreadable
from goodstanding.sources import chats, mail_search

NOW = datetime.now(UTC).replace(microsecond=0)
REFERENCES = (Reference(type="order", value="#GS-1001"), Reference(type="customer", value="Pat@Example.com"))


@pytest.fixture(autouse=True)
def loopback_allowed(monkeypatch):
    monkeypatch.setenv("GOODSTANDING_INNER_HOSTS", "127.0.0.1")


def mail(sender: str, subject: str, words: str, to: str = "shop@shop.example") -> bytes:
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Tue, 10 Nov 2026 08:00:00 +0800\r\n\r\n{words}\r\n"
    ).encode()


def config(box: Mailbox, **changes):
    given_ = {"host": "127.0.0.1", "port": box.port, "tls": "none", "user": box.user, "password": box.password}
    return mail_search.Config(**{**given_, **changes})


def search(box: Mailbox, references=REFERENCES, **changes):
    with serving(box):
        return list(mail_search.source.find(references, config(box, **changes), None))


def test_mails_of_the_buyer_and_about_the_order_are_found_and_nothing_is_marked():
    box = Mailbox()
    box.add(mail("Pat <pat@example.com>", "Where is it?", "Hello"), NOW)
    box.add(mail("other@example.com", "Re: GS-1001", "Sent on Friday"), NOW)
    box.add(mail("third@example.com", "Order GS-10011", "another order"), NOW)
    box.add(mail("spam@example.com", "Offers", "buy"), NOW)
    box.add(mail("shop@shop.example", "Your parcel", "on its way", to="pat@example.com"), NOW - timedelta(days=900))
    found = search(box)
    assert [item.title for item in found] == ["Where is it?", "Re: GS-1001"]
    assert found[0].proves_at == datetime(2026, 11, 10, tzinfo=UTC)
    assert (found[0].kind, found[0].media_type, found[0].content) == (
        "ev.customer_comm",
        "message/rfc822",
        box.mails[101].body,
    )
    said = " | ".join(box.commands).upper()
    assert "EXAMINE" in said
    assert not any(word in said for word in ("SELECT", "STORE", "EXPUNGE", "COPY", "APPEND"))
    assert "BODY[]" not in said.replace("BODY.PEEK[]", "")
    assert 'FROM "PAT@EXAMPLE.COM"' in said


def test_hostile_references_do_not_become_commands():
    box = Mailbox()
    box.add(mail("pat@example.com", "x", "y"), NOW)
    evil = (
        Reference(type="order", value='GS" LOGOUT\r\nA1 DELETE INBOX'),
        Reference(type="customer", value='a"b@c\r\n.com'),
    )
    assert search(box, evil) == []
    assert not any("DELETE" in command for command in box.commands)


def test_a_short_number_is_not_searched_for():
    box = Mailbox()
    assert search(box, (Reference(type="order", value="#17"),)) == []
    assert box.commands == []


def test_a_wrong_password_and_a_missing_folder_are_said():
    box = Mailbox()
    with pytest.raises(Refused, match="app password"):
        search(box, password="wrong")
    with pytest.raises(Refused, match="Sent"):
        search(box, folders="INBOX, Sent")


WHATSAPP_IOS = (
    "[03/11/2026, 14:05:09] Shop: \u200eMessages and calls are end-to-end encrypted.\n"
    "[03/11/2026, 14:06:00] Pat Doe: Where is GS-1001?\nIt is late.\n"
    "[03/11/2026, 14:07:00] Shop: It arrives on Friday\n"
)
WHATSAPP_ANDROID = (
    "03/11/26, 2:05 PM - Messages to this chat are secured\n"
    "03/11/26, 2:06 PM - Pat Doe: Where is it?\n03/11/26, 2:07 PM - Shop: Friday\n"
)
DESK = "客服小王 2026-11-03 14:05:09\n您好，已经发货\n\nPat Doe 2026-11-03 14:06:00\n好的\n"


@pytest.mark.parametrize(
    ("name", "content", "messages", "words"),
    [
        ("WhatsApp Chat.txt", WHATSAPP_IOS.encode(), "3", "Where is GS-1001?\nIt is late."),
        ("chat.txt", WHATSAPP_ANDROID.encode("utf-16"), "2", "[03/11/26, 2:06 PM] Pat Doe: Where is it?"),
        ("聊天.txt", DESK.encode("gb18030"), "2", "[2026-11-03 14:05:09] 客服小王: 您好，已经发货"),
        ("gorgias.csv", b"Ticket ID,Created at,From,Body\n1,2026-11-03T14:05:09Z,Pat,Hello\n1,2026-11-03T14:06:00Z,Shop,<p>Hi</p>\n", "2", "Pat: Hello"),
        ("messages.json", json.dumps({"messages": [{"sender": {"name": "Pat"}, "body_text": "Hello", "sent_datetime": "2026-11-03T14:05:09+00:00"}]}).encode(), "1", "Pat: Hello"),
        ("zendesk.json", b'{"comments":[{"author_id":7,"plain_body":"Hi","created_at":"2026-11-03T14:05:09Z","public":false}]}\n{"comments":[{"author_id":8,"body":"Yo","created_at":"2026-11-03T15:05:09Z"}]}', "2", "author 7 (internal note): Hi"),
    ],
    ids=["ios", "android", "desk", "gorgias-csv", "gorgias-json", "zendesk-lines"],
)  # fmt: skip
def test_exports(name, content, messages, words):
    (found,) = chats.source.files(name, content, None)
    assert found.content == content
    assert found.facts["messages"] == messages
    assert words in found.facts["text"]


def test_a_local_time_is_kept_as_written_and_an_instant_is_one():
    (local,) = chats.source.files("chat.txt", WHATSAPP_IOS.encode(), None)
    assert (local.proves_at, local.facts["date_hint"]) == (None, "03/11/2026, 14:07:00")
    (stated,) = chats.source.files("a.csv", b"body,created at\nx,2026-11-03T14:05:09+02:00\n", None)
    assert stated.proves_at == datetime(2026, 11, 3, 12, 5, 9, tzinfo=UTC)


def test_a_screenshot_has_words_only_where_a_reader_is_lent():
    picture = b"\x89PNG\r\n\x1a\n..."
    (blind,) = chats.source.files("shot.png", picture, None)
    (read,) = chats.source.files("shot.png", picture, lambda content: "Pat: where is it?")
    assert ("text" in blind.facts, read.facts["text"], read.media_type) == (False, "Pat: where is it?", "image/png")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"just some prose", "no_messages"),
        ("a.json", b"{broken", "not_json"),
        ("a.json", b"[" * 5000, "not_json"),
        ("a.csv", b"colour,size\nred,M\n", "no_messages"),
        ("a.csv", b"", "empty"),
        ("a.txt", b"\xff\xfe\x00", "encoding"),
        ("big.txt", b"x" * (20 * 2**20 + 1), "too_large"),
    ],
)
def test_what_is_no_conversation_is_said(name, content, code):
    with pytest.raises(Unreadable) as error:
        list(chats.source.files(name, content, None))
    assert error.value.code == code
    assert str(error.value)


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.json", "a.csv", "a.xlsx"]))
def test_any_bytes_are_a_conversation_or_said_not_to_be(content, name):
    try:
        assert len(list(chats.source.files(name, content, None))) == 1
    except Unreadable as error:
        assert str(error)
