"""Would this recipient take this package, and could its reader contradict it? From the files alone; knows no Django."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pypdfium2

from goodstanding import knowledge
from goodstanding.channels import channels
from goodstanding.contract import Limits, Order, Reason, Violation
from goodstanding.knowledge.schema.evidence import FileRule
from goodstanding.reading import language
from goodstanding.reckoning import consistency, harm
from goodstanding.reckoning.checklist import Checklist, Held, Need, checklist
from goodstanding.reckoning.consistency import Contradiction, ExhibitFacts, NoticeFacts, ReplyFacts
from goodstanding.reckoning.consistency_text import extract
from goodstanding.reckoning.ledger import Ledger, Unproven, check_text
from goodstanding.reckoning.limits import file_violations, text_violations, tightest
from goodstanding.rendering.archive import verify_archive
from goodstanding.rendering.messages import written
from goodstanding.rendering.pdf_facts import NotAPdf, inspect

_MOST_PAGES, _MOST_CHARACTERS, _MOST_PAGE_CHARACTERS = 400, 200_000, 50_000
#: Of all exhibits together; what comes after is not held against anything.
_MOST_TEXT = 2_000_000
_CITED = re.compile(
    r"(?:\b(?:Exhibits?|Anlagen?|pièces?|documentos?|allegat[oi])\s+|(?:证据|附件)\s?)"
    r"(?P<list>\d{1,4}(?:\s{0,3}(?:,|、|and|und|et|to|bis|y|e|和)\s{0,3}\d{1,4}){0,40})",
    re.I,
)
#: What may be found wrong with an archive whose files can still be read one by one.
_STILL_READABLE = frozenset({"archive.altered", "archive.missing", "archive.extra", "archive.manifest_altered"})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
#: Fewer letters and figures than this prove nothing ("n/a", "see above").
_LEAST_PROOF, _LEAST_REPLY = 8, 20
#: Proof in which this is found shows the opposite of what its kind stands for.
_REFUTING = frozenset(
    {"harm.not_delivered", "harm.returned", "harm.attempted", "harm.avs_mismatch", "harm.cvv_mismatch"}
)
_STEP = re.compile(
    r"deliver|shipp|dispatch|\border|\bplaced\b|\bpaid\b|refund|credit|zugestellt|versandt|bestell|erstatt|livr|exp[ée]di|command|rembours|"
    r"entreg|enviad|pedid|reembols|consegn|spedit|ordin|rimbors|签收|送达|发货|下单|付款|退款",
    re.I,
)
_DISPUTED = re.compile(
    r"disput|chargeback|contest|claim|rückbuch|beanstand|reklam|litige|rétrofactur|contracargo|reclam|争议|拒付", re.I
)
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|\.(?=\S)|(?<=\d)\.|(?<=[Nn]o)\.)+")


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
    empty: list[str] = field(default_factory=list)
    packed: bool = False

    @property
    def readable(self) -> bool:
        """Can every exhibit be read without recognising pictures?"""
        return bool(self.texts) and all(text.strip() for text in self.texts.values())


def preflight(package: bytes, target: Target) -> Preflight:
    """Check an archive as ``goodstanding`` writes it, or a bare PDF."""
    broken: list[Violation] = []
    contents = _Contents()
    if package[:2] == b"PK":
        broken = verify_archive(package)
        if all(item.code in _STILL_READABLE for item in broken):
            contents = _open(package)
        contents.packed = True
    else:
        contents.document = package
    opened = contents.packed and all(item.code in _STILL_READABLE for item in broken)
    limits = _limits(target)
    pages, of_document = _document(contents, limits) if opened or not contents.packed else (0, [])
    agreement = tuple(_agreement(contents, target))
    violations = [
        *broken,
        *of_document,
        *_files(contents, limits),
        *(_proof(contents) if opened else ()),
        *(_reply(contents, limits, target) if opened else ()),
        *map(_as_violation, agreement),
    ]
    needs = _needs(contents, target, agreement)
    if opened and contents.exhibits and not contents.empty:
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


def _open(package: bytes) -> _Contents:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found = _Contents(case_ref=str(manifest.get("case", ""))[:200])
        names, left = set(archive.namelist()), _MOST_TEXT
        for entry in manifest["files"]:
            if entry["name"] not in names:
                continue
            try:
                content = archive.read(entry["name"])
            except _BROKEN:
                continue  # it is named among what was altered
            if entry.get("kind") == "package":
                found.document = content
            elif entry.get("kind") == "reply":
                found.reply = content.decode("utf-8", "replace")[:_MOST_CHARACTERS]
            else:
                left -= len(_enter(found, entry, content, left))
    return found


def _enter(found: _Contents, entry: dict[str, Any], content: bytes, left: int) -> str:
    label = str(entry.get("exhibit") or entry["name"])[:200]
    media_type = str(entry.get("media_type", ""))
    text = _text_of(content, media_type)[: max(0, left)]
    found.exhibits.append({"label": label})
    found.kinds[label] = str(entry.get("kind", ""))
    found.texts[label] = text
    written_out = media_type.startswith("text/") or media_type == "message/rfc822"
    if not content.strip() or (
        written_out and left > 0 and sum(map(str.isalnum, text)) < _LEAST_PROOF and not _says_much(text)
    ):
        found.empty.append(label)
    return text


def _says_much(text: str) -> bool:
    """A result in a word ("AVS: Y") or a few Chinese characters is short and still says something."""
    return bool(consistency.told(text)) or sum("\u3400" <= character <= "\u9fff" for character in text) >= 4


def _text_of(content: bytes, media_type: str) -> str:
    """What can be read without recognising pictures; bounded."""
    if media_type == "application/pdf":
        return "\n".join(_pages_of(content))[:_MOST_CHARACTERS]
    if media_type.startswith("text/") or media_type == "message/rfc822":
        return written(content, media_type).text[:_MOST_CHARACTERS]
    return ""


def _pages_of(pdf: bytes) -> Iterator[str]:
    """The text of each page, "" for one that cannot be read; bounded."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            yield _page_text(document, number)
    finally:
        document.close()


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""
    try:
        words = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""
    else:
        text = str(words.get_text_range(0, min(words.count_chars(), _MOST_PAGE_CHARACTERS)))
        words.close()
        return text
    finally:
        page.close()


