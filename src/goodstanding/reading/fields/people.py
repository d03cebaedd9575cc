"""Who complains: consumer, cardholder, reviewer, data subject, client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..fold import fold
from ..organisations import mentions
from ..result import Field
from ..yamlfile import HERE, load
from .candidate import Candidate, choose

_UPPER = "A-ZÀ-ÖØ-ÞŁŚŻŹĆŃĘĄČŠŽŐŰİ"
_WORD = rf"(?:[{_UPPER}]\.(?:-?[{_UPPER}]\.)?|(?:[dlO]['’])?[{_UPPER}][\w\-]*(?:['’](?!s\b)[\w\-]+)*)"
_LINK = r"(?:de la|de los|van der|van den|van de|von der|de|van|von|der|den|la|le|di|da|del|della|du|dos|el|al|bin|ter|ten|y|zu)"
_FULL = rf"{_WORD}(?:[ ](?:{_LINK}[ ])?{_WORD}){{0,3}}"
_HANDLE = r"[A-Za-z][\w.\-]{2,29}"
_WIDE = r"[一-龥ぁ-んァ-ヶー々]{1,6}[ 　]?[一-龥ぁ-んァ-ヶー々]{0,6}"
_FIRM = re.compile(r" (?:Ltd|Limited|LLC|Inc|GmbH|AG|UG|B\.?V|S\.?A\.?S?|S\.?r\.?l|S\.?L|Sp\. z o\.o)\.?$")
_TITLE_ROLE = re.compile(
    r"\s*(?:,|-|\n)\s*(?:rechtsanw|solicitor|attorney|advoca|avocat|abogad|avvocat|radca|adwokat|case (?:officer|worker|handler)|inspector|investigator|paralegal|partner\b|sachbearbeit|im auftrag)"
)
_HONORIFIC = re.compile(r"(?:様|さま|さん|氏|殿)$")
#: Kinds that the person behind them writes.
_FORMAL = frozenset(
    {"chargeback", "pre_dispute_alert", "refund_dispute", "regulator", "data_protection", "legal_threat"}
)
_OWN = frozenset({"consumer_complaint", "data_protection"})


@dataclass(frozen=True, slots=True)
class _Words:
    label: re.Pattern[str]
    lead: re.Pattern[str]
    verb: re.Pattern[str]
    title: re.Pattern[str]
    close: re.Pattern[str]
    close_inline: re.Pattern[str]
    wide_label: re.Pattern[str]
    addressed: re.Pattern[str]
    wide_inline: tuple[re.Pattern[str], ...]
    not_names: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    row = load(HERE / "people.yaml")
    titles = "|".join(sorted(map(re.escape, row["titles"]), key=len, reverse=True))
    part = r"(?:'s)?(?: \(?(?:name|nom|nombre|nome|naam|imię i nazwisko|identity|full name)\)?)?"
    return _Words(
        label=re.compile(
            rf"(?:^|[\n|•*\-\t(]|[.;,] ) ?(?:{'|'.join(row['labels'])}){part}(?:[ \t]*[:=|][ \t|]*|[ \t]{{2,}})"
        ),
        lead=re.compile(rf"(?<![\w-])(?:{'|'.join(row['leads'])})(?:(?<=['\s,])|(?![^\W\d_]))(?: ?\(|[ \n])?"),
        verb=re.compile(rf" (?:{row['verbs']})"),
        title=re.compile(rf"(?:{titles})\.?[ ]"),
        close=re.compile(rf"(?:^|\n)[ \t]*{row['closings']}\W*\n+\s*"),
        close_inline=re.compile(rf"(?:^|[\n.!?,] ?){row['closings']}[,.!:-]{{0,2}} +"),
        wide_label=re.compile(rf"(?:{row['wide_labels']})\s*(?:[:：]|\|)\s*"),
        addressed=re.compile(rf"(?<!\w)(?:{row['addressed']})[\s,]*$"),
        wide_inline=tuple(map(re.compile, row["wide_inline"])),
        not_names=frozenset(row["not_names"]),
    )


_LINK_WORD = re.compile(_LINK, re.I)
_NAME_AT = re.compile(_FULL)
_HANDLE_AT = re.compile(_HANDLE)
_WIDE_AT = re.compile(rf"[一-龥]{{1,4}}\d{{2,8}}|{_WIDE}")
_SUBJECT = re.compile(
    rf"(?<![\w.@]){_WORD}(?:[ ](?:{_LINK}[ ])?{_WORD}){{0,3}}(?= [a-zńłśżâéèo]|['’]s (?:bank|card|issuer))"
)


def complainant_in(text: str, flat: str, kind: str, display: str) -> Field | None:
    """The person behind the matter. In a consumer's own mail that is who signs it."""
    words = _words()
    found: list[Candidate] = []
    for match in words.label.finditer(flat):
        _at(found, text, flat, match.end(), 4.0, "complainant.label", alone=True)
    for match in words.lead.finditer(flat):
        _at(found, text, flat, match.end(), 2.5, "complainant.inline", alone=kind == "review")
    if kind in _FORMAL:
        _titled(found, text, flat)
    if kind != "dispute_result" or not found:
        _subjects(found, text, flat, kind)
    for match in words.wide_label.finditer(text):
        _wide(found, text, match.end(), 4.0, "complainant.label")
    for pattern in words.wide_inline:
        for match in pattern.finditer(text):
            found.append(Candidate(match["v"], match.span("v"), 2.5, "complainant.inline"))
    if kind in _OWN:
        _signed(found, text, flat, display)
    return choose(text, found, 2.0)[0]


