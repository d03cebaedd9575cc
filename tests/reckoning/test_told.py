"""What papers tell in so many words, and what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from goodstanding.contract import Money
from goodstanding.reckoning.consistency import ExhibitFacts, ReplyFacts, check, order_told, told, with_facts
from goodstanding.reckoning.consistency.dates import arrived
from goodstanding.reckoning.consistency.told import country_of

RECORD = ExhibitFacts(
    id="1",
    kind="ev.order_record",
    text="Order number: US-1\nOrdered: 2026-03-02 09:14+00:00\nTotal: $89.90\nShip to: 1 Main St, Austin, TX 78704, USA\n",
)


def way(text: str, id: str = "2") -> ExhibitFacts:
    return with_facts(ExhibitFacts(id=id, kind="ev.delivery_full_address", text=text))


def codes(*exhibits: ExhibitFacts, reply: str = "") -> list[tuple[str, str]]:
    everything = [RECORD, *exhibits]
    return [(one.code, one.grade) for one in check(everything, order_told(everything), reply=ReplyFacts(text=reply))]


def test_the_order_is_what_its_record_tells() -> None:
    order = order_told([RECORD])
    assert order is not None
    assert (order.number, order.country) == ("US-1", "US")
    assert order.ordered_at == datetime(2026, 3, 2, 9, 14, tzinfo=UTC)
    assert order.total == Money(Decimal("89.90"), "USD")


def test_without_a_record_the_invoice_counts_and_without_either_nothing() -> None:
    invoice = ExhibitFacts(id="3", kind="ev.receipt_invoice", text="Rechnungsnummer 7\nBestellnummer: DE-20417")
    order = order_told([invoice])
    assert order is not None and order.number == "DE-20417"
    assert order_told([ExhibitFacts(id="4", kind="ev.customer_comm", text="Order number: X-1000")]) is None


@pytest.mark.parametrize(
    ("line", "came"),
    [
        ("Friday, March 20, 2026 Delivered DENVER, CO Signature not required.", True),
        ("15.01.2026 Die Sendung wurde zugestellt.", True),
        ("15.01.2026 Die Sendung konnte nicht zugestellt werden.", False),
        ("8 de mayo de 2026 No entregado", False),
        ("Delivered to: 1 Main St, Austin", False),
        ("Delivered: no", False),
        ("Estimated to be delivered 2026-03-06", False),
        ("2026-09-24 已签收", True),
    ],
)
def test_a_line_says_that_it_came_or_does_not(line: str, came: bool) -> None:
    assert arrived(line) is came


@pytest.mark.parametrize(
    "line",
    ["2026-03-06 Delivered in Mailbox", "2026-03-06 Delivered, Left with Individual", "2026-03-06 Delivered in AUSTIN",
     "2026-03-06 Delivered, Front Door, AUSTIN TX 78704", "2026-03-06 Entregado en Buzón"],
)  # fmt: skip
def test_a_door_is_no_city_and_the_right_city_is_no_contradiction(line: str) -> None:
    assert codes(way(line)) == []


@pytest.mark.parametrize("line", ["2026-03-06 Delivered, Front Door, DENVER, CO, US", "2026-03-06 Delivered in Denver"])
def test_another_city_is_one(line: str) -> None:
    assert ("city", "fatal") in codes(way(line))


def test_two_parcels_have_their_own_days() -> None:
    one = way("Tracking number: 1234567890123456\n2026-03-04 Shipped\n2026-03-06 Delivered")
    two = way("Tracking number: 1234567890123999\n2026-03-08 Shipped\n2026-03-10 Delivered", "3")
    assert codes(one, two) == []
    assert ("date", "fatal") in codes(one, way(two.text.replace("3999", "3456"), "3"))


def test_a_refund_is_held_against_its_proof() -> None:
    proof = ExhibitFacts(id="2", kind="ev.refund_proof", text="Refund of 17.00 USD")
    assert ("refund", "fatal") in codes(proof, reply="We refunded USD 77.00 in full.")
    assert codes(proof, reply="We refunded USD 17.00.") == []


def test_labels_are_read_in_any_case_and_without_accents() -> None:
    assert told("DIRECCIÓN DE ENVÍO: Calle 1, Madrid\nRandom: x\n  收货地址：上海") == {
        "address": ["Calle 1, Madrid", "上海"]
    }
    assert country_of("Rua Augusta 100, 1100-053 Lisboa, PORTUGAL") == "PT"
    assert country_of("Somewhere 1, Nowhere") == ""
