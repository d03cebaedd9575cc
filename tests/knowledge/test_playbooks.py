"""Every shipped letter, in every language: the same statements, each with its source, and nothing a recipient should not read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from goodstanding import knowledge as known
from goodstanding.contract import Money, Reason
from goodstanding.knowledge import PlaybookFiles, knowledge
from goodstanding.reckoning.drafting import LANGUAGES, Draft, FactValue, Line, ce3_text, draft, parse
from goodstanding.reckoning.ledger import Ledger, check_text

DRAFTS = Path(__file__).parent / "drafts"
BOOKS = sorted(knowledge().playbooks.values(), key=lambda files: files.playbook.id)
LETTERS = [(files, language) for files in BOOKS for language in sorted(files.replies)]
each_book = pytest.mark.parametrize("files", BOOKS, ids=lambda files: files.playbook.id)
each_letter = pytest.mark.parametrize(
    ("files", "language"), LETTERS, ids=[f"{files.playbook.id}-{language}" for files, language in LETTERS]
)


def fact(value: object, source: str = "order") -> FactValue:
    return FactValue(value, source)  # type: ignore[arg-type]


def moment(month: int, number: int, hour: int = 9, minute: int = 30) -> FactValue:
    return fact(datetime(2026, month, number, hour, minute, tzinfo=UTC))


def sum_(amount: str) -> FactValue:
    return fact(Money(Decimal(amount), "EUR"))


CASE = {
    "case_id": fact("dp_1QxTest00001", "notice"),
    "network": fact("Visa", "notice"),
    "amount": sum_("1249.90"),
    "order_number": fact("#1001-A"),
    "ordered_at": moment(3, 3),
    "paid_at": moment(3, 3),
    "order_total": sum_("1249.90"),
    "items": fact(("1 × Trail bicycle, size M", "1 × Helmet")),
    "charge_id": fact("ch_3QxTest00001"),
    "arn": fact("74208476063123456789012"),
    "buyer_name": fact("Erika Mustermann"),
    "buyer_email": fact("erika@example.org"),
    "buyer_ip": fact("203.0.113.7"),
    "shipping_address": fact("Erika Mustermann\nMusterstraße 12\n10115 Berlin"),
    "billing_address": fact("Musterstraße 12, 10115 Berlin"),
    "country": fact("DE"),
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
REFUNDED = {"refunded_amount": sum_("1249.90"), "refunded_at": moment(3, 25)}
OTHER = {
    "other_order_number": fact("#1002-A"),
    "other_charge_id": fact("ch_3QxTest00002"),
    "other_paid_at": moment(3, 4),
    "other_amount": sum_("89.00"),
}
AUTHORISED = {
    "auth_code": fact("A1B2C3"),
    "authorized_at": moment(3, 3),
    "authorized_amount": sum_("1249.90"),
    "captured_at": moment(3, 5),
    "captured_amount": sum_("1249.90"),
}
POINTS = {
    "point_1": fact("Why was the parcel late?", "answers"),
    "answer_1": fact("The carrier recorded it at the depot on 2026-03-07.", "answers"),
    "point_2": fact("Was the buyer informed?", "answers"),
    "answer_2": fact("A message was sent on 2026-03-07.", "answers"),
}
CE3 = {
    "reason_code": fact("10.4", "notice"),
    "avs_result": fact("Y"),
    "cvc_result": fact("M"),
    "three_ds_result": fact("authenticated"),
    "ce3_qualified": fact("yes"),
    "ce3_version": fact("from_2026_10_24"),
    "ce3_prior_transactions": fact(("ch_3PaTest00007, 4 August 2025", "ch_3PbTest00008, 2 October 2025")),
    "ce3_core_element": fact("IP address 203.0.113.7"),
    "ce3_second_element": fact("delivery address Musterstraße 12, 10115 Berlin"),
}
CANCELLED = {**REFUNDED, "policy_accepted_at": moment(3, 3), "cancelled_at": moment(3, 22)}
PERSON = {
    "identity_checked": fact("yes", "answers"),
    "data_categories": fact("orders, addresses, messages", "answers"),
    "data_purposes": fact("delivery and customer service", "answers"),
    "data_recipients": fact("carrier, payment provider", "answers"),
    "data_retention": fact("ten years for invoices", "answers"),
    "data_kept": fact("Invoices, as tax law requires.", "answers"),
    "erased_at": moment(4, 10),
    "suppressed_at": moment(4, 3),
}
SENDING = {
    "sending_domain": fact("mail.shop.example.com", "notice"),
    "complaint_rate": fact("0.42%", "notice"),
    "complaint_rate_now": fact("0.06%", "answers"),
    "warning_cause": fact("An old list was imported without consent.", "answers"),
    "fix_made": fact("The list was deleted and double opt-in introduced.", "answers"),
    "fixed_at": moment(4, 5),
    "suppressed_at": moment(4, 3),
}
FAMILIES = {
    "fraud": CE3,
    "not_received": {"reason_code": fact("13.1", "notice")},
    "not_as_described": {"reason_code": fact("13.3", "notice"), "return_requested_at": moment(3, 20)},
    "credit_not_processed": {"reason_code": fact("13.6", "notice"), **CANCELLED},
    "duplicate_processing": {"reason_code": fact("12.6.1", "notice"), **OTHER},
    "authorization": {"reason_code": fact("11.3", "notice"), **AUTHORISED},
    "processing_error": {"reason_code": fact("12.5", "notice"), **AUTHORISED},
}
KINDS = {
    "regulator": {**POINTS, **REFUNDED, "remedy_made": fact("The order was refunded in full.", "answers")},
    "data_protection": {**PERSON, "remedy_made": fact("The form was corrected.", "answers")},
    "esp_warning": SENDING,
    "spam_complaint_report": SENDING,
    "review": {
        **REFUNDED,
        "contact_email": fact("help@shop.example.com"),
        "improvement_made": fact("Parcels now leave within one day.", "answers"),
    },
    "pre_dispute_alert": {**REFUNDED, "shipment_stopped": fact("yes", "answers")},
}
#: Statements that would contradict another in the same letter are shown by no exhibit here.
UNSHOWN = {"ev.out_of_time", "ev.no_return", "ev.no_cancel_request"}


def facts_of(files: PlaybookFiles) -> dict[str, FactValue]:
    book = files.playbook
    more = FAMILIES.get(book.family, {}) if book.kind != "data_protection" else {}
    later = book.stages in (("pre_arbitration", "arbitration"), ("appeal",))
    points = POINTS if later or book.id == "data_protection.general" else {}
    by_hand = REFUNDED if book.by_hand else {}
    return {**CASE, **KINDS.get(book.kind, {}), **more, **points, **by_hand}


def exhibits_of(files: PlaybookFiles) -> dict[str, tuple[str, ...]]:
    kinds = {kind for line in parse(files.replies["en"]).lines for group in line.exhibits for kind in group}
    return {kind: (str(number),) for number, kind in enumerate(sorted(kinds - UNSHOWN), 1)}


def full(files: PlaybookFiles, language: str) -> Draft:
    return draft(files.replies[language], facts_of(files), exhibits_of(files), language)


def empty(files: PlaybookFiles, language: str) -> Draft:
    return draft(files.replies[language], {}, {}, language)


@each_letter
def test_golden_draft(files: PlaybookFiles, language: str, request: pytest.FixtureRequest) -> None:
    parts = [("full", full(files, language)), ("empty", empty(files, language))]
    text = "\n".join(
        f"<!-- {name} -->\n{made.text}" + "".join(f"<!-- {gap.message_zh} -->\n" for gap in made.gaps)
        for name, made in parts
    )
    path = DRAFTS / f"{files.playbook.id}.{language}.md"
    if request.config.getoption("--golden"):
        path.write_text(text, "utf-8")
        pytest.skip("golden file rewritten")
    assert text == path.read_text("utf-8")


def test_no_golden_draft_is_left_over() -> None:
    wanted = {f"{files.playbook.id}.{language}.md" for files, language in LETTERS}
    assert {path.name for path in DRAFTS.glob("*.md")} == wanted


@each_book
def test_every_language_is_there(files: PlaybookFiles) -> None:
    assert {"en", "de", "fr", "es", "it", "zh"} <= set(files.replies)
    assert set(files.replies) <= set(LANGUAGES)


#: French writes these as English does.
COGNATES = {"Transaction", "Cause", "Documents"}


def _shape(line: Line) -> tuple[object, ...]:
    return (
        line.heading,
        line.bullet,
        line.paragraph,
        sorted(line.slots),
        line.needs,
        line.exhibits,
        line.records,
        line.when,
        line.without,
        line.plain,
        line.optional,
    )


@each_letter
def test_every_language_says_the_same(files: PlaybookFiles, language: str) -> None:
    english = [_shape(line) for line in parse(files.replies["en"]).lines]
    other = parse(files.replies[language]).lines
    for line, expected in zip(other, english, strict=True):
        assert _shape(line) == expected, f"{files.folder}/reply.{language}.md, line {line.number}: {line.text}"


@each_letter
def test_no_letter_is_left_in_english(files: PlaybookFiles, language: str) -> None:
    """A line equal to the English one has only names, slots and punctuation."""
    if language == "en":
        return
    english = {line.text for line in parse(files.replies["en"]).lines}
    for line in parse(files.replies[language]).lines:
        if line.text in english:
            words = re.sub(r"\{\{[^}]+\}\}|Compelling Evidence 3\.0|[\W\d_]", "", line.text)
            assert not words or words in COGNATES, (
                f"{files.folder}/reply.{language}.md, line {line.number}: {line.text}"
            )


@each_letter
def test_a_full_case_leaves_no_gap_and_fits_two_pages(files: PlaybookFiles, language: str) -> None:
    made = full(files, language)
    assert [gap.message_zh for gap in made.gaps] == []
    assert len(made.text) < 4500


@each_letter
def test_what_is_drafted_is_proven_by_its_own_ledger(files: PlaybookFiles, language: str) -> None:
    made = full(files, language)
    ledger = Ledger.of(facts_of(files), exhibits_of(files), (item.text for item in made.sentences if item.records))
    assert check_text(made.text, ledger) == ()


@each_letter
def test_no_factual_sentence_lacks_a_source(files: PlaybookFiles, language: str) -> None:
    for line in parse(files.replies[language]).lines:
        where = f"{files.folder}/reply.{language}.md, line {line.number}: {line.text}"
        assert line.sourced, where
        if line.plain:
            assert not (line.slots or line.exhibits or line.needs), f"{where}: plain, yet it rests on something"
        if line.plain or line.heading:
            words = line.text.replace("Compelling Evidence 3.0", "")
            assert not any(character.isdigit() for character in words), f"{where}: a figure without source"


@each_letter
def test_an_empty_case_states_nothing(files: PlaybookFiles, language: str) -> None:
    made = empty(files, language)
    assert all(not (item.claims or item.exhibits or item.records) for item in made.sentences)
    plain = {line.text for line in parse(files.replies[language]).lines if line.plain}
    assert {item.text for item in made.sentences if not item.heading} <= plain
    assert made.gaps


@each_book
def test_a_law_is_quoted_only_where_confirmed_and_with_its_own_figures(files: PlaybookFiles) -> None:
    for line in parse(files.replies["en"]).lines:
        for id_ in line.records:
            record = known.record(id_)
            assert record is not None
            assert record.confirmed, f"{files.folder}: {line.text} rests on {id_}, which is unconfirmed"
            if id_.startswith("cool."):
                assert f" {known.fact(record, 'days').value} days" in line.text  # raises where unconfirmed
                assert line.when, f"{files.folder}: {line.text} holds in one country only"


# What no recipient may read, by language. Patterns are searched without regard to letter case.
DISCLAIMER = {
    "en": ["legal advice", "for reference only", "informational purposes"],
    "de": ["rechtsberatung", "rechtsrat", "unverbindlich"],
    "fr": ["conseil juridique", "titre indicatif"],
    "es": ["asesoramiento jurídico", "título informativo"],
    "it": ["consulenza legale", "titolo informativo"],
    "zh": ["仅供参考", "律师建议", "法律意见"],
}
INSIDE = {
    "en": ["goodstanding", "playbook", "template", r"\bdraft\b", "checklist", "win rate", "our odds"],
    "de": ["goodstanding", "vorlage", "entwurf", "erfolgsaussicht"],
    "fr": ["goodstanding", "modèle de", "brouillon", "chances de"],
    "es": ["goodstanding", "plantilla", "borrador"],
    "it": ["goodstanding", "modello di lettera", "bozza"],
    "zh": ["goodstanding", "模板", "草稿", "话术", "胜率", "胜诉率"],
}
PROMISE = {
    "en": ["guarantee", r"\bpromise\b", "we will refund", "we will pay", "we undertake", "never again", "compensat"],
    "de": [r"\bgarantier", "versprechen", "wir werden erstatten", "verpflichten uns", "nie wieder", "entschädig"],
    "fr": ["garantissons", "promettons", "nous rembourserons", "nous engageons", "plus jamais", "dédommag", "indemnis"],
    "es": ["garantizamos", "prometemos", "reembolsaremos", "nos comprometemos", "nunca más", "compensar", "indemniz"],
    "it": ["garantiamo", "promettiamo", "rimborseremo", "ci impegniamo", "mai più", "risarci", "indennizz"],
    "zh": ["保证", "承诺", "一定会", "将予赔偿", "赔偿您", "绝不会再"],
}
ADMISSION = {
    "en": [
        "our fault",
        "we admit",
        "we accept liability",
        "we are liable",
        "we are responsible for",
        "our mistake",
        "violat",
    ],
    "de": ["unsere schuld", "unser fehler", "unser verschulden", "wir haften", "wir erkennen", "verstoß"],
    "fr": ["notre faute", "notre erreur", "nous reconnaissons", "sommes responsables", "infraction"],
    "es": ["nuestra culpa", "nuestro error", "reconocemos que", "somos responsables", "infracción"],
    "it": ["nostra colpa", "nostro errore", "riconosciamo che", "siamo responsabili", "violazion"],
    "zh": ["我方过错", "我们的错", "是我们的责任", "我方承认", "违法", "违规"],
}
INCENTIVE = {
    "en": [
        "voucher",
        "discount",
        "coupon",
        "gift",
        "free of charge",
        "remove your review",
        "change your review",
        "updat",
        "stars",
        "in return",
    ],
    "de": ["gutschein", "rabatt", "geschenk", "gratis", "kostenlos", "bewertung (ändern|löschen|entfernen)", "sterne"],
    "fr": [
        "bon d’achat",
        "remise",
        "réduction",
        "cadeau",
        "gratuit",
        "(modifier|supprimer|retirer) votre avis",
        "étoiles",
    ],
    "es": ["cupón", "descuento", "regalo", "gratis", "(modificar|eliminar|retirar) su (reseña|opinión)", "estrellas"],
    "it": ["buono", "sconto", "regalo", "omaggio", "(modificare|rimuovere|cancellare) la (sua )?recensione", "stelle"],
    "zh": ["优惠券", "折扣", "代金券", "礼品", "赠品", "免费", "删除评价", "修改评价", "追评", "星"],
}
_PICTURES = re.compile("[\u2600-\u27bf\u2b50\u2b55\ufe0f\U0001f000-\U0001faff]")


def _written(files: PlaybookFiles, language: str) -> str:
    """The words of a letter that are ours, without facts and tags."""
    lines = parse(files.replies[language]).lines
    return "\n".join(re.sub(r"\{\{[^}]+\}\}", "", line.text) for line in lines)


@each_letter
def test_a_recipient_reads_no_disclaimer_promise_or_admission(files: PlaybookFiles, language: str) -> None:
    text = _written(files, language)
    for words in (DISCLAIMER, INSIDE, PROMISE, ADMISSION):
        for pattern in words[language]:
            found = re.search(pattern, text, re.IGNORECASE)
            assert found is None, f"{files.folder}/reply.{language}.md says “{found[0]}”"
    assert not _PICTURES.search(text)


@each_letter
def test_nothing_is_offered_for_a_review_or_a_withdrawal(files: PlaybookFiles, language: str) -> None:
    """16 CFR 465: no benefit for writing, changing or removing a review; nor for withdrawing a dispute."""
    if files.playbook.kind != "review" and not files.playbook.by_hand:
        return
    text = _written(files, language)
    for pattern in INCENTIVE[language]:
        found = re.search(pattern, text, re.IGNORECASE)
        assert found is None, f"{files.folder}/reply.{language}.md says “{found[0]}”"


def test_the_word_lists_find_what_they_are_for() -> None:
    for words in (DISCLAIMER, INSIDE, PROMISE, ADMISSION, INCENTIVE):
        assert set(words) == set(LANGUAGES)
    assert any(re.search(item, "Wir garantieren die Lieferung", re.IGNORECASE) for item in PROMISE["de"])
    assert any(re.search(item, "20 % de remise si vous changez", re.IGNORECASE) for item in INCENTIVE["fr"])
    assert any(re.search(item, "这是我们的错", re.IGNORECASE) for item in ADMISSION["zh"])


def test_a_public_answer_names_no_person_and_no_order() -> None:
    personal = {
        "buyer_name",
        "buyer_email",
        "order_number",
        "shipping_address",
        "tracking_number",
        "complainant",
        "amount",
    }
    for files in BOOKS:
        if files.playbook.kind == "review":
            for line in parse(files.replies["en"]).lines:
                assert not personal & {*(name for name, _ in line.slots), *line.needs}, line.text


def test_a_review_answer_rests_on_the_rule_against_incentives() -> None:
    files = knowledge().playbooks["review.general"]
    assert "us.reviews465" in files.playbook.records
    assert "【us.reviews465】" in files.guidance_zh


@each_book
def test_the_disclaimer_is_shown_to_members(files: PlaybookFiles) -> None:
    assert "不构成律师建议" in "".join(files.playbook.disclaimers_zh)


@each_book
def test_a_playbook_asks_and_guides(files: PlaybookFiles) -> None:
    assert len(files.playbook.questions) >= 3
    assert files.playbook.exhibits
    assert "【" in files.guidance_zh
    assert files.guidance_zh.startswith("# ")


@each_book
def test_every_exhibit_a_reply_needs_is_on_its_playbook_or_optional(files: PlaybookFiles) -> None:
    listed = {item.evidence for item in files.playbook.exhibits}
    for line in parse(files.replies["en"]).lines:
        for group in line.exhibits:
            assert line.optional or line.when or listed & set(group), f"{files.folder}: {line.text}"


@each_book
def test_its_kind_may_carry_every_fact_it_quotes_or_asks(files: PlaybookFiles) -> None:
    allowed = set(knowledge().kinds[files.playbook.kind].facts)
    for line in parse(files.replies["en"]).lines:
        used = {*(name for name, _ in line.slots), *line.needs, *line.without, *(name for name, _ in line.when)}
        assert used <= allowed | {"ce3_version"}, f"{files.folder}: {sorted(used - allowed)}"
    asked = {item.fact for item in files.playbook.questions if item.fact}
    assert asked <= allowed, f"{files.folder}: {sorted(asked - allowed)}"


def test_every_reason_has_a_playbook() -> None:
    """Whatever code a network or gateway sends, at whatever stage, there is an answer; the family's own where it has one."""
    missing, general = [], []
    records = [*knowledge().reasons.values(), *knowledge().gateway_reasons.values()]
    for item in records:
        scheme = getattr(item, "network", "") or getattr(item, "gateway", "")
        code = getattr(item, "lookup_code", "") or item.code
        family = known.family_of(Reason(scheme=scheme, code=code), "", gateway=scheme)
        for kind, stages in (
            ("chargeback", ("dispute", "pre_arbitration", "arbitration")),
            ("refund_dispute", ("inquiry", "dispute", "appeal")),
            ("pre_dispute_alert", ("alert", "inquiry")),
        ):
            for stage in stages:
                files = known.playbook_for(kind, family.code if family else "", scheme, stage)
                if files is None:
                    missing.append((item.id, kind, stage))
                elif kind == "chargeback" and family and not files.playbook.family:
                    general.append((item.id, stage))
    assert missing == []
    assert {code.split(".")[0] for code, _ in general} <= {"discover"}  # documentation requests have no later stage