def _at(found: list[Candidate], text: str, flat: str, start: int, weight: float, rule: str, *, alone: bool) -> None:
    """A name that stands at this place, with or without a title. ``alone``: one word, or a handle, will do."""
    title = _words().title.match(flat, start)
    at = title.end() if title else start
    name = _NAME_AT.match(text, at)
    if name is None:
        handle = _HANDLE_AT.match(text, at) if alone and rule == "complainant.label" else None
        if handle and re.search(r"[\d_]", handle[0]) and not re.match(r"[@:/]", text[handle.end() :]):
            found.append(Candidate(handle[0].rstrip(".-"), (at, at + len(handle[0].rstrip(".-"))), weight, rule))
        return
    end = name.end()
    if alone and " " not in name[0] and (handle := _HANDLE_AT.match(text, at)) and re.search(r"[\d_]", handle[0]):
        end = handle.end()
    value = _kept(text[at:end])
    if not value or (" " not in value and not title and not alone):
        return
    if _TITLE_ROLE.match(flat, at + len(value)) or text[at + len(value) : at + len(value) + 1] in ("@", "/"):
        return
    if rule != "complainant.label" and any(item.strong for item in mentions(value, fold(value))):
        return
    begin = start if title else at
    found.append(
        Candidate(text[begin : at + len(value)], (begin, at + len(value)), weight + (0.1 if title else 0), rule)
    )


def _kept(name: str) -> str:
    """The name without words that are none at its end; "" where it begins with one."""
    words = name.split(" ")
    stop = _words().not_names
    if words[0].rstrip(".,") in stop:
        return ""
    for index, word in enumerate(words):
        if word.rstrip(".,") in stop and not (_LINK_WORD.fullmatch(word) and index + 1 < len(words)):
            words = words[:index]
            break
    while words and re.fullmatch(_LINK, words[-1]):
        words.pop()
    value = " ".join(words)
    return value if re.search(rf"\b[{_UPPER}]\.$", value) or _FIRM.search(value) else value.rstrip(".,-'’")


