"""A draft says what the case can show, and names what it cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.contract import Money
from goodstanding.knowledge import PlaybookFiles, knowledge
from goodstanding.reckoning.drafting import Draft, FactValue, TemplateError, day, draft, money, parse, show
from goodstanding.reckoning.ledger import Ledger, check_text

GOLDEN = Path(__file__).parent / "golden"


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
MORE = {
    "chargeback.fraud": {
        "reason_code": fact("10.4", "notice"),
        "avs_result": fact("Y"),
        "cvc_result": fact("M"),
        "three_ds_result": fact("authenticated"),
        "ce3_qualified": fact("yes"),
        "ce3_version": fact("from_2026_10_24"),
        "ce3_prior_transactions": fact(("ch_3PaTest00007, 4 August 2025", "ch_3PbTest00008, 2 October 2025")),
        "ce3_matched_elements": fact(("IP address 203.0.113.7", "delivery address")),
    },
    "chargeback.not_received": {"reason_code": fact("13.1", "notice")},
    "chargeback.not_as_described": {"reason_code": fact("13.3", "notice"), "return_requested_at": moment(3, 20)},
    "chargeback.credit_not_processed": {
        "reason_code": fact("13.6", "notice"),
        "refunded_amount": fact(Money(Decimal("1249.90"), "EUR"), "gateway"),
        "refunded_at": moment(3, 25),
        "policy_accepted_at": moment(3, 3),
        "cancelled_at": moment(3, 22),
    },
    "chargeback.duplicate_processing": {
        "reason_code": fact("12.6.1", "notice"),
        "other_order_number": fact("#1002-A"),
        "other_charge_id": fact("ch_3QxTest00002"),
        "other_paid_at": moment(3, 4),
        "other_amount": fact(Money(Decimal("89.00"), "EUR")),
    },
    "chargeback.authorization": {
        "reason_code": fact("11.3", "notice"),
        "auth_code": fact("A1B2C3"),
        "authorized_at": moment(3, 3),
        "authorized_amount": fact(Money(Decimal("1249.90"), "EUR")),
        "captured_at": moment(3, 5),
        "captured_amount": fact(Money(Decimal("1249.90"), "EUR")),
    },
}
BOOKS = sorted(knowledge().playbooks.values(), key=lambda files: files.playbook.id)
#: Statements that would contradict another in the same letter are shown by no exhibit here.
UNSHOWN = {"ev.out_of_time", "ev.no_return", "ev.no_cancel_request"}


def exhibits_of(files: PlaybookFiles) -> dict[str, tuple[str, ...]]:
    kinds = {kind for line in parse(files.replies["en"]).lines for group in line.exhibits for kind in group}
    return {kind: (str(number),) for number, kind in enumerate(sorted(kinds - UNSHOWN), 1)}


def full(files: PlaybookFiles) -> Draft:
    facts = {**CASE, **MORE.get(files.playbook.id, {})}
    return draft(files.replies["en"], facts, exhibits_of(files))


@pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
def test_golden_draft(files: PlaybookFiles, request: pytest.FixtureRequest) -> None:
    made = full(files)
    text = made.text + "".join(f"<!-- {gap.message_zh} -->\n" for gap in made.gaps)
    path = GOLDEN / f"{files.playbook.id}.en.md"
    if request.config.getoption("--golden"):
        path.write_text(text, "utf-8")
        pytest.skip("golden file rewritten")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
def test_a_full_case_leaves_no_gap_and_fits_a_page(files: PlaybookFiles) -> None:
    made = full(files)
    assert [gap.message_zh for gap in made.gaps] == []
    assert len(made.text) < 3000


@pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
def test_what_is_drafted_is_proven_by_its_own_ledger(files: PlaybookFiles) -> None:
    facts = {**CASE, **MORE.get(files.playbook.id, {})}
    made = full(files)
    ledger = Ledger.of(facts, exhibits_of(files), (item.text for item in made.sentences if item.records))
    assert check_text(made.text, ledger) == ()


@pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
def test_no_factual_sentence_lacks_a_source(files: PlaybookFiles) -> None:
    for language, template in files.replies.items():
        for line in parse(template).lines:
            where = f"{files.folder}/reply.{language}.md, line {line.number}: {line.text}"
            assert line.sourced, where
            if line.plain:
                assert not (line.slots or line.exhibits or line.needs), f"{where}: plain, yet it rests on something"
            if line.plain or line.heading:
                words = line.text.replace("Compelling Evidence 3.0", "")
                assert not any(character.isdigit() for character in words), f"{where}: a figure without source"


@pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
def test_an_empty_case_states_nothing(files: PlaybookFiles) -> None:
    made = draft(files.replies["en"], {}, {})
    assert all(not (item.claims or item.exhibits) for item in made.sentences)
    plain = {line.text for line in parse(files.replies["en"]).lines if line.plain}
    assert {item.text for item in made.sentences if not item.heading} <= plain
    assert made.gaps


@pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
def test_no_draft_shows_the_disclaimer_to_the_recipient(files: PlaybookFiles) -> None:
    assert "不构成律师建议" in "".join(files.playbook.disclaimers_zh)
    assert "律师" not in full(files).text
    assert "legal advice" not in full(files).text


def test_every_kind_of_exhibit_a_reply_needs_is_on_its_playbook_or_optional() -> None:
    for files in BOOKS:
        listed = {item.evidence for item in files.playbook.exhibits}
        for line in parse(files.replies["en"]).lines:
            for group in line.exhibits:
                assert line.optional or listed & set(group), f"{files.folder}: {line.text}"


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


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'xx'"):
        draft("Hello. [plain]", {}, {}, "xx")


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["en", "de", "fr", "es", "it"]))
def test_every_sum_written_is_found_again(amount: Decimal, language: str) -> None:
    facts = {"amount": fact(Money(amount, "EUR"))}
    assert check_text(f"x {money(Money(amount, 'EUR'), language)}.", Ledger.of(facts, {})) == ()


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["en", "de", "fr", "es", "it"]))
def test_every_date_written_is_found_again_and_another_is_not(value: date, language: str) -> None:
    ledger = Ledger.of({"promised_by": fact(value)}, {})
    assert check_text(f"x {day(value, language)}.", ledger) == ()
    assert len(check_text(f"x {day(value.replace(year=value.year + 100), language)}.", ledger)) == 1
