"""Personal data in a mail: what is replaced before anything leaves this machine. Best effort; the preview shows the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parseaddr

from ..fields.people import complainant_in
from ..fold import fold, plain
from ..organisations import mentions
from ..result import Reading, Span

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_NAME = (
    rf"{_CAPITAL}[\w'’-]+(?:[ \t]+(?:(?:de|van|von|der|den|la|le|di|da|del|du|dos)[ \t]+)?{_CAPITAL}[\w'’.-]*){{0,3}}"
)
_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Señora?|Don|Doña|D|Dña|Sig|Sig\.ra|Signora?|Dhr|Mevr|Mevrouw|Pan|Pani|Pana|Senhora?)\.?|(?:sig|sig\.ra|sigg|sr|sra|señora?|don|doña|dhr|mevr|mevrouw|pan|pani|pana|panem|panią|herrn?|frau)\.?)"
_DID = (
    r"(?:has |have |had |hat |a |ha |heeft )?(?:just )?(?:opened|filed|left|wrote|written|posted|submitted|gave|given|disputed|requested|reported|claims?|claimed|says|said|states|stated|ordered|bought|purchased|reviewed|contacted|complained|"
    r"alleges|eröffnet|bestellt|bewertet|geschrieben|gemeldet|behauptet|ouvert|déposé|laissé|publié|commandé|signalé|abierto|dejado|publicado|pedido|reclama|aperto|lasciato|ordinato|segnalato|geopend|besteld|geplaatst|złożył[a]?|zamówił[a]?|wystawił[a]?)\b"
)
_NAMED = (
    re.compile(rf"(?m)^[ \t]*(?i:dear|hi|hello|hallo|bonjour|cher|chère|hola|estimad[oa]|gentile|egregio|beste|geachte|szanown[ya]|prezad[oa]|liebe[r]?|sehr geehrte[r]?)[ \t]+(?:{_TITLE}[ \t]+)?(?P<v>{_NAME})"),
    re.compile(rf"\b{_TITLE}[ \t]+(?P<v>{_NAME})"),
    re.compile(rf"(?P<v>{_CAPITAL}[\w'’-]+(?:[ \t]+(?:(?:de|van|von|der|den|la|di|da|del)[ \t]+)?{_CAPITAL}[\w'’-]*){{1,3}})[ \t]+{_DID}"),
    re.compile(rf"(?i:(?:my|our) client|cliente?|mandant(?:in)?|assistit[oa]|representad[oa]|mocodawc[ay]|act for|acting for|on behalf of)[, \t]+(?P<v>{_NAME})"),
    re.compile(
        r"(?m)^[ \t>*•-]*(?i:(?:full |first |last |sur|family |card ?holder(?:'s)? |customer(?:'s)? |buyer(?:'s)? |consumer(?:'s)? |complainant(?:'s)? |contact |recipient(?:'s)? |account )?name|"
        r"card ?holder|customer|buyer|consumer|complainant|claimant|client|recipient|attn|contact person|signed|vorname|nachname|kunde|kundin|käufer(?:in)?|empfänger|nom|prénom|client[e]?|acheteur|nombre|apellidos?|comprador|"
        rf"nome|cognome|acquirente|naam|klant|koper|imię i nazwisko|kupujący)[ \t]*[:：][ \t]*(?:{_TITLE}[ \t]+)?(?P<v>{_NAME})"
    ),
    re.compile(
        r"(?im)^[ \t]*(?:(?:kind|best|warm)? ?regards|yours? (?:sincerely|faithfully|truly)|sincerely|thank you|thanks|mit freundlichen grüßen|viele grüße|cordialement|(?:un )?saludos?|atentamente|cordiali saluti|distinti saluti|"
        rf"met vriendelijke groeten?|z poważaniem|atenciosamente)\W*\n\s*(?P<v>(?-i:{_NAME}))[ \t]*$"
    ),
    re.compile(r"(?:姓名|氏名|お名前|お客様名|购入者名|購入者|申出人|收件人|收货人|买家|投诉人|消费者|持卡人|联系人)[ \t]*[:：][ \t]*(?P<v>[一-龥ぁ-んァ-ヶー々]{1,8}[ 　]?[一-龥ぁ-んァ-ヶー々]{0,8})"),
    re.compile(r"(?m)^[ \t]*(?P<v>[一-龥ぁ-んァ-ヶー々]{1,6}[ 　]?[一-龥ぁ-んァ-ヶー々]{0,6})[ 　]?(?:様|先生|女士)"),
)  # fmt: skip
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'）)\]，。、]{1,2000}", re.I)
_PHONE = re.compile(
    r"(?<![\w.,/#-])(?:\+|00|\(0|\(?0\d)[\d() ./-]{6,18}\d(?![\w-])|(?<![\w.,/#-])\(\d{3}\)[ .-]?\d{3}[ .-]\d{4}(?![\w-])|(?<![\w.,/#-])\d{3}[ .-]\d{3}[ .-]\d{4}(?![\w-])|(?<!\d)1[3-9]\d{9}(?!\d)"
)
_CARD = re.compile(
    r"(?<![\w-])(?:\d[ -]?){11,18}\d(?![\w-])|(?<![\w*])(?:[*xX•]{2,6}[ -]?){1,4}\d{4}(?!\w)|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b"
)
_IP = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}(?![\w:])", re.I
)
_ADDRESS = (
    re.compile(
        r"(?im)^[ \t>*•-]*(?:(?:shipping|billing|delivery|postal|home|street|mailing|customer|return)? ?address|ship(?:ped)? to|deliver(?:ed)? to|lieferadresse|rechnungsadresse|anschrift|adresse(?: de livraison)?|"
        r"dirección(?: de envío)?|domicilio|indirizzo(?: di spedizione)?|(?:bezorg|aflever|factuur)?adres|adres(?: dostawy)?|endereço|お届け先|住所|配送先|收货地址|地址)[ \t]*[:：][ \t]*(?P<v>[^\n]{3,160})"
    ),
    re.compile(rf"\b\d{{1,5}}[A-Za-z]?,?[ \t]+(?:{_CAPITAL}[\w'.-]*[ \t]+){{1,4}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Close|Terrace|Place|Pl|Crescent|Square)\b\.?(?:,[ \t]*[^\n,]{{2,40}}){{0,3}}"),
    re.compile(rf"\b{_CAPITAL}[\w.-]*(?:straße|strasse|str\.|weg|allee|platz|gasse|laan|straat|kade|gracht)[ \t]+\d{{1,4}}[a-z]?\b(?:,?[ \t]*\d{{4,5}}[ \t]*(?:[A-Z]{{2}}[ \t]+)?{_CAPITAL}[\w-]+)?"),
    re.compile(rf"(?i:\b\d{{1,4}},?[ \t]+(?:bis[ \t]+)?(?:rue|avenue|boulevard|place|chemin|impasse|allée)[ \t]+)[^\n,;.]{{2,40}}(?:,?[ \t]*\d{{5}}[ \t]+{_CAPITAL}[\w-]+)?"),
    re.compile(rf"\b(?:Calle|C/|Avda\.?|Avenida|Paseo|Plaza|Via|Viale|Piazza|Corso|ul\.|ulica|Rua)[ \t]+{_CAPITAL}[^\n,;]{{2,40}},?[ \t]*\d{{1,4}}\b(?:,?[ \t]*\d{{2}}-?\d{{3}}[ \t]+{_CAPITAL}[\w-]+)?"),
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?[ \t]\d[A-Z]{2}\b|〒\s?\d{3}-?\d{4}[^\n]{0,60}"),
)  # fmt: skip
_NOT_NAMES = frozenset({
    "Sir", "Madam", "Customer", "Merchant", "Seller", "Team", "Support", "Service", "Sirs", "All", "Partner", "User",
    "Valued", "Shop", "Owner", "Store", "Account", "Case", "Order", "Dispute", "Damen", "Herren", "Händler", "Kunde",
    "Vendeur", "Marchand", "Cliente", "Equipo", "The", "This", "Your", "Our", "We", "It", "In", "On", "At", "For",
    "And", "No", "Not", "Department", "Center", "Centre", "Limited", "Ltd", "Inc", "GmbH", "Bank", "Company", "Visa",
    "Mastercard", "PayPal", "Stripe", "Klarna", "Herr", "Frau", "Mr", "Mrs", "Ms",
})  # fmt: skip
_MAX_NAMES = 60


def personal(reading: Reading) -> Iterator[tuple[Span, str]]:
    """Spans in ``reading.text`` with what they are: ``email``, ``url``, ``card``, ``ip``, ``phone``, ``address`` or ``name``. May overlap."""
    text = plain(reading.text)
    for kind, pattern in (("email", _EMAIL), ("url", _URL), ("ip", _IP), ("card", _CARD), ("phone", _PHONE)):
        for match in pattern.finditer(text):
            yield match.span(), kind
    for pattern in _ADDRESS:
        for match in pattern.finditer(text):
            yield match.span("v" if "v" in pattern.groupindex else 0), "address"
    for name in _names(reading, text):
        for match in re.finditer(
            rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() or name[0].isupper() else re.escape(name), text
        ):
            yield match.span(), "name"


def _names(reading: Reading, text: str) -> tuple[str, ...]:
    """Names of people, whole and word by word, longest first. Organisations that we know are no people."""
    whole = {match["v"].strip(" .,;:") for pattern in _NAMED for match in pattern.finditer(text)}
    tidy = re.sub(r"\s{3,}", "\n\n", reading.text)
    if found := reading.fields.get("complainant"):
        whole |= {plain(found.value), *(plain(item.value) for item in found.alternatives)}
    if found := complainant_in(tidy, fold(tidy), "consumer_complaint", ""):
        whole |= {plain(found.value), *(plain(item.value) for item in found.alternatives)}
    if display := parseaddr(reading.sender)[0]:
        whole.add(plain(display))
    people = {
        item
        for item in whole
        if 2 <= len(item) <= 60 and item.split() and item.split()[0] not in _NOT_NAMES and not _known(item)
    }
    words = {word.strip(".,'") for item in people for word in re.split(r"[\s-]", item)}
    parts = {word for word in words if len(word) >= 3 and word[0].isupper() and word not in _NOT_NAMES}
    return tuple(sorted(people | parts, key=lambda item: (-len(item), item)))[:_MAX_NAMES]


def _known(name: str) -> bool:
    """Does an organisation of our records stand in the name?"""
    return any(True for _ in mentions(name, fold(name)))
