"""What the merchant's own receiving hosts found: Authentication-Results lines that they, and not the sender, wrote."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from ..organisations import organisational
from ..text.mime import Part

_AUTHOR = frozenset({"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "reply-to", "cc"})
_BY = re.compile(r"\bby\s+([^\s;()]{1,253})")
_FROM = re.compile(r"^\s*from\s+([^\s;()]{1,253})\s*(\([^()]{0,400}(?:\([^()]{0,200}\)[^()]{0,200})?\))?")
_METHOD = re.compile(r"^\s*([A-Za-z][\w-]{1,30})(?:/\d+)?\s*=\s*([A-Za-z]{2,20})(.*)$", re.S)
_PROPERTY = re.compile(r"([a-z]{2,12}\.[\w-]{1,20})\s*=\s*(\"[^\"]{0,300}\"|[^\s;]{1,300})", re.I)


@dataclass(frozen=True, slots=True)
class Result:
    """One ``method=result`` with its properties, lower case."""

    method: str
    result: str
    properties: dict[str, str]


@dataclass(slots=True)
class Trusted:
    """The trusted lines read together."""

    hosts: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)  # authserv-ids of lines that were not believed

    def of(self, method: str) -> list[Result]:
        return [item for item in self.results if item.method == method]


def trusted_results(part: Part, receivers: tuple[str, ...]) -> Trusted:
    """Collect results that the receiving hosts wrote.

    A host writes its lines above what it was given. Going down, everything may be its own until the first ``Received``
    line that none of the merchant's hosts wrote; once one of them says that it took the mail from a foreign host, the next
    ``Received`` line is foreign too, whatever name stands in it.
    """
    found = Trusted()
    wanted = tuple(name.strip().strip(".").lower() for name in receivers if name.strip())
    own_orgs = {organisational(name) for name in wanted}
    at_edge = author_seen = False
    for name, value in part.headers:
        key = name.lower()
        if key == "received":
            if at_edge or not _is_own(_by(value), wanted, own_orgs):
                break
            at_edge = _comes_from_outside(value, wanted, own_orgs)
        elif key in _AUTHOR:
            author_seen = True
        elif key == "authentication-results":
            host, results = parse_results(value)
            if not any(host == item or host.endswith("." + item) for item in wanted):
                found.foreign.append(host)
            elif author_seen and found.hosts:
                # Below the author's own lines, while the host's line was already seen above: brought along.
                found.foreign.append(host)
            else:
                found.hosts.append(host)
                found.results.extend(results)
    return found


def _by(value: str) -> str:
    match = _BY.search(value)
    return match[1].strip("[].").lower() if match else ""


def _is_own(host: str, wanted: tuple[str, ...], own_orgs: set[str]) -> bool:
    if not host or "." not in host or _is_address(host):
        return True  # an inner hop: "by localhost", "by 2002:a05:…"
    return any(host == item or host.endswith("." + item) for item in wanted) or organisational(host) in own_orgs


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.removeprefix("ipv6:"))
    except ValueError:
        return False
    return True


def _comes_from_outside(value: str, wanted: tuple[str, ...], own_orgs: set[str]) -> bool:
    match = _FROM.search(value)
    if not match:
        return False
    name = match[1].strip("[].").lower()
    trace = (match[2] or "").lower()
    if "." not in name or _is_address(name):
        inner = _private(name) or _private(trace)
        return not inner and bool(trace)
    if not _is_own(name, wanted, own_orgs):
        return True
    # The name is what the other side called itself; the looked-up name and address behind it are what the host saw.
    seen = re.findall(r"[\w-]+(?:\.[\w-]+)+", trace)
    hosts = [item for item in seen if not _is_address(item)]
    if hosts and not any(_is_own(item, wanted, own_orgs) for item in hosts):
        return True
    return not hosts and "unknown" in trace and not _private(trace)


def _private(text: str) -> bool:
    for item in re.findall(r"\d{1,3}(?:\.\d{1,3}){3}|::1|fe80:[\da-f:]+|fd[\da-f:]{4,}", text):
        try:
            if ipaddress.ip_address(item).is_private:
                return True
        except ValueError:
            continue
    return "localhost" in text


def parse_results(value: str) -> tuple[str, list[Result]]:
    """Host and results of one Authentication-Results value (RFC 8601), comments removed."""
    plain = _without_comments(value)
    head, *rest = plain.split(";")
    host = head.strip().split()[0].strip(".").lower() if head.strip() else ""
    if "=" in host:
        # Some hosts leave their name out; nobody is named, so nobody is believed.
        return "", []
    results = []
    for item in rest[:200]:
        match = _METHOD.match(item)
        if match:
            properties = {key.lower(): text.strip('"').lower() for key, text in _PROPERTY.findall(match[3])}
            results.append(Result(match[1].lower(), match[2].lower(), properties))
    return host, results


def _without_comments(value: str) -> str:
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for char in value:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"' and depth == 0:
            quoted = not quoted
        elif not quoted and char == "(":
            depth += 1
            continue
        elif not quoted and char == ")" and depth:
            depth -= 1
            continue
        if depth == 0:
            out.append(char)
    return "".join(out)


def aligned(domain: str, with_domain: str) -> bool:
    """Relaxed alignment: the same organisational domain."""
    return bool(domain) and organisational(domain.lstrip("@").rpartition("@")[2]) == organisational(with_domain)


def summary(found: Trusted, domain: str) -> str:
    """``fail``, ``pass``, ``dkim`` (aligned signature without a DMARC result), ``error``, ``none`` or ``absent``."""
    dmarc = [
        item
        for item in found.of("dmarc")
        if not item.properties.get("header.from") or aligned(item.properties["header.from"], domain)
    ]
    words = {item.result for item in dmarc}
    if "fail" in words:
        return "fail"
    if "pass" in words:
        return "pass"
    if words & {"temperror", "permerror"}:
        return "error"
    for item in found.of("dkim"):
        signer = item.properties.get("header.d") or item.properties.get("header.i", "")
        if item.result == "pass" and aligned(signer, domain):
            return "dkim"
    return "none" if words or found.results else "absent"


def sealed_by_own(found: Trusted, part: Part, receivers: tuple[str, ...]) -> bool:
    """``arc=pass`` and the newest ARC seal is of a host of the merchant's own domain."""
    if not any(item.result == "pass" for item in found.of("arc")):
        return False
    own = {organisational(name.strip().lower()) for name in receivers}
    seals: list[tuple[int, str]] = []
    for value in part.all("arc-seal"):
        number = re.search(r"(?:^|;)\s*i\s*=\s*(\d{1,3})", value)
        signer = re.search(r"(?:^|;)\s*d\s*=\s*([\w.-]{1,253})", value)
        if number and signer:
            seals.append((int(number[1]), signer[1].lower()))
    # The receiving host may seal once more itself; the list's seal is the newest that came with the mail.
    ours = [domain for _, domain in sorted(seals, reverse=True)]
    return bool(ours) and organisational(ours[0]) in own
