"""Which language a text is in: script first, then letter statistics; short texts by telling words."""

from __future__ import annotations

import re
from functools import lru_cache

import eldc

#: Languages with cues of their own here; others are still named.
READ = frozenset({"en", "de", "fr", "es", "it", "nl", "pl", "ja", "zh", "pt"})
_TELLING = {
    "en": "the and you your we have has been this that for with not from was are is please order received my our of to in on",
    "de": "der die das und ist nicht wir sie ihr ihre ihnen ich mein bitte mit für auf haben wurde eine einen zu von bestellung den dem im",
    "fr": "le la les des une est nous vous votre avec pour pas dans sur et que commande je ai merci de du en au aux un par ma mon",
    "es": "el la los las una un es no que por para con su sus del pedido usted ha he hemos gracias de en y se le al mi nuestro nuestra",
    "it": "il la gli che non per con una un del della è sono vostro ordine ho abbiamo grazie di e in al le da mia mio nostra",
    "nl": "de het een en niet u uw wij voor met van is dat zijn bestelling heb hebben ik geen mijn te op aan",
    "pl": "nie jest się w z na do że zamówienie proszę państwa dla oraz o i po została został mam mojego od",
    "pt": "o a os as não que para com uma um seu sua pedido você do da foi obrigado de em no na e por meu minha",
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
    best, most = max(counts.items(), key=lambda item: item[1])
    _ready()
    guess = str(eldc.detect(sample)).split("-")[0]
    if guess in counts and (len(letters) >= 200 or counts[guess] >= 0.7 * most):
        return guess
    if guess in counts:
        return best if most >= 2 else guess
    if guess == "und":
        return best if most >= 1 else ""
    # A language that we have no words of: believed in a long text, unless ours are thick in it.
    return best if most >= 2 and most >= len(sample.split()) * (0.3 if len(letters) >= 60 else 0.2) else guess


def _strip(text: str) -> str:
    """Without addresses, links and ids, which are in no language."""
    return re.sub(r"https?://\S{1,300}|[\w.+-]{1,64}@[\w.-]{1,100}|\b[A-Z0-9_-]{0,40}\d[A-Za-z0-9_-]{0,60}", " ", text)


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
