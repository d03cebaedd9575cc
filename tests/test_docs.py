"""The reference pages name what there is: every make target, command, exit code and setting."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from goodstanding.cli import codes, handle, reading, running, verifying

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
#: Not settings: what test tools and the supervisor say to their own children.
_OWN = {"PATH", "PYTEST_XDIST_WORKER", "DJANGO_SETTINGS_MODULE"}


def page(name: str) -> str:
    return (REFERENCE / name).read_text()


def commands() -> dict[str, argparse.ArgumentParser]:
    found = argparse.ArgumentParser().add_subparsers()
    for module in (reading, handle, verifying, running):
        module.add(found)
    return dict(found.choices)


def settings_in_code() -> set[str]:
    text = "\n".join(path.read_text() for path in sorted((ROOT / "src").rglob("*.py")))
    direct = re.findall(r'os\.environ(?:\.get\(|\.pop\(|\[)\s*"([A-Z_]+)"', text)
    return {*direct, *re.findall(r'"(GOODSTANDING_[A-Z_]+)"', text)} - _OWN


@pytest.mark.parametrize("name", sorted(settings_in_code()))
def test_every_setting_is_explained(name: str):
    assert f"`{name}`" in page("settings.md")


def test_no_setting_is_explained_that_is_not_there():
    text = page("settings.md")
    tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("*.py")))
    for name in set(re.findall(r"`((?:GOODSTANDING|DATABASE)_[A-Z_]+)`", text)):
        assert name in settings_in_code() or name in tests, name


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_word_is_explained(name: str):
    text = page("command-line.md")
    row = next((line for line in text.splitlines() if line.startswith(f"| `{name}")), "")
    assert row, f"{name} has no row"
    for action in commands()[name]._actions:
        for word in action.option_strings:
            if word not in ("-h", "--help"):
                assert word in row, f"{name}: {word}"


def test_every_exit_code_is_explained():
    text = page("command-line.md")
    for name, code in vars(codes).items():
        if name.isupper():
            assert re.search(rf"^\| {code} \|", text, re.MULTILINE), name


def test_every_make_target_is_explained():
    text = page("command-line.md")
    targets = re.findall(r"^([a-z][a-z-]*):(?: |$)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(targets) > 5
    for target in targets:
        assert f"`make {target}`" in text, target


def test_pages_lead_to_pages_that_exist():
    missing = []
    for source in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", source.read_text()):
            if "://" not in target and not target.startswith("mailto:") and not (source.parent / target).exists():
                missing.append(f"{source.relative_to(ROOT)} → {target}")
    assert not missing