def test_every_kind_that_may_need_an_answer_has_a_playbook() -> None:
    for kind in knowledge().kinds.values():
        if kind.answer_needed != "no" or kind.code == "spam_complaint_report":
            for stage in kind.stages:
                assert known.playbook_for(kind.code, "", "visa", stage) is not None, (kind.code, stage)


@pytest.mark.parametrize(
    ("kind", "category", "stage", "id_"),
    [
        ("data_protection", "access_request", "inquiry", "data_protection.access_request"),
        ("data_protection", "erasure_request", "inquiry", "data_protection.erasure_request"),
        ("data_protection", "unsolicited_marketing", "inquiry", "data_protection.marketing_objection"),
        ("data_protection", "privacy_tracking", "dispute", "data_protection.general"),
        ("consumer_complaint", "right_of_withdrawal", "inquiry", "consumer_complaint.credit_not_processed"),
        ("consumer_complaint", "product_safety", "inquiry", "consumer_complaint.general"),
        ("refund_dispute", "product_not_received", "dispute", "refund_dispute.not_received"),
        ("refund_dispute", "product_not_received", "appeal", "refund_dispute.not_received_appeal"),
        ("chargeback", "fraudulent", "pre_arbitration", "chargeback.fraud_pre_arbitration"),
        ("chargeback", "", "arbitration", "chargeback.general_pre_arbitration"),
        ("pre_dispute_alert", "fraudulent", "alert", "pre_dispute_alert.warning"),
        ("pre_dispute_alert", "fraudulent", "inquiry", "pre_dispute_alert.general"),
        ("review", "not_as_described", "inquiry", "review.general"),
        ("esp_warning", "complaint_rate", "alert", "esp_warning.general"),
    ],
)
def test_the_playbook_of_a_matter(kind: str, category: str, stage: str, id_: str) -> None:
    family = known.family_of(None, category)
    found = known.playbook_for(kind, family.code if family else "", "visa", stage)
    assert found is not None
    assert found.playbook.id == id_


