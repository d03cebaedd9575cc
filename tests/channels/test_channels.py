"""ONE suite over every channel folder found: adding a channel adds its tests."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import goodstanding.channels
from goodstanding import plugins
from goodstanding.channels import channels
from goodstanding.channels.__main__ import matrix
from goodstanding.contract import Channel

from . import suite

HERE = Path(goodstanding.channels.__file__).parent
ROOT = Path(__file__).parents[2]
CHANNELS = {name: channel for name, channel in channels().items() if (HERE / name).is_dir()}
EACH = pytest.mark.parametrize("name", CHANNELS)
FIXTURES = [(name, path) for name in CHANNELS for path in suite.fixtures(HERE / name)]
EACH_FIXTURE = pytest.mark.parametrize(
    ("name", "path"), FIXTURES, ids=[f"{name}/{path.name}" for name, path in FIXTURES]
)


def test_every_folder_is_found():
    folders = {path.parent.name for path in HERE.glob("*/__init__.py")}
    assert folders == set(CHANNELS)
    assert {"example", "mailbox", "byhand"} <= folders


@EACH
def test_record(name):
    suite.check_record(CHANNELS[name], HERE / name)


@EACH
def test_readme_explains_every_setting(name):
    suite.check_readme(CHANNELS[name], HERE / name)


@EACH
def test_fixtures_have_an_origin(name):
    suite.check_origin(HERE / name)


@EACH
def test_asks_for_nothing_dangerous(name):
    suite.check_permissions(CHANNELS[name])


@EACH
def test_drill_is_genuine_and_altered_bytes_are_not(name):
    suite.check_drill(CHANNELS[name])


@EACH_FIXTURE
def test_golden(name, path, golden):
    suite.check_golden(CHANNELS[name], path, rewrite=golden)


@EACH_FIXTURE
def test_the_same_bytes_give_the_same_answer(name, path):
    suite.check_same_again(CHANNELS[name], path)


@EACH_FIXTURE
def test_parse_is_total(name, path):
    suite.check_total(CHANNELS[name], path)


@EACH_FIXTURE
def test_an_unsigned_delivery_is_untrusted(name, path):
    suite.check_unsigned_is_refused(CHANNELS[name], path)


@pytest.mark.parametrize(
    ("permission", "dangerous"),
    [
        ("Disputes: Read", False), ("Disputes: Write", False), ("Charges and Refunds: Read", False), ("read_orders", False),
        ("Refunds: Write", True), ("payouts.write", True), ("write_orders", True), ("Full access", True), ("account.close", True),
        ("disputes.accept", True), ("Charges: Write", True),
    ],
)  # fmt: skip
def test_the_list_of_dangerous_permissions(permission, dangerous):
    assert bool(suite.DANGEROUS.search(suite._without_read_only(permission))) == dangerous


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[tuple[Channel, Path]]:
    """The example's folder under another name, beside the others, found as they are found."""
    folder = tmp_path / "acme"
    shutil.copytree(HERE / "example", folder, ignore=shutil.ignore_patterns("__pycache__"))
    goodstanding.channels.__path__.append(str(tmp_path))
    importlib.invalidate_caches()
    try:
        yield plugins.find(goodstanding.channels, "channel")["acme"], folder
    finally:
        goodstanding.channels.__path__.remove(str(tmp_path))
        for module in [m for m in sys.modules if m.startswith("goodstanding.channels.acme")]:
            del sys.modules[module]


def test_a_copied_folder_is_a_channel(acme):
    channel, folder = acme
    assert channel is not CHANNELS["example"]
    suite.check_record(channel, folder)
    suite.check_readme(channel, folder)
    suite.check_origin(folder)
    suite.check_permissions(channel)
    suite.check_drill(channel)
    paths = suite.fixtures(folder)
    assert len(paths) >= 5
    for path in paths:
        suite.check_golden(channel, path, rewrite=False)
        suite.check_same_again(channel, path)
        suite.check_total(channel, path)
        suite.check_unsigned_is_refused(channel, path)


def test_the_checked_in_matrix_is_current():
    shown = (ROOT / "docs/reference/channel-matrix.md").read_text(encoding="utf-8")
    assert shown == matrix(CHANNELS), "run: python -m goodstanding.channels > docs/reference/channel-matrix.md"
    for name in CHANNELS:
        assert f"`{name}`" in shown
