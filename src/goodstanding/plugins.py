"""Finds plug-ins by looking: a folder under the package, or an installed package with an entry point."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any


def find(package: ModuleType, attribute: str) -> dict[str, Any]:
    """The records named ``attribute`` in each sub-package of ``package``, by their ``name``.

    Outside packages register under the entry-point group ``<package>`` (e.g. ``goodstanding.channels``); a name may be
    taken once only.
    """
    found: dict[str, Any] = {}
    records = [
        getattr(importlib.import_module(f"{package.__name__}.{module.name}"), attribute)
        for module in pkgutil.iter_modules(package.__path__)
        if module.ispkg
    ]
    records += [point.load() for point in entry_points(group=package.__name__)]
    for record in records:
        if record.name in found:
            raise RuntimeError(f"{package.__name__}: two plug-ins are named {record.name!r}; rename one folder")
        found[record.name] = record
    return dict(sorted(found.items()))
