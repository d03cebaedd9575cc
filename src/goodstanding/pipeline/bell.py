"""Wakes the workers for what the door has queued quietly: once for all that came in a moment.

Nothing depends on it but haste: workers look by themselves every few seconds. The thread starts with the first ring, so that
each web process has its own.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection
from django.db.utils import Error

log = logging.getLogger("goodstanding.door")

_APART = 0.02  # seconds between two rings
_IDLE = 60.0  # seconds after which the line to the database is given back

_wanted = threading.Event()
_starting = threading.Lock()
_ringer: threading.Thread | None = None

#: As Procrastinate's trigger does; a worker looks for any job, whichever number it is told.
_NOTIFY = "SELECT pg_notify('procrastinate_queue_v1#default', word), pg_notify('procrastinate_any_queue_v1', word) FROM (SELECT %s) AS w (word)"
_WORD = '{"type": "job_inserted", "job_id": 0}'


def ring() -> None:
    """Returns at once."""
    global _ringer
    _wanted.set()
    if _ringer is None or not _ringer.is_alive():
        with _starting:
            if _ringer is None or not _ringer.is_alive():
                _ringer = threading.Thread(target=_stand_by, name="bell", daemon=True)
                _ringer.start()


def _stand_by() -> None:
    while True:
        if not _wanted.wait(_IDLE):
            connection.close()
            _wanted.wait()
        _wanted.clear()
        try:
            with connection.cursor() as cursor:
                cursor.execute(_NOTIFY, [_WORD])
        except (Error, RuntimeError) as problem:  # the database is away
            log.warning("workers were not woken, they will look by themselves: %s", type(problem).__name__)
            connection.close()
        time.sleep(_APART)
