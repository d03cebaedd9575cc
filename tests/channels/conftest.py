"""Fixtures of the shared suite. ``--golden`` itself is declared in tests/conftest.py, the only place pytest reads it from in time."""

from __future__ import annotations

import pytest


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> bool:
    """Are the golden files to be rewritten instead of compared? Only ever by ``make golden``."""
    return bool(request.config.getoption("--golden", default=False))
