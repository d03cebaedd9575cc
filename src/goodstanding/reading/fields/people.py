"""Who complains: consumer, cardholder, reviewer, data subject, client."""

from __future__ import annotations

import re

from ..result import Field
from .candidate import Candidate, choose

_NAME = r"(?P<v>(?:(?:Mr|Mrs|Ms|Miss|Dr|Herrn?|Frau|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Don|Doña|Sig|Sig\.ra|Signor|Signora|Dhr|Mevr|De heer|Mevrouw|Pan|Pani|Pana)\.? )?[A-ZÀ-ÖØ-ÞŁŚŻŹĆŃĘĄ][\w'’.\-]*(?:[ \t]+(?:de|van|von|der|den|la|le|di|da|del|du|dos|el|al|bin)?[ \t]?[A-ZÀ-ÖØ-ÞŁŚŻŹĆŃĘĄ][\w'’.\-]*){0,3})"
_WIDE = r"(?P<v>[一-龥ぁ-んァ-ヶー々]{1,6}[ 　]?[一-龥ぁ-んァ-ヶー々]{0,6})"
_LABEL = re.compile(
    r"(?m)(?:^|[\n|•*\-]|(?<=[.;,] ))[ \t]*(?:(?i:card ?holder|card ?member|buyer|customer|consumer|complainant|reviewer|review(?:ed)? by|reviewer name|shopper|data subject|claimant|client|your customer|patient|filed by|submitted by|name of (?:the )?(?:consumer|customer|complainant|cardholder)|"
    r"karteninhaber(?:in)?|käufer(?:in)?|kunde|kundin|verbraucher(?:in)?|beschwerdeführer(?:in)?|mandant(?:in|schaft)?|auftraggeber|bewertet von|betroffene person|titulaire|porteur|acheteur|acheteuse|consommateur|consommatrice|client[e]?|plaignant[e]?|auteur de l'avis|réclamant|"
    r"titular|comprador[a]?|consumidor[a]?|cliente|reclamante|interesado|acquirente|consumatore|consumatrice|segnalante|esponente|assistit[oa]|kaarthouder|koper|klant|consument|klager|cliënt(?:e)?|betrokkene|posiadacz karty|kupujący|konsument(?:ka)?|klient(?:ka)?|skarżący|mocodawca)"
    r"(?i:'s)?(?: (?i:name|nom|nombre|nome|naam|imię i nazwisko|identity))?)[ \t]*[:：][ \t]*" + _NAME
)
_INLINE = re.compile(
    r"(?:(?:[Oo]ur|[Mm]y) client,? |on behalf of (?:our client,? |my client,? )?|[Mm]andant(?:in|schaft)?,? (?:der |die |des )?|[Uu]nsere[rs]? Mandant(?:in|schaft|en)?,? |(?:mon|notre|ma) client[e]?,? |(?:mi|nuestr[oa]) (?:cliente|representad[oa]|mandante),? (?:D\. |Dña\. |don |doña )?|(?:il mio|la mia|nostr[oa]) (?:assistit[oa]|cliente),? |(?:mijn|onze) cliënte?,? |(?:mojego|mojej|naszego|naszej) (?:klienta|klientki|mocodawcy|mandanta),? |"
    r"(?:[Tt]he |[Yy]our )?(?:cardholder|buyer|customer|consumer|complainant|reviewer),? |(?:der|die|Der|Die|Ihr|Ihre) (?:Kunde|Kundin|Käufer|Käuferin|Karteninhaber|Karteninhaberin|Verbraucher|Verbraucherin|Kunden) |(?:complaint|review|claim|request|report|message) (?:was )?(?:from|by|filed by|submitted by|made by|lodged by) |[Cc]onsumer complaint of )"
    + _NAME
)
_REVIEWER = re.compile(
    r"(?:^|\n)\s*(?:(?:New|Neue|Nouvel|Nueva|Nuova|Nieuwe)[^\n]{0,40}(?:by|from|von|de|di|van) )?"
    + _NAME
    + r"(?: (?:has )?(?:just )?(?:left|wrote|posted|submitted|gave|reviewed|hat|a (?:laissé|déposé|publié)|ha (?:dejado|publicado|lasciato|scritto)|heeft|dodał\w*|wystawił\w*))\b"
)
_WIDE_LABEL = re.compile(
    r"(?:カード会員|会員名|カード名義人?|名義人|購入者|購入者名|買い手|お客様(?:名|氏名)?|ご?注文者(?:名)?|申出人|相談者|通知人|依頼者|依頼人|投稿者|请求人|投诉人|消费者|持卡人|买家(?:姓名)?|客户(?:姓名)?|委托人|举报人|申请人|评价人|姓名|氏名)\s*[:：]\s*"
    + _WIDE
)
_WIDE_INLINE = re.compile(
    r"(?:消费者|投诉人|买家|委托人|客户|持卡人)(?P<v>[一-龥]{1,2}(?:某某?|女士|先生|[一-龥]{1,2}(?=(?:反映|投诉|称|通过|于|对|发起|提起|的委托|委托))))|依頼者\s?(?P<w>[一-龥ぁ-んァ-ヶー]{2,8})(?:氏|様)|受(?P<x>[一-龥]{2,4}(?:女士|先生)?)(?:的)?委托"
)
_CLOSE = re.compile(
    r"(?:^|\n)\s*(?:(?:kind|best|warm|many)? ?regards|yours? (?:sincerely|faithfully|truly)|sincerely|thanks|thank you|cheers|cordially|mit freundlichen grüßen|mfg|viele grüße|freundliche grüße|beste grüße|cordialement|bien cordialement|salutations|(?:un )?saludos?(?: cordial(?:es)?)?|atentamente|cordiali saluti|distinti saluti|saluti|met vriendelijke groeten?|mvg|groet(?:en|jes)?|z poważaniem|pozdrawiam|atenciosamente|cumprimentos)\W*\n+\s*",
    re.I,
)
_NOT_NAMES = frozenset(
    [
        "The",
        "This",
        "Your",
        "Our",
        "Dear",
        "Hello",
        "Please",
        "Thank",
        "Customer",
        "Support",
        "Service",
        "Team",
        "Order",
        "Case",
        "Dispute",
        "Review",
        "Reason",
        "Amount",
        "Date",
        "Status",
        "Bank",
        "Visa",
        "Mastercard",
        "PayPal",
        "Stripe",
        "Klarna",
        "Has",
        "Have",
        "Was",
        "Is",
        "Not",
        "We",
        "You",
        "It",
        "Dispute",
        "Name",
        "Email",
        "Yours",
        "Sent",
        "Best",
        "Kind",
        "Regards",
        "N/A",
        "None",
        "Unknown",
        "Der",
        "Die",
        "Das",
        "Le",
        "La",
        "Les",
        "El",
        "Los",
        "Il",
        "Lo",
        "Het",
        "De",
        "On",
        "In",
        "At",
        "For",
        "And",
        "No",
    ]
)


