"""Domains made to be taken for another's: homoglyphs, typing errors, the brand as a sub-domain or a piece of the name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ..organisations import AUTHORITATIVE, Organisation, organisational, organisations

_SWAPS = str.maketrans({
    "0": "o", "1": "l", "i": "l", "|": "l", "3": "e", "4": "a", "5": "s", "6": "b", "7": "t", "8": "b", "9": "g", "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x",
    "і": "l", "ј": "j", "ѕ": "s", "һ": "h", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ɡ": "g", "ı": "l", "ł": "l", "ø": "o", "ß": "ss",
    "к": "k", "м": "m", "т": "t", "в": "b", "н": "h", "α": "a", "ο": "o", "ρ": "p", "ν": "v", "τ": "t", "κ": "k", "ι": "l",
    "ε": "e", "υ": "u", "ɑ": "a", "ӏ": "l", "ⅼ": "l", "ո": "n", "օ": "o", "ս": "u",
})  # fmt: skip
#: Words of everyday language among the domain labels: they prove nothing by themselves.
_COMMON = frozenset({
    "square", "wise", "zip", "alma", "discover", "orange", "chase", "case", "hermes", "evri", "rede", "cielo", "kit", "bird", "home",
    "global", "finances", "economie", "justice", "justicia", "business", "block", "clover", "tyl", "vantiv", "canada", "ontario", "madrid",
    "state", "mass", "illinois", "michigan", "texas", "telekom", "staff", "mail", "europa", "santander", "postmark", "consumer", "shop",
    "fastly", "drip", "braze", "iterable", "attentive", "constant", "lumen", "online", "optimizely", "rule", "telecom", "terra", "sitecore",
    "scarlet", "registro", "register", "beehiiv", "charter", "spectrum", "mimecast", "symantec", "oracle", "salesforce", "team", "rogers",
    "eco", "cert", "csa", "zenbox", "oath", "bell", "shaw", "free", "proton", "versio", "krystal", "mapp", "rakus", "baidu",
    "checkout", "paddle", "affirm", "billie", "almapay", "apple", "google", "feedback", "resend", "sky", "validity", "kakaku", "sina",
})  # fmt: skip
_SPLIT = re.compile(r"[.\-_]")


def skeleton(label: str) -> str:
    """The label as the eye reads it: accents off, look-alike letters and digits mapped, ``rn`` as ``m``, ``vv`` as ``w``."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(char))
    return plain.translate(_SWAPS).replace("rn", "m").replace("vv", "w").replace("cl", "d")


@lru_cache(maxsize=1)
def _brands() -> dict[str, Organisation]:
    found: dict[str, Organisation] = {}
    for item in organisations():
        if item.type not in AUTHORITATIVE:
            continue
        for domain in item.domains:
            label = organisational(domain.split("#")[0]).split(".")[0]
            if len(label) >= 3 and label not in _COMMON:
                found.setdefault(label, item)
    return found


@lru_cache(maxsize=1)
def _skeletons() -> dict[str, tuple[str, Organisation]]:
    return {skeleton(label): (label, item) for label, item in _brands().items() if len(label) >= 4}


@lru_cache(maxsize=2048)
def imitated(domain: str) -> tuple[str, Organisation] | None:
    """How a domain imitates an organisation's, and which: ``homoglyph``, ``subdomain``, ``brand_in_domain``, ``typo``.

    To be asked only of domains that belong to no known organisation.
    """
    org = organisational(domain)
    label = org.split(".")[0]
    brands = _brands()
    if found := _skeletons().get(skeleton(label)):
        return ("homoglyph" if found[0] != label else "other_ending"), found[1]
    sub = domain[: -len(org)].strip(".") if domain != org else ""
    for piece in _SPLIT.split(sub):
        if len(piece) >= 4 and piece in brands:
            return "subdomain", brands[piece]
    tokens = [piece for piece in _SPLIT.split(label) if piece]
    for piece in tokens:
        if piece in brands and (len(piece) >= 4 or len(tokens) > 1):
            return "brand_in_domain", brands[piece]
        if len(piece) >= 5 and (close := _skeletons().get(skeleton(piece))):
            return "homoglyph", close[1]
    joined, plain = "".join(tokens), skeleton("".join(tokens))
    for brand, item in brands.items():
        if len(brand) >= 6 and len(tokens) > 1 and _with_trade_word(joined, plain, brand):
            return ("brand_in_domain" if joined.startswith(brand) else "homoglyph"), item
        if (
            len(brand) >= 6
            and label.startswith(brand)
            and re.search(
                r"support|service|secure|disput|claim|center|centre|case|verif|alert|help|team|konto|login|pay",
                label[len(brand) :],
            )
        ):
            return "brand_in_domain", item
        if len(brand) >= 6 and abs(len(brand) - len(label)) <= 1 and _distance_one(label, brand):
            return "typo", item
    return None


@lru_cache(maxsize=1)
def _eyes() -> dict[str, str]:
    return {label: skeleton(label) for label in _brands()}


_TRADE = re.compile(
    r"(?:support|service|secure|disput|claim|center|centre|case|verif|alert|help|team|konto|login|pay|merchant|account|notice|notif|resol|review|compl|legal|risk|chargeb|online)"
)


def _with_trade_word(joined: str, plain: str, brand: str) -> bool:
    """The brand, perhaps cut by hyphens or in look-alike letters, and a word of the trade behind it."""
    if joined.startswith(brand):
        return joined == brand or bool(_TRADE.match(joined[len(brand) :]))
    eye = _eyes()[brand]
    return plain == eye or (plain.startswith(eye) and bool(_TRADE.match(joined[-len(plain[len(eye) :]) :])))


def worn_by(name: str) -> Organisation | None:
    """The organisation whose name a display name imitates with look-alike characters: "РayPal", "PayPaI", "Str1pe"."""
    words = re.findall(r"[^\W_]+", name)
    index = _name_skeletons()
    for start in range(len(words)):
        for length in (3, 2, 1):
            piece = " ".join(words[start : start + length]).lower()
            eye = skeleton(piece)
            if len(eye) >= 5 and (found := index.get(eye)) and piece not in _all_names():
                return found
    return None


@lru_cache(maxsize=1)
def _all_names() -> frozenset[str]:
    return frozenset(alias for item in organisations() for alias in (*item.aliases, *item.weak_aliases))


@lru_cache(maxsize=1)
def _name_skeletons() -> dict[str, Organisation]:
    return {
        skeleton(alias): item
        for item in organisations()
        if item.type in AUTHORITATIVE
        for alias in item.aliases
        if len(alias) >= 5
    }


def _distance_one(left: str, right: str) -> bool:
    """One letter added, left out, changed, or two neighbours swapped."""
    if left == right:
        return False
    if len(left) == len(right):
        different = [index for index, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        if len(different) == 1:
            return True
        return (
            len(different) == 2
            and different[1] == different[0] + 1
            and left[different[0]] == right[different[1]]
            and left[different[1]] == right[different[0]]
        )
    short, long = (left, right) if len(left) < len(right) else (right, left)
    return any(long[:index] + long[index + 1 :] == short for index in range(len(long)))
