"""For which organisation does a message speak? By its name line, its domain, and what it says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..fold import fold
from ..organisations import AUTHORITATIVE, PAYMENT, PUBLIC, Organisation, mentions, owners
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
        if wide or (mention.strong and len(words) <= 1) or not words:
            return Claim(mention.organisation, "name")
    return None


def by_text(kind: str, text: str) -> Claim | None:
    """An organisation that the text speaks *as*: letterhead, signature, "we at", "your … account". Schemes never count:
    every acquirer names them."""
    types = SPEAKERS.get(kind)
    if not types:
        return None
    body = text[:12_000]
    folded = fold(body)
    found: list[tuple[int, Organisation]] = []
    for mention in mentions(body, folded):
        item = mention.organisation
        if item.type not in types or item.type in ("scheme", "bank") or item.type not in AUTHORITATIVE:
            continue
        weight = _speaks(folded, mention.start, mention.end, kind, strong=mention.strong)
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
        return 3 if strong and start < 250 and not before.strip() else 0
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


def free_mailbox_speaks_as_institution(kind: str, sender: Sender) -> bool:
    """An institution's notice from a mailbox that anyone can open."""
    return sender.free and kind in _FREE_KINDS
