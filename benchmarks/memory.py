"""Memory of the web and the worker process at rest and after many notices, beside a bare Python with Django set up.

    python benchmarks/memory.py [--notices 1000]

RSS counts shared pages in full, PSS by share; both with children. The notices are signed events of the example channel, each a
case of its own, worked to the end.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from _stage import PIDS, PYTHON, cpu_load, home, memory, process, web, worker

BARE = "import django; from django.conf import settings; settings.configure(); django.setup(); print(1, flush=True); input()"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=1_000)
    notices = parser.parse_args().notices
    bare = _bare()
    print(f"memory: bare Django process RSS {bare[0]:.0f} MB, PSS {bare[1]:.0f} MB", flush=True)
    with home():
        channel = _connection()
        with web() as address, worker() as worker_pid:
            _post(address, channel, 0)
            _settled(1)
            _show("at rest", worker_pid, bare)
            began = time.monotonic()
            for number in range(1, notices + 1):
                _post(address, channel, number)
            _settled(notices + 1)
            minutes = (time.monotonic() - began) / 60
            _show(f"after {notices:,} notices ({notices / minutes:.0f} a minute)", worker_pid, bare)


def _show(when: str, worker_pid: int, bare: tuple[float, float]) -> None:
    for name, pid in (("web", PIDS["web"]), ("worker", worker_pid)):
        rss, pss = memory(pid)
        print(
            f"  {name:6s} {when}: RSS {rss:.0f} MB, PSS {pss:.0f} MB, {pss / bare[1]:.1f} × bare Django; {cpu_load()}"
        )


def _bare() -> tuple[float, float]:
    with process([PYTHON, "-c", BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.readline()
        return memory(running.pid)


def _connection() -> Any:
    from goodstanding.models import Connection, Merchant, acting_for

    merchant = Merchant.found("Bench", "bench")
    with acting_for(merchant.pk):
        return Connection.open(
            merchant, "example", "Acme", secrets={"webhook_secret": "x"}, settings={"api_base": "http://127.0.0.1:9"}
        )


def _post(address: tuple[str, int], channel: Any, number: int) -> None:
    now = datetime.now(UTC)
    dispute = {
        "id": f"D-{number}", "stage": "chargeback", "network": "visa", "reason_code": "13.1", "amount": 5990, "currency": "USD",
        "respond_by": (now + timedelta(days=10)).isoformat(), "order_number": f"GS-{number}",
    }  # fmt: skip
    event = {"id": f"evt_{number}", "type": "dispute.opened", "created_at": now.isoformat(), "dispute": dispute}
    body, stamp = json.dumps(event).encode(), str(int(now.timestamp()))
    signature = hmac.new(b"x", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    line = http.client.HTTPConnection(*address, timeout=60)
    line.request("POST", f"/in/{channel.token}/", body, {"Acme-Signature": f"t={stamp},v1={signature}"})
    if line.getresponse().status != 200:
        raise SystemExit("the door did not take it")
    line.close()


def _settled(cases: int) -> None:
    """Wait until so many cases have gone through every stage."""
    from django.db import connection

    from goodstanding.models import Merchant, ProcessingStep, acting_for, as_clock

    with as_clock():
        merchant = Merchant.objects.get()
    while True:
        with acting_for(merchant.pk):
            done = ProcessingStep.objects.filter(stage="assemble", finished_at__isnull=False).count()
        if done >= cases:
            break
        time.sleep(0.5)
    connection.close()


if __name__ == "__main__":
    main()
