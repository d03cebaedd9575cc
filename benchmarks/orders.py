"""The import of orders against a bare COPY of the same file into the same durable PostgreSQL, in one run.

    python benchmarks/orders.py [--rows 1000000]

The COPY puts the file's columns into a table of texts without any index: nothing is read, checked, matched or named. The
import reads, merges, checks each cell, writes the orders with their indexes and row-level security, and the names by which
disputes find them. Goal: at most four times slower. The second import finds everything known.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import psycopg
from _stage import cpu_load, home

HEADER = "订单号,下单时间,付款时间,订单金额,币种,买家姓名,买家邮箱,收货地址,城市,邮编,国家代码,SKU,商品名称,数量,运单号,物流方式,发货时间,交易号"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    content = "".join(_lines(rows)).encode()
    with home():
        from goodstanding import database
        from goodstanding.home import home as folder
        from goodstanding.models import Merchant, Order, OrderReference, acting_for
        from goodstanding.pipeline import orders

        print(f"{rows:,} rows, {len(content) / 2**20:.0f} MB; {cpu_load()}")
        bare = _copy(database.urls(folder()).owner, content)
        print(f"bare COPY      {bare:7.1f} s {rows / bare:10,.0f} rows/s")
        merchant = Merchant.found("Bench", "bench")
        for name in ("import", "import again"):
            started = time.perf_counter()
            done = orders.import_table(merchant, None, "orders.csv", content, zone="Asia/Shanghai")
            took = time.perf_counter() - started
            assert (done.orders, done.bad) == (rows, 0)
            print(f"{name:14} {took:7.1f} s {rows / took:10,.0f} rows/s {took / bare:6.1f}× bare COPY (goal 4×)")
        with acting_for(merchant.pk):
            assert (Order.objects.count(), OrderReference.objects.count()) == (rows, 2 * rows)


def _copy(url: str, content: bytes) -> float:
    columns = ", ".join(f"c{n} text" for n in range(len(HEADER.split(","))))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare ({columns})")
        connection.commit()
        started = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN WITH (FORMAT csv, HEADER true)") as copy:
            for start in range(0, len(content), 2**16):
                copy.write(content[start : start + 2**16])
        connection.commit()
        took = time.perf_counter() - started
        cursor.execute("DROP TABLE bare")
    return took


def _lines(rows: int) -> Iterator[str]:
    yield HEADER + "\n"
    for n in range(rows):
        day, clock = f"2026-{1 + n % 10:02}-{1 + n % 28:02}", f"{n % 24:02}:{n % 60:02}:{n * 7 % 60:02}"
        yield (
            f"#GS{n:08},{day} {clock},{day} {clock},{n % 300}.{n % 100:02},USD,Buyer {n},buyer{n}@example.com,{n} Example Street,"
            f"Portland,{97000 + n % 999},US,SKU-{n % 500},蓝色马克杯 {n % 500},{1 + n % 3},LX{n:09}CN,云途,{day} 23:59:59,pi_{n:012}\n"
        )


if __name__ == "__main__":
    main()
