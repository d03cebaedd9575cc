"""Rows for looking at the pages: ``python -m tests.web.seed`` with a home whose database runs. Prints how to sign in."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.settings")


def main() -> None:
    import django

    django.setup()
    from tests import cast as players

    from goodstanding import jobs
    from goodstanding.cli import demo
    from goodstanding.contract import Incoming
    from goodstanding.models import Connection, Store, acting_for
    from goodstanding.pipeline import connect, drill, orders, receive

    everyone = players.cast()
    merchant = everyone.merchant
    with acting_for(merchant.pk):
        store = Store.objects.create(
            merchant=merchant, name="Qingchuan Home", domain="qingchuan.example", country="US", zone="America/New_York",
            markets=["US", "DE", "FR"],
        )  # fmt: skip
        stripe = connect.open(
            merchant, everyone.alice, "stripe", "主站 Stripe", {"webhook_secret": "whsec_seed_0123456789"}
        )
        letters = Connection.open(
            merchant, "byhand", "客服邮箱（转发）", settings={"receiving_hosts": demo.RECEIVER}, store=store
        )
    table = (files("goodstanding.cli") / "demo_files" / "orders.csv").read_bytes()
    orders.import_table(merchant, everyone.alice, "orders.csv", demo._dated(table), None, "America/New_York")
    drill.drill(stripe, everyone.alice)
    receive.store(letters, demo._letter(), drill=True)
    forged = Incoming(origin="webhook", body=b'{"id":"evt_forged","type":"charge.dispute.created"}',
                      received_at=datetime.now(UTC), headers=(("Stripe-Signature", "t=1,v1=00"),))  # fmt: skip
    receive.store(stripe, forged)
    jobs.work_until_idle()
    with acting_for(merchant.pk):
        from goodstanding.pipeline import evidence

        for kind in ("ev.delivery_full_address", "ev.customer_comm"):
            evidence.add(merchant.cases.get(number=1), everyone.alice, f"{kind}.png", _picture(kind), kind)
        drill.drill(stripe, everyone.alice)
    jobs.work_until_idle()
    with acting_for(merchant.pk):
        _cases(merchant, stripe, everyone, store)
    print(f"/m/{merchant.slug}/  alice@example.com  {players.PASSWORD}")  # noqa: T201


def _picture(words: str) -> bytes:
    from io import BytesIO

    from PIL import Image, ImageDraw

    image = Image.new("RGB", (900, 600), "white")
    ImageDraw.Draw(image).text(
        (40, 40), f"{words}\nDelivered to 18 Alder Lane, Portland, OR 97205, US", fill="black", font_size=28
    )
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _cases(merchant, connection, everyone, store) -> None:  # type: ignore[no-untyped-def]
    from goodstanding.models import Case, Deadline

    rng = random.Random(7)
    now = datetime.now(UTC)
    kinds = [
        ("chargeback", "dispute", "visa", "10.4", "fraud"), ("chargeback", "dispute", "mastercard", "4853", "not_as_described"),
        ("pre_dispute_alert", "inquiry", "visa", "13.1", "not_received"), ("refund_dispute", "dispute", "paypal", "", "not_received"),
        ("regulator", "", "", "", ""), ("data_protection", "", "", "", ""), ("esp_warning", "", "", "", ""),
        ("review", "", "", "", ""), ("consumer_complaint", "", "", "", ""), ("legal_threat", "", "", "", ""),
        ("chargeback", "pre_arbitration", "amex", "C08", "not_received"), ("dispute_result", "", "visa", "13.3", "not_as_described"),
    ]  # fmt: skip
    people = ["Jordan Lee", "María García", "Anna Schmidt", "佐藤 健", "Chloé Dubois", "O'Brien <test>", ""]
    for index in range(64):
        kind, stage, network, code, family = kinds[index % len(kinds)]
        due = (
            now + timedelta(hours=rng.choice([-30, 5, 19, 40, 70, 130, 240, 500])) if kind != "dispute_result" else None
        )
        zone = rng.choice(["America/New_York", "Europe/Berlin", "UTC", "Asia/Shanghai"])
        money = kind not in ("esp_warning", "review", "data_protection")
        case = Case.objects.create(
            merchant=merchant, number=merchant.next_case_number(), connection=connection, case_ref=f"dp_1Q{rng.randrange(10**14):014d}",
            kind=kind, stage=stage, network=network, reason_scheme=network, reason_code=code, family=family,
            amount=Decimal(rng.randrange(1200, 98000)) / 100 if money else None, currency=rng.choice(["USD", "EUR", "GBP"]) if money else "",
            complainant=rng.choice(people), opened_at=now - timedelta(days=rng.randrange(1, 30)), last_event_at=now, due_at=due,
            owner=rng.choice([everyone.alice, everyone.bob, None]), store=store, authority="genuine",
            needs_human=["ambiguous_date"] if index % 9 == 4 else [],
            settled_at=now if kind == "dispute_result" or index % 11 == 10 else None, test=index % 17 == 3,
        )  # fmt: skip
        if due:
            Deadline.objects.create(merchant=merchant, case=case, purpose="answer", at=due, zone=zone, origin="stated",
                                    estimate=index % 7 == 0, reason={"code": "stated.moment", "parameters": {}})  # fmt: skip


if __name__ == "__main__":
    main()
