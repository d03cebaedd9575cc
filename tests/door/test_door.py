"""What is posted is kept byte for byte, in one transaction, and answered; understanding comes later."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection as database_connection
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast, cast, connection
from tests.door.gunicorn import gunicorn
from tests.pipeline.desk import event, post, signed, the_case, work

from goodstanding import jobs
from goodstanding.contract import Incoming
from goodstanding.database import Urls
from goodstanding.models import AuditEvent, Case, Connection, Delivery, Notice, Trust, acting_for
from goodstanding.pipeline import receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def acme(people: Cast) -> Connection:
    return connection(people.merchant)


def deliveries(acme: Connection) -> list[Delivery]:
    with acting_for(acme.merchant_id):
        return list(Delivery.objects.filter(connection=acme).order_by("pk"))


def queued() -> int:
    return ProcrastinateJob.objects.filter(status="todo").count()


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\x01\xff\xfe binary \x80",
        "截断的 {".encode("gb18030"),
        b"\xed\xa0\x80 lone surrogate",
        b"{" * 10_000,
        b" ",
    ],
    ids=["binary", "other encoding", "surrogate", "nested", "blank"],
)
def test_bytes_are_kept_as_they_came(acme: Connection, body: bytes):
    assert post(acme, body, **{"X-Own": "kept"}).status_code == 200
    (kept,) = deliveries(acme)
    assert bytes(kept.body) == body
    assert kept.digest == hashlib.sha256(body).hexdigest()
    assert ["X-Own", "kept"] in kept.headers
    assert queued() == 1


@given(body=st.binary(max_size=2_000))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_come_back_the_same(acme: Connection, body: bytes):
    assert post(acme, body).status_code == 200
    kept = deliveries(acme)[-1]
    assert bytes(kept.body) == body == kept.incoming().body


def test_an_empty_body_is_kept_and_explained(acme: Connection):
    assert post(acme, b"").status_code == 200
    (kept,) = deliveries(acme)
    assert bytes(kept.body) == b""
    work()
    (kept,) = deliveries(acme)
    assert kept.problem
    assert not cases(acme)


def test_delivery_event_and_job_are_one(acme: Connection, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the queue is broken")

    monkeypatch.setattr(jobs, "later", broken)
    assert Client(raise_request_exception=False).post(f"/in/{acme.token}/", b"x", "text/plain").status_code == 500
    assert not deliveries(acme)
    assert queued() == 0
    with acting_for(acme.merchant_id):
        assert not AuditEvent.objects.filter(kind="delivery.received").exists()
    monkeypatch.undo()
    assert Client().post(f"/in/{acme.token}/", b"x", "text/plain").status_code == 200
    assert len(deliveries(acme)) == queued() == 1


def test_a_connection_cut_at_commit_leaves_nothing(acme: Connection, owner_connection: object):
    """The server ends our session before the commit: no delivery without its job, and no job without its delivery."""
    record_of = jobs.later

    def cut(*args: object, **named: object) -> None:
        record_of(*args, **named)  # type: ignore[arg-type]
        with database_connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        owner_connection.execute("SELECT pg_terminate_backend(%s)", [pid])  # type: ignore[attr-defined]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jobs, "later", cut)
        assert Client(raise_request_exception=False).post(f"/in/{acme.token}/", b"x", "text/plain").status_code == 500
    database_connection.close()
    assert not deliveries(acme)
    assert queued() == 0


def test_unknown_and_disabled_addresses(acme: Connection):
    assert Client().post("/in/" + "x" * 32 + "/", b"x", "text/plain").status_code == 404
    assert Client().post("/in/%00%ff/", b"x", "text/plain").status_code == 404
    with acting_for(acme.merchant_id):
        Connection.objects.filter(pk=acme.pk).update(disabled_at=datetime.now(UTC))
    assert post(acme, event()).status_code == 404
    assert not deliveries(acme)


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_named_as_not_taken(acme: Connection, method: str):
    answer = Client().generic(method, f"/in/{acme.token}/", b"x")
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert not deliveries(acme)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_look_at_the_address_is_answered_and_not_kept(acme: Connection, method: str):
    assert Client().generic(method, f"/in/{acme.token}/").status_code == 200
    assert not deliveries(acme)


def test_a_handshake_gets_its_challenge_back(acme: Connection):
    answer = post(acme, {"type": "ping", "challenge": "say this"})
    assert (answer.status_code, answer.content) == (200, b"say this")
    work()
    assert not cases(acme)


@override_settings(DOOR_MAX_BYTES=1024)
def test_over_the_limit(acme: Connection):
    assert post(acme, b"x" * 1024).status_code == 200
    answer = post(acme, b"x" * 1025)
    assert answer.status_code == 413
    assert b"MB" in answer.content
    assert len(deliveries(acme)) == 1


def test_a_lost_plug_in_and_a_broken_seal_lose_no_bytes(acme: Connection):
    with acting_for(acme.merchant_id):
        Connection.objects.filter(pk=acme.pk).update(secrets_sealed=b"\x09" + b"x" * 40)
    assert post(acme, event(name="evt_1")).status_code == 200
    with acting_for(acme.merchant_id):
        Connection.objects.filter(pk=acme.pk).update(plugin="gone")
    assert post(acme, event(name="evt_2")).status_code == 200
    assert len(deliveries(acme)) == 2


def test_a_bad_signature_is_kept_and_worked_no_further(acme: Connection):
    body = json.dumps(event()).encode()
    assert post(acme, body, **signed(body, "another secret")).status_code == 200
    work()
    (kept,) = deliveries(acme)
    assert kept.trust == Trust.UNTRUSTED
    assert "signature" in kept.trust_reason
    assert not cases(acme)
    with acting_for(acme.merchant_id):
        assert not Notice.objects.exists()
        health = Connection.objects.get(pk=acme.pk)
        assert (health.refusals, health.last_trusted_at) == (1, None)
        # The secret is mended: the sender repeats itself, and now it is right.
        health.secrets = {"webhook_secret": "another secret"}
        health.save()
    assert post(acme, body, **signed(body, "another secret")).status_code == 200
    work()
    assert [item.trust for item in deliveries(acme)] == [Trust.UNTRUSTED, Trust.TRUSTED]
    assert len(cases(acme)) == 1
    with acting_for(acme.merchant_id):
        assert Connection.objects.get(pk=acme.pk).refusals == 0


def test_repeats_are_counted_and_nothing_more(acme: Connection):
    body = json.dumps(event()).encode()
    headers = signed(body)
    post(acme, body, **headers)
    work()
    before = trail(acme)
    for _ in range(3):
        assert post(acme, body, **headers).status_code == 200
    assert queued() == 0
    work()
    (kept,) = deliveries(acme)
    assert kept.repeats == 3
    assert trail(acme) == before
    assert len(cases(acme)) == 1


def test_twenty_at_once_make_one_case(acme: Connection):
    body = json.dumps(event()).encode()
    headers = signed(body)
    token = acme.token

    def knock(_: int) -> int:
        try:
            return Client().post(f"/in/{token}/", body, "application/json", headers=headers).status_code
        finally:
            database_connection.close()

    with ThreadPoolExecutor(20) as crowd:
        assert list(crowd.map(knock, range(20))) == [200] * 20
    work()
    kept = deliveries(acme)
    assert sum(1 + item.repeats for item in kept) == 20
    assert all(bytes(item.body) == body and item.trust == Trust.TRUSTED for item in kept)
    assert len(cases(acme)) == 1
    with acting_for(acme.merchant_id):
        assert Notice.objects.count() == 1
        assert AuditEvent.objects.filter(kind="case.opened").count() == 1


def test_another_merchants_connection_keeps_its_own(people: Cast, acme: Connection):
    theirs = connection(people.elsewhere)
    body = json.dumps(event()).encode()
    for item in (acme, theirs):
        assert post(item, body).status_code == 200
    work()
    assert len(cases(acme)) == len(cases(theirs)) == 1
    assert the_case(people.elsewhere).merchant_id == people.elsewhere.pk


@pytest.fixture
def served(acme: Connection, test_database: Urls) -> Iterator[tuple[str, int]]:
    with gunicorn(test_database.app) as address:
        yield address


@pytest.mark.slow
def test_over_real_http(acme: Connection, served: tuple[str, int]):
    path = f"/in/{acme.token}/"
    # Duplicate headers: WSGI joins them with a comma; no value is lost, and their order stays.
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Twice: one\r\nX-Twice: two\r\nX-Latin: caf\xe9\r\nContent-Length: 3\r\n\r\n"
    assert raw(served, head.encode("latin-1") + b"\x00\xff\n").startswith(b"HTTP/1.1 200")
    kept = deliveries(acme)[-1]
    assert bytes(kept.body) == b"\x00\xff\n"
    assert ["X-Twice", "one,two"] in kept.headers
    assert ["X-Latin", "caf\xe9"] in kept.headers

    chunked = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert raw(served, chunked + b"4\r\nwhol\r\n5\r\ne bod\r\n1\r\ny\r\n0\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert bytes(deliveries(acme)[-1].body) == b"whole body"

    huge = random.Random(1).randbytes(30 * 2**20)
    assert send(served, path, huge) == 200
    assert deliveries(acme)[-1].digest == hashlib.sha256(huge).hexdigest()
    assert bytes(deliveries(acme)[-1].body) == huge
    declared = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(huge) + 1}\r\n\r\n".encode()
    assert raw(served, declared).startswith(b"HTTP/1.1 413")
    assert raw(served, chunked + b"1e00001\r\n" + huge + b"x\r\n0\r\n\r\n").startswith(b"HTTP/1.1 413")
    assert len(deliveries(acme)) == 3
    work()
    assert all(item.identified_at for item in deliveries(acme))
    assert not cases(acme)


def test_polling_comes_in_by_the_same_door(acme: Connection):
    seen = Incoming(origin="poll", body=json.dumps(event()).encode(), received_at=datetime.now(UTC), method="GET")
    first = receive.store(acme, seen)
    assert receive.store(acme, seen).pk != first.pk  # not believed yet: kept again rather than lost
    with acting_for(acme.merchant_id):
        Delivery.objects.filter(pk=first.pk).update(trust=Trust.TRUSTED)
    assert receive.store(acme, seen).pk == first.pk


def raw(served: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(served, timeout=60) as line:
        line.sendall(request)
        return line.recv(4096)


def send(served: tuple[str, int], path: str, body: bytes) -> int:
    line = http.client.HTTPConnection(*served, timeout=60)
    line.request("POST", path, body, {"Host": "localhost"})
    return line.getresponse().status


def cases(acme: Connection) -> list[Case]:
    with acting_for(acme.merchant_id):
        return list(Case.objects.all())


def trail(acme: Connection) -> list[str]:
    with acting_for(acme.merchant_id):
        return list(AuditEvent.objects.values_list("kind", flat=True))
