"""``python -m goodstanding.knowledge``: checks all knowledge, says what is due for review; exit code 1 on mistakes."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from .check import check, overdue
from .fact import is_confirmed
from .store import DATA, PARTS, Knowledge


def main(arguments: list[str]) -> int:
    """Check the shipped knowledge, or the folder named on the command line."""
    store = Knowledge(Path(arguments[0]) if arguments else DATA)
    write = sys.stdout.write
    if problems := check(store):
        for problem in problems:
            write(f"error: {problem}\n")
        write(f"{len(problems)} mistakes in {store.root.name}\n")
        return 1
    write(f"knowledge {store.version}\n")
    for part in PARTS:
        records = store.part(part).values()
        sure = sum(is_confirmed(record) for record in records)
        write(f"  {part:<12} {len(records):>4} records, {sure} confirmed\n")
    write(f"  {len(store.kinds)} kinds, {len(store.families)} families, {len(store.playbooks)} playbooks\n")
    _write_reviews(store)
    return 0


def _write_reviews(store: Knowledge) -> None:
    days: dict[str, int] = {}
    for header in store.headers.values():
        days[header.review_by] = days.get(header.review_by, 0) + 1
    for day, count in sorted(days.items()):
        sys.stdout.write(f"  review by {day}: {count} files\n")
    for day, name in overdue(store, datetime.now(UTC).date()):
        sys.stdout.write(f"  overdue since {day}: {name}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
