"""The door against a bare INSERT and COMMIT of the same bytes into the same durable PostgreSQL, in one run.

    python benchmarks/intake.py [--seconds 6]

The real web process (gunicorn, one process, eight threads), clients in another process. The bare insert is done by as many
clients, each with a connection of its own and nothing else to do. Goal: at most three times slower.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from _stage import PYTHON, cpu_load, home, percentile, web

CLIENTS = (1, 8, 32)
#: Of the size of a Stripe dispute event.
BODY = json.dumps({"id": "evt_", "type": "dispute.opened", "dispute": {"id": "D-1", "filler": "x" * 3_000}}).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    seconds = parser.parse_args().seconds
    with home():
        from goodstanding import database
        from goodstanding.home import home as folder

        path = _connection()
        owner, app = database.urls(folder()).owner, database.urls(folder()).app
        _table(owner)
        with web() as (host, port):
            _clients("door", 4, 1.0, host, str(port), path)  # warm
            for clients in CLIENTS:
                bare = _clients("bare", clients, seconds, app)
                door = _clients("door", clients, seconds, host, str(port), path)
                ratio = len(bare) / max(1, len(door))
                print(
                    f"intake, {clients:2d} clients: door {len(door) / seconds:6.0f}/s,"
                    f" p50 {percentile(door, 0.5):6.1f} ms, p99 {percentile(door, 0.99):6.1f} ms;"
                    f" bare INSERT+COMMIT {len(bare) / seconds:6.0f}/s, p99 {percentile(bare, 0.99):6.1f} ms;"
                    f" ratio {ratio:.1f} (goal ≤ 3); {cpu_load()}"
                )


def _connection() -> str:
    from goodstanding.models import Connection, Merchant, acting_for

    merchant = Merchant.found("Bench", "bench")
    with acting_for(merchant.pk):
        return f"/in/{Connection.open(merchant, 'example', 'Acme', secrets={'webhook_secret': 'x'}).token}/"


def _table(owner: str) -> None:
    import psycopg

    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, at timestamptz, headers jsonb, body bytea)")
        connection.execute("GRANT ALL ON bare TO PUBLIC")
        connection.execute("GRANT ALL ON SEQUENCE bare_id_seq TO PUBLIC")


def _clients(what: str, clients: int, seconds: float, *words: str) -> list[float]:
    """Milliseconds of each call, from a process of its own."""
    command = [PYTHON, __file__, "--as", what, str(clients), str(seconds), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def act(what: str, clients: str, seconds: str, *words: str) -> None:
    """In the clients' process: as many threads, each calling again and again."""
    times: list[float] = []
    end = time.perf_counter() + float(seconds)

    def loop(number: int) -> None:
        call = {"door": _door, "bare": _bare}[what](*words)
        turn = 0
        while (began := time.perf_counter()) < end:
            turn += 1
            call(BODY.replace(b"evt_", b"evt_%d_%d" % (number, turn)))
            times.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=loop, args=(number,)) for number in range(int(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump(times, sys.stdout)


def _door(host: str, port: str, path: str) -> Callable[[bytes], None]:
    line = http.client.HTTPConnection(host, int(port), timeout=60)

    def call(body: bytes) -> None:
        line.request("POST", path, body, {"Content-Type": "application/json", "Acme-Signature": "t=1,v1=0"})
        answer = line.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"the door answered {answer.status}")

    return call


def _bare(url: str) -> Callable[[bytes], None]:
    import psycopg

    connection = psycopg.connect(url)

    def call(body: bytes) -> None:
        connection.execute("INSERT INTO bare (at, headers, body) VALUES (now(), '[]', %s)", [body])
        connection.commit()

    return call


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as"]:
        act(*sys.argv[2:])
    else:
        main()
