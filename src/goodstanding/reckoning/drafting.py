"""Drafts a reply from a template, stating only what the case can show; the rest is reported as a gap.

The template language is described in docs/reference/playbooks.md. Everything here is a function of its arguments.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from goodstanding.contract import Money
from goodstanding.knowledge import knowledge, rule_version

Value = str | int | Decimal | Money | date | datetime | tuple[str, ...]

_SLOT = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*(?:\|\s*([a-z]+)\s*)?\}\}")
_TAG = re.compile(r"\s*\[(needs|exhibit|record|when|without|plain|optional)(?::\s*([^\[\]]*))?\]\s*$")
_FILTERS = ("", "date", "text")
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
_EXHIBIT = {
    "en": ("Exhibit", "Exhibits", "and"),
    "de": ("Anlage", "Anlagen", "und"),
    "fr": ("pièce", "pièces", "et"),
    "es": ("documento", "documentos", "y"),
    "it": ("allegato", "allegati", "e"),
    "zh": ("附件", "附件", ""),
}
#: The languages that a reply can be written in.
LANGUAGES = tuple(_EXHIBIT)
_CE3 = "visa.rule.ce3"


class TemplateError(Exception):
    """A template is wrong; the message names the line and what is expected there."""


@dataclass(frozen=True)
class FactValue:
    """A fact of the case and where it comes from.

    ``source`` names the case field, order row or exhibit that shows it. Moments are aware; ``zone`` is the IANA zone to
    show one in, else its own offset is shown.
    """

    value: Value
    source: str
    zone: str = ""

    @property
    def given(self) -> bool:
        """Is there anything to say?"""
        return bool(self.value.strip()) if isinstance(self.value, str) else self.value != ()


@dataclass(frozen=True)
class Claim:
    """A slot as it reads in a sentence, with the source of its value."""

    slot: str
    shown: str
    source: str


@dataclass(frozen=True)
class Line:
    """A template line: a heading, or one sentence with what it rests on."""

    number: int
    text: str
    heading: int = 0
    bullet: bool = False
    paragraph: int = 0
    slots: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    exhibits: tuple[tuple[str, ...], ...] = ()  # all of these; of each, any one
    records: tuple[str, ...] = ()
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    without: tuple[str, ...] = ()
    plain: bool = False
    optional: bool = False

    @property
    def sourced(self) -> bool:
        """Does it name what it rests on, or say that it states no fact?"""
        return bool(self.heading or self.plain or self.slots or self.needs or self.exhibits or self.records)


@dataclass(frozen=True)
class Template:
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Sentence:
    """A sentence of the draft with all that proves it. ``exhibits`` are labels in the package."""

    text: str
    claims: tuple[Claim, ...]
    exhibits: tuple[str, ...]
    slots: tuple[str, ...]
    records: tuple[str, ...] = ()
    heading: int = 0
    bullet: bool = False
    paragraph: int = 0


@dataclass(frozen=True)
class Gap:
    """A sentence left out, and what it lacks: fact keys, and groups of evidence ids of which any one would do."""

    sentence: str
    slots: tuple[str, ...]
    exhibits: tuple[tuple[str, ...], ...]
    message_zh: str


@dataclass(frozen=True)
class Draft:
    sentences: tuple[Sentence, ...]
    gaps: tuple[Gap, ...]
    language: str = "en"

    @property
    def text(self) -> str:
        """The letter as Markdown."""
        parts: list[str] = []
        previous: Sentence | None = None
        for item in self.sentences:
            body = (
                f"{'#' * item.heading} {item.text}" if item.heading else f"- {item.text}" if item.bullet else item.text
            )
            parts.append(_joint(previous, item, self.language) + body)
            previous = item
        return "".join(parts) + "\n" if parts else ""


def _joint(previous: Sentence | None, item: Sentence, language: str) -> str:
    if previous is None:
        return ""
    if item.heading or previous.heading or item.paragraph != previous.paragraph:
        return "\n\n"
    if item.bullet:
        return "\n"
    return "" if language == "zh" else " "


def parse(source: str) -> Template:
    """Read a template. Raises ``TemplateError`` on an unknown tag, filter or slot."""
    lines: list[Line] = []
    paragraph = 0
    for number, raw in enumerate(source.splitlines(), 1):
        text = raw.strip()
        if not text:
            paragraph += 1
        elif text.startswith("#"):
            paragraph += 1
            lines.append(_heading(text, number, paragraph))
            paragraph += 1
        elif not (text.startswith("<!--") and text.endswith("-->")):
            lines.append(_sentence(text, number, paragraph))
    return Template(tuple(lines))


def _heading(text: str, number: int, paragraph: int) -> Line:
    title = text.lstrip("#")
    return Line(number, title.strip(), heading=len(text) - len(title), paragraph=paragraph)


def _sentence(text: str, number: int, paragraph: int) -> Line:
    bullet = text.startswith("- ")
    text, tags = _tags(text[2:] if bullet else text, number)
    slots = tuple((name, form or "") for name, form in _SLOT.findall(text))
    rest = _SLOT.sub("", text)
    if "{{" in rest or "}}" in rest or re.search(r"\[\w+:", rest):
        raise TemplateError(f"line {number}: a slot reads {{{{name}}}} or {{{{name|date}}}}, and tags stand at the end")
    for name, form in slots:
        if form not in _FILTERS:
            raise TemplateError(f"line {number}: unknown filter {form!r} on {name}; known are date and text")
    line = Line(
        number,
        text.strip(),
        bullet=bullet,
        paragraph=paragraph,
        slots=tuple(slot for slot in slots if slot[0] != "exhibits"),
        needs=tuple(name for tag, words in tags if tag == "needs" for name in _words(words)),
        exhibits=tuple(_alternatives(group) for tag, words in tags if tag == "exhibit" for group in _words(words)),
        records=tuple(name for tag, words in tags if tag == "record" for name in _words(words)),
        when=tuple(_condition(words, number) for tag, words in tags if tag == "when"),
        without=tuple(name for tag, words in tags if tag == "without" for name in _words(words)),
        plain=any(tag == "plain" for tag, _ in tags),
        optional=any(tag == "optional" for tag, _ in tags),
    )
    _known(line)
    return line


def _tags(text: str, number: int) -> tuple[str, list[tuple[str, str]]]:
    found: list[tuple[str, str]] = []
    while match := _TAG.search(text):
        if match[1] not in ("plain", "optional") and not (match[2] or "").strip():
            raise TemplateError(f"line {number}: [{match[1]}: …] names nothing")
        found.insert(0, (match[1], match[2] or ""))
        text = text[: match.start()]
    if re.search(r"\[\w+(:[^\]]*)?\]\s*$", text):
        raise TemplateError(f"line {number}: unknown tag at the end of {text!r}")
    return text, found


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _alternatives(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|") if word.strip())


def _condition(text: str, number: int) -> tuple[str, tuple[str, ...]]:
    name, equals, values = text.partition("=")
    if not equals or not values.strip():
        raise TemplateError(f"line {number}: write [when: fact = value, value]")
    return name.strip(), tuple(value.lower() for value in _words(values))


def _known(line: Line) -> None:
    store = knowledge()
    names = {*(name for name, _ in line.slots), *line.needs, *line.without, *(name for name, _ in line.when)}
    for name in sorted(names):
        if name not in store.fact_keys:
            raise TemplateError(f"line {line.number}: no fact is called {name!r}; see docs/reference/facts.md")
    for kind in (kind for group in line.exhibits for kind in group):
        if kind not in store.evidence:
            raise TemplateError(f"line {line.number}: no exhibit kind is called {kind!r}")
    for record in line.records:
        if record not in store.by_id:
            raise TemplateError(f"line {line.number}: no knowledge record is called {record!r}")


def draft(
    template: Template | str,
    facts: Mapping[str, FactValue],
    exhibits: Mapping[str, tuple[str, ...]],
    language: str = "en",
) -> Draft:
    """Fill a template with what the case has.

    ``exhibits`` maps evidence kinds to the labels of the exhibits in the package (``ev.refund_proof`` → ``("3",)``). A
    sentence whose facts or exhibits are missing is left out and returned as a gap; one whose condition does not hold is
    left out silently. Headings without sentences go too. In ``zh`` the letter reads as a member reads it beside the
    original: the same sentences, dates and sums in Chinese.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no way to write dates and sums in {language!r}; known are {', '.join(LANGUAGES)}")
    given = _with_ce3_text({name: fact for name, fact in facts.items() if fact.given})
    shown = {kind: labels for kind, labels in exhibits.items() if labels}
    sentences: list[Sentence] = []
    gaps: list[Gap] = []
    lines = (parse(template) if isinstance(template, str) else template).lines
    for line in lines:
        if line.heading:
            sentences.append(Sentence(line.text, (), (), (), heading=line.heading, paragraph=line.paragraph))
        elif _applies(line, given):
            gap = _gap(line, given, shown)
            if gap is None:
                sentences.append(_filled(line, given, shown, language))
            elif not line.optional:
                gaps.append(gap)
    return Draft(_without_empty_headings(sentences, _openings(lines)), tuple(gaps), language)


