"""Reads all knowledge at once, and names its version."""

from __future__ import annotations

from .read import KnowledgeError
from .store import PARTS, Knowledge, knowledge

__all__ = ["KnowledgeError", "load", "version"]


def load(store: Knowledge | None = None) -> Knowledge:
    """Read every part now, so that a wrong file stops a start and not a case. Raises ``KnowledgeError``."""
    store = store or knowledge()
    for part in PARTS:
        store.part(part)
    _ = (
        store.by_id,
        store.kinds,
        store.families,
        store.unfamilied,
        store.reason_categories,
        store.fact_keys,
        store.playbooks,
    )
    return store


def version() -> str:
    """The digest of the shipped knowledge; an interpretation stores it."""
    return knowledge().version
