"""Would this recipient take this package, and could its reader contradict it? From the files alone; knows no Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from goodstanding import knowledge
from goodstanding.channels import channels
from goodstanding.contract import Limits, Order, Reason, Violation
from goodstanding.knowledge.schema.evidence import FileRule
from goodstanding.reckoning import consistency
from goodstanding.reckoning.checklist import Checklist, Held, Need, checklist
from goodstanding.reckoning.consistency import Contradiction, ExhibitFacts, NoticeFacts, ReplyFacts
from goodstanding.reckoning.limits import file_violations, tightest
from goodstanding.rendering.archive import verify_archive
from goodstanding.rendering.pdf_facts import NotAPdf, inspect

from .packed import STILL_READABLE, Contents, blank, opened, pages_of, violation
from .preflight_reply import raised, reply_violations

#: Proof in which this is found shows the opposite of what its kind stands for.
_REFUTING = frozenset(
    {"harm.not_delivered", "harm.returned", "harm.attempted", "harm.avs_mismatch", "harm.cvv_mismatch"}
)


class UnknownTarget(ValueError):
    """The recipient that was named is not known; the message lists what is."""


@dataclass(frozen=True)
class Target:
    """For whom: a channel, and where it matters a network and its reason code."""

    channel: str
    network: str = ""
    code: str = ""

    @classmethod
    def of(cls, text: str) -> Target:
        """``stripe:visa:13.1``, ``paypal``, ``shopify:mastercard:4853``. Raises UnknownTarget."""
        channel, _, rest = text.partition(":")
        network, _, code = rest.partition(":")
        if channel not in channels():
            raise UnknownTarget(f"没有叫“{channel}”的渠道；可用的有：{'、'.join(channels())}")
        if code and knowledge.reason(network, code) is None:
            raise UnknownTarget(f"知识库里没有 {network} 的原因代码 {code}，请核对写法，如 stripe:visa:13.1")
        return cls(channel, network, code)


@dataclass(frozen=True)
class Preflight:
    """``violations`` are what breaks a rule or can be contradicted; ``checklist`` what this reason asks for."""

    target: Target
    violations: tuple[Violation, ...]
    checklist: Checklist
    pages: int
    bytes: int

    @property
    def passes(self) -> bool:
        """Nothing fatal, and nothing demanded is missing."""
        return self.checklist.complete and not any(item.grade == "fatal" for item in self.violations)


def preflight(package: bytes, target: Target) -> Preflight:
    """Check an archive as ``goodstanding`` writes it, or a bare PDF."""
    broken: list[Violation] = []
    contents = Contents()
    if package[:2] == b"PK":
        broken = verify_archive(package)
        if all(item.code in STILL_READABLE for item in broken):
            contents = opened(package)
        contents.packed = True
    else:
        contents.document = package
    whole = contents.packed and all(item.code in STILL_READABLE for item in broken)
    limits = _limits(target)
    pages, of_document = _document(contents, limits) if whole or not contents.packed else (0, [])
    agreement = tuple(_agreement(contents, target))
    violations = [
        *broken,
        *of_document,
        *_files(contents, limits),
        *(_proof(contents) if whole else ()),
        *(reply_violations(contents, limits, (target.network, target.code)) if whole else ()),
        *map(_as_violation, agreement),
    ]
    needs = _needs(contents, target, agreement)
    if whole and contents.exhibits and not contents.empty:
        violations += _nothing_asked_for(needs)
    return Preflight(target, tuple(violations), needs, pages, len(contents.document))


def _limits(target: Target) -> Limits:
    """The channel's limits and, where they are confirmed, the network's: the stricter of each."""
    rules = knowledge.record("doc.network_limits")
    name = {"discover": "discover_diners", "diners": "discover_diners"}.get(target.network, target.network)
    own = channels()[target.channel].limits
    if not isinstance(rules, FileRule) or not any(point.id == name for point in rules.rules):
        return own

    def confirmed(what: str) -> Any:
        given = knowledge.fact(rules, f"rules.{name}.{what}")
        return given.value if given.usable else None

    return tightest(
        own,
        Limits(
            max_file_bytes=_bytes(confirmed("max_mb")),
            max_total_bytes=_bytes(confirmed("max_total_mb")),
            max_pages=confirmed("max_pages"),
            source=rules.source[0].url or rules.source[0].document,
        ),
    )


def _bytes(megabytes: Decimal | None) -> int | None:
    return int(megabytes * 1_000_000) if megabytes is not None else None


def _document(contents: Contents, limits: Limits) -> tuple[int, list[Violation]]:
    if not contents.document:
        return 0, [violation("package.no_document", "There is no package.pdf in it; build the package again.")]
    try:
        facts = inspect(contents.document)
    except NotAPdf as error:
        return 0, [violation("package.not_a_pdf", str(error))]
    found = []
    if facts.encrypted:
        found.append(
            violation("package.encrypted", "The PDF is encrypted; recipients refuse that. Save it without a password.")
        )
    if facts.has_javascript or facts.has_embedded_files:
        found.append(violation("package.active", "The PDF holds scripts or attached files; print it to a plain PDF."))
    if facts.fonts_not_embedded:
        names = ", ".join(facts.fonts_not_embedded[:5])
        found.append(
            violation(
                "package.fonts",
                f"Fonts are not embedded ({names}); others will see other letters.",
                "serious",
                fonts=names,
            )
        )
    if not facts.pdfa:
        found.append(violation("package.no_pdfa", "The PDF does not claim PDF/A; some recipients ask for it.", "note"))
    if limits.max_pages is not None and facts.pages > limits.max_pages:
        message = (
            f"{facts.pages} pages; the recipient takes {limits.max_pages}. Leave out {facts.pages - limits.max_pages}."
        )
        numbers = {"is": str(facts.pages), "limit": str(limits.max_pages), "source": limits.source}
        found.append(Violation(code="package.too_many_pages", message=message, facts=numbers))
    texts = list(pages_of(contents.document))
    if facts.pages and not texts and not facts.encrypted:
        message = "The PDF is damaged: not every program can open it; build the package again."
        return facts.pages, [*found, violation("package.not_a_pdf", message)]
    if not facts.encrypted and not any(text.strip() for text in texts) and blank(contents.document):
        found.append(violation("package.blank", "All pages of the PDF are blank; build the package again."))
    elif not contents.packed:
        message = "Only a PDF: the exhibits in it cannot be told apart, so they were not held against each other."
        found.append(violation("package.only_a_pdf", message, "serious"))
    missing = [number for number, text in enumerate(texts, 1) if contents.case_ref not in text]
    if missing and any(text.strip() for text in texts):
        shown = ", ".join(map(str, missing[:10]))
        found.append(
            violation("package.case_id_missing", f"The case id is not on page {shown}.", "serious", pages=shown)
        )
    return facts.pages, found


def _files(contents: Contents, limits: Limits) -> list[Violation]:
    if not contents.document:
        return []
    plain = Limits(
        media_types=limits.media_types,
        max_file_bytes=limits.max_file_bytes,
        max_total_bytes=limits.max_total_bytes,
        source=limits.source,
    )
    size = len(contents.document)
    found = file_violations({"package.pdf": ("application/pdf", size)}, plain)
    return [replace(item, facts={**item.facts, "is": str(size)}) for item in found]


def _proof(contents: Contents) -> Iterator[Violation]:
    """Is there any proof at all, and does each exhibit say something?"""
    if len(contents.empty) == len(contents.exhibits):
        yield violation("package.no_exhibits", "There is no exhibit in it that shows anything; add proof.")
        return
    for label in contents.empty:
        yield violation(
            "exhibit.nothing_in_it", f"Exhibit {label} is empty; replace it or leave it out.", "serious", exhibit=label
        )


def _nothing_asked_for(needs: Checklist) -> Iterator[Violation]:
    """Where what a reason asks for is not confirmed, nothing is demanded; having none of it is still worth a look."""
    if needs.items and not any(item.exhibits for item in needs.items):
        names = ", ".join(item.evidence for item in needs.items[:6])
        message = f"None of the proof that this reason usually asks for is in it ({names})."
        yield violation("package.nothing_asked_for", message, "serious")


def _agreement(contents: Contents, target: Target) -> Iterator[Contradiction]:
    """What contradicts itself, or harms its own side. The order record in the package stands in for the order."""
    exhibits = [
        ExhibitFacts(id=item["label"], kind=contents.kinds[item["label"]], text=contents.texts[item["label"]])
        for item in contents.exhibits
    ]
    order: Order | None = consistency.order_told(exhibits)
    family = knowledge.family_of(_reason(target))
    notice = NoticeFacts(case_ref=contents.case_ref, family=family.code if family else "")
    told = [consistency.with_facts(one) for one in exhibits]
    for item in consistency.check(told, order, notice, ReplyFacts(text=contents.reply)):
        yield replace(item, grade=raised(item, contents))


def _as_violation(item: Contradiction) -> Violation:
    subject = " / ".join(side.source for side in (item.left, item.right) if side.source)
    said = f"{item.field}: {item.left.value!r} against {item.right.value!r}" if item.right.value else item.left.value
    return Violation(
        code=f"agreement.{item.code}", message=said, grade=item.grade, subject=subject, facts={"zh": item.message_zh}
    )


def _reason(target: Target) -> Reason | None:
    return Reason(scheme=target.network, code=target.code) if target.code else None


def _needs(contents: Contents, target: Target, agreement: Iterable[Contradiction]) -> Checklist:
    needs = [
        Need(
            evidence=item.id,
            need=item.need,
            label=known.name_zh if known else item.id,
            how_zh=known.how_to_get_zh if known else "",
        )
        for item in knowledge.checklist_items(target.network, target.code)
        for known in (knowledge.evidence(item.id),)
    ]
    refuted = {item.left.source for item in agreement if item.code in _REFUTING and item.grade != "note"}
    unsound = refuted | set(contents.empty)
    held: Iterable[Held] = (
        Held(id=label, kind=contents.kinds[label], sound=label not in unsound) for label in contents.kinds
    )
    return checklist(needs, held, network=target.network, reason=target.code, channel=target.channel)
