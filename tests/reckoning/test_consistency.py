"""The consistency engine: each contradiction is found, and a sound bundle is left alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.contract import Money, Order, OrderLine, Shipment
from goodstanding.reckoning import harm
from goodstanding.reckoning.consistency import (
    ExhibitFacts,
    NoticeFacts,
    ReplyFacts,
    blocking,
    check,
    city_stands_in,
    postcode_in,
    same_name,
)
from goodstanding.reckoning.consistency_text import extract, folded, upu_valid

TRACKING = "1Z999AA10123456784"
ORDER = Order(
    number="#GS-10482",
    ordered_at=datetime(2026, 9, 1, 14, 5, tzinfo=UTC),
    paid_at=datetime(2026, 9, 1, 14, 6, tzinfo=UTC),
    total=Money(Decimal("89.90"), "USD"),
    buyer_name="Jörg Strauß",
    buyer_email="j.strauss@example.com",
    buyer_ip="203.0.113.7",
    shipping_address="12 Cedar Lane, Austin, TX 78701, United States",
    country="US",
    lines=(OrderLine(title="Lamp", price=Money(Decimal("79.90"), "USD")),),
    shipments=(
        Shipment(
            tracking_number=TRACKING,
            carrier="UPS",
            shipped_at=datetime(2026, 9, 2, 9, tzinfo=UTC),
            delivered_at=datetime(2026, 9, 9, 18, 30, tzinfo=UTC),
            delivered_to="AUSTIN, TX 78701",
        ),
    ),
)
NOTICE = NoticeFacts(
    case_ref="dp_1001",
    amount=Money(Decimal("89.90"), "USD"),
    complained_at=datetime(2026, 10, 3, tzinfo=UTC),
    family="not_received",
    buyer_name="Joerg Strauss",
)
POD = ExhibitFacts(
    id="A",
    kind="ev.delivery_full_address",
    text=f"UPS tracking number {TRACKING}\nDelivered 09/09/2026 1:30 P.M.\n12 Cedar Ln, AUSTIN, TX 78701-1234 US\nLeft at front door",
    facts={"tracking_number": TRACKING, "delivered_at": "2026-09-09", "city": "Austin", "postcode": "78701-1234"},
)
RECEIPT = ExhibitFacts(
    id="B",
    kind="ev.receipt_invoice",
    text="Order confirmation\nOrder number: GS-10482\nTotal $89.90\nCard XXXX XXXX XXXX 4242",
    facts={"amount": "89.90 USD", "order_number": "GS-10482", "email": "J.Strauss@example.com"},
)
REPLY = ReplyFacts(
    text="Order GS-10482 was shipped on 2 September 2026 with UPS 1Z999AA10123456784. It was delivered on September 9, 2026 to Austin. The total of $89.90 is due.",
    facts={"case_ref": "dp_1001"},
)


def codes(exhibits=(POD, RECEIPT), order=ORDER, notice=NOTICE, reply=REPLY):
    return {(one.grade, one.code) for one in check(exhibits, order, notice, reply)}


def with_facts(exhibit, **facts):
    return replace(exhibit, facts={**exhibit.facts, **facts})


def test_a_sound_bundle_is_left_alone():
    assert codes() == set()


@pytest.mark.parametrize(
    ("change", "grade", "code"),
    [
        ({"exhibits": (with_facts(POD, city="Dallas", postcode="75201"),)}, "fatal", "postcode"),
        ({"exhibits": (with_facts(POD, city="Dallas", postcode=""),)}, "fatal", "city"),
        ({"exhibits": (with_facts(POD, tracking_number="1Z999AA10123456000"),)}, "fatal", "tracking"),
        ({"exhibits": (replace(POD, text="UPS 1Z000BB10123456000 delivered"),)}, "fatal", "tracking"),
        ({"exhibits": (with_facts(POD, delivered_at="2026-09-20"),)}, "fatal", "date"),
        ({"exhibits": (with_facts(POD, delivered_at="2026-08-20"),)}, "fatal", "date_order"),
        ({"exhibits": (with_facts(RECEIPT, order_number="GS-99999"),)}, "fatal", "order_number"),
        ({"exhibits": (replace(RECEIPT, text="Order number: GS-77777"),)}, "fatal", "order_number"),
        ({"exhibits": (with_facts(RECEIPT, amount="189.90 USD"),)}, "fatal", "amount"),
        ({"exhibits": (replace(RECEIPT, text="Total $189.90", facts={}),)}, "fatal", "amount"),
        ({"exhibits": (replace(POD, text="Delivered 20 Sep 2026", facts={}),)}, "fatal", "date"),
        ({"exhibits": (replace(POD, text="Delivered: DALLAS, TX 75201", facts={}),)}, "fatal", "postcode"),
        (
            {"exhibits": (replace(POD, text="", facts={"delivered_to": "Front door, DALLAS, United States"}),)},
            "fatal",
            "city",
        ),
        ({"exhibits": (with_facts(RECEIPT, email="someone@example.org"),)}, "serious", "email"),
        ({"exhibits": (with_facts(POD, ip="198.51.100.1"),)}, "serious", "ip"),
        ({"exhibits": (with_facts(POD, signed_by="Maria Lopez"),)}, "note", "signed_by_other"),
        (
            {"exhibits": (ExhibitFacts(id="C", kind="ev.refund_policy", facts={"policy_from": "2026-10-01"}),)},
            "serious",
            "policy_later",
        ),
        (
            {"exhibits": (replace(POD, text="Status: not delivered, returned to sender"),)},
            "fatal",
            "harm.not_delivered",
        ),
        (
            {"exhibits": (replace(POD, text="Sendung: Zustellversuch, Empfänger nicht angetroffen"),)},
            "serious",
            "harm.attempted",
        ),
        ({"exhibits": (with_facts(POD, avs="N"),)}, "serious", "harm.avs_mismatch"),
        (
            {"exhibits": (ExhibitFacts(id="C", kind="ev.customer_comm", text="Sorry, it was our mistake."),)},
            "serious",
            "harm.admission",
        ),
        ({"reply": replace(REPLY, text="Lorem ipsum dolor sit amet")}, "fatal", "harm.placeholder"),
        ({"reply": replace(REPLY, text="It was delivered on 19 September 2026.")}, "fatal", "date"),
        ({"reply": replace(REPLY, text="Order GS-55555 was paid.")}, "fatal", "order_number"),
        ({"reply": replace(REPLY, text="Tracking 1Z999AA10123456999 shows it.")}, "fatal", "tracking"),
        ({"reply": replace(REPLY, text="The total is $98.90.")}, "serious", "amount_unknown"),
        ({"reply": replace(REPLY, facts={"case_ref": "dp_2002"})}, "fatal", "case_ref"),
        ({"notice": replace(NOTICE, buyer_name="Anna Schmidt")}, "serious", "name"),
        ({"notice": replace(NOTICE, amount=Money(Decimal("120"), "USD"))}, "serious", "amount_over_total"),
        ({"notice": replace(NOTICE, amount=Money(Decimal("40"), "USD"))}, "note", "amount_partial"),
        ({"notice": replace(NOTICE, amount=Money(Decimal("80"), "EUR"))}, "note", "currency"),
        ({"notice": replace(NOTICE, complained_at=date(2026, 8, 1))}, "serious", "date_order"),
        ({"order": replace(ORDER, refunded=Money(Decimal("100"), "USD"))}, "serious", "refund_over_total"),
    ],
)
def test_each_contradiction_is_found(change, grade, code):
    assert (grade, code) in codes(**change)


@pytest.mark.parametrize(
    "exhibit",
    [
        replace(POD, text=f"{TRACKING}\n08 Sep 2026 Delivery attempted\n09 Sep 2026 Delivered"),
        ExhibitFacts(
            id="C", kind="ev.customer_comm", text="It is not our fault. If we shipped the wrong item, tell us."
        ),
        ExhibitFacts(
            id="C",
            kind="ev.refund_policy",
            text="If a parcel is returned to sender we refund. A delivery attempt is made twice.",
        ),
        ExhibitFacts(id="C", kind="ev.product_page", text="Todo para tu casa. TODO EL AÑO. Size XXXL"),
        ExhibitFacts(
            id="C", kind="ev.prior_transactions", text="Order GS-9000, Order GS-9001", facts={"order_number": "GS-9000"}
        ),
        with_facts(POD, delivered_at="2026-09-10T01:30:00+07:00"),
        with_facts(POD, delivered_at="10.09.2026"),
        replace(POD, text="", facts={"delivered_to": "Front Door, AUSTIN TX US"}),
        replace(POD, text="", facts={"delivered_to": "AUSTIN TEXAS UNITED STATES"}),
        replace(POD, text="", facts={"address": "12345 Cedar Lane, Austin TX"}),
        replace(POD, text="Estimated delivery 30 Sep 2026\nDelivered 09/09/2026, parcel 44321"),
        replace(RECEIPT, text="You can order 250 pieces. Ordered 01-09-2026. Subtotal $79.90", facts={}),
        with_facts(RECEIPT, buyer_name="STRAUSS, J."),
        with_facts(RECEIPT, buyer_name="施特劳斯"),
    ],
)
def test_what_only_looks_wrong_blocks_nothing(exhibit):
    assert {grade for grade, _ in codes(exhibits=(exhibit,))} <= {"note"}


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Ihre Bestellung wurde am 2. September 2026 versandt und am 9. September 2026 zugestellt.", True),
        ("Ihre Bestellung wurde am 2. September 2026 versandt. Sie wurde am 9. September 2026 zugestellt.", True),
        ("Ihre Bestellung wurde am 2. September 2026 versandt. Sie wurde am 19. September 2026 zugestellt.", False),
        ("Le colis a été livré le 9 septembre 2026 à Austin.", True),
        ("Le colis a été livré le 19 septembre 2026 à Austin.", False),
        ("El paquete fue entregado el 9 de septiembre de 2026.", True),
        ("El paquete fue entregado el 29 de septiembre de 2026.", False),
        ("Il pacco è stato consegnato il 9 settembre 2026.", True),
        ("Il pacco è stato consegnato il 19 settembre 2026.", False),
        ("It was not delivered by 30 September 2026.", True),
        ("包裹于2026年9月9日签收。", True),
        ("包裹于2026年9月19日签收。", False),
    ],
)
def test_dates_that_a_reply_states_in_any_language(text, right):
    found = {code for grade, code in codes(reply=ReplyFacts(text=text)) if grade == "fatal"}
    assert found == (set() if right else {"date"})


def test_a_failed_and_then_delivered_parcel_is_looked_at_but_not_blocked():
    found = check(
        [replace(POD, text=f"{TRACKING} 08 Sep could not be delivered. 09 Sep delivered")], ORDER, NOTICE, REPLY
    )
    assert not blocking(found)
    assert {(one.grade, one.code) for one in found} == {("serious", "harm.not_delivered")}


def test_both_sources_are_named_and_the_sentence_is_chinese():
    [one] = [x for x in check([with_facts(POD, postcode="75201")], ORDER, NOTICE) if x.code == "postcode"]
    assert (one.left.source, one.right.source) == ("order", "A")
    assert "邮编不一致" in one.message_zh
    assert "75201" in one.message_zh


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("Jörg Strauß", "Joerg Strauss", "same"),
        ("Jörg Strauß", "JORG STRAUSS", "same"),
        ("Goebel, Anna", "Anna Göbel", "same"),
        ("J. Smith", "John Smith", "same"),
        ("John A. Smith", "Smith John", "same"),
        ("Mr John Smith", "john smith", "same"),
        ("Li Xiaoming", "Xiao Ming Li", "same"),
        ("李小明", "李小明", "same"),
        ("李小明", "王伟", "different"),
        ("李小明", "Li Xiaoming", "unknown"),
        ("Jon Smith", "John Smith", "close"),
        ("John Smith", "Maria Garcia", "different"),
        ("John Smith", "Jane Smith", "different"),
        ("", "x", "unknown"),
        ("Søren Ærø", "Soren Aero", "same"),
    ],
)
def test_names(left, right, verdict):
    assert same_name(left, right) == same_name(right, left) == verdict


words = st.text(st.sampled_from("abcdeéöüßøñäåłžЖ李 -.'"), min_size=1, max_size=20)


@settings(max_examples=1500, deadline=None)
@given(words, words)
def test_names_compare_the_same_both_ways_and_with_themselves(left, right):
    assert same_name(left, right) == same_name(right, left)
    if any(folded(left)):
        assert same_name(left, left) == "same" or not left.strip()


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("12345 Main St, Austin TX 78701-1234", "US", "78701"),
        ("10 Downing Street, London sw1a 2aa", "GB", "SW1A2AA"),
        ("Musterstr. 5, 80331 München", "DE", "80331"),
        ("1 rue X, 75001 Paris", "FR", "75001"),
        ("K1A 0B1 Ottawa", "CA", "K1A0B1"),
        ("Damrak 1, 1012 LG Amsterdam", "NL", "1012LG"),
        ("〒100-0001 東京都", "JP", "1000001"),
        ("no code here", "US", ""),
        ("78701", "ZZ", ""),
        ("12345 Main St, Austin TX", "US", ""),
        ("78701", "US", "78701"),
    ],
)
def test_postcodes(text, country, code):
    assert postcode_in(text, country) == code


def test_cities_under_other_names():
    assert city_stands_in("Munich", "Marienplatz 1, 80331 München")
    assert city_stands_in("MUENCHEN", "Marienplatz 1, 80331 München")
    assert city_stands_in("Saint-Étienne", "1 rue X, 42000 SAINT ETIENNE")
    assert city_stands_in("Dallas", "Austin, TX") is False
    assert city_stands_in("上海", "Shanghai") is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-11-02", {date(2026, 11, 2)}),
        ("02.11.2026", {date(2026, 11, 2)}),
        ("2. November 2026", {date(2026, 11, 2)}),
        ("2 novembre 2026", {date(2026, 11, 2)}),
        ("1er février 2026", {date(2026, 2, 1)}),
        ("2 de noviembre de 2026", {date(2026, 11, 2)}),
        ("2 novembre 2026", {date(2026, 11, 2)}),
        ("Nov 2, 2026", {date(2026, 11, 2)}),
        ("11/02/2026", {date(2026, 11, 2), date(2026, 2, 11)}),
        ("25/12/2026", {date(2026, 12, 25)}),
        ("2026年11月2日", {date(2026, 11, 2)}),
        ("31.02.2026", set()),
        ("version 1.2.2026.4", set()),
    ],
)
def test_dates_in_text(text, days):
    assert {day for one in extract(text).dates for day in one.readings} == days


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1Z999AA10123456784", ["1Z999AA10123456784"]),
        ("YT2126421266012345", ["YT2126421266012345"]),
        ("RR473124829GB", ["RR473124829GB"]),
        ("RR473124820GB", []),
        ("Tracking no: 771234567890", ["771234567890"]),
        ("运单号：4PX3000123456789CN", ["4PX3000123456789CN"]),
        ("9400111899223197428490", ["9400111899223197428490"]),
        ("call 771234567890", []),
    ],
)
def test_tracking_numbers_in_text(text, numbers):
    assert [value for value, _ in extract(text).tracking] == numbers


def test_the_check_digit_of_the_postal_union():
    assert upu_valid("RR473124829GB")
    assert not upu_valid("RR473124821GB")


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(text):
    exhibit = ExhibitFacts(
        id="x", kind="ev.tracking_partial", text=text, facts={"delivered_at": text, "amount": text, "avs": text}
    )
    check([exhibit], ORDER, NOTICE, ReplyFacts(text=text))


@pytest.mark.parametrize("piece", ["X", "order ", "1,", "[insert ", "{{", "a@", "<<", "2026-", "delivered. ", " \n"])
def test_hostile_repetition_is_read_in_linear_time(piece):
    check([ExhibitFacts(id="x", kind="ev.tracking_partial", text=piece * 40_000)], ORDER, NOTICE)


def test_the_cues_load_and_every_language_is_there():
    for cue in harm.cues().cues:
        assert {"en", "de", "fr", "es", "it", "zh"} <= set(cue.phrases), cue.code
        for phrases in cue.phrases.values():
            for phrase in phrases:
                found = {one.code for one in harm.find("x", cue.kinds[0], f"… {phrase} …")}
                assert cue.code in found, phrase
