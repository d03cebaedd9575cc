"""YAML files of this package and of the knowledge: read once, kept."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent / "data"
KNOWLEDGE = Path(__file__).parent.parent / "knowledge" / "data"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=128)
def load(path: Path) -> Any:
    """The file's content. A broken file is a broken installation: the error names it."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    except (OSError, yaml.YAMLError) as error:
        raise RuntimeError(f"{path.name}: the reading data cannot be read ({error}); reinstall the package") from error
