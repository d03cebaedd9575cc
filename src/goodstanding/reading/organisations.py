"""Organisations that write to shops: names in text, domains, home zone. Domains are hints; DMARC or DKIM is the proof."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import tldextract

from .fold import fold
from .yamlfile import HERE, KNOWLEDGE, load

#: Types whose name a forger wears; only these can be ``genuine`` or ``phishing``.
AUTHORITATIVE = frozenset({
    "payment_provider", "scheme", "bank", "acquirer", "alert_service", "authority", "data_protection_authority", "esp",
    "mailbox", "review", "court", "carrier",
})  # fmt: skip
PUBLIC = frozenset({"authority", "data_protection_authority", "court"})
PAYMENT = frozenset({"payment_provider", "scheme", "bank", "acquirer", "alert_service"})


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation. ``domains`` may be ``host#local`` where only one mailbox of a public host is theirs."""

    id: str
    name: str
    type: str
    aliases: tuple[str, ...] = ()
    weak_aliases: tuple[str, ...] = ()  # words that also mean something else: never enough alone
    acronyms: tuple[str, ...] = ()  # compared with letter case
    domains: tuple[str, ...] = ()
    role_domains: tuple[
        str, ...
    ] = ()  # hosts of free mailboxes that they run: sub-domains and role mailboxes are theirs
    country: str = ""
    language: str = ""
    zone: str = ""
    date_order: str = ""
    case_ids: tuple[str, ...] = ()
    source: str = ""
    as_of: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    organisation: Organisation
    start: int
    end: int
    strong: bool


def organisations() -> tuple[Organisation, ...]:
    return _all()


@lru_cache(maxsize=1)
def _all() -> tuple[Organisation, ...]:
    found: list[Organisation] = []
    countries = load(HERE / "countries.yaml")
    for path in sorted((KNOWLEDGE / "organisations").glob("*.yaml")):
        content = load(path)
        meta = content["meta"]
        for row in content["organisations"]:
            home = countries.get(row.get("country", ""), {})
            found.append(
                Organisation(
                    id=row["id"],
                    name=row["name"],
                    type=row.get("type", meta["type"]),
                    aliases=tuple(fold(item) for item in row.get("aliases", ())),
                    weak_aliases=tuple(fold(item) for item in row.get("weak_aliases", ())),
                    acronyms=tuple(row.get("acronyms", ())),
                    domains=tuple(item.lower() for item in row.get("domains", ())),
                    role_domains=tuple(item.lower() for item in row.get("role_domains", ())),
                    country=row.get("country", ""),
                    language=row.get("language", home.get("language", "")),
                    zone=row.get("zone", home.get("zone", "")),
                    date_order=row.get("date_order", home.get("order", "")),
                    case_ids=tuple(row.get("case_ids", ())),
                    source=row.get("source", meta["source"]),
                    as_of=row.get("as_of", meta["as_of"]),
                    confirmed=bool(row.get("confirmed", meta["confirmed"])),
                )
            )
    return tuple(found)


@lru_cache(maxsize=1)
def _public_endings() -> dict[str, str]:
    content = load(KNOWLEDGE / "organisations" / "authorities.yaml")
    return {ending: country for country, endings in content["public_endings"].items() for ending in endings}


def country_facts(country: str) -> dict[str, str]:
    """Zone, language and date order of a country; empty where unknown."""
    found: dict[str, str] = load(HERE / "countries.yaml").get(country, {})
    return found


@lru_cache(maxsize=1)
def _extract() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def organisational(host: str) -> str:
    """The organisational domain of a host: ``stripe.com`` of ``e.stripe.com``. A bare suffix stays itself."""
    name = host.strip().strip(".").lower()[:253]
    found = _extract()(name)
    if not found.suffix and name.count(".") >= 1 and not name.replace(".", "").isdecimal():
        return ".".join(name.rsplit(".", 2)[-2:])  # the list's own default: an unknown ending is one label
    return found.top_domain_under_public_suffix or name


@lru_cache(maxsize=1)
def _domain_index() -> dict[str, tuple[Organisation, ...]]:
    index: dict[str, tuple[Organisation, ...]] = {}
    for item in _all():
        for domain in item.domains:
            index[domain] = (*index.get(domain, ()), item)
    return index


