"""The reply of a package: its language, what it cites, and what it states that no exhibit shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from goodstanding.contract import Limits, Violation
from goodstanding.reading import language
from goodstanding.reckoning import harm
from goodstanding.reckoning.consistency import Contradiction
from goodstanding.reckoning.consistency_text import extract
from goodstanding.reckoning.ledger import Ledger, Unproven, check_text
from goodstanding.reckoning.limits import text_violations

from .packed import Contents, violation

_LEAST_REPLY = 20
_CITED = re.compile(
    r"(?:\b(?:Exhibits?|Anlagen?|pièces?|documentos?|allegat[oi])\s+|(?:证据|附件)\s?)"
    r"(?P<list>\d{1,4}(?:\s{0,3}(?:,|、|and|und|et|to|bis|y|e|和)\s{0,3}\d{1,4}){0,40})",
    re.I,
)
_STEP = re.compile(
    r"deliver|shipp|dispatch|\border|\bplaced\b|\bpaid\b|refund|credit|zugestellt|versandt|bestell|erstatt|livr|exp[ée]di|command|rembours|"
    r"entreg|enviad|pedid|reembols|consegn|spedit|ordin|rimbors|签收|送达|发货|下单|付款|退款",
    re.I,
)
_LEAST_PARCEL_DIGITS = 8
_PARCEL = re.compile(
    r"parcel|package|tracking|shipment|waybill|sendung|paket|colis|suivi|envío|paquete|pacco|spedizione|运单|包裹|快递",
    re.I,
)
_DISPUTED = re.compile(
    r"disput|chargeback|contest|claim|rückbuch|beanstand|reklam|litige|rétrofactur|contracargo|reclam|争议|拒付", re.I
)
_SENTENCE = re.compile(r"(?:[^.!?。！？\n]|\.(?=\S)|(?<=\d)\.|(?<=[Nn]o)\.)+")


def reply_violations(contents: Contents, limits: Limits, also: Iterable[str]) -> list[Violation]:
    reply = contents.reply
    if not reply.strip():
        return [violation("reply.empty", "There is no reply in it; a package without one is rarely read.")]
    found = text_violations({"reply.md": reply}, limits)
    if sum(map(str.isalnum, reply)) < _LEAST_REPLY:
        found.append(
            violation("reply.too_short", "The reply says next to nothing; state what the exhibits show.", "serious")
        )
    found += _cited(contents)
    for item in harm.placeholders("", reply):
        found.append(
            violation("reply.placeholder", f"Unfilled text in the reply: {item.quote!r}.", item.grade, quote=item.quote)
        )
    return [*found, *_language(reply, limits), *_unproven(contents, also)]


def _cited(contents: Contents) -> Iterator[Violation]:
    labels = {item["label"] for item in contents.exhibits}
    cited = {number for match in _CITED.finditer(contents.reply) for number in re.findall(r"\d+", match["list"])}
    for number in sorted(cited - labels, key=int):
        yield violation(
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


def _unproven(contents: Contents, also: Iterable[str]) -> Iterator[Violation]:
    """Dates, sums and numbers of the reply that no exhibit shows; where all can be read, what they deny must go."""
    texts = contents.texts.values()
    if not any(texts):
        return
    labels = [item["label"] for item in contents.exhibits]
    known = Ledger.of({}, {label: (label,) for label in labels}, also=(contents.case_ref, *also, *texts))
    days = {day for text in texts for dated in extract(text).dates for day in dated.readings}
    known = replace(known, days=known.days | days)
    for loose in check_text(contents.reply, known):
        message = f"{loose.token!r} in the reply is shown by no exhibit that can be read."
        yield violation("reply.unproven", message, _gravity(loose, contents, known), token=loose.token)


def _gravity(loose: Unproven, contents: Contents, known: Ledger) -> str:
    sentence = next(
        (one[0] for one in _SENTENCE.finditer(contents.reply) if one.start() <= loose.start < one.end()), ""
    )
    if loose.kind in ("number", "identifier") and sum(map(str.isdigit, loose.token)) >= _LEAST_PARCEL_DIGITS:
        return "fatal" if contents.readable and _PARCEL.search(sentence) else "serious"
    if loose.kind == "number":
        return "note"
    if loose.kind == "date" and contents.readable and _STEP.search(sentence):
        days = {day for dated in extract(loose.token).dates for day in dated.readings}
        # The shop's zone and the carrier's may put one moment on two days.
        return "fatal" if days and not any(_about(day, known.days) for day in days) else "serious"
    return "serious"


def _about(day: date, known: Iterable[date]) -> bool:
    return any(abs(day - one) <= timedelta(days=1) for one in known)


def raised(item: Contradiction, contents: Contents) -> str:
    """A sum that the order, the notice and the exhibits all do not know is invented, unless the notice may have named it."""
    if item.code != "amount_unknown" or not contents.readable:
        return item.grade
    currency = item.right.value[-3:]  # what "$" and "¥" meant when it was read
    read = extract(contents.reply, dollar=currency, yen=currency)
    sums = {str(money): span for money, span in read.amounts}
    start = sums.get(item.right.value, (-1, -1))[0]
    sentence = next((one[0] for one in _SENTENCE.finditer(contents.reply) if one.start() <= start < one.end()), "")
    return item.grade if not sentence or _DISPUTED.search(sentence) else "fatal"
