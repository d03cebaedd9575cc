"""Our requests beside those of the official WooCommerce client, and objects of the official documentation through our parser."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest
from tests.contracts.servers import spec
from tests.fakes.woocommerce import FakeWoo
from woocommerce import API

from goodstanding.channels.woocommerce import channel
from goodstanding.channels.woocommerce.api import get
from goodstanding.channels.woocommerce.config import Config
from goodstanding.contract import Incoming

pytestmark = pytest.mark.contract


def test_an_order_of_the_documentation_is_no_notice_as_a_webhook() -> None:
    body = spec("woocommerce/order.v3.json").read_bytes()
    topic = json.loads(spec("woocommerce/webhook.v3.json").read_bytes())["topic"]
    incoming = Incoming(
        origin="webhook", body=body, received_at=datetime.now(UTC), headers=(("X-WC-Webhook-Topic", topic),)
    )
    assert list(channel.parse(incoming)) == []


def test_authorised_and_addressed_as_the_official_client_does() -> None:
    """The client uses basic authentication over https only, which the loopback has not; so its parts are compared."""
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"data": []})

    with FakeWoo() as woo:
        key = woo.key("read")
    with httpx.Client(transport=httpx.MockTransport(take)) as client:
        get("/payments/disputes", {"page": 1}, Config(site="https://shop.example.com/", **key), client)
    theirs = API(url="https://shop.example.com", version="wc/v3", **key)
    assert str(seen[0].url).partition("?")[0] == theirs._API__get_url("payments/disputes")  # type: ignore[attr-defined]
    expected = httpx.BasicAuth(theirs.consumer_key, theirs.consumer_secret)
    signed = next(expected.auth_flow(httpx.Request("GET", "https://shop.example.com")))
    assert seen[0].headers["Authorization"] == signed.headers["Authorization"]
