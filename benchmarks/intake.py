"""The door against a bare INSERT and COMMIT of the same bytes into the same durable PostgreSQL, in one run.

    python benchmarks/intake.py [--seconds 6] [--rounds 2]

The web process that `serve` starts, clients in another process. The bare insert is done by as many clients, each with a
connection of its own and nothing else to do. Goal: at most three times slower. Bare and door take turns, so that both see
the same machine; processor time per request (of the web process, and of all of PostgreSQL) is printed because it does not
depend on who else uses the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from _stage import PIDS, PYTHON, _offspring, cpu_load, home, memory, percentile, web

CLIENTS = (1, 8, 32)
#: Of the size of a Stripe dispute event.
BODY = json.dumps({"id": "evt_", "type": "dispute.opened", "dispute": {"id": "D-1", "filler": "x" * 3_000}}).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    with home():
        import psycopg

        from goodstanding import database
        from goodstanding.embedded.places import places
        from goodstanding.home import home as folder

        path = _connection()
        owner, app = database.urls(folder()).owner, database.urls(folder()).app
        server = int((places(folder()).data / "postmaster.pid").read_text().split()[0])
        _table(owner)
        with web() as (host, port):
            _clients("door", 8, 2.0, host, str(port), path)  # warm
            with psycopg.connect(owner, autocommit=True) as connection:
                connection.execute("ANALYZE")  # as PostgreSQL does by itself within a minute of such traffic
            for clients in CLIENTS:
                bare, door = _Side(server), _Side(server)
                for _ in range(given.rounds):
                    bare.play("bare", clients, given.seconds / given.rounds, app)
                    door.play("door", clients, given.seconds / given.rounds, host, str(port), path)
                print(
                    f"intake, {clients:2d} clients: door {door.told()}; bare INSERT+COMMIT {bare.told()};"
                    f" ratio {bare.rate / door.rate:.1f} (goal ≤ 3); {cpu_load()}",
                    flush=True,
                )
            print(f"intake: web processes {memory(PIDS['web'])[1]:.0f} MB (PSS)")


class _Side:
    """What one of the two did, over its turns."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.times: list[float] = []
        self.seconds = self.web = self.database = 0.0

    def play(self, what: str, clients: int, seconds: float, *words: str) -> None:
        web, server = _cpu(PIDS["web"]), _cpu(self.server)
        self.times += _clients(what, clients, seconds, *words)
        self.seconds += seconds
        self.web += _cpu(PIDS["web"]) - web
        self.database += _cpu(self.server) - server

    @property
    def rate(self) -> float:
        return max(1, len(self.times)) / self.seconds

    def told(self) -> str:
        each = 1000 / max(1, len(self.times))
        return (
            f"{self.rate:.0f}/s, p50 {percentile(self.times, 0.5):.1f} ms, p99 {percentile(self.times, 0.99):.1f} ms,"
            f" CPU ms each: web {self.web * each:.2f}, PostgreSQL {self.database * each:.2f}"
        )


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process and its offspring, the ended included."""
    ticks = 0
    for number in (pid, *_offspring(pid)):
        try:
            ticks += sum(map(int, Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[11:15]))
        except FileNotFoundError:
            continue  # ended meanwhile; its parent counts it
    return ticks / os.sysconf("SC_CLK_TCK")


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
