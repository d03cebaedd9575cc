"""The only place that knows how work is queued: ``later(function, merchant_id, row_id)``.

A job is a row of the same PostgreSQL, written in the caller's transaction: neither the row it is about nor the job can
be lost. Functions are named by their path, run for one merchant, and may run twice.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from goodstanding import worker

log = logging.getLogger("goodstanding.jobs")

Job = Callable[..., None]

#: Seconds without a heartbeat after which a worker's jobs are taken back.
STALLED_AFTER = 15


def later(
    function: Job,
    merchant_id: int,
    row_id: int,
    *,
    at: datetime | None = None,
    once: bool = False,
    **extra: str | int | bool,
) -> None:
    """Run ``function(merchant_id, row_id, **extra)`` in a worker, after this transaction commits.

    ``once``: one waiting copy is enough; a second is not queued. The waiting copy is held until this
    transaction ends, so that it is not performed before it can see what it is wanted for.
    """
    path = path_of(function)
    lock = f"row:{path}:{merchant_id}:{row_id}"
    if once and _hold_waiting(lock):
        return
    perform.configure(schedule_at=at, lock=lock).defer(
        path=path, merchant_id=merchant_id, row_id=row_id, extra=dict(extra)
    )


def path_of(function: Job) -> str:
    """The name by which a worker finds a verb again."""
    return f"{function.__module__}:{function.__qualname__}"


def _hold_waiting(lock: str) -> bool:
    """Is a copy waiting? It is due at once, also where it was to be tried again later.

    Not Procrastinate's queueing_lock: a job that has one cannot be tried again while another copy waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE lock = %s AND status = 'todo'", [lock])
        return bool(cursor.rowcount)


def under_way(merchant_id: int, row_id: int, *paths: str) -> bool:
    """Is one of these verbs (``module:function`` below ``goodstanding.pipeline``) waiting or running for this row?"""
    locks = [f"row:goodstanding.pipeline.{path}:{merchant_id}:{row_id}" for path in paths]
    return bool(ProcrastinateJob.objects.filter(lock__in=locks, status__in=("todo", "doing")).exists())


@app.task(name="perform", retry=RetryStrategy(max_attempts=6, exponential_wait=4))
def perform(path: str, merchant_id: int, row_id: int, extra: dict[str, Any]) -> None:
    """Look the function up and call it. Only the product's own verbs can be named."""
    module, _, name = path.partition(":")
    if not module.startswith("goodstanding.pipeline."):
        raise ValueError(f"{path}: not a verb of the pipeline")
    function: Job = getattr(importlib.import_module(module), name)
    function(merchant_id, row_id, **extra)


@app.periodic(cron="* * * * * */10")
@app.task(name="requeue_stalled", queueing_lock="requeue_stalled", pass_context=True)
async def requeue_stalled(context: Any, timestamp: int) -> None:  # noqa: ARG001 - Procrastinate's signature
    """Give back the jobs of workers that died without a word."""
    manager = context.app.job_manager
    await manager.prune_stalled_workers(STALLED_AFTER)
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # a periodic one, of which the next waits already
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)


@app.periodic(cron="* * * * *")
@app.task(name="tick", queueing_lock="tick")
def tick(timestamp: int) -> None:
    """Once a minute: what is due."""
    importlib.import_module("goodstanding.pipeline.clock").tick(timestamp)


def work_until_idle() -> None:
    """Perform what can be performed now, and what follows from it, in this process."""
    while ProcrastinateJob.objects.filter(
        Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=timezone.now()), status="todo"
    ).exists():
        worker.run(1, until_empty=True)