def test_a_letter_chosen_by_hand_answers_no_case_by_itself() -> None:
    assert knowledge().playbooks["chargeback.withdrawal_request"].playbook.by_hand
    for stage in ("", "dispute", "pre_arbitration"):
        for family in ("", *knowledge().families):
            found = known.playbook_for("chargeback", family, "visa", stage)
            assert found is not None
            assert not found.playbook.by_hand


# Compelling Evidence 3.0: each condition of Visa's text, in both versions.
CE3_SAID = {
    "ce3.same_credential": "same payment credential",
    "ce3.same_merchant": "at this shop",
    "ce3.two_prior": "not reported as fraud",
    "ce3.window": "more than 120 and not more than 365 days",
    "ce3.core_match": "device or the public IP address matches across all three",
    "ce3.second_match": "A further, different element",
    "ce3.description": "The goods and the date on which they were provided",
    "ce3.b.same_card": "same card as the disputed transaction, or with a token linked to it",
    "ce3.b.acquirer_own": "processed by the acquirer that submits",
    "ce3.b.two_prior": "not reported as fraud",
    "ce3.b.window": "more than 120 and not more than 365 days",
    "ce3.b.core_match": "device or the public IP address matches across all three",
    "ce3.b.second_match": "A further, different element",
    "ce3.b.description": "The goods and the date on which they were provided",
}
#: Conditions on how data are written or counted, and permissions: for the one who fills in, not for the letter.
CE3_FOR_THE_SELLER = {
    "ce3.formats",
    "ce3.b.formats",
    "ce3.b.any_merchant",
    "ce3.b.device_one",
    "ce3.b.agentic",
    "ce3.b.po",
}


