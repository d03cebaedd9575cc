"""A stage that fails is tried again, and seen to; one that always fails ends, and is seen to have ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection as database_connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast, cast, connection
from tests.fakes.stripe import FakeStripe
from tests.pipeline.desk import current, event, picture, post, the_case, work

from goodstanding import jobs
from goodstanding.channels.stripe.verify import signed_header
from goodstanding.models import Case, Connection, Delivery, Evidence, Merchant, ProcessingStep, Reply, acting_for
from goodstanding.pipeline import clock, evidence, rebuild, route, schedule

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "whsec_invented"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    with FakeStripe(now=int(datetime.now(UTC).timestamp())) as running:
        yield running


def step(merchant: Merchant, stage: str) -> ProcessingStep:
    with acting_for(merchant.pk):
        return ProcessingStep.objects.get(stage=stage)


def due_now() -> None:
    with database_connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")


def test_a_look_up_that_fails_is_made_again(people: Cast, stripe: FakeStripe):
    """A thin event only points; Stripe does not answer at first."""
    shop = connection(
        people.merchant,
        "stripe",
        secrets={"webhook_secret": SECRET, "api_key": stripe.key()},
        settings={"api_base": stripe.url, "files_base": stripe.url},
    )
    dispute = stripe.open_dispute()
    thin = {
        "id": "evt_thin_1", "object": "v2.core.event", "type": "v1.charge.dispute.created", "created": "2026-11-20T10:00:00.000Z",
        "livemode": False, "related_object": {"id": dispute["id"], "type": "dispute", "url": f"/v1/disputes/{dispute['id']}"},
    }  # fmt: skip
    body = json.dumps(thin).encode()
    stripe.fail("GET /v1/disputes/", status=503)
    post(shop, body, **{"Stripe-Signature": signed_header(body, SECRET, datetime.now(UTC))})
    work()
    failed = step(people.merchant, "identify")
    assert failed.finished_at is None
    assert "503" in failed.error
    waiting = ProcrastinateJob.objects.get(status="todo")
    assert waiting.scheduled_at is not None and waiting.scheduled_at > datetime.now(UTC)
    assert waiting.attempts == 1
    due_now()
    work()
    with acting_for(people.merchant.pk):
        mended = ProcessingStep.objects.filter(stage="identify").earliest("pk")
        assert (mended.attempts, mended.error, bool(mended.finished_at)) == (2, "", True)
        assert Case.objects.get().case_ref == dispute["id"]


def test_what_always_fails_ends_and_is_seen(people: Cast, monkeypatch: pytest.MonkeyPatch):
    acme = connection(people.merchant)
    with acting_for(people.merchant.pk):
        Connection.objects.filter(pk=acme.pk).update(
            plugin="example", secrets_sealed=b"\x09" + b"x" * 40
        )  # no key opens it
    post(acme, event())
    for _ in range(12):
        work()
        due_now()
    (ended,) = ProcrastinateJob.objects.all()
    assert ended.status == "failed"
    assert ended.attempts == 7  # the first, and six more
    failed = step(people.merchant, "identify")
    assert failed.finished_at is None
    assert "key" in failed.error
    assert failed.attempts == 7
    with acting_for(people.merchant.pk):
        assert Delivery.objects.get().identified_at is None


def test_waiting_work_is_queued_once_and_kept_from_starting_early(people: Cast):
    acme = connection(people.merchant)
    post(acme, event())
    work()
    case = the_case(people.merchant)

    def upload(number: int) -> None:
        try:
            with acting_for(people.merchant.pk):
                evidence.add(case, None, f"{number}.png", picture(f"number {number}"), "ev.customer_comm")
        finally:
            database_connection.close()

    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(upload, range(6)))
    with acting_for(people.merchant.pk):
        assert Evidence.objects.count() == 6
    waiting = ProcrastinateJob.objects.filter(lock__contains="rebuild:rebuild", status="todo").count()
    assert 1 <= waiting <= 6
    with acting_for(people.merchant.pk):
        jobs.later(rebuild.rebuild, people.merchant.pk, case.pk, once="x")
    assert ProcrastinateJob.objects.filter(lock__contains="rebuild:rebuild", status="todo").count() == waiting
    work()
    assert not ProcrastinateJob.objects.filter(status="todo").exists()


def test_a_failure_while_the_next_copy_waits_does_not_block_it(people: Cast):
    """Tried again later, the failed one would keep the waiting one from starting for minutes."""
    acme = connection(people.merchant)
    post(acme, event())
    work()
    case = the_case(people.merchant)
    with acting_for(people.merchant.pk):
        jobs.later(rebuild.rebuild, people.merchant.pk, case.pk, once="x")
    with database_connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE status = 'todo'")
    with acting_for(people.merchant.pk):
        evidence.add(case, people.alice, "pod.png", picture("pod"), "ev.delivery_full_address")
    work()
    assert current(the_case(people.merchant)) is not None


def test_only_verbs_of_the_pipeline_are_performed():
    with pytest.raises(ValueError, match="not a verb"):
        jobs.perform.func(path="os:system", merchant_id=1, row_id=1, extra={})


def test_stages_run_twice_change_nothing(people: Cast):
    acme = connection(people.merchant)
    post(acme, event())
    work()
    case = the_case(people.merchant)
    with acting_for(people.merchant.pk):
        before = (Reply.objects.count(), Case.objects.values_list("updated_at", flat=True).get())
    for verb in (schedule.schedule, route.route):
        verb(people.merchant.pk, case.pk)
    with acting_for(people.merchant.pk):
        assert (Reply.objects.count(), Case.objects.values_list("updated_at", flat=True).get()) == before


def test_the_clock_asks_each_connection_that_can_be_asked(people: Cast, stripe: FakeStripe):
    shop = connection(
        people.merchant,
        "stripe",
        secrets={"webhook_secret": SECRET, "api_key": stripe.key()},
        settings={"api_base": stripe.url, "files_base": stripe.url},
    )
    stripe.open_dispute()
    now = int(datetime.now(UTC).timestamp())
    clock.tick(now)
    clock.tick(now)
    assert ProcrastinateJob.objects.filter(status="todo").count() == 1
    work()
    with acting_for(people.merchant.pk):
        assert Case.objects.count() == 1
        assert Connection.objects.get(pk=shop.pk).polled_until is not None
    clock.tick(now)
    assert not ProcrastinateJob.objects.filter(status="todo").exists()
    # The same again by webhook changes nothing.
    body = stripe.last_event()
    post(shop, body, **{"Stripe-Signature": signed_header(body, SECRET, datetime.now(UTC))})
    work()
    with acting_for(people.merchant.pk):
        assert Case.objects.count() == 1
