"""One pair for each boundary: nearly the same words, another kind."""

from __future__ import annotations

import pytest

from goodstanding.reading.classify import decide, decisive, score
from goodstanding.reading.classify.rules import Setting

PAIRS = {
    "outcome or held out": (
        ("chargeback", "Dispute on payment 7\n\nThe cardholder's bank disputed it and 40 USD was debited. If we hear nothing by 3 May, the bank will find in the cardholder's favour. Submit evidence by 3 May."),
        ("dispute_result", "Dispute on payment 7\n\nThe cardholder's bank ruled in the cardholder's favour. The decision is final."),
    ),
    "inquiry or chargeback": (
        ("pre_dispute_alert", "Anfrage zu Zahlung 7\n\nDie Bank bittet um eine Belegkopie. Es ist noch keine Rückbuchung, Ihr Konto wurde nicht belastet."),
        ("chargeback", "Rückbuchung zu Zahlung 7\n\nDie Bank des Karteninhabers hat eine Rückbuchung eingeleitet. Der Betrag wurde Ihrem Konto belastet. Reichen Sie bis 3. Mai Belege ein."),
    ),
    "wallet or bank": (
        ("refund_dispute", "A buyer opened a case\n\nThe buyer opened a case in the Resolution Center: item not received. Reply to the buyer by 3 May."),
        ("chargeback", "A payment was reversed\n\nThe buyer filed a chargeback with their credit card company, not a PayPal claim. The card issuer decides. Send evidence by 3 May."),
    ),
    "settled before it began": (
        ("pre_dispute_alert", "RDR case\n\nA pre-dispute met your RDR rule and was resolved. A credit was issued; it does not count as a chargeback."),
        ("dispute_result", "Chargeback case\n\nYour chargeback was resolved in your favour. The funds were returned to your balance."),
    ),
}  # fmt: skip
PEOPLE = {
    "a person's own lawyer": ("consumer_complaint", "es", "Quiero mi dinero\n\nNo he recibido mi pedido y nadie contesta. Quiero mis 40 euros o hablo con mi abogado mañana."),
    "a person's formal letter": ("legal_threat", "en", "LETTER BEFORE CLAIM\n\nI claim £312 under the pre-action protocol. If payment is not made within 30 days I shall issue proceedings in the County Court."),
}  # fmt: skip


@pytest.mark.parametrize(("boundary", "side"), [(name, side) for name in PAIRS for side in (0, 1)])
def test_both_sides_of_a_boundary(boundary: str, side: int) -> None:
    kind, text = PAIRS[boundary][side]
    language = "de" if "Bank" in text.split() else "en"
    rules = score(text, language, Setting(trade="payment_provider", subject=text.partition("\n")[0]))
    assert decide(rules).kind == kind


@pytest.mark.parametrize("name", PEOPLE)
def test_anger_is_not_a_formal_letter(name: str) -> None:
    kind, language, text = PEOPLE[name]
    assert decide(score(text, language, Setting(trade="person", subject=text.partition("\n")[0]))).kind == kind


def test_what_an_authority_sends_to_everybody_is_no_notice() -> None:
    text = "Authority opens consultation\n\nWe would like views on unfair commercial practices. Draft guidance is published. Unsubscribe."
    assert decide(score(text, "en", Setting(trade="authority", subject=text.partition("\n")[0]))).kind == "not_a_notice"


def test_decisive_only_with_a_sender_whose_trade_it_is() -> None:
    text = PAIRS["inquiry or chargeback"][1][1]
    subject = text.partition("\n")[0]
    assert decisive(score(text, "de", Setting(trade="payment_provider", subject=subject)))
    assert not decisive(score(text, "de", Setting(subject=subject)))
    assert not decisive(score(text + "\n\nNewsletter abmelden. Jetzt anmelden: Webinar.", "de", Setting(trade="payment_provider", subject=subject)))  # fmt: skip


def test_nothing_said_is_nothing_decided() -> None:
    silent = score("Lorem ipsum", "en", Setting())
    assert decide(silent).kind == "not_a_notice"
    assert not decisive(silent)
