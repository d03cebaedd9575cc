"""How commands speak: to a person in colours and tables, to a program as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console

console = Console(stderr=False, highlight=False)
errors = Console(stderr=True, highlight=False)


def as_json(value: Any) -> None:
    """One JSON object on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def complain(message: str, *, json_wanted: bool = False, code: str = "error", file: str = "") -> None:
    """Say what is wrong and what to do."""
    if json_wanted:
        as_json({"error": code, "message": message, **({"file": file} if file else {})})
    else:
        errors.print(f"✗ {message}", style="red", markup=False, soft_wrap=True)
