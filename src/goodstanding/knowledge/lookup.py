"""Questions asked of the knowledge. An unknown code is answered with None, never with a guess."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from goodstanding.contract import Reason

from .fact import Fact, fact, is_confirmed
from .schema import (
    CodeGroup,
    CoolingOff,
    EvidenceItem,
    EvidenceNeed,
    Family,
    GatewayCodes,
    GatewayReason,
    Kind,
    Obligation,
    ReasonCode,
    Record,
    Sender,
)
from .schema.programmes import MailRule, Programme
from .schema.reasons import NetworkRule, Version
from .store import Knowledge, PlaybookFiles, knowledge

_SCHEMES = {
    "american_express": "amex",
    "americanexpress": "amex",
    "cash_app": "cash_app_pay",
    "cashapp": "cash_app_pay",
    "diners": "discover",
    "diners_club": "discover",
    "mc": "mastercard",
    "shopify": "shopify_payments",
}
NETWORKS = ("visa", "mastercard", "amex", "discover")


def record(id_: str) -> Record | None:
    """Any cited record by its id."""
    found: Record | None = knowledge().by_id.get(id_)
    return found


def reason(scheme: str, code: str) -> ReasonCode | GatewayReason | None:
    """The record of a network's code or a gateway's category; letter case, spaces and both spellings of -l(l)ed are met.

    Adyen reports network codes without naming the network here: it is answered only where one network has that code.
    """
    name = _scheme(scheme)
    if name == "adyen":
        found = [hit for network in NETWORKS if (hit := _reasons().get((network, _code(code))))]
        return found[0] if len(found) == 1 else None
    return _reasons().get((name, _code(code)))


def code_group(scheme: str, code: str) -> CodeGroup | GatewayCodes | None:
    """The group that lists a code which has no record of its own (Amex inquiries, retrieval requests, bank debits)."""
    name, wanted = _scheme(scheme), _code(code)
    groups: Iterable[CodeGroup | GatewayCodes] = (
        *knowledge().code_groups.values(),
        *knowledge().gateway_codes.values(),
    )
    for group in groups:
        owner = group.network if isinstance(group, CodeGroup) else group.gateway
        if owner == name and wanted in {_code(item) for item in group.codes}:
            return group
    return None


def family(code: str) -> Family | None:
    """A family by its code."""
    return knowledge().families.get(code)


def family_of(reason_given: Reason | None, category: str = "", gateway: str = "stripe") -> Family | None:
    """The family that a reason belongs to.

    A network's code decides; where it covers several families, or none was given, the ``gateway``'s category does, or
    one of our own reason categories. None where neither is known, or where the reason belongs to no family.
    """
    if reason_given is not None:
        given = reason(reason_given.scheme, reason_given.code)
        if given is not None:
            if found := _families().get(given.id):
                return found
            if not knowledge().unfamilied[given.id].umbrella:
                return None
    if not category:
        return None
    shown = reason(gateway, category)
    if shown is not None and shown.id in _families():
        return _families()[shown.id]
    return next((item for item in knowledge().families.values() if category in item.categories), None)


def evidence(id_: str) -> EvidenceItem | None:
    """An exhibit kind of the vocabulary: ``ev.delivery_full_address``."""
    return knowledge().evidence.get(id_)


def checklist_items(network: str, code: str, stage: str = "dispute") -> tuple[EvidenceNeed, ...]:
    """What a reason asks for, strictest first; nothing for an unknown reason.

    Needs whose list is unconfirmed are given as ``helpful``: they advise and never block. In an inquiry nothing but the
    answer itself is required, so ``required`` is given as ``any_of`` there. The rebuttal letter is the reply, not an exhibit.
    """
    found = reason(network, code)
    if found is None:
        return ()
    sure = is_confirmed(found, "evidence")
    items = [_need(item, sure, stage) for item in found.evidence if item.id != "ev.rebuttal"]
    return tuple(sorted(items, key=lambda item: ("required", "any_of", "helpful").index(item.need)))


def kind(code: str) -> Kind | None:
    """A kind of notice by its code."""
    return knowledge().kinds.get(code)


def sender_for_domain(domain: str) -> Sender | None:
    """The organisation whose mail or web domain this is, or is a sub-domain of; never a mere ending of the text.

    ``visa.com`` answers for ``mail.visa.com`` and not for ``notvisa.com`` or ``visa.com.example.net``. The longest
    domain wins. Whether the domain list was confirmed is asked with ``fact(sender, "mail_domains")``.
    """
    labels = domain.strip().strip(".").lower().split(".")
    for start in range(len(labels) - 1):
        name = ".".join(labels[start:])
        found = _domains().get(name)
        if found and (start == 0 or not _is_public_suffix(name)):  # gov.uk is many bodies' ending
            return found
    return None


def programme(id_: str) -> Programme | MailRule | None:
    """A monitoring programme or a mail provider's rule."""
    return knowledge().programmes.get(id_) or knowledge().mail_rules.get(id_)