def complainant_in(text: str, flat: str, kind: str, display: str) -> Field | None:
    """The person behind the matter. In a consumer's own mail that is who signs it."""
    candidates: list[Candidate] = []
    for match in _LABEL.finditer(text):
        _add(candidates, text, match.start("v"), match["v"], 4.0, "complainant.label")
    for match in _WIDE_LABEL.finditer(text):
        _add(candidates, text, match.start("v"), match["v"], 4.0, "complainant.label")
    for match in _INLINE.finditer(text):
        _add(candidates, text, match.start("v"), match["v"], 2.5, "complainant.inline")
    for match in _WIDE_INLINE.finditer(text):
        name = next(key for key in ("v", "w", "x") if match[key])
        _add(candidates, text, match.start(name), match[name], 2.5, "complainant.inline")
    if kind == "review":
        for match in _REVIEWER.finditer(text):
            _add(candidates, text, match.start("v"), match["v"], 3.0, "complainant.reviewer")
    if kind in ("consumer_complaint", "data_protection"):
        _signed(candidates, text, display)
    return choose(text, candidates, 2.0)[0]


def _add(candidates: list[Candidate], text: str, start: int, name: str, weight: float, rule: str) -> None:
    value = name.split("\n")[0].rstrip(" .,;:-")
    words = value.split()
    while words and words[-1] in _NOT_NAMES:
        words.pop()
    if not words or words[0] in _NOT_NAMES:
        return
    end = start + value.rfind(words[-1]) + len(words[-1])
    value = text[start:end]
    if rule == "complainant.inline" and len(words) < 2 and value.isascii():
        return
    candidates.append(Candidate(value, (start, end), weight, rule))


def _signed(candidates: list[Candidate], text: str, display: str) -> None:
    closing = list(_CLOSE.finditer(text))
    if closing:
        found = re.match(_NAME + r"[ \t]*(?:\n|$)", text[closing[-1].end() : closing[-1].end() + 80])
        if found:
            _add(candidates, text, closing[-1].end(), found["v"], 3.0, "complainant.signature")
            return
    lines = [line for line in text.rstrip().split("\n") if line.strip()]
    if lines:
        last = lines[-1].strip()
        found = re.fullmatch(_NAME, last)
        if found and 1 <= len(last.split()) <= 4 and len(last) < 40:
            at = text.rstrip().rfind(last)
            _add(candidates, text, at, last, 2.5 if len(last.split()) > 1 else 2.0, "complainant.signature")
            return
        wide = re.fullmatch(r"[一-龥ぁ-んァ-ヶー々]{2,5}[ 　]?[一-龥ぁ-んァ-ヶー々]{0,5}", last)
        if wide:
            candidates.append(
                Candidate(
                    last,
                    (text.rstrip().rfind(last), text.rstrip().rfind(last) + len(last)),
                    2.5,
                    "complainant.signature",
                )
            )
            return
    if display and (at := text.find(display)) >= 0 and len(display.split()) > 1:
        candidates.append(Candidate(display, (at, at + len(display)), 2.0, "complainant.from_name"))
