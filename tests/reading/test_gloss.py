"""The gloss: right places, nothing invented, and a denial never told as its opposite."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.reading.gloss import UNREAD, gloss
from goodstanding.reading.gloss.retrieve import book, carried, negated, same_polarity, wordings
from goodstanding.reading.gloss.sentences import MAX_SENTENCES, sentences

#: A sentence, its denial, by language. Neither may get the other's gloss.
PAIRS = [
    ("en", "The funds have been withdrawn from your balance.", "No funds have been withdrawn from your balance."),
    ("en", "This decision is final.", "This decision isn't final."),
    ("en", "This is a chargeback.", "This is not a chargeback."),
    ("en", "The case is closed.", "The case is not closed."),
    ("en", "We received your evidence.", "We never received your evidence."),
    ("en", "Your account will be closed.", "Your account will not be closed."),
    ("en", "I want my money back.", "I don't want my money back."),
    ("en", "You won the dispute.", "You lost the dispute."),
    ("en", "The dispute was decided in your favour.", "The dispute was decided in the cardholder's favour."),
    ("en", "Your sending has been paused.", "Your sending hasn't been paused."),
    ("en", "We have opened a formal investigation.", "We have not opened a formal investigation."),
    ("en", "My order has arrived.", "My order hasn't arrived."),
    ("en", "You need to respond.", "You do not need to respond."),
    ("de", "Ihr Konto wurde belastet.", "Ihr Konto wurde nicht belastet."),
    ("de", "Diese Entscheidung ist endgültig.", "Diese Entscheidung ist nicht endgültig."),
    ("de", "Es wurde ein Disput eröffnet.", "Es wurde kein Disput eröffnet."),
    ("de", "Sie haben den Disput gewonnen.", "Sie haben den Disput verloren."),
    ("de", "Wir haben Ihre Unterlagen erhalten.", "Wir haben Ihre Unterlagen nicht erhalten."),
    ("de", "Ich möchte mein Geld zurück.", "Ich möchte mein Geld nicht zurück."),
    ("fr", "Votre compte a été débité.", "Votre compte n'a pas été débité."),
    ("fr", "Cette décision est définitive.", "Cette décision n'est pas définitive."),
    ("fr", "Le dossier est clos.", "Le dossier n'est pas clos."),
    ("fr", "Vous avez gagné la contestation.", "Vous avez perdu la contestation."),
    ("fr", "Ma commande est arrivée.", "Ma commande n'est jamais arrivée."),
    ("es", "Su cuenta ha sido debitada.", "Su cuenta no ha sido debitada."),
    ("es", "Esta decisión es definitiva.", "Esta decisión no es definitiva."),
    ("es", "Ha ganado la disputa.", "Ha perdido la disputa."),
    ("es", "Recibí el paquete.", "Nunca recibí el paquete."),
    ("it", "I fondi sono stati prelevati.", "Nessun fondo è stato prelevato."),
    ("it", "La decisione è definitiva.", "La decisione non è definitiva."),
    ("it", "Hai vinto la contestazione.", "Hai perso la contestazione."),
]


@pytest.mark.parametrize(("language", "yes", "no"), PAIRS)
def test_a_denial_never_gets_the_gloss_of_its_opposite(language: str, yes: str, no: str) -> None:
    one, other = gloss(yes, language)[0].zh, gloss(no, language)[0].zh
    assert one != other or one == UNREAD


def test_every_denying_wording_is_told_from_every_affirming_one_by_its_words() -> None:
    words = wordings()
    for word in words:
        assert same_polarity(word.text, word.language, word)
    denied = [word for word in words if negated(word.text, word.language)]
    affirmed = [word for word in words if not negated(word.text, word.language)]
    assert len(denied) > 80
    assert not any(same_polarity(one.text, one.language, other) for one in denied for other in affirmed[::7])


def test_curated_wordings_are_read_and_unrelated_ones_are_not() -> None:
    assert gloss("Good news: nothing more to do.", "en")[0].confidence >= 0
    assert gloss("You don't need to do anything.", "en")[0].zh == "您无需采取任何行动。"
    assert gloss("Der Karteninhaber erkennt die Abbuchung nicht.", "de")[0].zh == "持卡人不认得这笔扣款。"
    for text in (
        "The weather was lovely in Bergen.",
        "My cat sleeps on the radiator.",
        "Reticulate the splines before lunch.",
    ):
        assert gloss(text, "en")[0].zh == UNREAD
        assert gloss(text, "en")[0].confidence == 0


def test_numbers_and_dates_come_from_the_sentence_itself() -> None:
    text = "You have until 14 March 2026 to submit evidence."
    found = gloss(text, "en")[0]
    assert found.zh in (UNREAD, "请在期限前提交证据。（原文：14 March 2026）")
    assert (
        carried("We debited GBP 64.99 for case PP-D-221 on 2026-03-01.") == "（原文：GBP 64.99、PP-D-221、2026-03-01）"
    )
    assert carried("No numbers here.") == ""


def test_chinese_is_given_back_and_unknown_languages_are_not_guessed() -> None:
    assert [item.zh for item in gloss("请在期限前回复。款项已扣除。", "zh")] == ["请在期限前回复。", "款项已扣除。"]
    assert gloss("Ei ole vastaust.", "fi")[0].zh == UNREAD
    assert gloss("", "en") == []


def test_abbreviations_and_amounts_do_not_end_a_sentence() -> None:
    text = "Dear Mr. Penhallow, you owe GBP 64.99 under art. 9. Please pay.\n\nYours"
    assert [text[start:end] for start, end in sentences(text)] == [
        "Dear Mr. Penhallow, you owe GBP 64.99 under art. 9.",
        "Please pay.",
        "Yours",
    ]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_spans_are_in_order_inside_the_text_and_trimmed(text: str) -> None:
    last = 0
    for start, end in sentences(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end


def test_work_is_bounded() -> None:
    assert len(sentences("Yes. " * 50_000)) <= MAX_SENTENCES
    assert len(gloss("a" * 1_000_000, "en")) <= MAX_SENTENCES
    assert len(sentences("." * 300_000 + "\n" * 300_000)) <= MAX_SENTENCES


def test_vectors_belong_to_the_wordings() -> None:
    shelf = book()
    assert len(shelf.vectors) == len(shelf.wordings) == len(wordings())
    assert len({word.gloss for word in shelf.wordings}) >= 100
    per_language = {
        language: sum(1 for word in shelf.wordings if word.language == language)
        for language in ("en", "de", "fr", "es", "it")
    }
    assert min(per_language.values()) >= 200
