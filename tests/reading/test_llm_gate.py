"""The gate: over all mails of the suite and every lie of the fake model, nothing unverified is shown and nothing is lowered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest
from tests.fakes.llm import LIES, POISON, FakeModel, fields, honest
from tests.reading.test_mails import MAILS, RECEIVERS, TODAY, build

from goodstanding.reading import read
from goodstanding.reading.llm import Config, Suggestions, consent_to, merge, prepare, preview, suggest, translate
from goodstanding.reading.llm.masks import lexicon
from goodstanding.reading.llm.proof import PROPOSED, Case, proven
from goodstanding.reading.llm.quotes import folded
from goodstanding.reading.llm.suggest import Suggested
from goodstanding.reading.result import Reading

#: The fake's Chinese has the right form and no meaning.
plainly = partial(translate, alike=None)

READINGS = [(row, read(build(row), receivers=RECEIVERS, received_at=TODAY)) for row in MAILS]
TERMS = {str(number) for numbers in lexicon()["numbers"].values() for number in numbers.values()} | {
    str(month) for month in range(1, 13)
}


@pytest.fixture(scope="module")
def model() -> Iterator[FakeModel]:
    with FakeModel() as fake:
        yield fake


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client


def bare(reading: Reading) -> Reading:
    """As if the rules had found nothing: all room for a model."""
    return replace(reading, fields={}, deadline=None)


def assert_only_added(before: Reading, after: Reading) -> None:
    assert (after.kind, after.authority, after.authority_reasons, after.deadline) == (
        before.kind,
        before.authority,
        before.authority_reasons,
        before.deadline,
    )
    assert (after.text, after.segments, after.links, after.issuer, after.language) == (
        before.text,
        before.segments,
        before.links,
        before.issuer,
        before.language,
    )
    assert after.needs_human[: len(before.needs_human)] == before.needs_human
    assert after.signals[: len(before.signals)] == before.signals
    for name, field in before.fields.items():
        now = after.fields[name]
        assert replace(now, alternatives=()) == replace(field, alternatives=())
        assert now.alternatives[: len(field.alternatives)] == field.alternatives
    for name in after.fields.keys() - before.fields.keys():
        new = after.fields[name]
        assert new.span is not None
        assert after.text[new.span[0] : new.span[1]] == new.raw
        assert new.rule.startswith("llm.")
        assert "model_suggested" in after.needs_human


@pytest.mark.parametrize("lie", LIES)
def test_no_lie_is_shown(lie: str, model: FakeModel, http: httpx.Client) -> None:
    shown = 0
    for _, reading in READINGS:
        model.behaviour, model.language = LIES[lie], reading.language
        config = model.config(languages="en,de,fr,es,it,nl,pl,pt,ja")
        consent = consent_to(preview(prepare(reading, config, purpose)) for purpose in ("translate", "suggest"))
        if reading.language in lexicon()["negations"] and (made := plainly(reading, config, http, consent)):
            shown += sum(bool(item.chinese) for item in made.sentences)
            for item in made.sentences:
                assert not [word for word in POISON if word in item.chinese and word not in item.original], item
                assert set(re.findall(r"\d+", item.chinese)) <= set(re.findall(r"\d+", item.original)) | TERMS, item
        for start in (reading, bare(reading)):
            answer = suggest(start, config, http, consent)
            merged = merge(start, answer)
            assert_only_added(start, merged)
            assert not [word for word in POISON if any(word in field.value for field in merged.fields.values())]
            assert not answer.found
    if lie in ("true_quote_false_amount", "other_kind"):
        assert shown > 100  # these lie about fields only: what is true is still shown


def test_honest_sentences_are_shown(model: FakeModel, http: httpx.Client) -> None:
    shown = asked = 0
    for _, reading in READINGS:
        if reading.language not in lexicon()["negations"]:
            continue
        model.behaviour, model.language = honest, reading.language
        config = model.config()
        made = plainly(reading, config, http, consent_to([preview(prepare(reading, config, "translate"))]))
        assert made is not None
        shown += sum(bool(item.chinese) for item in made.sentences)
        asked += len(made.sentences)
    assert shown >= 0.97 * asked, f"{shown} of {asked}"


def _quotes(text: str) -> Iterator[str]:
    """Lines, sentences and neighbours of every number: what a careless or clever model may quote."""
    yield from (line for line in text.split("\n") if line.strip())
    yield from re.split(r"(?<=[.!?。])\s+", text)
    for match in re.finditer(r"[^\s,;]*\d[^\s,;]*", text):
        yield match[0]
        yield text[max(0, text.rfind(" ", 0, max(0, match.start() - 1))) : match.end()]


@pytest.mark.parametrize(("row", "reading"), READINGS, ids=[row["id"] for row in MAILS])
def test_whatever_is_quoted_only_true_values_come_out(row: dict[str, Any], reading: Reading) -> None:
    source, case = folded(reading.text), Case.of(reading)
    truth = {name: str(value) if value is not None else None for name, value in row["fields"].items()}
    for quote in set(_quotes(reading.text)):
        at = source.text.find(folded(quote).text.strip())
        if at < 0 or not quote.strip():
            continue
        span = (at, at + len(folded(quote).text.strip()))
        for name in PROPOSED:
            found = proven(name, span, source, reading.text, case)
            if found is None or found.span is None:
                continue
            assert reading.text[found.span[0] : found.span[1]] == found.raw
            rules = reading.fields.get(name)
            known = {truth.get(name), *([rules.value, *(item.value for item in rules.alternatives)] if rules else [])}
            if name in truth:
                assert (
                    found.value.lstrip("#") in {item.lstrip("#") for item in known if item}
                    or found.value[:10] == (truth[name] or "")[:10]
                ), (name, quote, found)
            merged = merge(bare(reading), Suggestions(found=(Suggested(name, found, source.back(span)),)))
            assert_only_added(bare(reading), merged)


def test_what_is_truly_quoted_comes_through(model: FakeModel, http: httpx.Client) -> None:
    """A model that quotes the sentences of the true values gets most of them proven."""
    true = kept = 0
    for row, reading in READINGS:
        start = bare(reading)
        rows = [
            (name, field.value, next(line for line in reading.text.split("\n") if field.raw.split("\n")[0] in line))
            for name, field in reading.fields.items()
            if name in PROPOSED and row["fields"].get(name) == field.value
        ]
        if not rows:
            continue
        model.behaviour = lambda asked, rows=rows: fields(*rows)
        config = model.config()
        answer = suggest(start, config, http, consent_to([preview(prepare(start, config, "suggest"))]))
        true += len(rows)
        kept += len(answer.found)
        for item in answer.found:
            assert item.field.value == row["fields"][item.name]
    assert kept >= 0.8 * true, f"{kept} of {true}"


#: Everyone who is named in the mails' texts.
PEOPLE = (
    "Maria Lopez", "Peter Hall", "Ada Bright", "Pablo Ruiz", "Elena Conti", "Claire Petit", "Jane Fisher", "Petra Klein", "Luc Bernard",
    "Ana Gómez", "Sanne de Vries", "Tom Baker", "Jonas Roth",
)  # fmt: skip


def test_people_do_not_leave() -> None:
    """No name and no mail address of the mails' people is in what would be sent; a part of a name is none either."""
    config = Config(enabled=True, provider="ollama", model="m")
    named = 0
    for _, reading in READINGS:
        texts = "".join(
            text for purpose in ("translate", "suggest") for text in preview(prepare(reading, config, purpose)).texts
        )
        named += sum(name in reading.text for name in PEOPLE)
        assert not [name for name in PEOPLE if name in reading.text and (name in texts or name.split()[-1] in texts)]
        assert "@" not in texts
    assert named >= len(PEOPLE)
