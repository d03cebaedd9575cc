"""The questions that the rest of the product asks."""

from __future__ import annotations

from datetime import date

import pytest

from goodstanding import knowledge as known
from goodstanding.contract import Reason
from goodstanding.knowledge.schema import GatewayReason, ReasonCode


@pytest.mark.parametrize(
    ("scheme", "code", "id_"),
    [
        ("visa", "13.1", "visa.13.1"),
        ("Visa", " 13.1 ", "visa.13.1"),
        ("visa", "12.6.1", "visa.12.6.1"),
        ("mastercard", "4853", "mastercard.4853"),
        ("mastercard", "4853.not_provided", "mastercard.4853.not_provided"),
        ("mc", "4837", "mastercard.4837"),
        ("amex", "c08", "amex.C08"),
        ("American Express", "C08", "amex.C08"),
        ("discover", "RG", "discover.RG"),
        ("stripe", "subscription_canceled", "stripe.reason.subscription_canceled"),
        ("shopify", "SUBSCRIPTION_CANCELLED", "shopify.reason.subscription_cancelled"),
        ("shopify_payments", "subscription_canceled", "shopify.reason.subscription_cancelled"),
        ("paypal", "UNAUTHORISED", "paypal.reason.unauthorised"),
        ("paypal", "UNAUTHORIZED", "paypal.reason.unauthorised"),
        ("klarna", "Goods not received", "klarna.reason.goods_not_received"),
        ("adyen", "10.4", "visa.10.4"),
    ],
)
def test_reason_is_found_however_it_is_written(scheme: str, code: str, id_: str) -> None:
    found = known.reason(scheme, code)
    assert found is not None
    assert found.id == id_


@pytest.mark.parametrize(
    ("scheme", "code"), [("visa", "99.9"), ("visa", ""), ("elo", "10.4"), ("", "13.1"), ("stripe", "other")]
)
def test_an_unknown_reason_is_unknown(scheme: str, code: str) -> None:
    assert known.reason(scheme, code) is None
    assert known.family_of(Reason(scheme=scheme, code=code)) is None
    assert known.checklist_items(scheme, code) == ()


def test_an_unconfirmed_second_code_finds_nothing() -> None:
    record = known.reason("discover", "RG")
    assert isinstance(record, ReasonCode)
    assert record.stripe_numeric == ("4755",)
    assert not known.is_confirmed(record, "stripe_numeric")
    assert known.reason("discover", "4755") is None


def test_a_confirmed_second_code_is_found() -> None:
    assert known.reason("amex", "4554") is known.reason("amex", "C08")


@pytest.mark.parametrize(
    ("scheme", "code", "category", "family"),
    [
        ("visa", "10.4", "", "fraud"),
        ("visa", "10.4", "product_not_received", "fraud"),  # the network's code, not the gateway's category
        ("visa", "13.2", "", "credit_not_processed"),
        ("mastercard", "4853", "product_not_received", "not_received"),
        ("mastercard", "4853", "product_unacceptable", "not_as_described"),
        ("mastercard", "4853", "", None),
        ("mastercard", "4834", "duplicate", "duplicate_processing"),
        ("visa", "13.9", "product_not_received", None),  # cash: no web shop's matter, whatever the category
        ("elo", "81", "fraudulent", "fraud"),
        ("elo", "81", "", None),
        ("stripe", "general", "", None),
        ("klarna", "Return", "", "credit_not_processed"),
    ],
)
def test_family(scheme: str, code: str, category: str, family: str | None) -> None:
    found = known.family_of(Reason(scheme=scheme, code=code), category)
    assert (found.code if found else None) == family


def test_family_from_a_category_of_ours() -> None:
    found = known.family_of(None, "right_of_withdrawal")
    assert found is not None
    assert found.code == "credit_not_processed"
    assert known.family_of(None, "general") is None


