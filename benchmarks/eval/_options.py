"""What the caller asked for."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """``loud`` says on stderr what is under way."""

    ham: bool = True
    speed: bool = True
    errors: bool = False
    loud: bool = True

    def say(self, text: str) -> None:
        if self.loud:
            print(text, file=sys.stderr, flush=True)
