"""Checks the knowledge as a whole: every reference leads somewhere, every reason has its family, every date is a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import msgspec

from .fact import MATTERS
from .read import KnowledgeError
from .schema import FactKey, ReasonCategory, Record
from .store import PARTS, Knowledge

_DATE_FIELDS = {
    "as_of",
    "dated",
    "effective",
    "effective_from",
    "effective_to",
    "valid_from",
    "valid_to",
    "date",
    "live",
}


def check(store: Knowledge) -> list[str]:
    """Every mistake found, each naming its file or record; empty when all is well."""
    problems: list[str] = []
    for part in PARTS:
        try:
            store.part(part)
        except KnowledgeError as error:
            problems.append(str(error))
    if problems:
        return problems
    try:
        for rule in (_records, _references, _kinds, _families, _playbooks, _headers):
            problems.extend(rule(store))
    except KnowledgeError as error:
        problems.append(str(error))
    return problems


def overdue(store: Knowledge, on: date) -> list[tuple[str, str]]:
    """Files whose ``review_by`` has passed, with that day."""
    for part in PARTS:
        store.part(part)
    return sorted((item.review_by, item.name) for item in store.headers.values() if item.review_by < on.isoformat())


def _headers(store: Knowledge) -> Iterator[str]:
    for header in store.headers.values():
        if not _is_date(header.review_by) or len(header.review_by) != 10:
            yield f"{header.name}: review_by must be a day like 2027-04-30, not {header.review_by!r}"


def _records(store: Knowledge) -> Iterator[str]:
    for record in store.by_id.values():
        yield from (f"{record.id}: {place} is not a date: {value!r}" for place, value in _bad_dates(record))
        yield from _doubts(record)
        if not record.confirmed and record.check_against is None:
            yield f"{record.id}: unconfirmed, so check_against must name the document to read"
        if record.confirmed and all(item.basis == "memory" for item in record.source):
            yield f"{record.id}: confirmed, but every source is memory"


def _doubts(record: Record) -> Iterator[str]:
    for path in record.unconfirmed_fields:
        head = path.split(" where ")[0].split(".")[0]
        if head not in record.__struct_fields__ and head not in MATTERS:
            yield f"{record.id}: unconfirmed_fields names {path!r}, which is neither a field nor a known matter (fact.MATTERS)"


def _bad_dates(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if name in _DATE_FIELDS and isinstance(inner, str) and not _is_date(inner):
                yield f"{place}{name}", inner
            else:
                yield from _bad_dates(inner, f"{place}{name}.")
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _bad_dates(item, f"{place}{index}.")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01-01"[:10] if len(text) < 10 else text)
    except ValueError:
        return False
    return True


def _references(store: Knowledge) -> Iterator[str]:
    for reason in store.reasons.values():
        yield from _missing(reason.id, "evidence", (item.id for item in reason.evidence), store.evidence)
        yield from _missing(reason.id, "parent", [reason.parent] if reason.parent else [], store.reasons)
        folded = [reason.folded_into] if reason.folded_into else []
        yield from _missing(reason.id, "folded_into", folded, store.reasons)
        flow = reason.response_window.flow if reason.response_window else None
        yield from _missing(reason.id, "response_window.flow", [flow] if flow else [], store.flows)
        stripe = {item.code for item in store.gateway_reasons.values() if item.gateway == "stripe"}
        yield from _missing(reason.id, "maps.stripe_category", [reason.maps.stripe_category], stripe)
    for shown in store.gateway_reasons.values():
        yield from _missing(shown.id, "evidence", (item.id for item in shown.evidence), store.evidence)


def _missing(subject: str, field: str, wanted: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    known = set(known)
    for name in wanted:
        if name not in known:
            yield f"{subject}: {field} names {name!r}, which does not exist"


def _kinds(store: Knowledge) -> Iterator[str]:
    for kind in store.kinds.values():
        yield from _missing(f"kinds/{kind.code}.yaml", "facts", kind.facts, store.fact_keys)
        if len(set(kind.facts)) != len(kind.facts):
            yield f"kinds/{kind.code}.yaml: facts names a key twice"
    for code in _twice(item.code for item in store.listed("reason_categories.yaml", ReasonCategory)):
        yield f"reason_categories.yaml: {code!r} stands there twice"
    for key in _twice(item.key for item in store.listed("facts.yaml", FactKey)):
        yield f"facts.yaml: {key!r} stands there twice"


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]


def _families(store: Knowledge) -> Iterator[str]:
    known = {**store.reasons, **store.gateway_reasons}
    homes: dict[str, list[str]] = {id_: [] for id_ in known}
    for family in store.families.values():
        yield from _missing(f"families/{family.code}.yaml", "reasons", family.reasons, known)
        yield from _missing(f"families/{family.code}.yaml", "categories", family.categories, store.reason_categories)
        for id_ in family.reasons:
            homes.setdefault(id_, []).append(family.code)
    for item in store.unfamilied.values():
        yield from _missing("unfamilied.yaml", "reason", [item.reason], known)
        homes.setdefault(item.reason, []).append("none")
    for id_, found in homes.items():
        if len(found) != 1:
            where = ", ".join(found) or "no family and not in unfamilied.yaml"
            yield f"{id_}: must stand in exactly one family or in unfamilied.yaml; it is in {where}"


def _playbooks(store: Knowledge) -> Iterator[str]:
    for files in store.playbooks.values():
        book, name = files.playbook, f"{files.folder}/playbook.yaml"
        yield from _missing(name, "kind", [book.kind], store.kinds)
        yield from _missing(name, "family", [book.family] if book.family else [], store.families)
        yield from _missing(name, "exhibits", (item.evidence for item in book.exhibits), store.evidence)
        yield from _missing(name, "records", book.records, store.by_id)
        yield from _missing(name, "questions", (item.fact for item in book.questions if item.fact), store.fact_keys)
        if "en" not in files.replies:
            yield f"{files.folder}/reply.en.md: missing; every playbook has an English reply"
        if "zh" not in files.replies:
            yield f"{files.folder}/reply.zh.md: missing; a member reads the Chinese beside every letter"