def _subjects(found: list[Candidate], text: str, flat: str, kind: str) -> None:
    """ "Mia Torres disputed …": a full name that does something; in a review any name."""
    words = _words()
    seen = 0
    for match in _SUBJECT.finditer(text):
        value = match[0]
        if (" " not in value and kind != "review") or not (
            flat.startswith("'s", match.end()) or words.verb.match(flat, match.end())
        ):
            continue
        seen += 1
        if seen > 40:
            return
        parts = value.split(" ")
        while parts and parts[0].rstrip(".,") in words.not_names:
            parts.pop(0)
        value = " ".join(parts)
        initial = re.search(rf"\b[{_UPPER}]\.$", value)
        whole = _kept(value) == (value if initial else value.rstrip(".,-'’"))
        if not value or not whole or (" " not in value and kind != "review"):
            continue
        if any(True for _ in mentions(value, fold(value))):
            continue
        at = match.end() - len(value)
        found.append(Candidate(value, (at, match.end()), 3.0 if kind == "review" else 2.2, "complainant.subject"))


def _titled(found: list[Candidate], text: str, flat: str) -> None:
    """ "Mrs Joan Price": a titled full name in the letter's body that is neither addressed nor signs."""
    words = _words()
    closing = list(words.close.finditer(flat))
    last = closing[-1].start() if closing else len(text)
    for count, match in enumerate(words.title.finditer(flat, 0, last)):
        if count > 60:
            return
        before = flat[match.start() - 1 : match.start()]
        if before.isalnum() or (len(match[0].strip()) == 1) or match[0].startswith(("dr", "prof", "dott")):
            continue
        if text[match.end() : match.end() + 1].isupper() and not words.addressed.search(
            flat[max(0, match.start() - 34) : match.start()]
        ):
            name = _NAME_AT.match(text, match.end())
            if name and " " in _kept(name[0]):
                _at(found, text, flat, match.start(), 2.1, "complainant.titled", alone=False)


def _wide(found: list[Candidate], text: str, at: int, weight: float, rule: str) -> None:
    name = _NAME_AT.match(text, at) or _HANDLE_AT.match(text, at) or _WIDE_AT.match(text, at)
    if name is None:
        return
    wide = _WIDE_AT.match(text, at)
    value = _HONORIFIC.sub("", wide[0].strip()) if wide else name[0].rstrip(".,-")
    if not wide and (handle := _HANDLE_AT.match(text, at)) and len(handle[0]) > len(value) and " " not in value:
        value = handle[0].rstrip(".-")
    found.append(Candidate(value, (at, at + len(value)), weight, rule))


def _signed(found: list[Candidate], text: str, flat: str, display: str) -> None:
    words = _words()
    closing = list(words.close.finditer(flat))
    if closing:
        at = closing[-1].end()
        name = _NAME_AT.match(text, at)
        if name and re.match(r"[ \t]*(?:\n|$|,)", text[name.end() : name.end() + 3]) and (value := _kept(name[0])):
            found.append(Candidate(value, (at, at + len(value)), 3.0, "complainant.signature"))
            return
    for match in words.close_inline.finditer(flat):
        name = _NAME_AT.match(text, match.end())
        if name and not text[name.end() :].strip(" .\n") and (value := _kept(name[0])):
            found.append(Candidate(value, (match.end(), match.end() + len(value)), 2.5, "complainant.signature"))
            return
    lines = [line for line in text.rstrip().split("\n") if line.strip()]
    if lines:
        last = lines[-1].strip().lstrip("-–—~* ").rstrip()
        at = text.rstrip().rfind(last) if last else -1
        if last and _NAME_AT.fullmatch(last) and len(last) < 40 and (value := _kept(last)):
            weight = 2.5 if " " in value else 2.0
            found.append(Candidate(value, (at, at + len(value)), weight, "complainant.signature"))
            return
        if re.fullmatch(r"[一-龥ぁ-んァ-ヶー々]{2,5}[ 　]?[一-龥ぁ-んァ-ヶー々]{0,5}", last):
            found.append(Candidate(last, (at, at + len(last)), 2.5, "complainant.signature"))
            return
    if display and (at := text.find(display)) >= 0 and len(display.split()) > 1:
        found.append(Candidate(display, (at, at + len(display)), 2.0, "complainant.from_name"))