@pytest.mark.parametrize("day", [date(2026, 10, 23), date(2026, 10, 24)])
@pytest.mark.parametrize("id_", ["chargeback.fraud", "chargeback.fraud_pre_arbitration"])
def test_the_letter_states_each_condition_of_the_text_of_that_day(day: date, id_: str) -> None:
    version = known.rule_version("visa.rule.ce3", day)
    assert version is not None
    files = knowledge().playbooks[id_]
    facts = {**facts_of(files), "disputed_at": fact(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))}
    del facts["ce3_version"]
    text = draft(files.replies["en"], facts, exhibits_of(files)).text
    for condition in version.conditions:
        if condition.id not in CE3_FOR_THE_SELLER:
            assert CE3_SAID[condition.id] in text, condition.id
    other = "ce3.b.same_card" if day < date(2026, 10, 24) else "ce3.same_credential"
    assert CE3_SAID[other] not in text


def test_the_text_follows_the_rule_versions() -> None:
    assert ce3_text(date(2026, 10, 23)) == "before_2026_10_24"
    assert ce3_text(date(2026, 10, 24)) == "from_2026_10_24"
    assert ce3_text(date(2026, 10, 24) + timedelta(days=400)) == "from_2026_10_24"


@pytest.mark.parametrize(
    "change", [{"ce3_qualified": fact("no")}, {"network": fact("Mastercard")}, {"reason_code": fact("13.1")}]
)
def test_ce3_is_claimed_only_for_a_checked_visa_10_4(change: dict[str, FactValue]) -> None:
    files = knowledge().playbooks["chargeback.fraud"]
    assert "Compelling Evidence" in full(files, "en").text
    assert "Compelling Evidence" not in draft(files.replies["en"], facts_of(files) | change, exhibits_of(files)).text


def test_without_proven_identity_no_data_is_given() -> None:
    for id_ in ("data_protection.access_request", "data_protection.erasure_request"):
        files = knowledge().playbooks[id_]
        facts = facts_of(files)
        del facts["identity_checked"]
        made = draft(files.replies["en"], facts, exhibits_of(files))
        assert "we need to be sure that the request comes from you" in made.text
        assert not {"data_categories", "erased_at", "data_kept"} & {
            slot for item in made.sentences for slot in item.slots
        }
        assert not any(item.exhibits for item in made.sentences)


def test_the_withdrawal_period_is_named_only_where_confirmed() -> None:
    files = knowledge().playbooks["consumer_complaint.credit_not_processed"]

    def letter(country: str) -> str:
        return draft(files.replies["en"], {**facts_of(files), "country": fact(country)}, exhibits_of(files)).text

    for country in ("DE", "FR", "ES", "IT", "GB"):
        assert letter(country).count("14 days") == 1
    for country in ("PL", "SE", "US", "CN", "AU"):
        assert "14 days" not in letter(country)
