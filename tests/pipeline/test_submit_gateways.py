"""From the door to the gateway and back: Adyen, PayPal and Braintree, each against a fake that lives on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.cast import Cast, cast, connection
from tests.fakes import adyen, braintree, paypal
from tests.pipeline.desk import current, post, prove, the_case, work

from goodstanding.contract import Incoming
from goodstanding.models import Connection, Delivery, Submission, Trust, Waiting, acting_for
from goodstanding.pipeline import approve, drill, submit, sync

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = ("ev.delivery_full_address", "ev.signature_pod")


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    return cast()


def connected(people: Cast, plugin: str, config: Any, *secret: str) -> Connection:
    """A connection with a fake's own config."""
    values = {name: getattr(config, name) for name in type(config).__dataclass_fields__}
    hidden = {name: values.pop(name) for name in secret}
    plain = {name: value for name, value in values.items() if not name.endswith("_previous")}
    return connection(people.merchant, plugin, secrets=hidden, settings=plain, may_submit=True)


def deliver(shop: Connection, incoming: Incoming) -> None:
    assert post(shop, incoming.body, **dict(incoming.headers)).status_code == 200
    work()


def hand_over(people: Cast) -> Submission:
    """Proof, approval by Bob, and the call."""
    prove(the_case(people.merchant), people.alice, *PROOF)
    package = current(the_case(people.merchant))
    assert package is not None
    with acting_for(people.merchant.pk):
        approve.approve(package, people.bob, package.digest, True)
        submit.claim(package, people.bob)
    work()
    with acting_for(people.merchant.pk):
        return Submission.objects.get()


@pytest.fixture
def adyens() -> Iterator[adyen.FakeAdyen]:
    with adyen.FakeAdyen() as running:
        running.now = datetime.now(UTC)
        yield running


@pytest.fixture
def paypals() -> Iterator[paypal.FakePayPal]:
    with paypal.FakePayPal() as running:
        running.now = datetime.now(UTC)
        yield running


@pytest.fixture
def braintrees() -> Iterator[braintree.FakeBraintree]:
    with braintree.FakeBraintree() as running:
        running.now = datetime.now(UTC)
        yield running


def test_adyen_from_notice_to_provisional_win(people: Cast, adyens: adyen.FakeAdyen) -> None:
    shop = connected(people, "adyen", adyens.config(), "webhook_hmac_key", "webhook_password", "api_key")
    told = adyens.open()
    deliver(shop, adyens.webhooks[-1])
    case = the_case(people.merchant)
    assert (case.kind, case.authority, case.reason_code) == ("chargeback", "genuine", "13.1")
    assert hand_over(people).state == "sent"
    ((reason, files),) = told.defended
    assert reason == "SupplyDefenseMaterial" and files["DefenseMaterial"].startswith(b"%PDF-")
    adyens.reverse(told)
    for incoming in adyens.webhooks[1:]:
        deliver(shop, incoming)
    with acting_for(people.merchant.pk):
        (outcome,) = the_case(people.merchant).outcomes.all()
    assert (outcome.result, outcome.final) == ("won", False)


def test_adyen_a_batch_with_a_forged_item_opens_nothing(people: Cast, adyens: adyen.FakeAdyen) -> None:
    shop = connected(people, "adyen", adyens.config(), "webhook_hmac_key", "webhook_password", "api_key")
    adyens.open()
    genuine = adyens.webhooks[-1]
    item = genuine.body.partition(b'"notificationItems": [')[2].rpartition(b"]}")[0]
    forged = genuine.body.replace(item, item + b", " + item.replace(b"4590", b"9990"))
    deliver(shop, Incoming(origin="webhook", body=forged, received_at=genuine.received_at, headers=genuine.headers))
    with acting_for(people.merchant.pk):
        refused = Delivery.objects.get()
    assert refused.trust == Trust.UNTRUSTED and "item 2 of 2" in refused.trust_reason
    deliver(shop, genuine)
    assert the_case(people.merchant).amount == Decimal("45.9")


def test_paypal_polled_answered_and_followed(people: Cast, paypals: paypal.FakePayPal) -> None:
    shop = connected(people, "paypal", paypals.config(), "client_secret")
    ref = paypals.open()["dispute_id"]
    sync.sync(people.merchant.pk, shop.pk)
    work()
    assert the_case(people.merchant).kind == "refund_dispute"
    assert hand_over(people).state == "sent"
    ((case_ref, act, given, files),) = paypals.sent
    assert (case_ref, act) == (ref, "provide-evidence")
    assert given["evidences"] and any(content.startswith(b"%PDF-") for content in files.values())
    paypals.decide(ref, "RESOLVED_SELLER_FAVOUR")
    sync.sync(people.merchant.pk, shop.pk)
    work()
    assert the_case(people.merchant).waiting == Waiting.NOTHING


def test_braintree_from_notice_to_win(people: Cast, braintrees: braintree.FakeBraintree) -> None:
    shop = connected(people, "braintree", braintrees.config(), "private_key")
    ref = braintrees.open()["id"]
    deliver(shop, braintrees.webhooks[-1])
    assert (the_case(people.merchant).kind, the_case(people.merchant).authority) == ("chargeback", "genuine")
    assert hand_over(people).state == "sent"
    assert braintrees.sent[0][0] == ref and any(
        content.startswith(b"%PDF-") for content in braintrees.documents.values()
    )
    braintrees.decide(ref, "won")
    for incoming in braintrees.webhooks[1:]:
        deliver(shop, incoming)
    assert the_case(people.merchant).waiting == Waiting.NOTHING


@pytest.mark.parametrize(
    ("plugin", "kind"), [("adyen", "chargeback"), ("paypal", "refund_dispute"), ("braintree", "chargeback")]
)
def test_a_drill_becomes_a_marked_case(people: Cast, plugin: str, kind: str) -> None:
    with adyen.FakeAdyen() as a, paypal.FakePayPal() as p, braintree.FakeBraintree() as b:
        config, secret = {
            "adyen": (a.config(), ("webhook_hmac_key", "webhook_password", "api_key")),
            "paypal": (p.config(), ("client_secret",)),
            "braintree": (b.config(), ("private_key",)),
        }[plugin]
        shop = connected(people, plugin, config, *secret)
        drill.drill(shop, people.alice)
        work()
    case = the_case(people.merchant)
    assert (case.drill, case.kind, case.authority) == (True, kind, "genuine")
