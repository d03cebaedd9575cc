"""`goodstanding worker`: does the queued jobs until SIGINT or SIGTERM."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import django

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector

SHUTDOWN = 8.0  # seconds a running job may still take; what is cut off is taken up again by the requeue of stalled jobs


def run(concurrency: int = 4, *, until_empty: bool = False) -> None:
    """Work on all queues. `until_empty`: return when nothing is left to do, for tests and one-off commands.

    The worker fetches jobs over connections of its own. The tasks keep the application's connector, so that a job
    that queues another one does it in its own transaction.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.settings")
    django.setup()
    from procrastinate import App
    from procrastinate.contrib.django import app as application

    connector = cast("DjangoConnector", application.connector).get_worker_connector()
    worker = App(connector=connector, import_paths=application.import_paths)
    worker.tasks = application.tasks
    if not until_empty:  # the clock belongs to who stays
        worker.periodic_registry = application.periodic_registry
    worker.run_worker(
        concurrency=concurrency,
        wait=not until_empty,
        shutdown_graceful_timeout=SHUTDOWN,
        update_heartbeat_interval=5,
        stalled_worker_timeout=20,
        delete_jobs="successful",
        task_middleware=[_fresh_connections],
    )


def _fresh_connections(call_next: Callable[[], Any], context: object, worker: object) -> Any:  # noqa: ARG001 - its shape
    """A job runs in a thread that may have a connection the server has closed since; Django checks only requests."""
    from django.db import close_old_connections

    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()
