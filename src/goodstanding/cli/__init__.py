"""``goodstanding``: the product without a browser. Exit codes are in docs/reference/command-line.md."""

from .main import main

__all__ = ["main"]
