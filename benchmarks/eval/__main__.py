"""Run every part, or those named. Tables for people, ``--json`` for programs."""

from __future__ import annotations

import argparse
import json
import pkgutil
import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console

from ._options import Options


def main() -> int:
    parts = sorted(
        module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name[0] != "_"
    )
    parser = argparse.ArgumentParser(prog="python -m benchmarks.eval", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)}; all where none is named")
    parser.add_argument("--json", action="store_true", help="one JSON object: figures by part")
    parser.add_argument("--errors", action="store_true", help="also list what went wrong, by id and category")
    parser.add_argument("--no-ham", action="store_true", help="leave out the 4,150 mails of ham (some minutes)")
    parser.add_argument("--no-speed", action="store_true", help="leave out speed and memory")
    given = parser.parse_args()
    unknown = set(given.parts) - set(parts)
    if unknown:
        parser.error(f"no part {', '.join(sorted(unknown))}; there is {', '.join(parts)}")
    options = Options(ham=not given.no_ham, speed=not given.no_speed, errors=given.errors, loud=not given.json)
    figures = {}
    console = Console(width=None if sys.stdout.isatty() else 120)
    for name in given.parts or parts:
        part = import_module(f".{name}", __package__)
        figures[name] = part.measure(options)
        if not given.json:
            for table in part.tables(figures[name], options):
                console.print(table)
    if given.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
