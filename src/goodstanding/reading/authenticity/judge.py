"""The verdict, row by row of the table in ``docs/reference/notice-families.md``; each with its reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..organisations import AUTHORITATIVE, PAYMENT, PUBLIC, Organisation, organisational, owners, public_body_country
from ..result import Authority, Ground, ground
from ..text.mime import Part
from .claims import Claim, by_name, by_text, court_speaks, free_mailbox_speaks_as_institution
from .lookalike import imitated
from .results import Trusted, sealed_by_own, summary, trusted_results
from .sender import Sender, sender_in, sender_of

#: Kinds whose author is a private person or firm, whoever carries the mail.
_PRIVATE = frozenset({"consumer_complaint"})
#: Kinds that private persons and firms send as often: a domain that merely shares a name claims nothing there.
_NO_INSTITUTION = frozenset({"not_a_notice", "data_protection", "legal_threat"})


@dataclass(frozen=True, slots=True)
class Verdict:
    authority: Authority
    reasons: tuple[Ground, ...]
    organisation: Organisation | None
    sender: Sender


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: the mail's headers, its kind and text; ``inner`` is the author of a forwarded message."""

    root: Part
    kind: str
    text: str
    receivers: tuple[str, ...] = ()
    inner: Sender | None = None
    forwarded: bool = False
    verify_dkim: Callable[[], tuple[str, ...]] | None = None  # domains whose signature was verified here
    report: bool = False  # a machine-readable feedback report


def judge(case: Case) -> Verdict:
    """Genuine, phishing, unverified or n/a."""
    if case.forwarded:
        return _forwarded(case)
    sender = sender_of(case.root)
    own = _is_own(sender, case)
    owned = _authoritative(owners(sender.local, sender.domain)) if sender.domain and not sender.free else ()
    owned = owned or _staff(sender)
    trusted = trusted_results(case.root, case.receivers)
    if own:
        return _of_own_people(case, sender, trusted)
    named = by_name(sender)
    if case.kind in _PRIVATE and not (named and not owned):
        return Verdict("unverified", (ground("no_institution"),), None, sender)
    if owned and (named is None or named.organisation in owned or _same_trade(named.organisation, owned)):
        return _right_domain(case, sender, _best(owned, named, case), trusted)
    claim = named or (by_text(case.kind, case.text) if not case.report else None)
    if claim is not None and _is_theirs(claim.organisation, sender):
        return _right_domain(case, sender, claim.organisation, trusted)
    if owned:
        reason = ground("name_of_another", claimed=claim.organisation.name if claim else "", domain=sender.domain)
        return Verdict("phishing", (reason,), claim.organisation if claim else None, sender)
    return _foreign_domain(case, sender, claim, trusted)


def _foreign_domain(case: Case, sender: Sender, claim: Claim | None, trusted: Trusted) -> Verdict:
    """The From domain belongs to no organisation that we know."""
    like = imitated(sender.domain) if sender.domain and not sender.free and case.kind not in _PRIVATE else None
    if like and like[0] == "other_ending" and claim is None and case.kind in _NO_INSTITUTION:
        like = None
    if claim or like:
        claimed = claim.organisation if claim else like[1]  # type: ignore[index]
        reasons = [ground("wrong_domain", claimed=claimed.name, domain=sender.domain or "-")]
        if like:
            reasons.append(ground(f"lookalike_{like[0]}", domain=sender.domain, claimed=like[1].name))
        if sender.free:
            reasons.append(ground("free_mailbox", domain=sender.domain))
        return Verdict("phishing", tuple(reasons), claimed, sender)
    if public_body_country(sender.domain):
        return _public_body(case, sender, trusted)
    if free_mailbox_speaks_as_institution(case.kind, sender) or (
        sender.free and case.kind == "legal_threat" and court_speaks(case.text)
    ):
        return Verdict("phishing", (ground("free_mailbox", domain=sender.domain),), None, sender)
    if case.kind == "not_a_notice":
        return Verdict("n/a", (ground("nothing_claimed"),), None, sender)
    return Verdict("unverified", (ground("unknown_sender", domain=sender.domain or "-"),), None, sender)


def _public_body(case: Case, sender: Sender, trusted: Trusted) -> Verdict:
    """An ending given to public bodies only: an authority that we do not list by name."""
    if case.kind == "not_a_notice" or case.kind in ("regulator", "data_protection", "legal_threat", "dispute_result"):
        return _right_domain(case, sender, None, trusted)
    return Verdict("unverified", (ground("unknown_sender", domain=sender.domain),), None, sender)


