"""One folder per channel; found by looking in this folder. See docs/reference/channels.md."""

import sys
from functools import cache

from goodstanding import plugins
from goodstanding.contract import Channel


@cache
def channels() -> dict[str, Channel]:
    """Every channel by its name."""
    return plugins.find(sys.modules[__name__], "channel")