def _blank(pdf: bytes) -> bool:
    """Is nothing drawn on any page?"""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            try:
                page = document[number]
            except pypdfium2.PdfiumError:
                return False
            drawn = next(page.get_objects(max_depth=1), None)
            page.close()
            if drawn is not None:
                return False
        return True
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
            _violation(
                "package.fonts",
                f"Fonts are not embedded ({names}); others will see other letters.",
                "serious",
                fonts=names,
            )
        )
    if not facts.pdfa:
        found.append(_violation("package.no_pdfa", "The PDF does not claim PDF/A; some recipients ask for it.", "note"))
    if limits.max_pages is not None and facts.pages > limits.max_pages:
        message = (
            f"{facts.pages} pages; the recipient takes {limits.max_pages}. Leave out {facts.pages - limits.max_pages}."
        )
        numbers = {"is": str(facts.pages), "limit": str(limits.max_pages), "source": limits.source}
        found.append(Violation(code="package.too_many_pages", message=message, facts=numbers))
    texts = list(_pages_of(contents.document))
    if facts.pages and not texts and not facts.encrypted:
        message = "The PDF is damaged: not every program can open it; build the package again."
        return facts.pages, [*found, _violation("package.not_a_pdf", message)]
    if not facts.encrypted and not any(text.strip() for text in texts) and _blank(contents.document):
        found.append(_violation("package.blank", "All pages of the PDF are blank; build the package again."))
    elif not contents.packed:
        message = "Only a PDF: the exhibits in it cannot be told apart, so they were not held against each other."
        found.append(_violation("package.only_a_pdf", message, "serious"))
    missing = [number for number, text in enumerate(texts, 1) if contents.case_ref not in text]
    if missing and any(text.strip() for text in texts):
        shown = ", ".join(map(str, missing[:10]))
        found.append(
            _violation("package.case_id_missing", f"The case id is not on page {shown}.", "serious", pages=shown)
        )
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
    size = len(contents.document)
    found = file_violations({"package.pdf": ("application/pdf", size)}, plain)
    return [replace(item, facts={**item.facts, "is": str(size)}) for item in found]


def _proof(contents: _Contents) -> Iterator[Violation]:
    """Is there any proof at all, and does each exhibit say something?"""
    if len(contents.empty) == len(contents.exhibits):
        yield _violation("package.no_exhibits", "There is no exhibit in it that shows anything; add proof.")
        return
    for label in contents.empty:
        yield _violation(
            "exhibit.nothing_in_it", f"Exhibit {label} is empty; replace it or leave it out.", "serious", exhibit=label
        )


def _nothing_asked_for(needs: Checklist) -> Iterator[Violation]:
    """Where what a reason asks for is not confirmed, nothing is demanded; having none of it is still worth a look."""
    if needs.items and not any(item.exhibits for item in needs.items):
        names = ", ".join(item.evidence for item in needs.items[:6])
        message = f"None of the proof that this reason usually asks for is in it ({names})."
        yield _violation("package.nothing_asked_for", message, "serious")


