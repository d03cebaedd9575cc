"""From a command to a served page: with nothing there, and again; beside the database of the same folder alone.

    python benchmarks/startup.py [--install]

``--install`` also makes the environment from nothing in a copy of the checkout, as `make run` does on a bare machine; it
fetches packages and depends on the line. A trial of this stack, 178 lines, took 15.6–20.8 s with nothing installed, 5.6–6.9 s
warm.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _stage import PYTHON, cpu_load

from goodstanding import database
from goodstanding.testing import homes

ROOT = Path(__file__).parent.parent
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true")
    install = _install() if parser.parse_args().install else None
    folder = homes.make()
    try:
        first = _serve(folder, PYTHON)
        warm = [_serve(folder, PYTHON) for _ in range(ROUNDS)]
        alone = [_database(folder) for _ in range(ROUNDS)]
    finally:
        homes.destroy(folder)
    middle, reference = statistics.median(warm), statistics.median(alone)
    print(
        f"startup: first served page with an empty data folder {first:.1f} s, warm {middle:.1f} s (trial: 5.6–6.9 s);"
        f" the database alone {reference:.1f} s, ratio {middle / reference:.1f}; {cpu_load()}"
    )
    if install is not None:
        print(
            f"  making the environment from nothing {install:.1f} s, to the first page {install + first:.1f} s (trial: 15.6–20.8 s)"
        )


def _serve(folder: Path, python: str) -> float:
    """Seconds from the command to the line that says that pages are served."""
    words = [python, "-m", "goodstanding.cli", "serve", "--json", "--port", "8700"]
    began = time.perf_counter()
    running = subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "GOODSTANDING_HOME": str(folder)}, start_new_session=True
    )  # fmt: skip
    assert running.stdout is not None
    for line in running.stdout:
        said = json.loads(line)
        if "ready" in said:
            break
        if "error" in said:
            raise SystemExit(said["error"])
    spent = time.perf_counter() - began
    running.send_signal(signal.SIGTERM)
    running.wait(30)
    return spent


def _database(folder: Path) -> float:
    os.environ["GOODSTANDING_HOME"] = str(folder)
    began = time.perf_counter()
    database.start(folder, tied=True)
    spent = time.perf_counter() - began
    database.stop(folder)
    return spent


def _install() -> float:
    """Seconds of `tools/setup.sh runtime` in a copy without an environment."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        skipped = shutil.ignore_patterns(".venv", ".data", ".git", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, copy, ignore=skipped)
        began = time.perf_counter()
        subprocess.run(["sh", "tools/setup.sh", "runtime"], cwd=copy, check=True, stdout=sys.stderr)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
