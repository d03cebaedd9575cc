"""One tick of the clock that finds 1,000 due among 1,000,000 open notifications, against 10,000 open ones.

Goal: within 2×. What is due is found by the index on open rows; how many lie ahead must not matter.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta

from _stage import cpu_load, home

NOW = datetime(2027, 3, 1, 4, tzinfo=UTC)
DUE, ROUNDS, MERCHANTS = 1000, 5, 10
SMALL, LARGE = 10_000, 1_000_000


def main() -> None:
    with home():
        from django.db import connection

        from goodstanding.models import Member, Merchant, Role, User, acting_for
        from goodstanding.pipeline import remind

        readers = []
        for number in range(MERCHANTS):
            merchant = Merchant.found(f"Shop {number}", f"shop-{number}")
            user = User.objects.create(email=f"owner{number}@example.com", name=f"Owner {number}")
            with acting_for(merchant.pk):
                readers.append((merchant.pk, Member.objects.create(merchant=merchant, user=user, role=Role.OWNER).pk))

        def fill(many: int, label: str, *, ahead: bool) -> None:
            """Rows that lie ahead, a minute apart from a day on, or that are due now."""
            for merchant_id, member_id in readers:
                with acting_for(merchant_id), connection.cursor() as cursor:
                    cursor.execute(
                        "INSERT INTO goodstanding_notification"
                        " (merchant_id, member_id, kind, key, facts, urgent, at, attempts, error)"
                        " SELECT %s, %s, 'deadline_near', %s || n, '{}', false, %s + n * interval '7 seconds', 0, ''"
                        " FROM generate_series(1, %s) n",
                        [
                            merchant_id,
                            member_id,
                            f"{label}:",
                            NOW + timedelta(days=1) if ahead else NOW - timedelta(minutes=20),
                            many // MERCHANTS,
                        ],
                    )

        def tick(label: str) -> float:
            """The time of one tick; what it found is done with afterwards."""
            fill(DUE, label, ahead=False)
            start = time.perf_counter()
            found = remind.due(NOW)
            taken = time.perf_counter() - start
            assert found == DUE, f"{found} were due, {DUE} expected"
            for merchant_id, _ in readers:
                with acting_for(merchant_id), connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE goodstanding_notification SET sent_at = %s WHERE claimed_at = %s", [NOW, NOW]
                    )
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs")
            return taken

        def measured(name: str) -> float:
            tick(f"{name}:warm")
            return statistics.median(tick(f"{name}:{turn}") for turn in range(ROUNDS))

        fill(SMALL, "small", ahead=True)
        small = measured("a")
        fill(LARGE - SMALL, "large", ahead=True)
        large = measured("b")
        print(
            f"a tick that finds {DUE:,} due: {small * 1000:.0f} ms of {SMALL:,} open, "
            f"{large * 1000:.0f} ms of {LARGE:,} open: {large / small:.2f}× (goal ≤ 2×; {cpu_load()})"
        )


if __name__ == "__main__":
    main()
