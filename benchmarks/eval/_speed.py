"""Notices per second on one core and the memory for it, in a process of its own: ``python -m benchmarks.eval._speed``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any

from goodstanding.reading import read

ROUNDS = 1


def measure() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", __name__], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"skipped": done.stderr.strip()[-300:]}
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def main() -> None:
    from ._sealed import builder, tools

    lent = tools()
    given = [(message.raw(), message.media_type, tuple(message.headers.items())) for message in builder().load()]
    for raw, media_type, headers in given[:20]:
        read(raw, media_type=media_type, headers=headers, tools=lent)  # data files and weights are read once
    times = []
    start = time.process_time()
    for _ in range(ROUNDS):
        for raw, media_type, headers in given:
            before = time.process_time()
            read(raw, media_type=media_type, headers=headers, receivers=builder().RECEIVERS, tools=lent)
            times.append(time.process_time() - before)
    spent = time.process_time() - start
    print(
        json.dumps(
            {
                "n": len(times), "per_second": round(len(times) / spent, 1),
                "median_ms": round(sorted(times)[len(times) // 2] * 1000, 2), "slowest_ms": round(max(times) * 1000, 1),
                "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
