"""The worker is killed with SIGKILL in every stage and started again: the case is finished once, as if nothing had been.

A stage is stopped where it is by a lock on a table that it needs, taken from outside; nothing in the product knows of it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from tests.cast import Cast, cast, connection
from tests.door.gunicorn import application
from tests.pipeline.desk import current, event, keep_order, picture, post, the_case, work

from goodstanding.database import Urls
from goodstanding.models import AuditEvent, Case, Evidence, Merchant, Package, ProcessingStep, Reply, acting_for
from goodstanding.pipeline import evidence

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

#: Stage → a table that no earlier stage touches, or touches only before.
STOPS = {
    "identify": "notice",
    "attach": "outcome",
    "interpret": "interpretation",
    "route": "rule",
    "gather": "orderreference",
    "draft": "reply",
    "assemble": "approval",
}
WAIT = 240.0  # seconds; generous, for a machine that does much else


@pytest.fixture
def people() -> Cast:
    return cast()


class Worker:
    """A real worker process on the test database."""

    def __init__(self, url: str) -> None:
        words = [sys.executable, "-c", "from goodstanding.worker import run; run()"]
        self.process = subprocess.Popen(words, env={**os.environ, **application(url)}, start_new_session=True)

    def kill(self) -> None:
        """At once, without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


@contextmanager
def stopped_at(owner: psycopg.Connection, table: str) -> Iterator[Callable[[], bool]]:
    """Whoever needs this table waits; the answer of the function is whether somebody does."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as holder:
        holder.execute(f"LOCK TABLE goodstanding_{table} IN ACCESS EXCLUSIVE MODE")

        def somebody_waits() -> bool:
            row = owner.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [f"goodstanding_{table}"]
            ).fetchone()
            return bool(row and row[0])

        yield somebody_waits


def until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT
    while not happened():
        assert time.monotonic() < end, f"waited {WAIT:.0f} seconds for: {what}"
        time.sleep(0.05)


def take_back(owner: psycopg.Connection) -> None:
    """The dead worker's heartbeat is made old, so that its jobs are given back at the next look, not in a quarter minute."""
    owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    owner.commit()


def work_in(url: str, until_this: Callable[[], bool]) -> None:
    """A worker of its own, for as long as it takes."""
    worker = Worker(url)
    try:
        until(until_this, "the work to be done")
    finally:
        worker.kill()


def step_finished(merchant: Merchant, stage: str) -> bool:
    with acting_for(merchant.pk):
        return ProcessingStep.objects.filter(stage=stage, finished_at__isnull=False).exists()


def finished(merchant: Merchant) -> bool:
    with acting_for(merchant.pk):
        return Package.objects.filter(superseded_at__isnull=True).exists()


def trail(merchant: Merchant) -> list[str]:
    with acting_for(merchant.pk):
        return sorted(AuditEvent.objects.values_list("kind", flat=True))


def undisturbed() -> tuple[Merchant, str]:
    """The same matter at a merchant whose worker nobody disturbs."""
    merchant = Merchant.found("晴川家居", "calm", letterhead="Qingchuan Home Ltd")
    keep_order(merchant)
    calm = connection(merchant)
    post(calm, event())
    work()
    add_proof(merchant)
    work()
    case = the_case(merchant)
    package = current(case)
    assert package is not None
    return merchant, package.digest


def add_proof(merchant: Merchant) -> None:
    case = the_case(merchant)
    with acting_for(merchant.pk):
        evidence.add(case, None, "pod.png", picture("Exhibit"), "ev.delivery_full_address")


def test_killed_in_every_stage_and_finished_once(
    people: Cast, test_database: Urls, owner_connection: psycopg.Connection
):
    owner_connection.autocommit = True
    calm, digest = undisturbed()
    keep_order(people.merchant)
    acme = connection(people.merchant)
    post(acme, event())
    for stage, table in STOPS.items():
        if stage == "assemble":  # a package can be made only with proof
            work_in(test_database.app, lambda: step_finished(people.merchant, "assemble"))
            take_back(owner_connection)
            add_proof(people.merchant)
        with stopped_at(owner_connection, table) as somebody_waits:
            worker = Worker(test_database.app)
            try:
                until(somebody_waits, f"the worker to be in {stage}")
            finally:
                worker.kill()
        take_back(owner_connection)
    work_in(test_database.app, lambda: finished(people.merchant))
    take_back(owner_connection)
    work()

    case = the_case(people.merchant)
    package = current(case)
    assert package is not None
    assert trail(people.merchant) == trail(calm)
    with acting_for(people.merchant.pk):
        assert Case.objects.count() == Package.objects.count() == 1
        assert Evidence.objects.filter(withdrawn_at__isnull=True).count() == 2
        assert sorted(Reply.objects.values_list("version", flat=True)) == [1, 2]
        steps = {step.stage: step for step in ProcessingStep.objects.all()}
    assert set(steps) == {"identify", "attach", "interpret", "schedule", "route", "gather", "draft", "assemble"}
    assert all(step.finished_at for step in steps.values())
    assert all(steps[stage].attempts > 1 for stage in STOPS if stage != "assemble"), "nothing was interrupted"
    assert package.digest == digest