def test_every_reason_has_one_family_or_a_why() -> None:
    store = known.load()
    for record in (*store.reasons.values(), *store.gateway_reasons.values()):
        homes = [item.code for item in store.families.values() if record.id in item.reasons]
        assert len(homes) + (record.id in store.unfamilied) == 1, record.id


def test_checklist_puts_what_decides_first_and_lets_doubt_advise_only() -> None:
    items = known.checklist_items("visa", "13.1")
    assert items[0].need == "any_of"
    assert {item.id for item in items if item.need == "any_of"} >= {"ev.delivery_full_address", "ev.refund_proof"}
    doubtful = known.checklist_items("discover", "RG")
    assert doubtful
    assert {item.need for item in doubtful} == {"helpful"}


def test_an_inquiry_requires_no_single_exhibit() -> None:
    assert "required" in {item.need for item in known.checklist_items("amex", "C02")}
    assert "required" not in {item.need for item in known.checklist_items("amex", "C02", "inquiry")}


@pytest.mark.parametrize(
    ("domain", "id_"),
    [
        ("visa.com", "sender.visa"),
        ("mail.VISA.com.", "sender.visa"),
        ("notvisa.com", None),
        ("visa.com.example.net", None),
        ("visa-disputes.com", None),
        ("council.example.gov.uk", None),
        ("com", None),
        ("", None),
    ],
)
def test_sender_by_domain_boundary(domain: str, id_: str | None) -> None:
    found = known.sender_for_domain(domain)
    assert (found.id if found else None) == id_


def test_response_days_only_where_confirmed() -> None:
    visa = known.response_days("visa", "13.1")
    assert visa is not None
    assert visa.value == 30
    assert visa.source
    assert known.response_days("amex", "C08") is None  # 20 days is only second-hand
    assert known.response_days("stripe", "fraudulent") is None


def test_the_rule_of_the_day() -> None:
    before, after = (known.rule_version("visa.rule.ce3", day) for day in (date(2026, 10, 23), date(2026, 10, 24)))
    assert before is not None
    assert after is not None
    assert before.conditions[0].id == "ce3.same_credential"
    assert after.conditions[0].id == "ce3.b.same_card"


def test_norway_is_not_false() -> None:
    norway = known.cooling_off("no")
    assert norway is not None
    assert norway.jurisdiction == "NO"


def test_obligations_of_a_day() -> None:
    now = {item.id for item in known.obligations("EU", "consumer", date(2026, 11, 1))}
    earlier = {item.id for item in known.obligations("EU", "consumer", date(2015, 1, 1))}
    assert "eu.crd.6.identity" in earlier
    assert "eu.crd.11a.withdrawal_function" in now
    assert earlier < now


def test_codes_without_a_record_are_found_in_their_group() -> None:
    group = known.code_group("amex", "155")
    assert group is not None
    assert group.id == "amex.codes.inquiry"
    assert known.code_group("amex", "C08") is None


def test_other_records() -> None:
    assert known.evidence("ev.delivery_full_address") is not None
    assert known.evidence("ev.nothing") is None
    assert known.programme("visa.vamp") is not None
    assert known.programme("email.gmail") is not None
    chargeback = known.kind("chargeback")
    assert chargeback is not None
    assert chargeback.answer_needed == "yes"
    assert isinstance(known.record("paypal.reason.other"), GatewayReason)


@pytest.mark.parametrize(
    ("kind", "family", "id_"),
    [
        ("chargeback", "fraud", "chargeback.fraud"),
        ("chargeback", "processing_error", "chargeback.processing_error"),
        ("chargeback", "", "chargeback.general"),
        ("pre_dispute_alert", "fraud", "pre_dispute_alert.general"),
        ("legal_threat", "", "legal_threat.general"),
        ("not_a_notice", "", None),
    ],
)
def test_the_narrowest_playbook(kind: str, family: str, id_: str | None) -> None:
    found = known.playbook_for(kind, family, "visa", "dispute")
    assert (found.playbook.id if found else None) == id_
