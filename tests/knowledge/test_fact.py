"""What is not confirmed may be shown and computes nothing."""

from __future__ import annotations

import pytest

from goodstanding import knowledge as known
from goodstanding.knowledge import Unconfirmed, fact, is_confirmed


def record(id_: str):  # type: ignore[no-untyped-def]
    found = known.record(id_)
    assert found is not None
    return found


def test_a_confirmed_figure_may_be_computed_with() -> None:
    days = fact(record("visa.13.1"), "response_window.network_days")
    assert days.usable
    assert days.value == days.shown == 30
    assert days.as_of == "2026-04-18"


def test_an_unconfirmed_figure_is_shown_and_refuses_to_be_computed_with() -> None:
    days = fact(record("amex.C08"), "response_window.network_days")
    assert days.shown == 20
    assert not days.usable
    with pytest.raises(Unconfirmed, match=r"amex\.C08, response_window\.network_days is not confirmed; check .+"):
        _ = days.value


def test_an_absent_figure_has_no_value() -> None:
    absent = fact(record("cool.us"), "days")
    assert absent.shown is None
    with pytest.raises(Unconfirmed, match=r"cool\.us, days"):
        _ = absent.value


def test_nothing_in_an_unconfirmed_record_is_confirmed() -> None:
    doubtful = record("sender.mastercard")
    assert not doubtful.confirmed
    assert not is_confirmed(doubtful)
    assert not fact(doubtful, "mail_domains").usable


@pytest.mark.parametrize(
    ("id_", "field", "confirmed"),
    [
        ("visa.13.1", "", True),
        ("visa.13.1", "pre_dispute.rdr", True),
        ("visa.13.1", "pre_dispute.cdrn_alert", False),
        ("visa.13.1", "pre_dispute", False),  # all of it was asked for
        ("amex.C08", "filing_window.days", True),
        ("amex.C08", "filing_window", False),  # its own list of unconfirmed keys
        ("amex.C08", "response_window.counted_from", False),  # the part says confirmed: false
        ("mastercard.flow.dual_message", "steps.2.days", True),
        ("mastercard.flow.dual_message", "steps.3.days", False),
        ("visa.vamp", "thresholds.merchant_excessive_bps.US", True),
        ("visa.vamp", "thresholds.merchant_excessive_bps.LAC", False),
        ("visa.vamp", "consequences_zh", False),  # the doubt is about something inside it
        ("mastercard.ecm", "thresholds.ecm.min_bps", False),  # "official_thresholds" casts doubt on the figures
        ("gateway.paypal", "fees.high_volume", False),
        ("gateway.paypal", "fees.standard", True),
        ("visa.rule.ce3", "automatic_qualification.live", False),
        ("visa.rule.ce3", "versions.0.conditions", True),
        ("visa.rule.ce3", "versions.1.conditions", False),
        ("mastercard.4999", "name_zh", False),  # "all"
    ],
)
def test_standing(id_: str, field: str, confirmed: bool) -> None:
    assert is_confirmed(record(id_), field) is confirmed


def test_a_misspelt_field_is_not_an_absent_one() -> None:
    with pytest.raises(LookupError, match=r"visa\.13\.1 has no field 'response_window\.days'"):
        fact(record("visa.13.1"), "response_window.days")
