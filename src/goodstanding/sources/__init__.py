"""One folder per source; found by looking in this folder. See docs/reference/sources.md."""

import sys
from functools import cache

from goodstanding import plugins
from goodstanding.contract import Source


@cache
def sources() -> dict[str, Source]:
    """Every source by its name."""
    return plugins.find(sys.modules[__name__], "source")
