"""Would this recipient take this package, and could its reader contradict it? From the files alone; knows no Django."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2

from goodstanding import knowledge
from goodstanding.channels import channels
from goodstanding.contract import Limits, Reason, Violation
from goodstanding.reckoning import consistency, harm
from goodstanding.reckoning.checklist import Checklist, Held, Need, checklist
from goodstanding.reckoning.consistency import ExhibitFacts, NoticeFacts, ReplyFacts
from goodstanding.reckoning.ledger import Ledger, check_text
from goodstanding.reckoning.limits import file_violations, text_violations
from goodstanding.rendering.archive import verify_archive
from goodstanding.rendering.messages import written
from goodstanding.rendering.pdf_facts import NotAPdf, inspect

_MOST_PAGES, _MOST_CHARACTERS = 400, 200_000
_CITED = re.compile(
    r"\b(?:Exhibits?|Anlagen?|pièces?|documentos?|allegat[oi])\s+((?:\d+(?:\s*(?:,|and|und|et|y|e)\s*)?)+)", re.I
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


@dataclass
class _Contents:
    document: bytes = b""
    reply: str = ""
    case_ref: str = ""
    exhibits: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


def preflight(package: bytes, target: Target) -> Preflight:
    """Check an archive as ``goodstanding`` writes it, or a bare PDF."""
    broken: list[Violation] = []
    contents = _Contents()
    if package[:4] == b"PK\x03\x04":
        broken = verify_archive(package)
        if not any(item.code in ("archive.unreadable", "archive.no_manifest", "archive.bomb") for item in broken):
            contents = _open(package)
    else:
        contents.document = package
    limits = channels()[target.channel].limits
    pages, of_document = _document(contents, limits)
    violations = (
        *broken,
        *of_document,
        *_files(contents, limits),
        *_reply(contents, limits),
        *_agreement(contents, target),
    )
    return Preflight(target, violations, _needs(contents, target), pages, len(contents.document))


def _open(package: bytes) -> _Contents:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found = _Contents(case_ref=str(manifest.get("case", "")))
        for entry in manifest["files"]:
            name = entry["name"]
            if name not in archive.namelist():
                continue
            content = archive.read(name)
            if entry.get("kind") == "package":
                found.document = content
            elif entry.get("kind") == "reply":
                found.reply = content.decode("utf-8", "replace")
            else:
                label = str(entry.get("exhibit") or name)
                found.exhibits.append({**entry, "label": label})
                found.kinds[label] = str(entry.get("kind", ""))
                found.texts[label] = _text_of(content, str(entry.get("media_type", "")))
    return found


def _text_of(content: bytes, media_type: str) -> str:
    """What can be read without recognising pictures; bounded."""
    if media_type == "application/pdf":
        return "\n".join(_pages_of(content))[:_MOST_CHARACTERS]
    if media_type.startswith("text/") or media_type == "message/rfc822":
        return written(content, media_type).text[:_MOST_CHARACTERS]
    return ""


def _pages_of(pdf: bytes) -> Iterator[str]:
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            page = document[number]
            text = page.get_textpage()
            yield text.get_text_bounded()
            text.close()
            page.close()
    finally:
        document.close()


def _document(contents: _Contents, limits: Limits) -> tuple[int, list[Violation]]:
    if not contents.document:
        return 0, [_violation("package.no_document", "There is no package.pdf in it; build the package again.")]
    try:
        facts = inspect(contents.document)
    except NotAPdf as error:
        return 0, [_violation("package.not_a_pdf", str(error))]
    found = []
    if facts.encrypted:
        found.append(
            _violation("package.encrypted", "The PDF is encrypted; recipients refuse that. Save it without a password.")
        )
    if facts.has_javascript or facts.has_embedded_files:
        found.append(_violation("package.active", "The PDF holds scripts or attached files; print it to a plain PDF."))
    if facts.fonts_not_embedded:
        names = ", ".join(facts.fonts_not_embedded[:5])
        found.append(
            _violation("package.fonts", f"Fonts are not embedded ({names}); others will see other letters.", "serious")
        )
    if not facts.pdfa:
        found.append(_violation("package.no_pdfa", "The PDF does not claim PDF/A; some recipients ask for it.", "note"))
    if limits.max_pages is not None and facts.pages > limits.max_pages:
        message = (
            f"{facts.pages} pages; the recipient takes {limits.max_pages}. Leave out {facts.pages - limits.max_pages}."
        )
        found.append(_violation("package.too_many_pages", message))
    if contents.case_ref:
        missing = [
            number for number, text in enumerate(_pages_of(contents.document), 1) if contents.case_ref not in text
        ]
        if missing and len(missing) < facts.pages:
            shown = ", ".join(map(str, missing[:10]))
            found.append(_violation("package.case_id_missing", f"The case id is not on page {shown}.", "serious"))
    return facts.pages, found


def _files(contents: _Contents, limits: Limits) -> list[Violation]:
    if not contents.document:
        return []
    plain = Limits(
        media_types=limits.media_types,
        max_file_bytes=limits.max_file_bytes,
        max_total_bytes=limits.max_total_bytes,
        source=limits.source,
    )
    return file_violations({"package.pdf": ("application/pdf", len(contents.document))}, plain)


def _reply(contents: _Contents, limits: Limits) -> list[Violation]:
    if not contents.reply.strip():
        return (
            [_violation("reply.empty", "There is no reply in it; a package without one is rarely read.")]
            if contents.exhibits
            else []
        )
    found = text_violations({"reply.md": contents.reply}, limits)
    labels = {item["label"] for item in contents.exhibits}
    cited = {number for match in _CITED.finditer(contents.reply) for number in re.findall(r"\d+", match[1])}
    for number in sorted(cited - labels, key=int):
        found.append(
            _violation("reply.no_such_exhibit", f"The reply cites exhibit {number}, which is not in the package.")
        )
    for item in harm.placeholders("", contents.reply):
        found.append(_violation("reply.placeholder", f"Unfilled text in the reply: {item.quote!r}.", item.grade))
    if any(contents.texts.values()):
        known = Ledger.of({}, {label: (label,) for label in labels}, also=(contents.case_ref, *contents.texts.values()))
        for loose in check_text(contents.reply, known):
            message = f"{loose.token!r} in the reply is shown by no exhibit that can be read."
            found.append(_violation("reply.unproven", message, "note" if loose.kind == "number" else "serious"))
    return found


def _agreement(contents: _Contents, target: Target) -> Iterator[Violation]:
    """What contradicts itself, or harms its own side."""
    exhibits = [
        ExhibitFacts(id=item["label"], kind=contents.kinds[item["label"]], text=contents.texts[item["label"]])
        for item in contents.exhibits
    ]
    family = knowledge.family_of(_reason(target))
    notice = NoticeFacts(case_ref=contents.case_ref, family=family.code if family else "")
    for item in consistency.check(exhibits, None, notice, ReplyFacts(text=contents.reply)):
        subject = " / ".join(side.source for side in (item.left, item.right) if side.source)
        yield Violation(
            code=f"agreement.{item.code}",
            message=f"{item.field}: {item.left.value!r} against {item.right.value!r}"
            if item.right.value
            else item.left.value,
            grade=item.grade,
            subject=subject,
            facts={"zh": item.message_zh},
        )


def _reason(target: Target) -> Reason | None:
    return Reason(scheme=target.network, code=target.code) if target.code else None


def _needs(contents: _Contents, target: Target) -> Checklist:
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
    held: Iterable[Held] = (Held(id=item["label"], kind=contents.kinds[item["label"]]) for item in contents.exhibits)
    return checklist(needs, held, network=target.network, reason=target.code, channel=target.channel)


def _violation(code: str, message: str, grade: str = "fatal") -> Violation:
    return Violation(code=code, message=message, grade=grade)
