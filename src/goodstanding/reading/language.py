"""Which language a text is in: script first, then letter statistics; short texts by telling words."""

from __future__ import annotations

import re
from functools import lru_cache

import eldc

#: Languages with cues of their own here; others are still named.
READ = frozenset({"en", "de", "fr", "es", "it", "nl", "pl", "ja", "zh", "pt"})
_TELLING = {
    "en": "the and you your we have has been this that for with not from was are is please order received",
    "de": "der die das und ist nicht wir sie ihr ihre ihnen bitte mit für auf haben wurde eine einen zu von bestellung",
    "fr": "le la les des une est nous vous votre avec pour pas dans sur et que commande je ai merci",
    "es": "el la los las una es no que por para con su sus del pedido usted ha he hemos gracias",
    "it": "il la gli che non per con una del della è sono vostro ordine ho abbiamo grazie di",
    "nl": "de het een en niet u uw wij voor met van is dat zijn bestelling heb hebben ik geen",
    "pl": "nie jest się w z na do że zamówienie proszę państwa dla oraz o i po została został mam",
    "pt": "o a os as não que para com uma um seu sua pedido você do da foi obrigado",
}
_WORDS = {code: frozenset(words.split()) for code, words in _TELLING.items()}


@lru_cache(maxsize=1)
def _ready() -> bool:
    eldc.init()
    return True


def detect(text: str) -> str:
    """ISO 639-1 code, or "" where nothing tells (too short, mixed, no letters)."""
    sample = _strip(text[:6_000])
    letters = [char for char in sample if char.isalpha()]
    if len(letters) < 2:
        return ""
    if script := _by_script(letters):
        return script
    counts = _telling(sample)
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    _ready()
    guess = str(eldc.detect(sample))
    if (
        ranked[0][1] >= 2
        and (ranked[0][1] >= 1.4 * ranked[1][1] or ranked[0][0] == guess)
        and (len(letters) < 200 or ranked[0][0] == guess)
    ):
        return ranked[0][0]
    if guess == "und":
        return ranked[0][0] if ranked[0][1] >= 1 and ranked[0][1] > ranked[1][1] else ""
    if len(letters) >= 60 and guess not in counts and ranked[0][1] >= 6 and ranked[0][1] >= 3 * max(1, ranked[1][1]):
        return ranked[0][0]
    return guess.split("-")[0]


def _strip(text: str) -> str:
    """Without addresses, links and ids, which are in no language."""
    return re.sub(r"https?://\S{1,300}|[\w.+-]{1,64}@[\w.-]{1,100}|\b[A-Z0-9_-]*\d[A-Za-z0-9_-]*\b", " ", text)


def _by_script(letters: list[str]) -> str:
    total = len(letters)
    kana = sum(1 for char in letters if "\u3040" <= char <= "\u30ff" or "\uff66" <= char <= "\uff9d")
    han = sum(1 for char in letters if "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf")
    hangul = sum(1 for char in letters if "\uac00" <= char <= "\ud7a3")
    if hangul > 0.2 * total:
        return "ko"
    # One Chinese or Japanese character says as much as two or three Latin letters.
    if 2.5 * (kana + han) > total - kana - han:
        return "ja" if kana > 0.08 * (kana + han) and kana >= 2 else "zh"
    for code, low, high in (("ru", "\u0400", "\u04ff"), ("el", "\u0370", "\u03ff"), ("ar", "\u0600", "\u06ff"), ("he", "\u0590", "\u05ff"), ("th", "\u0e00", "\u0e7f")):  # fmt: skip
        share = sum(1 for char in letters if low <= char <= high)
        if share > 0.5 * total and code != "ru":
            return code
    return ""


def _telling(sample: str) -> dict[str, float]:
    words = re.findall(r"[^\W\d_]+", sample.lower())[:800]
    return {code: float(sum(1 for word in words if word in known)) for code, known in _WORDS.items()}
