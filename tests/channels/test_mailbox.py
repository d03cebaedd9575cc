"""The mailbox against a real IMAP conversation on loopback, and letters against mail that means harm."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.fakes.imap import Mailbox, serving, when

from goodstanding.channels.mailbox import channel, imap
from goodstanding.channels.mailbox.mime import MAX_DEPTH, MAX_PARTS, walk
from goodstanding.contract import Incoming, Letter, Refused, Unavailable, Unreadable

NOTICE = (
    b"From: disputes@acme.example\r\nSubject: Dispute D-1\r\nDate: Tue, 10 Nov 2026 08:00:00 +0000\r\n"
    b"Message-ID: <d-1@acme.example>\r\n\r\nAnswer case D-1 by 20 November.\r\n\x80\xff\x00 raw bytes stay\r\n"
)


@pytest.fixture(autouse=True)
def loopback_allowed(monkeypatch):
    monkeypatch.setenv("GOODSTANDING_INNER_HOSTS", "127.0.0.1, localhost")


def config(box: Mailbox, **changes):
    values = {"host": "127.0.0.1", "port": box.port, "tls": "none", "user": box.user, "password": box.password}
    return channel.config(**values | changes)


def test_new_mail_comes_byte_for_byte_and_nothing_is_touched():
    box = Mailbox()
    box.add(b"Subject: old\r\n\r\nold\r\n", when(1))
    uid = box.add(NOTICE, when(10))
    with serving(box):
        (arrived,) = channel.fetch(config(box), None, when(10, 11))
    assert arrived.body == NOTICE
    assert arrived.received_at == when(10)
    assert (arrived.origin, arrived.header("IMAP-UID"), arrived.header("IMAP-UIDVALIDITY")) == ("mail", str(uid), "7")
    said = " | ".join(box.commands).upper()
    assert "EXAMINE" in said
    assert not any(word in said for word in ("SELECT", "STORE", "EXPUNGE", "COPY", "MOVE", "DELETE", "APPEND"))
    assert "BODY[]" not in said.replace("BODY.PEEK[]", "")


def test_polling_again_gives_the_same_events():
    box = Mailbox()
    for number in range(3):
        box.add(NOTICE.replace(b"D-1", b"D-%d" % number), when(10))
    with serving(box):
        first = [letter for mail in channel.fetch(config(box), None, when(9)) for letter in channel.parse(mail)]
        second = [letter for mail in channel.fetch(config(box), None, when(9)) for letter in channel.parse(mail)]
    assert first == second
    assert len({letter.event_ref for letter in first}) == 3


def test_mail_comes_oldest_first_and_in_bounded_runs(monkeypatch):
    monkeypatch.setattr(imap, "MAX_MESSAGES", 4)
    box = Mailbox()
    for number in range(6):
        box.add(b"Subject: %d\r\n\r\n" % number, when(20 - number))
    with serving(box):
        subjects = [mail.body[:10] for mail in channel.fetch(config(box), None, when(1))]
    assert subjects == [b"Subject: %d" % number for number in (5, 4, 3, 2)]


def test_a_giant_is_read_in_part_and_says_so(monkeypatch):
    monkeypatch.setattr(imap, "MAX_BYTES", 1_000)
    monkeypatch.setattr(imap, "HEAD_BYTES", 500)
    box = Mailbox()
    box.add(NOTICE + b"x" * 5_000, when(10))
    with serving(box):
        (arrived,) = channel.fetch(config(box), None, when(9))
    assert len(arrived.body) == 500
    assert arrived.header("IMAP-Truncated") == "500"
    assert arrived.header("IMAP-Size") == str(len(NOTICE) + 5_000)


def test_a_message_that_vanishes_meanwhile_is_no_error():
    box = Mailbox()
    uid = box.add(NOTICE, when(10))
    box.add(NOTICE, when(10))
    with serving(box):
        mails = channel.fetch(config(box), None, when(9))
        next(iter(mails))
        box.mails.pop(uid + 1)
        assert list(mails) == []


def test_a_server_that_wants_id_and_names_in_chinese():
    box = Mailbox(wants_id=True, folder="&kBp35Q-", user="店主@shop.example", password="密码")
    box.add(NOTICE, when(10))
    with serving(box):
        assert len(list(channel.fetch(config(box, folder="通知"), None, when(9)))) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"password": "wrong"}, "login"), ({"password": "wrong 密码"}, "login"), ({"folder": "Nowhere"}, "folder")],
)
def test_what_a_person_must_mend_is_refused_with_its_reason(changes, code):
    with serving(Mailbox()) as box, pytest.raises(Refused) as error:
        list(channel.fetch(config(box, **changes), None, when(9)))
    assert error.value.code == code
    assert "wrong" not in str(error.value)


@pytest.mark.parametrize("verb", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("mood", ["hang_on", "drop_on"])
def test_a_server_that_stalls_or_hangs_up_is_unavailable(verb, mood, monkeypatch):
    monkeypatch.setattr(imap, "TIMEOUT_SECONDS", 0.3)
    box = Mailbox(**{mood: verb})
    box.add(NOTICE, when(10))
    with serving(box), pytest.raises(Unavailable):
        list(channel.fetch(config(box), None, when(9)))


def test_no_server_at_all_and_no_such_host():
    with serving(Mailbox()) as box:
        gone = config(box)
    with pytest.raises(Unavailable):
        list(channel.fetch(gone, None, when(9)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "::1"])
def test_inner_addresses_are_refused_unless_the_operator_allows(host, monkeypatch):
    monkeypatch.delenv("GOODSTANDING_INNER_HOSTS")
    with pytest.raises(Refused) as error:
        channel.probe(channel.config(host=host, user="a", password="b"), None)
    assert error.value.code == "inner_address"


def certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_over_tls_with_a_trusted_certificate_and_never_without(tmp_path, monkeypatch):
    box = Mailbox()
    box.add(NOTICE, when(10))
    with serving(box, certificate(tmp_path)):
        with pytest.raises(Refused) as error:
            list(channel.fetch(config(box, host="localhost", tls="tls"), None, when(9)))
        assert error.value.code == "tls"
        assert not box.commands, "nothing may be said to a server that is not proven"
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
        assert len(list(channel.fetch(config(box, host="localhost", tls="tls"), None, when(9)))) == 1


def test_probe_tells_what_the_login_allows():
    with serving(Mailbox()) as box:
        grant = channel.probe(config(box), None)
    assert grant.permissions == ("imap.read",)
    assert grant.dangerous == ()


# --- letters ----------------------------------------------------------------------------------------------------------


def letters(raw: bytes) -> list[Letter]:
    return list(channel.parse(Incoming(origin="mail", body=raw, received_at=when(10))))


def multipart(*parts: bytes, subject: str = "Fwd: notice") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return (
        f"From: a@shop.example\r\nSubject: {subject}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".encode()
        + body
        + b"--b--\r\n"
    )


ATTACHED = b"Content-Type: message/rfc822\r\n\r\n" + NOTICE.rstrip()


def test_a_forwarded_message_keeps_its_bytes_and_names_the_mail_that_brought_it():
    outer = multipart(b"\r\nplease see", ATTACHED)
    (letter,) = letters(outer)
    assert letter.raw == NOTICE.rstrip()
    assert letter.enclosed_in
    assert letter.event_ref == letters(NOTICE)[0].event_ref, "the same notice, sent directly, is the same event"


def test_a_long_letter_with_a_forwards_subject_is_not_lost():
    found = letters(multipart(b"\r\n" + b"we write to you formally " * 60, ATTACHED))
    assert [bool(letter.enclosed_in) for letter in found] == [False, True]


def test_more_attached_messages_than_are_opened_keeps_the_whole():
    found = letters(multipart(*[ATTACHED.replace(b"D-1", b"D-%d" % n) for n in range(30)]))
    assert not found[0].enclosed_in
    assert len(found) == 21


def test_trace_headers_do_not_make_another_event_but_words_do():
    again = b"Received: by other.example\r\nDelivered-To: x@shop.example\r\n" + NOTICE
    assert letters(again)[0].event_ref == letters(NOTICE)[0].event_ref
    imitation = NOTICE.replace(b"20 November", b"30 November")
    assert letters(imitation)[0].event_ref != letters(NOTICE)[0].event_ref


def test_nothing_at_all_is_unreadable():
    with pytest.raises(Unreadable):
        letters(b" \r\n")


def test_depth_count_and_size_are_bounded():
    deep = b"Subject: deep\r\n"
    for number in range(50):
        deep += b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n" % (number, number)
    assert max(part.depth for part in walk(deep)) == MAX_DEPTH
    assert len(letters(deep)) == 1
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5_000
    assert len(list(walk(many))) == MAX_PARTS
    assert letters(many)[0].raw == many
    giant = multipart(b"\r\nhello", b"Content-Type: application/pdf\r\n\r\n" + b"A" * 25 * 2**20, subject="scan")
    assert letters(giant)[0].raw == giant


@pytest.mark.parametrize(
    "raw",
    [
        b"no header at all",
        b"\r\n\r\nonly a body",
        b"Subject: =?x?B?" + b"=" * 5_000 + b"?=\r\n\r\n",
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n',
        b"Content-Type: " + b";a=b" * 50_000 + b"\r\n\r\nx",
        b"Message-ID: " + b"<" * 100_000 + b"\r\n\r\nx",
        b"Subject: x\r\n" + b" folded\r\n" * 50_000 + b"\r\nbody",
        b"Content-Type: message/rfc822\r\n\r\n" * 500,
    ],
    ids=range(8),
)
def test_broken_mail_is_one_letter_whole(raw):
    assert [letter.raw for letter in letters(raw)] == [raw]