@lru_cache(maxsize=1)
def _role_index() -> tuple[dict[str, tuple[Organisation, ...]], frozenset[str]]:
    """Hosts of free mailboxes by who runs them, and the mailboxes there that nobody else can open (RFC 2142 and custom)."""
    index: dict[str, tuple[Organisation, ...]] = {}
    for item in _all():
        for domain in item.role_domains:
            index[domain] = (*index.get(domain, ()), item)
    return index, frozenset(load(HERE / "free_mailboxes.yaml")["role_locals"])


def _by_role(local: str, domain: str) -> tuple[Organisation, ...]:
    """Who runs a host of free mailboxes, if this address is a role there or stands under it."""
    hosts, locals_ = _role_index()
    if domain in hosts:
        return hosts[domain] if local.replace("_", "-") in locals_ else ()
    labels = domain.split(".")
    for start in range(1, len(labels) - 1):
        if found := hosts.get(".".join(labels[start:])):
            return found
    return ()


def owners(local: str, domain: str) -> tuple[Organisation, ...]:
    """Organisations that list this address's domain, or one it is a sub-domain of; longest listing first."""
    index = _domain_index()
    if found := index.get(f"{domain}#{local}"):
        return found
    if found := _by_role(local, domain):
        return found
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        if found := index.get(".".join(labels[start:])):
            return found
    return ()


def public_body_country(domain: str) -> str:
    """The country whose public bodies alone may use this ending, or ""."""
    labels = domain.split(".")
    endings = _public_endings()
    for start in range(len(labels)):
        if found := endings.get(".".join(labels[start:])):
            return found
    return ""


@lru_cache(maxsize=1)
def free_mailboxes() -> frozenset[str]:
    return frozenset(load(HERE / "free_mailboxes.yaml")["domains"])


def is_free_mailbox(domain: str, local: str = "") -> bool:
    """Whether anyone can open a mailbox there; not so for the roles of the provider itself."""
    if _by_role(local, domain):
        return False
    return domain in free_mailboxes() or organisational(domain) in free_mailboxes()


@lru_cache(maxsize=1)
def _alias_index() -> tuple[dict[str, list[tuple[str, Organisation, bool]]], list[tuple[str, Organisation]]]:
    """Aliases by their first word, and aliases in scripts without spaces."""
    words: dict[str, list[tuple[str, Organisation, bool]]] = {}
    wide: list[tuple[str, Organisation]] = []
    for item in _all():
        for alias, strong in [*((a, True) for a in item.aliases), *((a, False) for a in item.weak_aliases)]:
            if any(char > "\u2e80" for char in alias):
                wide.append((alias, item))
                continue
            first = re.match(r"[^\W_]+", alias)
            if first:
                words.setdefault(first[0], []).append((alias, item, strong))
    return words, wide


@lru_cache(maxsize=1)
def _acronyms() -> dict[str, Organisation]:
    return {name: item for item in _all() for name in item.acronyms}


_REGISTER = re.compile(
    r"\bhr[ab]\b|handelsregister|registergericht|\bkrs\b|\brcs\b|registro mercantil|registro imprese|\bkvk\b"
)


def mentions(text: str, folded: str) -> Iterator[Mention]:
    """Where organisations are named in a text, in no particular order. ``folded`` is ``fold(text)``."""
    words, wide = _alias_index()
    acronyms = _acronyms()
    for match in re.finditer(r"[^\W_]+", folded):
        for alias, item, strong in words.get(match[0], ()):
            end = match.start() + len(alias)
            if folded.startswith(alias, match.start()) and not (
                folded[end : end + 1].isalnum() and alias[-1].isalnum()
            ):
                if item.type == "court" and _REGISTER.search(folded[max(0, match.start() - 40) : end + 60]):
                    continue  # the imprint of a firm names the court that keeps the register
                yield Mention(organisation=item, start=match.start(), end=end, strong=strong)
        if item_ := acronyms.get(text[match.start() : match.end()]):
            yield Mention(organisation=item_, start=match.start(), end=match.end(), strong=False)
    for alias, item in wide:
        at = folded.find(alias)
        if at >= 0:
            yield Mention(organisation=item, start=at, end=at + len(alias), strong=True)
