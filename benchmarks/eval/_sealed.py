"""The sealed messages, read as the product reads them."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodstanding.pipeline import recognise
from goodstanding.reading import Tools, read, to_json

ROOT = Path(__file__).resolve().parents[2]
BUILDER = ROOT / "tests/sealed/build.py"


def builder() -> Any:
    """``tests/sealed/build.py`` as a module; tests are no package."""
    name = "sealed_build"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, BUILDER)
        if spec is None or spec.loader is None:
            raise SystemExit(f"{BUILDER} is missing: run this from a whole clone of the repository")
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def tools() -> Tools:
    """What the product lends to the reading on this machine: the channels and, where it is there, the trained head."""
    return recognise.tools()


@dataclass(frozen=True)
class Answer:
    """One message beside what was read in it (as ``--json`` prints it). ``broke`` is the error's type, "" for none."""

    message: Any
    found: dict[str, Any]
    broke: str = ""

    @property
    def kind(self) -> str:
        return str(self.found["family"])

    @property
    def asked(self) -> bool:
        return bool(self.found["needs_human"])

    @property
    def right(self) -> bool:
        return self.kind == self.message.kind


def answer(message: Any, lent: Tools) -> Answer:
    try:
        reading = read(
            message.raw(), media_type=message.media_type, receivers=builder().RECEIVERS,
            received_at=message.received_at, headers=tuple(message.headers.items()), tools=lent,
        )  # fmt: skip
        return Answer(message, to_json(reading, message.id))
    except Exception as error:  # noqa: BLE001 - a crash is a figure too, and is printed
        empty = {
            "family": "crashed",
            "authority": "",
            "issuer": None,
            "language": None,
            "needs_human": False,
            "fields": {},
        }
        return Answer(message, empty, type(error).__name__)


def answers(lent: Tools) -> list[Answer]:
    return [answer(message, lent) for message in builder().load()]
