"""Gateways whose signature proves nothing yet: their deliveries are worked as unverified, and answered where they read genuine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast, cast, connection
from tests.fakes.airwallex import CLIENT_ID, FakeAirwallex
from tests.fakes.klarna import FakeKlarna
from tests.pipeline.desk import current, post, prove, the_case, work

from goodstanding.models import Connection, Delivery, Submission, Trust, Waiting, acting_for
from goodstanding.pipeline import approve, drill, submit, sync

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "invented-webhook-secret"
UNSIGNED = {"Content-Type": "application/json"}


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("GOODSTANDING_ALLOW_INNER", "127.0.0.1")
    return cast()


@pytest.fixture
def airwallex() -> Iterator[FakeAirwallex]:
    with FakeAirwallex() as running:
        yield running


@pytest.fixture
def klarna() -> Iterator[FakeKlarna]:
    with FakeKlarna() as running:
        yield running


def connected(people: Cast, plugin: str, secrets: dict[str, str], **settings: Any) -> Connection:
    return connection(people.merchant, plugin, secrets=secrets, settings=settings, may_submit=True)


def hand_over(people: Cast) -> Submission:
    """Proof, approval by Bob, and the call."""
    prove(the_case(people.merchant), people.alice, "ev.delivery_full_address", "ev.signature_pod")
    package = current(the_case(people.merchant))
    assert package is not None
    with acting_for(people.merchant.pk):
        approve.approve(package, people.bob, package.digest, True)
        submit.claim(package, people.bob)
    work()
    with acting_for(people.merchant.pk):
        return Submission.objects.latest("pk")


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0).isoformat()


def trusts(people: Cast) -> set[str]:
    with acting_for(people.merchant.pk):
        return {item.trust for item in Delivery.objects.all()}


def test_airwallex_is_worked_unverified_answered_and_followed(people: Cast, airwallex: FakeAirwallex) -> None:
    shop = connected(
        people, "airwallex", {"webhook_secret": SECRET, "api_key": airwallex.key()}, client_id=CLIENT_ID, api_base=airwallex.url
    )  # fmt: skip
    told = airwallex.open_dispute(due_at=in_days(9), created_at=in_days(-1), updated_at=in_days(-1))
    assert post(shop, airwallex.event(told), **UNSIGNED).status_code == 200
    work()
    case = the_case(people.merchant)
    assert (case.kind, case.authority, case.reason_code) == ("chargeback", "unverified", "13.1")
    assert trusts(people) == {Trust.UNPROVEN}
    assert hand_over(people).state == "sent"
    (sent,) = airwallex.sent
    assert all(airwallex.files[item].startswith(b"%PDF-") for item in sent["supporting_documents"]["other_documents"])
    airwallex.move(told, "WON", updated_at=in_days(1))
    sync.sync(people.merchant.pk, shop.pk)
    work()
    assert the_case(people.merchant).waiting == Waiting.NOTHING
    assert Trust.TRUSTED in trusts(people)  # what we read ourselves


def test_klarna_evidence_then_appeal(people: Cast, klarna: FakeKlarna) -> None:
    shop = connected(people, "klarna", {"webhook_secret": SECRET, "api_key": klarna.key()}, api_base=klarna.url)
    told = klarna.open_dispute(updated_at=in_days(-1), created_at=in_days(-1))
    told["representment"]["expires_at"] = in_days(9)
    assert post(shop, klarna.event(told), **UNSIGNED).status_code == 200
    work()
    case = the_case(people.merchant)
    assert (case.kind, case.stage, case.authority) == ("refund_dispute", "dispute", "unverified")
    assert hand_over(people).state == "sent"
    klarna.decide_against(told)
    told.update(arbitration_expires_at=in_days(12), updated_at=in_days(2))
    assert post(shop, klarna.event(told), **UNSIGNED).status_code == 200
    work()
    assert the_case(people.merchant).stage == "appeal"
    klarna.close(told, "LOST")
    told.update(closed_at=in_days(3), updated_at=in_days(3))
    assert post(shop, klarna.event(told), **UNSIGNED).status_code == 200
    work()
    assert the_case(people.merchant).waiting == Waiting.NOTHING
    assert [act for act, _ in klarna.sent] == ["represent"]


@pytest.mark.parametrize(
    ("plugin", "kind", "authority"),
    [
        ("airwallex", "chargeback", "genuine"),
        ("klarna", "refund_dispute", "genuine"),
        ("shopline", "chargeback", "genuine"),
        ("ethoca", "pre_dispute_alert", "unverified"),
        ("verifi", "pre_dispute_alert", "unverified"),
    ],
)
def test_a_drill_becomes_a_marked_case(people: Cast, plugin: str, kind: str, authority: str) -> None:
    """Our own sample is proven where it carries the connection's secret; alert services have none."""
    shop = connected(people, plugin, {"webhook_secret": SECRET} if authority == "genuine" else {})
    drill.drill(shop, people.alice)
    work()
    case = the_case(people.merchant)
    assert (case.drill, case.kind, case.authority) == (True, kind, authority)
