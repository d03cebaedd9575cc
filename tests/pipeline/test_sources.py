"""Sources in the pipeline: orders kept and matched, parcels asked for and remembered, findings kept once, failures shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast, cast, connection
from tests.fakes.imap import Mailbox, serving
from tests.fakes.shops import FakeShopify, FakeWoo
from tests.fakes.trackers import Fake17Track, parcel_17
from tests.pipeline.desk import OPENED, arrive, event, keep_order, order, the_case, work

from goodstanding.contract import Incoming, Money, Order, Reference, Shipment, Untrusted
from goodstanding.models import Case, Connection, Evidence, Parcel, PluginType, acting_for
from goodstanding.models import Order as Row
from goodstanding.pipeline import connect_source, gather, orders, parcels
from goodstanding.pipeline.refusals import Refusal
from goodstanding.sources import shopify_orders
from goodstanding.sources.seventeentrack.door import signature

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "1Z999AA10123456784"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    monkeypatch.setenv("GOODSTANDING_INNER_HOSTS", "127.0.0.1")


def source(people: Cast, plugin: str, secrets: dict[str, str], **settings: Any) -> Connection:
    return connection(people.merchant, plugin, type=PluginType.SOURCE, secrets=secrets, settings=settings)


def shopify(people: Cast, fake: FakeShopify) -> Connection:
    return source(people, "shopify_orders", {"access_token": fake.token}, shop="fake.myshopify.com", api_base=fake.url)


def tracker(people: Cast, fake: Fake17Track) -> Connection:
    return source(people, "seventeentrack", {"token": fake.token}, api_base=fake.url)


def again(row: Connection) -> Connection:
    with acting_for(row.merchant_id):
        return Connection.objects.get(pk=row.pk)


def told(name: str, **changes: Any) -> dict[str, Any]:
    path = Path(shopify_orders.__file__).parent / "fixtures" / "order__two_parcels.json"
    return {**json.loads(path.read_text()), "name": name, **changes}


# Orders from shops


def test_orders_are_taken_over_once_and_changes_come_through(people: Cast):
    with FakeShopify() as fake:
        fake.orders = [told(f"#{n}") for n in range(1001, 1006)]
        shop = shopify(people, fake)
        assert orders.take_over(people.merchant.pk, shop.pk) == 5
        assert again(shop).polled_until is not None
        assert orders.take_over(people.merchant.pk, shop.pk) == 0
        fake.orders[0] = told("#1001", email="new@example.com")
        assert orders.take_over(people.merchant.pk, shop.pk) == 0, "not changed since the last look"
    with acting_for(people.elsewhere.pk):
        assert Row.objects.count() == 0


def test_a_failure_shows_on_the_connection_and_keeps_what_came(people: Cast):
    with FakeShopify(page=500) as fake:
        shop = shopify(people, fake)
        fake.token = "shpat_revoked"
        assert orders.take_over(people.merchant.pk, shop.pk) == 0
        row = again(shop)
        assert "not accepted" in row.last_error
        assert row.polled_until is None
        fake.token = "shpat_fake0000"
        fake.orders = [told("#1001")]
        assert orders.take_over(people.merchant.pk, shop.pk) == 1
        assert again(shop).last_error == ""


def test_a_key_that_can_refund_is_thrown_away(people: Cast):
    with FakeWoo("read_write") as fake:
        shop = source(
            people, "woocommerce_orders", {"consumer_key": fake.key, "consumer_secret": fake.secret},
            site="https://shop.example.com", api_base=fake.url,
        )  # fmt: skip
        connect_source.check(people.merchant.pk, shop.pk)
    row = again(shop)
    assert row.secrets == {}
    assert row.disabled_at is not None
    assert "read-only" in row.last_error


def test_a_tracker_connected_later_learns_of_the_parcels_there_are(people: Cast):
    keep_order(people.merchant)
    with Fake17Track() as fake:
        with acting_for(people.merchant.pk):
            row = connect_source.open(
                people.merchant, people.alice, "seventeentrack", "", {"token": fake.token, "api_base": fake.url}
            )
        work()
    with acting_for(people.merchant.pk):
        assert Parcel.objects.get().number == NUMBER
    row = again(row)
    assert (row.label, row.granted["permissions"], row.last_error) == ("17TRACK", ["register", "gettrackinfo"], "")


def test_only_owners_connect_and_a_missing_key_is_asked_for(people: Cast):
    with acting_for(people.merchant.pk):
        with pytest.raises(Refusal, match="所有者"):
            connect_source.open(people.merchant, people.carol, "seventeentrack", "", {"token": "x"})
        with pytest.raises(Refusal, match="接口密钥"):
            connect_source.open(people.merchant, people.alice, "seventeentrack", "", {})
        with pytest.raises(Refusal):
            connect_source.open(people.merchant, people.alice, "nothing", "", {})


# Matching


def case_with(people: Cast, **changes: Any) -> Case:
    arrive(connection(people.merchant), event(**changes))
    case = the_case(people.merchant)
    with acting_for(people.merchant.pk):
        assert case.order is None or case.order.number  # read while its rows can be seen
    return case


def keep(people: Cast, *told_: Order, source_: str = "orders") -> None:
    with acting_for(people.merchant.pk):
        orders.keep(people.merchant.pk, source_, list(told_))


@pytest.mark.parametrize("written", ["GS-1001", "#GS-1001", " #gs-1001", "gs - 1001"])
def test_numbers_are_compared_without_their_dressing(people: Cast, written: str):
    keep(people, order(number="#GS-1001"))
    case = case_with(people, order_number=written)
    assert case.order_id is not None
    assert case.order_match["by"] == "order"


def find(people: Cast, case: Case, references: list[tuple[str, str]], **facts: str) -> orders.Match | None:
    case.references = [{"type": kind, "value": value, "system": ""} for kind, value in references]
    case.facts = facts
    with acting_for(people.merchant.pk):
        return orders.match(case)


def test_each_way_of_matching_has_its_reason(people: Cast):
    case = case_with(people, order_number="nothing-like-it")
    references = (Reference(type="payment", value="pay_77"), Reference(type="arn", value="74537604221222132710572"))
    keep(
        people,
        order(references=references),
        order(number="GS-2", references=(), shipments=(), extra={"last4": "4242"}, buyer_email=""),
    )
    ways = [
        ([("payment", "PAY_77")], {}, "payment"),
        ([("arn", "74537604221222132710572")], {}, "arn"),
        ([("tracking", NUMBER.lower())], {}, "tracking"),
        ([], {"order_number": "#gs-1001"}, "order"),
        ([], {"buyer_email": "Jordan.Lee@example.com"}, "amount_and_email"),
        ([], {"card_last4": "4242"}, "amount_and_card"),
        ([("payment", "pay_78")], {}, None),
        ([("order", "pay_77")], {}, None),
    ]
    for names, facts, by in ways:
        found = find(people, case, names, **facts)
        assert (found.by if found else None) == by, (names, facts)
    assert not find(people, case, [], card_last4="4242").sure, "a card's last four is asked about"


def test_a_sum_counts_only_in_time(people: Cast):
    case = case_with(people, order_number="nothing-like-it")
    keep(people, order(references=(), ordered_at=OPENED - timedelta(days=600)))
    assert find(people, case, [], buyer_email="jordan.lee@example.com") is None
    keep(people, order(number="GS-3", references=(), ordered_at=OPENED - timedelta(days=30)))
    assert find(people, case, [], buyer_email="jordan.lee@example.com").orders[0].number == "GS-3"
    paid = f"{OPENED - timedelta(days=90):%Y-%m-%d}"
    assert find(people, case, [], buyer_email="jordan.lee@example.com", paid_at=paid) is None


def test_two_shops_with_one_number_ask_and_the_sum_tells_apart(people: Cast):
    keep(people, order())
    keep(people, order(total=Money(Decimal("10"), "USD")), source_="mabang")
    sure = case_with(people)
    assert sure.order.amount == Decimal("59.9")
    with acting_for(people.merchant.pk):
        Row.objects.update(amount=Decimal("59.90"))
        Case.objects.update(order=None, order_match={})
    gather.gather(people.merchant.pk, sure.pk)
    case = the_case(people.merchant)
    assert case.order_id is None
    assert len(case.order_match["candidates"]) == 2
    assert "several_orders" in case.needs_human
    with acting_for(people.merchant.pk):
        Row.objects.filter(source="mabang").delete()
    gather.gather(people.merchant.pk, case.pk)
    case = the_case(people.merchant)
    assert case.order_id is not None
    assert "several_orders" not in case.needs_human, "nothing is left to ask"


def test_several_disputes_on_one_payment_stay_visible(people: Cast):
    keep_order(people.merchant)
    acme = connection(people.merchant)
    arrive(acme, event(), event(name="evt_2", id="D-20002"), event(name="evt_3", id="D-20003", order_number="GS-9"))
    with acting_for(people.merchant.pk):
        first = Case.objects.get(case_ref="D-20001")
        assert [case.case_ref for case in orders.siblings(first)] == ["D-20002"]


# Parcels


def test_a_parcel_is_captured_at_import_and_becomes_an_exhibit(people: Cast):
    keep_order(people.merchant)
    case = case_with(people)
    with Fake17Track() as fake:
        tracker(people, fake)
        fake.parcels[NUMBER] = parcel_17(NUMBER)
        keep_order(people.merchant, buyer_name="Changed")
        assert parcels.track(people.merchant.pk) == 1
        with acting_for(people.merchant.pk):
            parcel = Parcel.objects.get()
            exhibit = Evidence.objects.get(case=case, origin="seventeentrack", withdrawn_at=None)
        assert (parcel.state, parcel.signed_by, len(parcel.events)) == ("delivered", "J LEE", 3)
        assert (exhibit.kind, exhibit.proves_at) == ("ev.tracking_partial", datetime(2026, 11, 14, 17, 30, tzinfo=UTC))
        fake.parcels[NUMBER] = parcel_17(NUMBER, street="12 ELM ST")
        fake.parcels[NUMBER]["track_info"]["tracking"]["providers"][0]["events"] = []  # the carrier has forgotten
        with acting_for(people.merchant.pk):
            Parcel.objects.update(ask_again_at=OPENED)
        parcels.track(people.merchant.pk)
    with acting_for(people.merchant.pk):
        parcel.refresh_from_db()
        assert len(parcel.events) == 3, "what a carrier said is never lost"
        assert (
            Parcel.objects.get().ask_again_at is None
            or Parcel.objects.get().ask_again_at < parcel.delivered_at + parcels.FORGOTTEN_AFTER
        )


def test_only_a_stated_street_is_a_full_address(people: Cast):
    keep_order(people.merchant)
    case = case_with(people)
    with Fake17Track() as fake:
        tracker(people, fake)
        fake.parcels[NUMBER] = parcel_17(NUMBER, street="12 ELM ST")
        keep_order(people.merchant, buyer_name="Changed")
        parcels.track(people.merchant.pk)
    with acting_for(people.merchant.pk):
        (exhibit,) = Evidence.objects.filter(case=case, origin="seventeentrack", withdrawn_at=None)
    assert exhibit.kind == "ev.delivery_full_address"
    assert "12 ELM ST" in exhibit.text


def test_what_nobody_knows_is_put_off_and_given_up(people: Cast):
    with Fake17Track() as fake:
        tracker(people, fake)
        now = datetime.now(UTC)
        young, old = now - timedelta(days=2), now - timedelta(days=200)
        keep(
            people,
            order(
                shipments=(
                    Shipment(tracking_number="X1", shipped_at=young),
                    Shipment(tracking_number="X2", shipped_at=old),
                )
            ),
        )
        assert parcels.track(people.merchant.pk) == 0
    with acting_for(people.merchant.pk):
        assert Parcel.objects.get(number="X1").ask_again_at > now
        assert Parcel.objects.get(number="X2").ask_again_at is None


def test_the_clock_queues_a_round_only_where_something_is_due(people: Cast):
    from procrastinate.contrib.django.models import ProcrastinateJob

    keep_order(people.merchant)
    parcels.due(datetime.now(UTC))
    assert not ProcrastinateJob.objects.filter(args__path__contains="parcels").exists()
    with Fake17Track() as fake:
        tracker(people, fake)
        parcels.backfill(people.merchant.pk)
        parcels.due(datetime.now(UTC))
        parcels.due(datetime.now(UTC))
    assert ProcrastinateJob.objects.filter(args__path="goodstanding.pipeline.parcels:ask").count() == 1


def test_a_dead_tracker_blocks_nothing_shows_and_is_asked_again_soon(people: Cast):
    with Fake17Track() as fake:
        row = tracker(people, fake)
        keep_order(people.merchant)
        fake.token = "another"
        assert parcels.track(people.merchant.pk) == 0
    assert "not valid" in again(row).last_error
    with acting_for(people.merchant.pk):
        assert Parcel.objects.get().ask_again_at < datetime.now(UTC) + timedelta(hours=2)


def test_the_clock_asks_shops_now_and_then_and_not_right_after_a_failure(people: Cast):
    from procrastinate.contrib.django.models import ProcrastinateJob

    queued = ProcrastinateJob.objects.filter(args__path="goodstanding.pipeline.orders:fetch_orders")
    now = datetime.now(UTC)
    with FakeShopify() as fake:
        shop = shopify(people, fake)
        fake.token = "shpat_revoked"
        orders.take_over(people.merchant.pk, shop.pk)
        orders.due(now)
        assert queued.count() == 0
        orders.due(now + timedelta(hours=1))
        assert queued.count() == 1
        fake.token = "shpat_fake0000"
        work()
        orders.due(now)
    assert queued.filter(status="todo").count() == 0
    assert again(shop).polled_until is not None


def test_news_at_the_door_must_be_signed(people: Cast):
    with Fake17Track() as fake:
        row = tracker(people, fake)
        keep_order(people.merchant)
    body = json.dumps({"event": "TRACKING_UPDATED", "data": parcel_17(NUMBER)}).encode()
    incoming = Incoming(
        origin="webhook", body=body, received_at=datetime.now(UTC), headers=(("sign", signature(body, "17-key")),)
    )
    with pytest.raises(Untrusted):
        parcels.hear(people.merchant.pk, row.pk, replace(incoming, body=body + b" "))
    assert parcels.hear(people.merchant.pk, row.pk, incoming) == 1
    assert parcels.hear(people.merchant.pk, row.pk, incoming) == 1
    with acting_for(people.merchant.pk):
        assert Parcel.objects.get().state == "delivered"


# Gather


def test_the_sources_are_asked_once_and_findings_kept_once(people: Cast):
    box = Mailbox()
    box.add(
        b"From: jordan.lee@example.com\r\nTo: s@shop.example\r\nSubject: GS-1001\r\n\r\nWhere is it?\r\n",
        datetime.now(UTC),
    )
    with serving(box), FakeShopify() as fake:
        fake.orders = [told("GS-1001")]
        shop = shopify(people, fake)
        source(
            people,
            "mail_search",
            {"password": box.password},
            host="127.0.0.1",
            port=box.port,
            tls="none",
            user=box.user,
        )
        case = case_with(people)
        assert case.order is not None and case.order.source == "shopify_orders", "the shop was asked for the number"
        with acting_for(people.merchant.pk):
            Case.objects.filter(pk=case.pk).update(facts={**case.facts, "buyer_email": "jordan.lee@example.com"})
        gather.gather(people.merchant.pk, case.pk)
        asked = len(fake.requests)
        gather.gather(people.merchant.pk, case.pk)
        gather.gather(people.merchant.pk, case.pk)
        assert len(fake.requests) == asked, "not again within a day"
    with acting_for(people.merchant.pk):
        mails = Evidence.objects.filter(case=case, origin="mail_search")
        assert [(item.kind, item.title) for item in mails] == [("ev.customer_comm", "GS-1001")]
        assert "Where is it?" in mails[0].text
    assert again(shop).last_error == ""


def test_a_source_that_fails_blocks_nothing(people: Cast):
    keep_order(people.merchant)
    with FakeShopify() as fake:
        shop = shopify(people, fake)
        fake.token = "shpat_revoked"
        case = case_with(people)
    assert case.order is not None
    assert "not accepted" in again(shop).last_error
    with acting_for(people.merchant.pk):
        assert Evidence.objects.filter(case=case, kind="ev.order_record").exists()
