"""A letter's Markdown as plain data for the template. Nothing in it is ever read as markup by the typesetter."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Node = dict[str, Any]
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    .enable(["table"])
    .disable(["image", "html_block", "html_inline"])
)
_MARKS = {"strong": "strong", "em": "em"}
_BLOCKS = {"bullet_list": "list", "ordered_list": "enum", "blockquote": "quote"}


def blocks(markdown: str, labels: Collection[str], word: str, show: Callable[[str], str]) -> list[Node]:
    """The letter as a list of blocks; ``show`` makes each piece of text printable, labels of exhibits become references.

    ``word`` is what the language calls an exhibit: a label as short as ``1`` or ``B`` refers only when it follows that word.
    """
    tree = SyntaxTreeNode(_MARKDOWN.parse(markdown))
    text = _Text(labels, word, show)
    return [block for child in tree.children for block in _block(child, text)]


class _Text:
    """Splits text at exhibit labels, the longest first, only where a label stands on its own."""

    def __init__(self, labels: Collection[str], word: str, show: Callable[[str], str]) -> None:
        self.show = show
        after = rf"(?<={re.escape(word)} )"
        patterns = [
            (after if len(label) == 1 or label.isdigit() else r"(?<![A-Za-z0-9-])") + re.escape(label)
            for label in sorted(labels, key=len, reverse=True)
        ]
        self._pattern = re.compile(rf"({'|'.join(patterns)})(?![A-Za-z0-9-])") if patterns else None

    def runs(self, text: str) -> list[Node]:
        parts = [text] if self._pattern is None else self._pattern.split(text)
        kinds = ("text", "ref")
        return [{"t": kinds[i % 2], "v": self.show(part)} for i, part in enumerate(parts) if part]


def _block(node: SyntaxTreeNode, text: _Text) -> list[Node]:
    if node.type == "heading":
        return [{"t": "heading", "level": int(node.tag[1]), "v": _inline(node, text)}]
    if node.type in _BLOCKS:
        start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 1
        items = node.children if node.type != "blockquote" else [node]
        return [{"t": _BLOCKS[node.type], "start": start, "v": [_inside(item, text) for item in items]}]
    if node.type == "table":
        rows = [[_inline(cell, text) for cell in row.children] for part in node.children for row in part.children]
        return [{"t": "table", "v": rows}]
    if node.type == "hr":
        return [{"t": "rule"}]
    if node.type in ("fence", "code_block"):
        return [{"t": "code", "v": text.show(node.content.rstrip("\n"))}]
    return [{"t": "paragraph", "v": _inline(node, text)}]


def _inside(item: SyntaxTreeNode, text: _Text) -> list[Node]:
    return [block for child in item.children for block in _block(child, text)]


def _inline(node: SyntaxTreeNode, text: _Text) -> list[Node]:
    runs: list[Node] = []
    for child in node.children:
        if child.type in ("text", "code_inline", "html_inline"):
            runs += text.runs(child.content)
        elif child.type == "softbreak":
            runs.append({"t": "text", "v": " "})
        elif child.type == "hardbreak":
            runs.append({"t": "break"})
        elif child.type in _MARKS:
            runs.append({"t": _MARKS[child.type], "v": _inline(child, text)})
        else:  # links keep their words: recipients do not follow links
            runs += _inline(child, text)
    return runs