def ce3_text(processed_on: date) -> str:
    """The value of ``ce3_version`` for a dispute processed on that day; empty where Visa's rule has no text for it.

    ``before_2026_10_24`` or ``from_2026_10_24``, from the versions of ``visa.rule.ce3``.
    """
    version = rule_version(_CE3, processed_on)
    if version is None:
        return ""
    if version.valid_from:
        return f"from_{version.valid_from.replace('-', '_')}"
    following = date.fromisoformat(version.valid_to or "9999-12-30") + timedelta(days=1)
    return f"before_{following.isoformat().replace('-', '_')}"


def _with_ce3_text(facts: dict[str, FactValue]) -> dict[str, FactValue]:
    """The facts with the CE3.0 text of the day the dispute was raised, where nobody named one."""
    raised = facts.get("disputed_at") or facts.get("dispute_created_at")
    if raised is None or "ce3_version" in facts or not isinstance(raised.value, date):
        return facts
    text = ce3_text(raised.value.date() if isinstance(raised.value, datetime) else raised.value)
    return facts | {"ce3_version": FactValue(text, _CE3)} if text else facts


def _applies(line: Line, facts: Mapping[str, FactValue]) -> bool:
    if any(name in facts for name in line.without):
        return False
    return all(name in facts and str(facts[name].value).strip().lower() in values for name, values in line.when)


