"""Domains made to be taken for another's: homoglyphs, typing errors, the brand as a sub-domain or a piece of the name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ..organisations import AUTHORITATIVE, Organisation, organisational, organisations

_SWAPS = str.maketrans({
    "0": "o", "1": "l", "3": "e", "5": "s", "8": "b", "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x",
    "і": "i", "ј": "j", "ѕ": "s", "һ": "h", "ԁ": "d", "ԛ": "q", "ԝ": "w", "ɡ": "g", "ı": "i", "ł": "l", "ø": "o", "ß": "ss",
    "к": "k", "м": "m", "т": "t", "в": "b", "н": "h", "α": "a", "ο": "o", "ρ": "p", "ν": "v", "τ": "t", "κ": "k", "ι": "i",
    "ε": "e", "υ": "u", "ɑ": "a", "ӏ": "l", "ⅼ": "l", "ո": "n", "օ": "o", "ս": "u",
})  # fmt: skip
#: Words of everyday language among the domain labels: they prove nothing by themselves.
_COMMON = frozenset({
    "square", "wise", "zip", "alma", "discover", "orange", "chase", "case", "hermes", "evri", "rede", "cielo", "kit", "bird", "home",
    "global", "finances", "economie", "justice", "justicia", "business", "block", "clover", "tyl", "vantiv", "canada", "ontario", "madrid",
    "state", "mass", "illinois", "michigan", "texas", "telekom", "staff", "mail", "europa", "santander", "postmark", "consumer", "shop",
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
    for brand, item in brands.items():
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
