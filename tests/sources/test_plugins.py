"""What every source and every notifier must keep to, over all that are found."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import goodstanding.notifiers
import goodstanding.sources
from goodstanding.contract import settings_of
from goodstanding.notifiers import notifiers
from goodstanding.sources import sources

PLUGINS = [
    *[("source", goodstanding.sources, record) for record in sources().values()],
    *[("notifier", goodstanding.notifiers, record) for record in notifiers().values()],
]
EACH = pytest.mark.parametrize(("sort", "package", "record"), PLUGINS, ids=[f"{s}-{r.name}" for s, _, r in PLUGINS])


@EACH
def test_record(sort, package, record):
    folder = Path(package.__file__).parent / record.name
    assert folder.is_dir(), "a plug-in is named like its folder"
    assert record.label
    assert dataclasses.is_dataclass(record.config)
    for field in settings_of(record.config):
        assert field.label_zh
        assert field.label_en
        if re.search(r"secret|password|token|api_key|webhook_url", field.name):
            assert field.secret, f"{field.name} must be declared secret"


@EACH
def test_readme_explains_every_setting(sort, package, record):
    readme = (Path(package.__file__).parent / record.name / "README.md").read_text(encoding="utf-8")
    assert not [field.name for field in settings_of(record.config) if f"`{field.name}`" not in readme]
    assert re.search(r"[\u4e00-\u9fff]{6}", readme)


@EACH
def test_asks_for_nothing_that_moves_money(sort, package, record):
    for permission in getattr(record, "reads", ()):
        assert not re.search(r"write|refund|payout|close|delete", permission.name, re.IGNORECASE), permission.name
        assert permission.why_zh