def _reply(contents: _Contents, limits: Limits, target: Target) -> list[Violation]:
    reply = contents.reply
    if not reply.strip():
        return [_violation("reply.empty", "There is no reply in it; a package without one is rarely read.")]
    found = text_violations({"reply.md": reply}, limits)
    if sum(map(str.isalnum, reply)) < _LEAST_REPLY:
        found.append(
            _violation("reply.too_short", "The reply says next to nothing; state what the exhibits show.", "serious")
        )
    found += _cited(contents)
    for item in harm.placeholders("", reply):
        found.append(
            _violation(
                "reply.placeholder", f"Unfilled text in the reply: {item.quote!r}.", item.grade, quote=item.quote
            )
        )
    return [*found, *_language(reply, limits), *_unproven(contents, target)]


def _cited(contents: _Contents) -> Iterator[Violation]:
    labels = {item["label"] for item in contents.exhibits}
    cited = {number for match in _CITED.finditer(contents.reply) for number in re.findall(r"\d+", match["list"])}
    for number in sorted(cited - labels, key=int):
        yield _violation(
            "reply.no_such_exhibit", f"The reply cites exhibit {number}, which is not in the package.", exhibit=number
        )


def _language(reply: str, limits: Limits) -> Iterator[Violation]:
    """Is the reply in a language that the recipient reads? A translation in the same letter will do."""
    spoken = {tag.split("-")[0].lower() for tag in limits.languages}
    said = language.detect(reply) if spoken else ""
    if not said or said in spoken:
        return
    parts = [part for part in re.split(r"\n\s*\n|\n(?=#)", reply) if part.strip()]
    understood = sum(len(part) for part in parts if len(part) > 80 and language.detect(part) in spoken)
    grade = "serious" if 3 * understood >= len(reply) else "fatal"
    message = f"The reply is in {said}; the recipient reads {', '.join(sorted(spoken))}. Translate it."
    facts = {"language": said, "languages": ", ".join(sorted(spoken)), "source": limits.source}
    yield Violation(code="reply.language", message=message, grade=grade, subject="reply.md", facts=facts)


def _unproven(contents: _Contents, target: Target) -> Iterator[Violation]:
    """Dates, sums and numbers of the reply that no exhibit shows; where all can be read, what they deny must go."""
    texts = contents.texts.values()
    if not any(texts):
        return
    labels = [item["label"] for item in contents.exhibits]
    also = (contents.case_ref, target.network, target.code, *texts)
    known = Ledger.of({}, {label: (label,) for label in labels}, also=also)
    days = {day for text in texts for dated in extract(text).dates for day in dated.readings}
    known = replace(known, days=known.days | days)
    for loose in check_text(contents.reply, known):
        message = f"{loose.token!r} in the reply is shown by no exhibit that can be read."
        yield _violation("reply.unproven", message, _gravity(loose, contents, known), token=loose.token)


def _gravity(loose: Unproven, contents: _Contents, known: Ledger) -> str:
    if loose.kind == "number":
        return "note"
    sentence = next(
        (one[0] for one in _SENTENCE.finditer(contents.reply) if one.start() <= loose.start < one.end()), ""
    )
    if loose.kind == "date" and contents.readable and _STEP.search(sentence):
        days = {day for dated in extract(loose.token).dates for day in dated.readings}
        # The shop's zone and the carrier's may put one moment on two days.
        return "fatal" if days and not any(_about(day, known.days) for day in days) else "serious"
    return "serious"


def _about(day: date, known: Iterable[date]) -> bool:
    return any(abs(day - one) <= timedelta(days=1) for one in known)


def _agreement(contents: _Contents, target: Target) -> Iterator[Contradiction]:
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
        yield replace(item, grade=_raised(item, contents))


def _raised(item: Contradiction, contents: _Contents) -> str:
    """A sum that the order, the notice and the exhibits all do not know is invented, unless the notice may have named it."""
    if item.code != "amount_unknown" or not contents.readable:
        return item.grade
    sums = {str(money): span for money, span in extract(contents.reply).amounts}
    start = sums.get(item.right.value, (-1, -1))[0]
    sentence = next((one[0] for one in _SENTENCE.finditer(contents.reply) if one.start() <= start < one.end()), "")
    return item.grade if not sentence or _DISPUTED.search(sentence) else "fatal"


def _as_violation(item: Contradiction) -> Violation:
    subject = " / ".join(side.source for side in (item.left, item.right) if side.source)
    said = f"{item.field}: {item.left.value!r} against {item.right.value!r}" if item.right.value else item.left.value
    return Violation(
        code=f"agreement.{item.code}", message=said, grade=item.grade, subject=subject, facts={"zh": item.message_zh}
    )


def _reason(target: Target) -> Reason | None:
    return Reason(scheme=target.network, code=target.code) if target.code else None


def _needs(contents: _Contents, target: Target, agreement: Iterable[Contradiction]) -> Checklist:
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


def _violation(code: str, message: str, grade: str = "fatal", **facts: object) -> Violation:
    return Violation(code=code, message=message, grade=grade, facts={key: str(value) for key, value in facts.items()})
