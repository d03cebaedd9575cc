"""pytest plug-in (`-p goodstanding.testing`): a real PostgreSQL, in a home of its own, for every test run.

Loaded before Django's settings are, which read `GOODSTANDING_HOME`. The server starts when a test first needs it, ends
with the run however that ends, and its folder goes with it. `DATABASE_URL` is respected: then the test database
is made on that server.

Also refuses connections to anywhere but this machine.
"""

import os
import signal

import pytest

from goodstanding import database
from goodstanding.testing import fixtures, homes, loopback

_DISTRIBUTED = "PYTEST_XDIST_WORKER"  # set in pytest-xdist's workers, which share the controller's home


_own_home = None if _DISTRIBUTED in os.environ else homes.make()
if _own_home:
    os.environ["GOODSTANDING_HOME"] = str(_own_home)
    os.environ.pop("GOODSTANDING_ROLE", None)


def pytest_configure(config: pytest.Config) -> None:
    """Register the fixtures after pytest-django, whose `django_db_setup` they replace."""
    config.pluginmanager.register(fixtures, "goodstanding-fixtures")
    loopback.guard()
    if _own_home:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: fixtures and the server end in order
        if getattr(config.option, "numprocesses", None):
            database.start(_own_home, tied=True, durable=False)  # a worker's server would end with that worker


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the server and delete the home."""
    if _own_home:
        homes.destroy(_own_home)