def _gap(line: Line, facts: Mapping[str, FactValue], exhibits: Mapping[str, tuple[str, ...]]) -> Gap | None:
    needed = dict.fromkeys([*(name for name, _ in line.slots), *line.needs])
    slots = tuple(name for name in needed if name not in facts)
    groups = tuple(group for group in line.exhibits if not any(kind in exhibits for kind in group))
    if not slots and not groups:
        return None
    store = knowledge()
    lacking = [store.fact_keys[name].zh for name in slots]
    lacking += ["或".join(store.evidence[kind].name_zh for kind in group) for group in groups]
    return Gap(line.text, slots, groups, f"缺少：{'、'.join(lacking)}")


def _filled(
    line: Line, facts: Mapping[str, FactValue], exhibits: Mapping[str, tuple[str, ...]], language: str
) -> Sentence:
    found = {label for group in line.exhibits for kind in group for label in exhibits.get(kind, ())}
    labels = tuple(sorted(found, key=lambda label: (len(label), label)))
    claims = [Claim(name, show(facts[name], form, language), facts[name].source) for name, form in line.slots]
    claims += [Claim(name, show(facts[name], "", language), facts[name].source) for name in line.needs]
    values = {(claim.slot, form): claim.shown for claim, (_, form) in zip(claims, line.slots, strict=False)}
    reference = _reference(labels, language)

    def put(match: re.Match[str]) -> str:
        return reference if match[1] == "exhibits" else values[(match[1], match[2] or "")]

    text = _SLOT.sub(put, line.text)
    if reference and "{{exhibits}}" not in line.text.replace(" ", ""):
        text = _append(text, reference, language)
    slots = tuple(dict.fromkeys(claim.slot for claim in claims))
    return Sentence(
        text, tuple(claims), labels, slots, line.records, bullet=line.bullet, paragraph=line.paragraph
    )  # fmt: skip


