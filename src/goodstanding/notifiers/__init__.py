"""One folder per notifier; found by looking in this folder. See docs/reference/notifiers.md."""

import sys
from functools import cache

from goodstanding import plugins
from goodstanding.contract import Notifier


@cache
def notifiers() -> dict[str, Notifier]:
    """Every notifier by its name."""
    return plugins.find(sys.modules[__name__], "notifier")
