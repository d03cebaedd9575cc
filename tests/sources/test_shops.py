"""Sources of orders against shops on the loopback."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.fakes.shops import FakeMabang, FakeMagento, FakeShopify, FakeWoo, a_day_ago, beijing

from goodstanding.asking.call import retry_after
from goodstanding.contract import Money, Reader, Reference, Refused, Unavailable, Unreadable
from goodstanding.sources import dianxiaomi, mabang, magento_orders, shopify_orders, woocommerce_orders
from goodstanding.sources import sources as all_sources
from goodstanding.sources.woocommerce_orders.read import order_of
from goodstanding.tables import TableError

FOLDER = Path(shopify_orders.__file__).parent.parent
SINCE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def http():
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(sys.modules["goodstanding.asking.call"], "FIRST_WAIT", 0.0)


def sample(source: str, file: str, /, **changes: Any) -> dict[str, Any]:
    return {**json.loads((FOLDER / source / "fixtures" / f"{file}.json").read_text()), **changes}


def shopify(fake: FakeShopify, **changes: str) -> shopify_orders.Config:
    given = {"shop": "fake.myshopify.com", "access_token": fake.token, "api_base": fake.url}
    return shopify_orders.Config(**{**given, **changes})


def woo(shop: FakeWoo, **changes: str) -> woocommerce_orders.Config:
    given = {"site": "https://shop.example.com", "consumer_key": shop.key, "consumer_secret": shop.secret}
    return woocommerce_orders.Config(**{**given, "api_base": shop.url, **changes})


def magento(shop: FakeMagento, **changes: str) -> magento_orders.Config:
    return magento_orders.Config(
        **{"site": "https://shop.example.com", "access_token": shop.token, "api_base": shop.url, **changes}
    )


def erp(fake: FakeMabang, **changes: str) -> mabang.Config:
    return mabang.Config(**{"app_key": fake.key, "app_token": fake.token, "api_base": fake.url, **changes})


def numbers(orders: Any) -> list[str]:
    return [order.number for order in orders]


# Shopify


def test_shopify_all_pages_come_and_a_request_to_slow_down_is_heeded(http):
    with FakeShopify(page=2) as shop:
        shop.orders = [sample("shopify_orders", "order__two_parcels", name=f"#{n}") for n in range(1001, 1006)]
        shop.throttle = 2
        found = list(shopify_orders.source.fetch(shopify(shop), http, SINCE))
    assert numbers(found) == [f"#{n}" for n in range(1001, 1006)]
    assert found[0].total == Money(Decimal("59.9"), "EUR")
    assert found[0].paid_at == datetime(2026, 11, 3, 6, 6, tzinfo=UTC)
    assert [parcel.tracking_number for parcel in found[0].shipments] == [
        "LX000000001CN",
        "LX000000002CN",
        "LX000000003CN",
    ]


def test_shopify_a_client_id_is_exchanged_and_a_wrong_secret_is_said(http):
    with FakeShopify() as shop:
        shop.orders = [sample("shopify_orders", "order__two_parcels")]
        good = shopify(shop, access_token="", client_id="client", client_secret="shpss_secret")
        assert numbers(shopify_orders.source.fetch(good, http, SINCE)) == ["#1001"]
        with pytest.raises(Refused, match="not accepted"):
            list(
                shopify_orders.source.fetch(
                    shopify(shop, access_token="", client_id="client", client_secret="x"), http, SINCE
                )
            )


def test_shopify_an_expired_token_is_refused_with_the_remedy_and_not_told(http):
    with FakeShopify() as shop:
        config = shopify(shop)
        shop.token = "shpat_another"
        with pytest.raises(Refused) as error:
            list(shopify_orders.source.fetch(config, http, SINCE))
    assert error.value.code == "key_invalid"
    assert config.access_token not in str(error.value)


@pytest.mark.parametrize(
    ("scopes", "dangerous", "missing"),
    [
        (("read_orders",), (), ()),
        (("read_products",), (), ("read_orders",)),
        (("read_orders", "write_orders", "write_products"), ("write_orders",), ()),
        (("write_draft_orders", "read_orders"), ("write_draft_orders",), ()),
    ],
)
def test_shopify_says_what_the_app_may_do(http, scopes, dangerous, missing):
    with FakeShopify(*scopes) as shop:
        grant = shopify_orders.source.probe(shopify(shop), http)
    assert (grant.dangerous, grant.missing, grant.account) == (dangerous, missing, "fake.myshopify.com")


def test_shopify_without_the_right_names_it(http):
    with FakeShopify("read_products") as shop, pytest.raises(Refused, match="read_orders"):
        list(shopify_orders.source.fetch(shopify(shop), http, SINCE))


def test_shopify_finds_the_very_number_only(http):
    with FakeShopify() as shop:
        shop.orders = [sample("shopify_orders", "order__two_parcels", name=f"#{n}") for n in (1001, 10011)]
        wanted = (Reference(type="order", value=" #1001"), Reference(type="order", value="x' OR '1"))
        found = list(shopify_orders.source.find(wanted, shopify(shop), http))
    assert [item.order.number for item in found] == ["#1001"]


@pytest.mark.parametrize(
    "shop", ["", "shop.example.com", "fake.myshopify.com.evil.example", "http://fake.myshopify.com"]
)
def test_shopify_the_token_goes_to_shopify_alone(http, shop):
    with FakeShopify() as fake, pytest.raises(Refused, match="no shop domain"):
        list(shopify_orders.source.fetch(shopify(fake, shop=shop, api_base=""), http, SINCE))


# WooCommerce


def test_woocommerce_pages_and_changes_since(http):
    with FakeWoo() as shop:
        made = sample("woocommerce_orders", "order__tracked_refunded")
        shop.orders = [
            {**made, "id": n, "number": str(n), "date_modified_gmt": f"2026-11-{5 + n // 100:02}T00:00:00"}
            for n in range(1, 251)
        ]
        assert len(list(woocommerce_orders.source.fetch(woo(shop), http, SINCE))) == 250
        assert len(shop.asked("GET /orders")) == 3
        late = list(woocommerce_orders.source.fetch(woo(shop), http, datetime(2026, 11, 6, tzinfo=UTC)))
    assert numbers(late) == [str(n) for n in range(200, 251)]


def test_woocommerce_local_dates_are_not_guessed(http):
    with FakeWoo() as shop:
        shop.orders = [sample("woocommerce_orders", "order__local_dates_only")]
        (order,) = woocommerce_orders.source.fetch(woo(shop), http, SINCE)
    assert (order.ordered_at, order.paid_at) == (None, None)


@pytest.mark.parametrize(("rights", "dangerous"), [("read", ()), ("read_write", ("write",))])
def test_woocommerce_a_key_that_writes_is_dangerous(http, rights, dangerous):
    with FakeWoo(rights) as shop:
        grant = woocommerce_orders.source.probe(woo(shop), http)
        assert not any(request.method == "POST" and request.path == "/orders" for request in shop.requests)
    assert grant.dangerous == dangerous
    assert grant.missing == ()


def test_woocommerce_keys_never_travel_in_the_clear(http):
    with FakeWoo() as shop, pytest.raises(Refused, match="https"):
        list(woocommerce_orders.source.fetch(woo(shop, site="http://shop.example.com", api_base=""), http, SINCE))


def test_woocommerce_reads_the_vendors_own_example():
    folder = Path(os.environ.get("GOODSTANDING_CONTRACTS") or Path(__file__).parents[3] / "shared" / "contracts")
    example = folder / "woocommerce" / "order.v3.json"
    if not example.exists():
        pytest.skip("the vendor's example is not here: set GOODSTANDING_CONTRACTS")
    order = order_of(Reader.of_json(example.read_bytes()))
    assert (order.number, order.total) == ("727", Money(Decimal("29.35"), "USD"))
    assert order.ordered_at == datetime(2017, 3, 22, 19, 28, 2, tzinfo=UTC)
    assert order.lines
    assert order.buyer_email


# Magento


def test_magento_turns_pages_by_the_count(http):
    with FakeMagento() as shop:
        made = sample("magento_orders", "order__shipped")
        shop.orders = [{**made, "entity_id": n, "increment_id": f"{n:09}"} for n in range(1, 206)]
        assert len(list(magento_orders.source.fetch(magento(shop), http, SINCE))) == 205
        assert len(shop.asked("GET /orders")) == 3
        (found,) = magento_orders.source.find((Reference(type="order", value="000000007"),), magento(shop), http)
    assert found.order.ordered_at == datetime(2026, 11, 3, 6, 5, 9, tzinfo=UTC)
    assert [line.title for line in found.order.lines] == ["Desk lamp"]


@pytest.mark.parametrize(
    ("rights", "dangerous", "missing"),
    [
        (("actions_view",), (), ()),
        (("actions_view", "creditmemo"), ("sales/creditmemo",), ()),
        (("cancel",), ("sales/cancel",), ("sales/actions_view",)),
    ],
)
def test_magento_tries_only_what_nothing_can_come_of(http, rights, dangerous, missing):
    with FakeMagento(*rights) as shop:
        grant = magento_orders.source.probe(magento(shop), http)
        assert {request.path for request in shop.asked("POST")} == {"/order/0/refund", "/orders/0/cancel"}
    assert (grant.dangerous, grant.missing) == (dangerous, missing)


def test_magento_a_dead_token_is_said(http):
    with FakeMagento() as shop, pytest.raises(Refused) as error:
        magento_orders.source.probe(magento(shop, access_token="expired-token"), http)
    assert error.value.code == "key_invalid"


# 马帮


def test_mabang_signs_what_it_sends_and_follows_the_cursor(http):
    yesterday = a_day_ago()
    with FakeMabang(page=2) as fake:
        made = sample("mabang", "order__shipped", expressTime="")
        fake.orders = [{**made, "platformOrderId": f"单号-{n}", "createDate": beijing(yesterday)} for n in range(5)]
        found = list(mabang.source.fetch(erp(fake), http, yesterday - timedelta(days=1)))
    assert numbers(found) == [f"单号-{n}" for n in range(5)]
    assert abs(found[0].ordered_at - yesterday) < timedelta(seconds=1)


def test_mabang_an_order_that_got_its_parcel_later_comes_again(http):
    with FakeMabang() as fake:
        fake.orders = [
            sample("mabang", "order__shipped", createDate="2026-01-01 00:00:00", expressTime=beijing(a_day_ago()))
        ]
        (order,) = mabang.source.fetch(erp(fake), http, a_day_ago() - timedelta(days=2))
    assert order.shipments[0].tracking_number == "LX000000001CN"


def test_mabang_ok_with_another_code_is_a_refusal(http):
    with FakeMabang() as fake, pytest.raises(Refused) as error:
        mabang.source.probe(erp(fake, app_token="wrong"), http)
    assert (error.value.code, "clock" in str(error.value)) == ("key_invalid", True)


def test_mabang_no_sum_without_currency(http):
    with FakeMabang() as fake:
        fake.orders = [sample("mabang", "order__no_currency")]
        (found,) = mabang.source.find((Reference(type="order", value="GS-1002"),), erp(fake), http)
    assert found.order.total is None


# All of them


EVERY = pytest.mark.parametrize(
    ("fake", "config", "source"),
    [
        (FakeShopify, shopify, shopify_orders.source),
        (FakeWoo, woo, woocommerce_orders.source),
        (FakeMagento, magento, magento_orders.source),
        (FakeMabang, erp, mabang.source),
    ],
    ids=["shopify", "woocommerce", "magento", "mabang"],
)


@EVERY
def test_a_busy_or_broken_server_is_asked_again(http, fake, config, source):
    with fake() as shop:
        shop.fail(".", 429, headers={"Retry-After": "0"})
        shop.fail(".", 503)
        assert list(source.fetch(config(shop), http, a_day_ago())) == []


@EVERY
def test_a_server_that_stays_away_is_unavailable(http, fake, config, source):
    with fake() as shop:
        for _ in range(3):
            shop.fail(".", hang_up=True)
        with pytest.raises(Unavailable) as error:
            list(source.fetch(config(shop), http, a_day_ago()))
        assert error.value.code == "unreachable"
        shop.fail(".", 429, headers={"Retry-After": "3600"})
        with pytest.raises(Unavailable) as error:  # not waited for: the clock comes back
            list(source.fetch(config(shop), http, a_day_ago()))
        assert (error.value.code, error.value.retry_after) == ("rate_limited", 3600)


@EVERY
def test_a_page_instead_of_json_and_a_move_are_said(http, fake, config, source):
    with fake() as shop:
        for _ in range(3):
            shop.fail(".", 200, body=b"<html>challenge</html>")
        with pytest.raises(Unavailable, match="firewall"):
            list(source.fetch(config(shop), http, a_day_ago()))
        shop.fail(".", 302, headers={"Location": "https://evil.example/"})
        with pytest.raises(Refused) as error:
            list(source.fetch(config(shop), http, a_day_ago()))
        assert error.value.code == "moved"


@EVERY
def test_without_a_key_nothing_is_asked(http, fake, config, source):
    secrets = {
        "shopify_orders": "access_token",
        "woocommerce_orders": "consumer_key",
        "magento_orders": "access_token",
        "mabang": "app_token",
    }
    with fake() as shop:
        with pytest.raises(Refused) as error:
            list(source.fetch(config(shop, **{secrets[source.name]: ""}), http, a_day_ago()))
        assert error.value.code == "no_key"
        assert shop.requests == []


def test_a_wrong_shape_is_named(http):
    with FakeMabang() as fake:
        fake.orders = [sample("mabang", "order__shipped", createDate="gestern")]
        with pytest.raises(Unreadable, match="createDate"):
            list(mabang.source.find((Reference(type="order", value="GS-1001"),), erp(fake), http))


def test_no_permission_is_asked_for_without_a_reason():
    for source in all_sources().values():
        assert all(permission.why_zh and permission.why_en for permission in source.reads)
        assert not any("write" in permission.name.lower() for permission in source.reads)


def test_retry_after_as_a_date():
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert retry_after("soon") is None


# 店小秘

EXPORT = (
    "包裹号,订单号,交易号,下单时间,订单金额,币种,收件人姓名,买家邮箱,收件人国家二字码,产品名称,产品数量,跟踪号,物流方式,发货时间\r\n"
    "XMB0001,GS-1001,pi_1,2026-11-03 14:05:09,59.90,USD,Pat Doe,pat@example.com,US,台灯,2,LX000000001CN,云途,2026-11-05 10:00\r\n"
    "XMB0002,GS-1001,pi_1,2026-11-03 14:05:09,59.90,USD,Pat Doe,pat@example.com,US,灯泡,1,LX000000002CN,云途,2026-11-06 10:00\r\n"
    "XMB0003,GS-1002,pi_2,2026-11-03 15:00:00,10.00,USD,Sam Roe,sam@example.com,US,杯,1,1.23E+15,云途,2026-11-06 10:00\r\n"
)


def test_dianxiaomi_rows_of_one_order_in_gbk_become_one_order_with_two_parcels():
    problem, first = dianxiaomi.read(EXPORT.encode("gbk"), "导出.csv")
    assert (problem.code, problem.row, problem.column) == ("ruined_number", 4, "跟踪号")
    assert "重新导出" in problem.message_zh
    assert first.ordered_at == datetime(2026, 11, 3, 6, 5, 9, tzinfo=UTC)
    assert [parcel.tracking_number for parcel in first.shipments] == ["LX000000001CN", "LX000000002CN"]
    assert [(item.type, item.value) for item in first.references] == [("order", "GS-1001"), ("payment", "pi_1")]
    assert (first.total, first.extra["package"]) == (Money(Decimal("59.90"), "USD"), "XMB0001")


def test_dianxiaomi_the_parcels_own_number_is_no_tracking_number():
    shown = dianxiaomi.preview(EXPORT.encode("gbk"))
    assert shown.mapping.columns["tracking_number"] == "跟踪号"
    assert shown.mapping.columns["package"] == "包裹号"
    with pytest.raises(TableError, match="order number"):
        list(dianxiaomi.read("包裹号,运单号\nXMB1,LX1\n".encode()))