def _right_domain(case: Case, sender: Sender, organisation: Organisation | None, trusted: Trusted) -> Verdict:
    name = organisation.name if organisation else sender.domain
    if case.kind == "legal_threat" and organisation is not None and organisation.type != "court":
        return Verdict("unverified", (ground("no_institution"),), organisation, sender)
    extra = (
        ()
        if organisation is None or organisation.confirmed
        else (ground("domain_unconfirmed", domain=sender.domain, claimed=name),)
    )
    if "multiple_from" in sender.tricks:
        foreign = [item for item in sender.others if not organisation or not _is_theirs(organisation, sender_in(item))]
        if foreign:
            return Verdict("phishing", (ground("multiple_from"),), organisation, sender)
    verdict = summary(trusted, sender.domain)
    if verdict == "fail":
        if sealed_by_own(trusted, case.root, case.receivers):
            return Verdict("unverified", (ground("arc_own_list"),), organisation, sender)
        return Verdict(
            "phishing",
            (ground("dmarc_fail", domain=sender.domain, host=", ".join(trusted.hosts)),),
            organisation,
            sender,
        )
    if verdict in ("pass", "dkim"):
        code = "dmarc_pass" if verdict == "pass" else "dkim_aligned"
        return Verdict(
            "genuine", (ground(code, domain=sender.domain, host=", ".join(trusted.hosts)), *extra), organisation, sender
        )
    if case.verify_dkim and any(organisational(item) == sender.org_domain for item in case.verify_dkim()):
        return Verdict("genuine", (ground("dkim_verified_here", domain=sender.domain), *extra), organisation, sender)
    code = {"error": "result_error", "none": "result_none"}.get(verdict, "no_trusted_result")
    reasons = [ground(code, domain=sender.domain)]
    if verdict == "absent" and trusted.foreign:
        reasons.append(
            ground("foreign_results", host=", ".join(dict.fromkeys(item or "-" for item in trusted.foreign)))
        )
    return Verdict("unverified", (*reasons, *extra), organisation, sender)


def _of_own_people(case: Case, sender: Sender, trusted: Trusted) -> Verdict:
    """Sent from the merchant's own domain: its people, its form, its list."""
    claim = by_name(sender) or by_text(case.kind, case.text)
    if claim and summary(trusted, sender.domain) == "fail" and not sealed_by_own(trusted, case.root, case.receivers):
        return Verdict(
            "phishing",
            (ground("dmarc_fail", domain=sender.domain, host=", ".join(trusted.hosts)),),
            claim.organisation,
            sender,
        )
    if case.kind == "not_a_notice" and not claim:
        return Verdict("n/a", (ground("nothing_claimed"),), None, sender)
    return Verdict("unverified", (ground("own_people"),), claim.organisation if claim else None, sender)


def _forwarded(case: Case) -> Verdict:
    """Judged by the inner sender, whose headers prove nothing."""
    inner = case.inner or Sender()
    owned = (_authoritative(owners(inner.local, inner.domain)) if inner.domain and not inner.free else ()) or _staff(
        inner
    )
    named = by_name(inner)
    text = by_text(case.kind, case.text)
    if case.kind in _PRIVATE and not named:
        return Verdict("unverified", (ground("forwarded"),), None, inner)
    if owned:
        if named and named.organisation not in owned and not _same_trade(named.organisation, owned):
            return Verdict(
                "phishing",
                (ground("name_of_another", claimed=named.organisation.name, domain=inner.domain),),
                named.organisation,
                inner,
            )
        if case.kind == "not_a_notice" and not named and not text:
            return Verdict("unverified", (ground("forwarded"),), owned[0], inner)
        return Verdict("unverified", (ground("forwarded"),), _best(owned, named, case), inner)
    claim = named or text
    if not inner.domain:
        if case.kind == "not_a_notice" and not claim:
            return Verdict("n/a", (ground("nothing_claimed"),), None, inner)
        return Verdict("unverified", (ground("forwarded"),), claim.organisation if claim else None, inner)
    if claim and _is_theirs(claim.organisation, inner):
        return Verdict("unverified", (ground("forwarded"),), claim.organisation, inner)
    verdict = _foreign_domain(case, inner, claim, Trusted())
    if verdict.authority == "phishing":
        return Verdict("phishing", (*verdict.reasons, ground("forwarded")), verdict.organisation, inner)
    if verdict.authority == "unverified":
        return Verdict("unverified", (ground("forwarded"),), verdict.organisation, inner)
    return verdict


def _is_own(sender: Sender, case: Case) -> bool:
    if not sender.domain or sender.free:
        return False
    own = {organisational(name.strip().lower()) for name in case.receivers if "." in name}
    return sender.org_domain in own and not owners(sender.local, sender.domain)


def _authoritative(found: tuple[Organisation, ...]) -> tuple[Organisation, ...]:
    return tuple(item for item in found if item.type in AUTHORITATIVE)


def _staff(sender: Sender) -> tuple[Organisation, ...]:
    """The provider's own mailbox on a host where anyone has one: ``staff@hotmail.com``."""
    found = owners(sender.local, sender.domain)
    return (
        found
        if any(
            "#" in domain for item in found for domain in item.domains if domain == f"{sender.domain}#{sender.local}"
        )
        else ()
    )


def _same_trade(named: Organisation, owned: tuple[Organisation, ...]) -> bool:
    """A public body writes under an office's name, a payment provider under a scheme's: no mask."""
    return any({named.type, item.type} <= PUBLIC or {named.type, item.type} <= PAYMENT for item in owned)


def _is_theirs(organisation: Organisation, sender: Sender) -> bool:
    if organisation in owners(sender.local, sender.domain):
        return True
    if organisation.type in PUBLIC:
        country = public_body_country(sender.domain)
        return bool(country) and country in (organisation.country, "EU")
    return False


def _best(owned: tuple[Organisation, ...], named: Claim | None, case: Case) -> Organisation:
    """Several organisations may share a domain (amazon.com): the one named, or the one whose trade the notice is."""
    from .claims import SPEAKERS

    if named and named.organisation in owned:
        return named.organisation
    wanted = SPEAKERS.get(case.kind, frozenset())
    return next((item for item in owned if item.type in wanted), owned[0])
