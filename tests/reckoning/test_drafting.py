"""A draft says what the case can show, and names what it cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.contract import Money
from goodstanding.reckoning.drafting import LANGUAGES, Draft, FactValue, TemplateError, day, draft, money, parse, show
from goodstanding.reckoning.ledger import Ledger, check_text


def fact(value: object, source: str = "order") -> FactValue:
    return FactValue(value, source)  # type: ignore[arg-type]


def moment(month: int, number: int, hour: int = 9, minute: int = 30) -> FactValue:
    return fact(datetime(2026, month, number, hour, minute, tzinfo=UTC))


CASE = {
    "case_id": fact("dp_1QxTest00001", "notice"),
    "network": fact("Visa", "notice"),
    "amount": fact(Money(Decimal("1249.90"), "EUR"), "notice"),
    "order_number": fact("#1001-A"),
    "ordered_at": moment(3, 3),
    "paid_at": moment(3, 3),
    "order_total": fact(Money(Decimal("1249.90"), "EUR")),
    "items": fact(("1 × Trail bicycle, size M", "1 × Helmet")),
    "charge_id": fact("ch_3QxTest00001"),
    "arn": fact("74208476063123456789012"),
    "buyer_name": fact("Erika Mustermann"),
    "buyer_email": fact("erika@example.org"),
    "buyer_ip": fact("203.0.113.7"),
    "shipping_address": fact("Erika Mustermann\nMusterstraße 12\n10115 Berlin"),
    "billing_address": fact("Musterstraße 12, 10115 Berlin"),
    "carrier": fact("DHL", "parcel"),
    "tracking_number": fact("JD014600003828392837", "parcel"),
    "shipped_at": moment(3, 5),
    "delivered_at": moment(3, 9, 14, 5),
    "delivered_to": fact("Musterstraße 12, 10115 Berlin", "parcel"),
    "signed_by": fact("E. Mustermann", "parcel"),
    "merchant_name": fact("Example Outdoor Ltd"),
    "store_domain": fact("shop.example.com"),
    "received_at": moment(4, 2),
    "deadline": moment(4, 16),
}


def test_a_missing_exhibit_leaves_the_sentence_out_and_says_what_is_missing() -> None:
    line = (
        "Delivered on {{delivered_at|date}} to {{delivered_to}}. [exhibit: ev.delivery_full_address | ev.signature_pod]"
    )
    made = draft(line, {"delivered_at": CASE["delivered_at"]}, {})
    assert made.sentences == ()
    assert made.gaps[0].slots == ("delivered_to",)
    assert made.gaps[0].exhibits == (("ev.delivery_full_address", "ev.signature_pod"),)
    assert made.gaps[0].message_zh == "缺少：签收地点、带完整收货地址的签收证明或签名签收"


def test_a_sentence_names_its_claims_and_exhibits() -> None:
    made = draft(
        "Paid {{amount}}. [exhibit: ev.order_record, ev.auth_record]",
        CASE,
        {"ev.order_record": ("A",), "ev.auth_record": ("B", "C")},
    )
    (sentence,) = made.sentences
    assert sentence.text == "Paid EUR 1,249.90 (Exhibits A, B and C)."
    assert sentence.exhibits == ("A", "B", "C")
    assert [(claim.slot, claim.shown, claim.source) for claim in sentence.claims] == [
        ("amount", "EUR 1,249.90", "notice")
    ]


def test_conditions() -> None:
    template = (
        "Matched. [when: avs_result = Y, M] [exhibit: ev.avs_match]\nNot cancelled. [without: cancelled_at] [plain]"
    )
    shown = {"ev.avs_match": ("1",)}
    assert draft(template, {"avs_result": fact("y")}, shown).text == "Matched (Exhibit 1). Not cancelled.\n"
    mismatch = draft(template, {"avs_result": fact("N"), "cancelled_at": moment(3, 1)}, shown)
    assert mismatch == Draft((), ())


def test_facts_are_data_and_never_template() -> None:
    hostile = fact("{{buyer_email}} [plain]\n# Title")
    made = draft("- Name: {{buyer_name}}.", {"buyer_name": hostile, "buyer_email": CASE["buyer_email"]}, {})
    assert made.text == "- Name: {{buyer_email}} [plain], # Title.\n"


@pytest.mark.parametrize("value", ["", "  ", ()])
def test_an_empty_fact_is_a_missing_one(value: object) -> None:
    assert draft("Order {{order_number}}.", {"order_number": fact(value)}, {}).gaps[0].slots == ("order_number",)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Order {{ordr}}.", "line 1: no fact is called 'ordr'"),
        ("Order. [exhibit: ev.nothing]", "line 1: no exhibit kind is called 'ev.nothing'"),
        ("Order. [record: visa.99]", "line 1: no knowledge record is called 'visa.99'"),
        ("Order. [exhibits: ev.order_record]", "line 1"),
        ("Order {{order_number|upper}}.", "line 1: unknown filter 'upper'"),
        ("Order {{Order}}.", "line 1: a slot reads"),
        ("Order. [needs: ]", "line 1: [needs: …] names nothing"),
        ("Order. [when: avs_result]", "line 1: write [when: fact = value, value]"),
    ],
)  # fmt: skip
def test_a_wrong_template_names_its_line(line: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(line)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("language", "first", "third", "sum_"),
    [
        ("en", "1 March 2026", "3 March 2026", "EUR 1,249.90"),
        ("de", "1. März 2026", "3. März 2026", "1.249,90\u00a0EUR"),
        ("fr", "1er mars 2026", "3 mars 2026", "1\u00a0249,90\u00a0EUR"),
        ("es", "1 de marzo de 2026", "3 de marzo de 2026", "1.249,90\u00a0EUR"),
        ("it", "1º marzo 2026", "3 marzo 2026", "1.249,90\u00a0EUR"),
        ("zh", "2026年3月1日", "2026年3月3日", "EUR 1,249.90"),
    ],
)
def test_dates_and_sums_by_language(language: str, first: str, third: str, sum_: str) -> None:
    assert day(date(2026, 3, 1), language) == first
    assert day(date(2026, 3, 3), language) == third
    assert money(Money(Decimal("1249.90"), "EUR"), language) == sum_


def test_sums_without_cents_and_moments_in_a_zone() -> None:
    assert money(Money(Decimal(12000), "JPY")) == "JPY 12,000"
    late = FactValue(datetime(2026, 3, 3, 23, 30, tzinfo=UTC), "parcel", "Europe/Berlin")
    assert show(late) == "4 March 2026, 00:30 CET"
    assert show(late, "date") == "4 March 2026"
    with pytest.raises(ValueError, match="no time zone"):
        show(FactValue(datetime(2026, 3, 3), "parcel"))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({}, "Goodbye.\n"),
        ({"order_number": CASE["order_number"]}, "## Order\n\n- Order #1001-A.\n\nGoodbye.\n"),
    ],
)
def test_a_closing_line_does_not_fill_an_empty_section(facts: dict[str, FactValue], text: str) -> None:
    template = "## Order\n\n- Order {{order_number}}.\n\n## Parcel\n\n- Parcel {{tracking_number}}.\n\nGoodbye. [plain]"
    assert draft(template, facts, {}).text == text


def test_the_chinese_beside_reads_as_chinese() -> None:
    template = "- 已于{{delivered_at|date}}签收：{{items}}。 [exhibit: ev.order_record, ev.auth_record]\n\n第一句。 [plain]\n第二句。 [plain]"
    made = draft(template, CASE, {"ev.order_record": ("1",), "ev.auth_record": ("2",)}, "zh")
    assert made.text == (
        "- 已于2026年3月9日签收：1 × Trail bicycle, size M；1 × Helmet（附件 1、2）。\n\n第一句。第二句。\n"
    )
    assert show(CASE["delivered_at"], "", "zh") == "2026年3月9日 14:05 UTC"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx'"):
        draft("Hello. [plain]", {}, {}, "xx")


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(LANGUAGES))
def test_every_sum_written_is_found_again(amount: Decimal, language: str) -> None:
    facts = {"amount": fact(Money(amount, "EUR"))}
    assert check_text(f"x {money(Money(amount, 'EUR'), language)}.", Ledger.of(facts, {})) == ()


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(LANGUAGES))
def test_every_date_written_is_found_again_and_another_is_not(value: date, language: str) -> None:
    ledger = Ledger.of({"promised_by": fact(value)}, {})
    assert check_text(f"x {day(value, language)}.", ledger) == ()
    assert len(check_text(f"x {day(value.replace(year=value.year + 100), language)}.", ledger)) == 1
