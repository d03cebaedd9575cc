"""Nothing that was compiled may be lost or changed on its way into the product."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from goodstanding.knowledge.read import read_yaml
from goodstanding.knowledge.store import DATA, PARTS, Knowledge

ROOT = Path(__file__).parents[2]
FACTS = Path(os.environ.get("GOODSTANDING_FACTS", ROOT.parent / "shared" / "facts"))
#: Wording changed on purpose when the records were brought in.
REWORDED = {"种子文章": "网上文章"}


def reworded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reworded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [reworded(inner) for inner in value]
    if isinstance(value, str):
        for old, new in REWORDED.items():
            value = value.replace(old, new)
    return value


def shipped() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in PARTS:
        for path in sorted((DATA / part).rglob("*.yaml")):
            for record in read_yaml(path.read_text("utf-8"), path.name)["records"]:
                assert record["id"] not in found
                found[record["id"]] = record
    return found


@pytest.mark.skipif(not FACTS.is_dir(), reason=f"the compiled facts are not at {FACTS}")
def test_every_compiled_record_is_shipped_field_by_field() -> None:
    have = shipped()
    files = sorted(FACTS.glob("*.yaml"))
    assert len(files) == 10
    wanted: dict[str, Any] = {}
    for path in files:
        document = read_yaml(path.read_text("utf-8"), path.name)
        assert len(document["records"]) == int(document["meta"]["record_count"])
        wanted |= {record["id"]: reworded(record) for record in document["records"]}
    assert wanted.keys() == have.keys()
    for id_, record in wanted.items():
        assert have[id_] == record, id_


@pytest.mark.skipif(not FACTS.is_dir(), reason=f"the compiled facts are not at {FACTS}")
def test_every_note_on_a_compiled_file_is_kept() -> None:
    kept = {header.note_zh for header in loaded().headers.values()}
    for path in FACTS.glob("*.yaml"):
        note = yaml.load(path.read_text("utf-8"), yaml.CBaseLoader)["meta"].get("notes_zh", "")
        assert not note or reworded(note) in kept, path.name


def loaded() -> Knowledge:
    store = Knowledge()
    for part in PARTS:
        store.part(part)
    return store


def test_what_is_typed_says_what_the_file_says() -> None:
    store = loaded()
    for id_, raw in shipped().items():
        same(raw, store.by_id[id_], id_)


def same(raw: Any, value: Any, place: str) -> None:
    """Every leaf of the file stands in the typed record: as the same text, or as the same number, day or truth."""
    if isinstance(raw, dict):
        for key, inner in raw.items():
            if key == "kind" and not hasattr(value, "kind"):
                continue  # the tag that chose the type
            name = "for_" if key == "for" else key
            same(inner, value[key] if isinstance(value, dict) else getattr(value, name), f"{place}.{key}")
    elif isinstance(raw, list):
        assert len(raw) == len(value), place
        for index, inner in enumerate(raw):
            same(inner, value[index], f"{place}.{index}")
    elif raw is None:
        assert not value, place
    else:
        assert str(value) in (raw, raw.capitalize()), place
