"""A text edited by people may state only what the case shows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.contract import Money
from goodstanding.reckoning.drafting import FactValue
from goodstanding.reckoning.ledger import Ledger, check_text

FACTS = {
    "case_id": FactValue("dp_1QxTest00001", "notice"),
    "amount": FactValue(Money(Decimal("12.30"), "EUR"), "notice"),
    "order_total": FactValue(Money(Decimal("1234.50"), "USD"), "order"),
    "order_number": FactValue("#1001", "order"),
    "buyer_email": FactValue("Erika@example.org", "order"),
    "buyer_name": FactValue("Erika Mustermann", "order"),
    "shipping_address": FactValue("Musterstraße 12\n10115 Berlin", "order"),
    "tracking_number": FactValue("1Z 999 AA1 01 2345 6784", "parcel"),
    "shipped_at": FactValue(datetime(2026, 3, 3, 13, 5, tzinfo=UTC), "parcel", "Europe/Berlin"),
    "items": FactValue(("2 × Lamp, model L-40",), "order"),
    "policy_refund_url": FactValue("https://shop.example.com/refunds", "shop"),
    "buyer_ip": FactValue("203.0.113.7", "order"),
}
LEDGER = Ledger.of(FACTS, {"ev.order_record": ("1",), "ev.auth_record": ("B-2",)})


@pytest.mark.parametrize(
    "text",
    [
        "", "No figures here.",
        "EUR 12.30", "12,30 €", "€12.30", "12.30 EUR", "€ 12,30", "12,30 EUR",
        "USD 1,234.50", "US$1,234.50", "$1,234.50", "1.234,50 USD", "1 234,50 USD", "1234.50",
        "3 March 2026", "March 3, 2026", "3rd of March 2026", "2026-03-03", "03.03.2026", "03/03/2026", "3. März 2026", "3 mars 2026",
        "3 de marzo de 2026", "3 marzo 2026", "2026年3月3日", "3 Mar 2026", "on 3 March", "in March 2026", "2026-03-03T13:05:00Z",
        "at 14:05 on 3 March 2026", "13:05 UTC",
        "Order 1001", "order #1001", "Write to erika@example.org.", "tracking 1Z999AA10123456784", "1Z 999 AA1 01 2345 6784",
        "1z-999-aa1-01-2345-6784", "Musterstraße 12, 10115 Berlin", "postcode 10115", "the model L-40", "2 lamps", "Case dp_1QxTest00001.",
        "See https://shop.example.com/refunds.", "shop.example.com/refunds", "Exhibit 1 and Exhibit B-2", "1. First\n2. Second",
        "IP 203.0.113.7",
    ],
)  # fmt: skip
def test_what_the_case_shows_passes_however_it_is_written(text: str) -> None:
    assert check_text(text, LEDGER) == ()


@pytest.mark.parametrize(
    ("text", "token", "kind"),
    [
        ("EUR 12.31", "EUR 12.31", "amount"),
        ("USD 12.30", "USD 12.30", "amount"),  # the right figure in another currency
        ("£12.30", "£12.30", "amount"),
        ("1,234.5 EUR", "1,234.5 EUR", "amount"),
        ("on 4 March 2026", "4 March 2026", "date"),
        ("on 2026-03-04", "2026-03-04", "date"),
        ("on 3 March 2025", "3 March 2025", "date"),
        ("on 4 March", "4 March", "date"),
        ("in April 2026", "April 2026", "date"),
        ("at 15:05", "15:05", "time"),
        ("order 1002", "1002", "number"),
        ("after 30 days", "30", "number"),
        ("parcel 1Z999AA10123456785", "1Z999AA10123456785", "identifier"),
        ("case dp_1QxTest00002", "dp_1QxTest00002", "identifier"),
        ("write to erika@example.com", "erika@example.com", "email"),
        ("see https://shop.example.com/returns", "https://shop.example.com/returns", "url"),
        ("IP 203.0.113.8", "203.0.113.8", "identifier"),
        ("Exhibit 9", "9", "number"),
        ("model L-41", "L-41", "identifier"),
    ],
)
def test_what_it_does_not_show_is_named(text: str, token: str, kind: str) -> None:
    (found,) = check_text(text, LEDGER)
    assert (found.token, found.kind) == (token, kind)
    assert text[found.start : found.end].startswith(token)
    assert token in found.message_zh


def test_texts_that_rest_on_a_record_may_be_quoted() -> None:
    assert check_text("within 120 days", LEDGER) != ()
    assert check_text("within 120 days", Ledger.of(FACTS, {}, ["more than 120 days"])) == ()


def test_findings_come_in_the_order_of_the_text() -> None:
    found = check_text("EUR 99.00 then 7 May 2026 then a@b.example then 77", LEDGER)
    assert [item.kind for item in found] == ["amount", "date", "email", "number"]
    assert [item.start for item in found] == sorted(item.start for item in found)


@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    for item in check_text(text, LEDGER):
        assert 0 <= item.start < item.end <= len(text)


@given(st.integers(100_000, 10**12))
def test_a_number_that_no_fact_holds_never_passes(number: int) -> None:
    text = f"reference {number}"
    assert len(check_text(text, LEDGER)) == 1


@pytest.mark.parametrize(
    "piece",
    ["1", "123 ", "1,234,", "1-", "a@", "a.", "1:", "march ", "EUR ", "12 EUR ", " \n", "1Z", "((", "https://a"],
)
def test_hostile_text_is_answered(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    for item in check_text(text, LEDGER):
        assert text[item.start : item.end].startswith(item.token)
