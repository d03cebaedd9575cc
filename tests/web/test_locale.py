"""English is complete, and what is compiled is what is written."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

import goodstanding
from goodstanding.reading import reasons

ROOT = Path(goodstanding.__file__).parent
PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
_ENTRY = re.compile(
    r'(?:^msgctxt (?P<context>(?:"(?:[^"\\]|\\.)*"\n)+))?^msgid (?P<id>(?:"(?:[^"\\]|\\.)*"\n)+)'
    r'(?:msgid_plural (?:"(?:[^"\\]|\\.)*"\n)+)?(?P<texts>(?:msgstr(?:\[\d\])? (?:"(?:[^"\\]|\\.)*"\n)+)+)',
    re.M,
)
_TAG = re.compile(r"""\{%\s*translate\s+(["'])(?P<text>.*?)\1(?:\s+context\s+(["'])(?P<context>.*?)\3)?""")
_BLOCK = re.compile(r"\{%\s*blocktranslate\b.*?%\}(?P<text>.*?)\{%\s*(?:plural|endblocktranslate)\s*%\}", re.S)
_CALLS = {"_", "gettext", "gettext_lazy", "ngettext"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def entries() -> dict[tuple[str, str], list[str]]:
    found = {}
    for match in _ENTRY.finditer(PO.read_text(encoding="utf-8") + "\n"):
        texts = [joined(text) for text in re.split(r"msgstr(?:\[\d\])?", match["texts"]) if text.strip()]
        found[(joined(match["context"] or ""), joined(match["id"]))] = texts
    return found


def joined(lines: str) -> str:
    return "".join(ast.literal_eval(text) for text in re.findall(r'"(?:[^"\\]|\\.)*"', lines))


def in_templates() -> set[tuple[str, str]]:
    found = set()
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        found |= {(match["context"] or "", match["text"].replace("%", "%%")) for match in _TAG.finditer(source)}
        found |= {("", re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", match["text"])) for match in _BLOCK.finditer(source)}
    return found


def in_python() -> set[tuple[str, str]]:
    found = set()
    for folder in ("audit", "models", "web"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in _CALLS
                    and node.args
                ):
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        found.add(("", first.value))
    return found


def test_every_text_has_its_english() -> None:
    known = entries()
    used = in_templates() | in_python()
    assert len(used) > 500
    missing = sorted(key for key in used if not all(known.get(key, [""])))
    assert missing == []


def test_english_is_english() -> None:
    wrong = [(key, text) for key, texts in entries().items() for text in texts if key[1] and _CHINESE.search(text)]
    assert wrong == []


def test_places_in_a_text_are_the_same_in_both_languages() -> None:
    place = re.compile(r"%\(\w+\)s|%\(\w+\)d|(?<!%)\{\w+\}")
    wrong = [
        key for key, texts in entries().items() if key[1]
        for text in texts if set(place.findall(text)) != set(place.findall(key[1]))
    ]  # fmt: skip
    assert wrong == []


def test_what_is_compiled_is_what_is_written(tmp_path: Path) -> None:
    made = tmp_path / "django.mo"
    try:
        subprocess.run(["msgfmt", "-o", str(made), str(PO)], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("msgfmt is not installed; Debian's package gettext has it")
    assert made.read_bytes() == PO.with_suffix(".mo").read_bytes(), "run: msgfmt -o django.mo django.po"


def test_templates_hold_no_chinese_outside_of_translations() -> None:
    wrong = []
    for path in (ROOT / "web" / "templates").rglob("*.html"):
        source = re.sub(
            r"\{%\s*blocktranslate\b.*?endblocktranslate\s*%\}", "", path.read_text(encoding="utf-8"), flags=re.S
        )
        source = re.sub(r'_\("[^"]*"\)|（\{\{[^}]*\}\}）|：', "", _TAG.sub("", source))
        wrong += [f"{path.name}: {found}" for found in _CHINESE.findall(source.replace("中文", ""))]
    assert wrong == []


def test_every_reason_of_reading_has_its_english() -> None:
    place = re.compile(r"\{\w+\}")
    for zh, en in (*reasons.GROUNDS.values(), *reasons.NEEDS.values()):
        assert zh and en and _CHINESE.search(zh) and not _CHINESE.search(en)
        assert set(place.findall(en)) <= set(place.findall(zh)), en
