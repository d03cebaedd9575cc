"""What is posted is kept byte for byte, in one transaction, and answered; understanding comes later."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DatabaseError
from django.db import connection as database_connection
from django.test import Client, RequestFactory, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast, cast, connection
from tests.door.gunicorn import gunicorn
from tests.pipeline.desk import event, post, signed, the_case, work

from goodstanding import jobs
from goodstanding.audit import kinds, record
from goodstanding.contract import Incoming
from goodstanding.database import Urls
from goodstanding.models import AuditEvent, Case, Connection, Delivery, Merchant, Notice, Trust, acting_for
from goodstanding.pipeline import identify, receive
from goodstanding.serve import Unservable, web_command
from goodstanding.web import door

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def acme(people: Cast) -> Connection:
    return connection(people.merchant)


def deliveries(acme: Connection) -> list[Delivery]:
    with acting_for(acme.merchant_id):
        return list(Delivery.objects.filter(connection=acme).select_related("connection").order_by("pk"))


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


@contextmanager
def trigger(owner: psycopg.Connection, body: str, kind: str = "TRIGGER", timing: str = "") -> Iterator[None]:
    """Whoever queues a job in the meantime sets this off, in the database itself."""
    owner.execute(f"CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NEW; END $$")
    owner.execute(
        f"CREATE {kind} trouble AFTER INSERT ON procrastinate_jobs {timing} FOR EACH ROW EXECUTE FUNCTION trouble()"
    )
    owner.commit()
    try:
        yield
    finally:
        owner.execute("DROP TRIGGER trouble ON procrastinate_jobs")
        owner.execute("DROP FUNCTION trouble()")
        owner.commit()


def nothing_was_kept(acme: Connection) -> bool:
    with acting_for(acme.merchant_id):
        events = AuditEvent.objects.filter(kind="delivery.received").count()
    return (len(deliveries(acme)), queued(), events) == (0, 0, 0)


def test_delivery_event_and_job_are_one(acme: Connection, owner_connection: psycopg.Connection):
    with trigger(owner_connection, "RAISE EXCEPTION 'the queue is broken'"):
        assert knock(f"/in/{acme.token}/", b"x").startswith("500")
        assert nothing_was_kept(acme)
        with pytest.raises(DatabaseError, match="the queue is broken"):
            receive.store(acme, Incoming(origin="poll", body=b"x", received_at=datetime.now(UTC)))
        assert nothing_was_kept(acme)
    assert knock(f"/in/{acme.token}/", b"x").startswith("200")
    assert len(deliveries(acme)) == queued() == 1


def test_a_connection_cut_at_commit_leaves_nothing(acme: Connection, owner_connection: psycopg.Connection):
    """The server ends our session in the commit: no delivery without its job, and no job without its delivery."""
    cut = "PERFORM pg_terminate_backend(pg_backend_pid())"
    with trigger(owner_connection, cut, "CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED"):
        assert knock(f"/in/{acme.token}/", b"x").startswith("500")
        database_connection.close()
        assert nothing_was_kept(acme)


def test_a_line_that_was_cut_meanwhile_is_made_anew(acme: Connection, owner_connection: psycopg.Connection):
    with database_connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    owner_connection.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
    assert knock(f"/in/{acme.token}/", b"x").startswith("200")
    assert len(deliveries(acme)) == queued() == 1


def test_job_and_event_are_as_the_application_writes_them(acme: Connection):
    """One truth in two languages: what PostgreSQL queues and writes down is what Python would."""
    assert post(acme, b"x").status_code == 200
    (kept,) = deliveries(acme)
    with acting_for(acme.merchant_id):
        jobs.later(identify.identify, acme.merchant_id, kept.pk)
        facts = {"channel": acme.label, "origin": "webhook", "delivery": kept.pk}
        record(kinds.DELIVERY_RECEIVED, Merchant(pk=acme.merchant_id), **facts)
        told = AuditEvent.objects.order_by("pk").values("merchant_id", "case_id", "kind", "actor_id", "facts")
        assert told[0] == told[1]
    columns = (
        "queue_name",
        "task_name",
        "priority",
        "lock",
        "queueing_lock",
        "args",
        "status",
        "scheduled_at",
        "attempts",
    )
    made = ProcrastinateJob.objects.order_by("pk").values(*columns)
    assert len(made) == 2
    assert made[0] == made[1]


def test_a_worker_is_woken(acme: Connection, owner_connection: psycopg.Connection):
    owner_connection.autocommit = True
    owner_connection.execute("LISTEN procrastinate_any_queue_v1")
    assert post(acme, b"x").status_code == 200
    (note, *_) = owner_connection.notifies(timeout=60, stop_after=1)
    assert json.loads(note.payload)["type"] == "job_inserted"


def test_keeping_leaves_the_callers_scope_as_it_was(people: Cast, acme: Connection):
    theirs = connection(people.elsewhere)
    seen = Incoming(origin="poll", body=b"x", received_at=datetime.now(UTC))
    with acting_for(people.merchant.pk):
        receive.store(theirs, seen)
        assert receive.knock(theirs.token, seen)
        assert receive.look(theirs.token)
        assert set(Merchant.objects.values_list("pk", flat=True)) == {people.merchant.pk}
        assert not Delivery.objects.exists()
    assert not Merchant.objects.exists()
    assert len(deliveries(theirs)) == 2


def test_nothing_is_kept_for_a_connection_of_another_merchant(people: Cast, acme: Connection):
    planted = Connection(pk=acme.pk, merchant_id=people.elsewhere.pk)
    with pytest.raises(Connection.DoesNotExist):
        receive.store(planted, Incoming(origin="poll", body=b"x", received_at=datetime.now(UTC)))
    assert not deliveries(acme)


def test_a_token_is_neither_kept_nor_logged(
    acme: Connection, owner_connection: psycopg.Connection, caplog: pytest.LogCaptureFixture
):
    path = f"/in/{acme.token}/?a=b"
    assert knock(path, b"x").startswith("200")
    (kept,) = deliveries(acme)
    assert acme.token not in kept.url
    assert kept.incoming().url == f"http://localhost{path}"  # as Square signs it
    with trigger(owner_connection, "RAISE EXCEPTION 'the queue is broken'"):
        assert knock(path, b"private words").startswith("500")
    for method in ("POST", "DELETE"):
        assert knock("/in/" + "x" * 32 + "/", b"x", method).startswith("40")
    assert "the queue is broken" in caplog.text
    for secret in (acme.token, "x" * 32, "private words"):
        assert secret not in caplog.text


def test_a_large_body_for_an_unknown_address_is_not_read(acme: Connection):
    class Endless:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("read")

        readline = read

    for length in (20 * 2**20, 2**40):
        asked = {"CONTENT_LENGTH": str(length), "wsgi.input": Endless()}
        assert knock("/in/" + "x" * 32 + "/", b"", **asked).startswith("404")
    assert knock(f"/in/{acme.token}/", b"", CONTENT_LENGTH=str(2**40), **{"wsgi.input": Endless()}).startswith("413")
    assert not deliveries(acme)


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

    def one_of_many(_: int) -> int:
        try:
            return Client().post(f"/in/{token}/", body, "application/json", headers=headers).status_code
        finally:
            database_connection.close()

    with ThreadPoolExecutor(20) as crowd:
        assert list(crowd.map(one_of_many, range(20))) == [200] * 20
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
    for method, status in (("HEAD", b"200"), ("GET", b"200"), ("DELETE", b"405")):
        line = f"{method} {path} HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n".encode()
        head, _, content = to_the_end(served, line).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 " + status)
        assert b"nosniff" in head or method == "DELETE"
        assert (content == b"ok\n") is (method == "GET")
    assert b" 404 " in to_the_end(served, f"GET /in/{'x' * 32}/ HTTP/1.0\r\n\r\n".encode())
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


def test_how_many_processes_answer(monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as line:
        assert "--workers=1" in web_command(line, reload=False, threads=8)
        monkeypatch.setenv("GOODSTANDING_WEB_WORKERS", "2")
        assert "--workers=2" in web_command(line, reload=False, threads=8)
        for wrong in ("0", "two", "-1", "1 --preload"):
            monkeypatch.setenv("GOODSTANDING_WEB_WORKERS", wrong)
            with pytest.raises(Unservable, match="GOODSTANDING_WEB_WORKERS"):
                web_command(line, reload=False, threads=8)


def knock(path: str, body: bytes, method: str = "POST", **environ: object) -> str:
    """The status line of what stands in front of the pages, without a server."""
    said: list[str] = []
    asked = RequestFactory(SERVER_NAME="localhost").generic(method, path, body, "text/plain").environ
    answer = door.before(no_pages)(
        {**asked, "HTTP_HOST": "localhost", **environ}, lambda status, _: said.append(status)
    )
    assert method != "HEAD" or b"".join(answer) == b""
    return said[0]


def no_pages(environ: dict[str, object], start_response: object) -> list[bytes]:
    raise AssertionError(f"{environ['PATH_INFO']} was let through to the pages")


def raw(served: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(served, timeout=60) as line:
        line.sendall(request)
        return line.recv(4096)


def to_the_end(served: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(served, timeout=60) as line, line.makefile("rb") as answer:
        line.sendall(request)
        return answer.read()


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