def obligations(jurisdiction: str, topic: str = "", on: date | None = None) -> tuple[Obligation, ...]:
    """Duties of a jurisdiction; with ``on``, those in force on that day.

    An unconfirmed date excludes nothing: such a duty is listed and shown as unverified. The EU's own duties are asked for as ``EU``; a member state answers with its national ones.
    """
    return tuple(
        item
        for item in knowledge().obligations.values()
        if item.jurisdiction == jurisdiction.upper()
        and (not topic or item.topic == topic)
        and (on is None or _in_force(item, on))
    )


def cooling_off(jurisdiction: str) -> CoolingOff | None:
    """A destination's withdrawal right; read its figures with ``fact``: many are inferred from the directive only."""
    wanted = jurisdiction.upper()
    return next((item for item in knowledge().cooling_off.values() if item.jurisdiction == wanted), None)


def response_days(network: str, code: str) -> Fact[int] | None:
    """The network's days to respond, in calendar days, where confirmed; else None. They are the acquirer's, not the shop's."""
    found = reason(network, code)
    if not isinstance(found, ReasonCode) or found.response_window is None:
        return None
    days = fact(found, "response_window.network_days")
    return days if days.usable else None


def rule_version(id_: str, on: date) -> Version | None:
    """The text of a network's rule for disputes processed on that day (CE3.0 before and from 2026-10-24)."""
    rule = knowledge().network_rules.get(id_)
    if not isinstance(rule, NetworkRule):
        return None
    day = on.isoformat()
    for item in rule.versions:
        if (item.valid_from or "") <= day <= (item.valid_to or "9999-12-31"):
            return item
    return None


def playbook_for(kind_code: str, family_code: str = "", network: str = "", stage: str = "") -> PlaybookFiles | None:
    """The narrowest playbook for a case: the family's before the kind's own, one for this network and stage before a general."""
    fitting = [
        item
        for item in knowledge().playbooks.values()
        if item.playbook.kind == kind_code
        and not item.playbook.by_hand
        and item.playbook.family in ("", family_code)
        and (not item.playbook.networks or network in item.playbook.networks)
        and (not item.playbook.stages or stage in item.playbook.stages)
    ]
    return max(fitting, key=_narrowness, default=None)


def _narrowness(item: PlaybookFiles) -> tuple[bool, bool, bool, str]:
    book = item.playbook
    return (bool(book.family), bool(book.networks), bool(book.stages), book.id)


def _need(item: EvidenceNeed, sure: bool, stage: str) -> EvidenceNeed:
    if not sure:
        return EvidenceNeed(id=item.id, need="helpful", when_zh=item.when_zh)
    if item.need == "required" and stage in ("alert", "inquiry"):
        return EvidenceNeed(id=item.id, need="any_of", when_zh=item.when_zh)
    return item


def _in_force(item: Obligation, on: date) -> bool:
    day = on.isoformat()
    started = item.effective_from <= day or not is_confirmed(item, "effective_from")
    ended = bool(item.effective_to) and (item.effective_to or "") < day and is_confirmed(item, "effective_to")
    return started and not ended


def _scheme(scheme: str) -> str:
    name = "_".join(scheme.strip().lower().replace("-", "_").split())
    return _SCHEMES.get(name, name)


def _code(code: str) -> str:
    text = "_".join(code.strip().lower().split())
    return text.replace("cancelled", "canceled").replace("unauthorised", "unauthorized")


@lru_cache(maxsize=1)
def _reasons() -> dict[tuple[str, str], ReasonCode | GatewayReason]:
    return index_reasons(knowledge())


def index_reasons(store: Knowledge) -> dict[tuple[str, str], ReasonCode | GatewayReason]:
    """Records by scheme and code. Second codes (Amex four digits, Discover numbers) count only where confirmed and free."""
    found: dict[tuple[str, str], ReasonCode | GatewayReason] = {}
    for item in store.reasons.values():
        found[(item.network, _code(item.lookup_code))] = item
    for shown in store.gateway_reasons.values():
        found[(shown.gateway, _code(shown.code))] = shown
    for item in store.reasons.values():
        if item.four_digit and is_confirmed(item, "four_digit"):
            found.setdefault((item.network, _code(item.four_digit)), item)
        for number in item.stripe_numeric or ():
            if is_confirmed(item, "stripe_numeric"):
                found.setdefault((item.network, _code(number)), item)
    return found


@lru_cache(maxsize=1)
def _families() -> dict[str, Family]:
    return {id_: item for item in knowledge().families.values() for id_ in item.reasons}


@lru_cache(maxsize=1)
def _domains() -> dict[str, Sender]:
    found: dict[str, Sender] = {}
    for item in knowledge().senders.values():
        for name in item.mail_domains:
            found.setdefault(name.lower(), item)
    for item in knowledge().senders.values():
        for name in item.web_domains:
            if "/" not in name:  # a page on somebody's site says nothing of the site
                found.setdefault(name.lower(), item)
    return found


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    import tldextract  # loads an HTTP client: a third of this package's start, needed by one question

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _is_public_suffix(domain: str) -> bool:
    return not _suffixes()(domain).domain
