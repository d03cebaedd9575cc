"""Reference pages made from the records, so that they cannot disagree with them."""

from __future__ import annotations

from .store import Knowledge


def facts_page(store: Knowledge) -> str:
    """``docs/reference/facts.md``: every fact key, its type, and the kinds of notice that may carry it."""
    rows = [
        f"| `{item.key}` | {item.zh} | {item.en} | {item.type} | {_carriers(store, item.key)} | {item.note_zh or ''} |"
        for item in store.fact_keys.values()
    ]
    return _FACTS + "\n".join(rows) + "\n"


def _carriers(store: Knowledge, key: str) -> str:
    kinds = [f"`{kind.code}`" for kind in store.kinds.values() if key in kind.facts]
    return " ".join(kinds) if len(kinds) < len(store.kinds) else "all"


_FACTS = """# Facts

The names under which a notice carries facts and a reply template quotes them. Declared in
`src/goodstanding/knowledge/data/facts.yaml`; which kind of notice may carry which is in `data/kinds/`.
This page is written by `make golden` from those files.

Types: `text` · `moment` an aware point in time · `day` · `money` amount with ISO 4217 currency · `email` · `address` ·
`url` · `number` · `flag` true or false · `list` several texts.

| key | 中文 | English | type | kinds | note |
|---|---|---|---|---|---|
"""