def _append(text: str, reference: str, language: str) -> str:
    ending = text[-1] if text[-1:] in (".", "!", "?", ":", ";", "。", "！", "？", "：", "；") else ""
    body = text[: len(text) - len(ending)].rstrip()
    return f"{body}（{reference}）{ending}" if language == "zh" else f"{body} ({reference}){ending}"


def _reference(labels: tuple[str, ...], language: str) -> str:
    if not labels:
        return ""
    one, many, joined = _EXHIBIT[language]
    if len(labels) == 1:
        return f"{one} {labels[0]}"
    if language == "zh":
        return f"{many} {'、'.join(labels)}"
    return f"{many} {', '.join(labels[:-1])} {joined} {labels[-1]}"


def _openings(lines: tuple[Line, ...]) -> dict[int, int]:
    """The paragraph that each heading opens with, by the heading's own paragraph; none where a heading follows it."""
    pairs = itertools.pairwise(lines)
    return {line.paragraph: after.paragraph for line, after in pairs if line.heading and not after.heading}


def _without_empty_headings(sentences: list[Sentence], openings: dict[int, int]) -> tuple[Sentence, ...]:
    kept: list[Sentence] = []
    for item in reversed(sentences):
        if not (item.heading and _is_empty(item, kept[::-1], openings.get(item.paragraph))):
            kept.append(item)
    return tuple(reversed(kept))


def _is_empty(heading: Sentence, below: list[Sentence], opening: int | None) -> bool:
    """Is nothing left of the section? A closing line after the section does not fill it: its opening or a list does."""
    if not below or 0 < below[0].heading <= heading.heading:
        return True
    if opening is None or below[0].heading:
        return False
    section = list(itertools.takewhile(lambda item: not item.heading, below))
    return not any(item.paragraph == opening or item.bullet for item in section)


def show(fact: FactValue, form: str = "", language: str = "en") -> str:
    """A value as the language writes it; ``form`` is ``date`` for the day of a moment, else empty."""
    value = fact.value
    if isinstance(value, datetime):
        return _moment(value, fact.zone, form, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, Money):
        return money(value, language)
    if isinstance(value, tuple):
        return ("；" if language == "zh" else "; ").join(_flat(item) for item in value)
    return _flat(str(value))


def _flat(text: str) -> str:
    return ", ".join(part.strip().rstrip(",") for part in text.splitlines() if part.strip())


def _moment(value: datetime, zone: str, form: str, language: str) -> str:
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone; facts hold aware moments")
    local = value.astimezone(ZoneInfo(zone)) if zone else value
    if form == "date":
        return day(local.date(), language)
    between = " " if language == "zh" else ", "
    return f"{day(local.date(), language)}{between}{local:%H:%M} {local.tzname() or 'UTC'}"


def day(value: date, language: str = "en") -> str:
    """``3 March 2026``, ``3. März 2026``, ``3 mars 2026``, ``3 de marzo de 2026``, ``3 marzo 2026``, ``2026年3月3日``."""
    if language == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    month = _MONTHS[language].split()[value.month - 1]
    if language == "de":
        return f"{value.day}. {month} {value.year}"
    if language == "es":
        return f"{value.day} de {month} de {value.year}"
    first = {"fr": "1er", "it": "1º"}.get(language, "1")
    return f"{first if value.day == 1 else value.day} {month} {value.year}"


def money(value: Money, language: str = "en") -> str:
    """``EUR 1,234.50`` in English and Chinese, ``1.234,50 EUR`` in German, Spanish and Italian, ``1 234,50 EUR`` in French."""
    figures, currency = str(value).split(" ")
    whole, _, cents = figures.partition(".")
    separator, point = {"en": (",", "."), "zh": (",", "."), "fr": ("\u00a0", ",")}.get(language, (".", ","))
    number = f"{int(whole):,}".replace(",", separator) if whole.lstrip("-") else whole
    if whole.startswith("-") and not number.startswith("-"):
        number = f"-{number}"
    number += f"{point}{cents}" if cents else ""
    return f"{currency} {number}" if language in ("en", "zh") else f"{number}\u00a0{currency}"
