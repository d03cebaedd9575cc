"""For which organisation does a message speak? By its name line, its domain, and what it says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..fold import fold
from ..organisations import AUTHORITATIVE, PAYMENT, PUBLIC, Organisation, mentions, owners
from .lookalike import worn_by
from .sender import Sender

#: Words that stand beside a name without making it another's: "PayPal Dispute Support Team".
_GENERIC = frozenset(
    [
        "team",
        "teams",
        "support",
        "supporto",
        "soporte",
        "service",
        "services",
        "servicio",
        "servizio",
        "dienst",
        "kundenservice",
        "kundendienst",
        "dispute",
        "disputes",
        "chargeback",
        "chargebacks",
        "notification",
        "notifications",
        "notice",
        "notices",
        "alert",
        "alerts",
        "center",
        "centre",
        "resolution",
        "resolutions",
        "department",
        "dept",
        "merchant",
        "merchants",
        "seller",
        "sellers",
        "security",
        "risk",
        "compliance",
        "billing",
        "payments",
        "payment",
        "account",
        "accounts",
        "info",
        "noreply",
        "no",
        "reply",
        "donotreply",
        "customer",
        "care",
        "complaints",
        "complaint",
        "claims",
        "claim",
        "legal",
        "office",
        "of",
        "the",
        "and",
        "for",
        "at",
        "by",
        "from",
        "online",
        "inc",
        "llc",
        "ltd",
        "gmbh",
        "ag",
        "se",
        "sa",
        "bv",
        "plc",
        "co",
        "corp",
        "corporation",
        "europe",
        "eu",
        "us",
        "usa",
        "uk",
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "pl",
        "deutschland",
        "france",
        "españa",
        "italia",
        "nederland",
        "polska",
        "japan",
        "china",
        "europa",
        "germany",
        "business",
        "via",
        "trust",
        "safety",
        "abuse",
        "postmaster",
        "fbl",
        "feedback",
        "loop",
        "reviews",
        "review",
        "consumer",
        "consumers",
        "protection",
        "bureau",
        "enforcement",
        "division",
        "unit",
        "case",
        "cases",
        "konfliktlösungen",
        "händlerservice",
        "händlerbetreuung",
        "käuferschutz",
        "équipe",
        "service",
        "client",
        "marchands",
        "pro",
        "litiges",
        "reclamaciones",
        "disputas",
        "atención",
        "al",
        "cliente",
        "reclami",
        "contestazioni",
        "klachten",
        "geschillen",
        "zespół",
        "obsługa",
        "mail",
        "email",
        "e-mail",
        "system",
        "message",
        "messages",
        "update",
        "updates",
        "operations",
        "ops",
        "admin",
        "administrator",
        "verification",
        "verify",
        "direct",
        "desk",
        "チーム",
        "サポート",
        "カスタマー",
        "加盟店",
        "事務局",
        "センター",
        "通知",
        "客服",
        "团队",
        "商户",
        "服务",
        "通知",
        "中心",
    ]
)
#: Kind → types of organisation that speak in such a notice.
SPEAKERS: dict[str, frozenset[str]] = {
    "chargeback": PAYMENT,
    "pre_dispute_alert": PAYMENT,
    "refund_dispute": PAYMENT,
    "dispute_result": PAYMENT | PUBLIC | {"review"},
    "regulator": frozenset({"authority"}),
    "data_protection": frozenset({"data_protection_authority"}),
    "esp_warning": frozenset({"esp", "mailbox", "payment_provider"}),
    "spam_complaint_report": frozenset({"mailbox", "esp"}),
    "review": frozenset({"review"}),
    "legal_threat": frozenset({"court"}),
}
_FREE_KINDS = frozenset(
    {"chargeback", "pre_dispute_alert", "refund_dispute", "dispute_result", "regulator", "esp_warning"}
)


@dataclass(frozen=True, slots=True)
class Claim:
    """``how`` is ``name`` (display name), ``text`` or ``local`` (the address's own words)."""

    organisation: Organisation
    how: str


def by_name(sender: Sender) -> Claim | None:
    """An organisation's name worn in the display name, with nothing but generic words beside it."""
    if not sender.display:
        return None
    if shown := re.search(r"([\w.+-]{1,64})@([\w.-]{3,200})", fold(sender.display)):
        owned = [item for item in owners(shown[1], shown[2]) if item.type in AUTHORITATIVE]
        if owned:
            return Claim(owned[0], "name")
    folded = fold(sender.display)
    found = sorted(mentions(sender.display, folded), key=lambda item: (not item.strong, item.start - item.end))
    for mention in found:
        if mention.organisation.type not in AUTHORITATIVE:
            continue
        rest = folded[: mention.start] + " " + folded[mention.end :]
        words = [word for word in re.findall(r"[^\W\d_]+", rest) if word not in _GENERIC]
        wide = mention.strong and any(char > "\u2e80" for char in folded)
        spare = 3 if mention.organisation.type == "court" else 1  # courts add their town
        if wide or (mention.strong and len(words) <= spare) or not words:
            return Claim(mention.organisation, "name")
    worn = worn_by(sender.display)
    return Claim(worn, "name") if worn else None


def by_text(kind: str, text: str) -> Claim | None:
    """An organisation that the text speaks *as*: letterhead, signature, "we at", "your … account". Schemes never count:
    every acquirer names them."""
    types = SPEAKERS.get(kind)
    if not types:
        return None
    body = text[:12_000]
    folded = fold(body)
    found: list[tuple[int, Organisation]] = []
    person = kind == "data_protection" and _PERSON.search(folded) is not None
    for mention in mentions(body, folded):
        item = mention.organisation
        if item.type not in types or item.type not in AUTHORITATIVE:
            continue
        if item.type in ("scheme", "bank"):
            if _signs(folded, mention.start, mention.end):
                found.append((3, item))
            continue
        if person and not _heads(folded, mention.start, mention.end):
            continue  # a person says to whom they will complain
        weight = _speaks(folded, mention.start, mention.end, kind, strong=mention.strong)
        if weight < 3 and item.type == "mailbox" and kind in ("esp_warning", "spam_complaint_report"):
            continue  # lists and loops are quoted by every abuse desk
        if weight:
            found.append((weight, item))
    if not found:
        return None
    return Claim(max(found, key=lambda pair: pair[0])[1], "text")


def _speaks(folded: str, start: int, end: int, kind: str, *, strong: bool) -> int:
    line_start = folded.rfind("\n", 0, start) + 1
    line_end = folded.find("\n", end)
    line_end = len(folded) if line_end < 0 else line_end
    before, after = folded[max(line_start, start - 60) : start], folded[end : min(line_end, end + 60)]
    if kind == "legal_threat":
        # Every lawyer names the court; only a court puts its name on top.
        return 3 if strong and start < 400 and not before.strip() and line_end - line_start < 80 else 0
    if kind in ("regulator", "data_protection") and strong and start < 700:
        return 3
    if not strong and kind not in ("regulator", "data_protection", "review"):
        return 0
    if re.search(r"(?:©|\(c\)|copyright)\s*(?:\d{4}\s*)?(?:-\s*\d{4}\s*)?$", before):
        return 3
    last = len(folded) - start < 500
    if (
        last
        and line_end - line_start < 90
        and re.fullmatch(
            r"(?:the|your|ihr|ihre|il tuo|votre|l'|el|su|het|uw|twój|team|das|équipe|l'équipe|equipo|)?\W*(?:team|équipe|equipo)?\W*",
            before.strip(),
        )
    ):
        return 3
    if (
        re.search(
            r"(?:we at|wir bei|here at|on behalf of|this is|welcome to|from|von|chez|namens)\s+(?:the\s+)?$", before
        )
        and start < 1500
    ):
        return 2
    if (
        re.match(
            r"[\s,:]*(?:has|have|hat|a|ha|heeft|received|informs|requires|is (?:writing|contacting)|disputes?|resolution|notice|notification|account|konto|case)",
            after,
        )
        and start < 1200
    ):
        return 2
    if re.search(r"(?:your|ihr(?:em|es)?|votre|su|tu|il tuo|uw|je|twoje)\s+$", before) and re.match(
        r"[\s-]*(?:account|konto|compte|cuenta|conto)", after
    ):
        return 2
    return 1 if start < 160 and before.strip() == "" else 0


#: A data subject speaks of what is theirs.
_PERSON = re.compile(
    r"\bmy (?:\w+ ){0,3}(?:data|information|account|details|address)|\bmein\w* (?:\S+ ){0,3}(?:daten|adresse|konto)|zu meiner person|\bm(?:es|on|a) (?:\S+ ){0,2}(?:données|adresse|compte)|"
    r"\bmis? (?:\S+ ){0,2}(?:datos|dirección|cuenta)|\b(?:i )?mi(?:ei|o|a) (?:\S+ ){0,2}(?:dati|indirizzo|account)|\bmijn (?:\S+ ){0,2}(?:gegevens|adres|account)|(?:gegevens|data) (?:\S+ ){0,4}van mij|moi(?:ch|m|je)\w* (?:\S+ ){0,2}(?:dan\w+|adres\w*)|"
    r"私(?:の|に関する)|我的|本人(?:的)?(?:个人)?(?:信息|数据)"
)


def _line(folded: str, start: int, end: int) -> tuple[int, int]:
    stop = folded.find("\n", end)
    return folded.rfind("\n", 0, start) + 1, len(folded) if stop < 0 else stop


def _heads(folded: str, start: int, end: int) -> bool:
    """A letterhead: a short line of its own near the top that begins with the name."""
    first, last = _line(folded, start, end)
    return (
        start < 400 and last - first < 90 and not folded[first:start].strip(" *#-|") and folded[last - 1] not in ".,;"
    )


def _signs(folded: str, start: int, end: int) -> bool:
    """A scheme's department as letterhead or signature ("Visa Dispute Resolution Team"), or "we at Visa"."""
    before = folded[max(0, start - 40) : start]
    if re.search(r"(?:\bwe at|\bhere at|\bthis is|\bwir (?:bei|von)|\bchez|©|\(c\))(?: \d{4})? (?:the )?$", before):
        return not re.match(r" (?:card|transaction|payment|debit|credit|reason|dispute)", folded[end:])
    first, last = _line(folded, start, end)
    if last - first > 70 or (start > 300 and len(folded) - end > 500):
        return False
    rest = re.findall(r"[^\W\d_]+", folded[first:start] + " " + folded[end:last])
    return bool(rest) and all(word in _GENERIC for word in rest) and bool(set(rest) & _OFFICES)


_OFFICES = frozenset(
    ["team", "department", "dept", "center", "centre", "resolution", "compliance", "support", "operations", "enforcement", "office", "unit", "desk", "service", "services", "security", "bureau", "division"]
)  # fmt: skip
_COURT_VOICE = re.compile(
    r"by order of (?:the|this) court|(?:the|this) court (?:hereby )?(?:orders|has issued|summons)|you (?:are|have been) (?:hereby )?(?:summoned|sued in)|notice to appear|court summons|hiermit werden sie geladen|"
    r"das gericht (?:fordert|lädt|hat angeordnet)|vous êtes (?:cité|convoqué|assigné)|le greffe (?:du tribunal )?vous|se le (?:cita|emplaza)|queda (?:usted )?(?:citado|emplazado)|lei è (?:citato|convocato)|wordt u (?:gedagvaard|opgeroepen)|"
    r"s[ąa]d (?:wzywa|zobowi[ąa]zuje)|本院(?:受理|依法|传唤)|当裁判所"
)


def court_speaks(text: str) -> bool:
    """The text gives a court's orders in the court's own voice."""
    return _COURT_VOICE.search(fold(text[:6_000])) is not None


def free_mailbox_speaks_as_institution(kind: str, sender: Sender) -> bool:
    """An institution's notice from a mailbox that anyone can open."""
    return sender.free and kind in _FREE_KINDS
