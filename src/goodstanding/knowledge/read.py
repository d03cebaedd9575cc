"""Reads a knowledge file: every scalar is text, keys are unique, and a mistake names its file and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

T = TypeVar("T")
_ABSENT = ("", "~", "null")


class KnowledgeError(Exception):
    """A knowledge file is wrong. The message names the file, the place in it, and what was expected."""


def read_yaml(text: str, name: str) -> Any:
    """The document as dicts, lists and text; a plain ``null`` or nothing at all is None. ``NO`` stays ``NO``."""
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise KnowledgeError(f"{name}: not readable as YAML: {error}") from None
    return None if node is None else _value(node, name)


def _value(node: yaml.Node, name: str) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return None if not node.style and node.value in _ABSENT else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, name) for item in node.value]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        place = f"{name}, line {key_node.start_mark.line + 1}"
        if not isinstance(key_node, yaml.ScalarNode):
            raise KnowledgeError(f"{place}: a key must be text")
        if key_node.value in found:
            raise KnowledgeError(f"{place}: the key {key_node.value!r} stands there twice; keep one")
        found[key_node.value] = _value(value_node, name)
    return found


def typed(value: Any, type_: type[T] | Any, name: str, subject: str = "") -> T:
    """The value as its declared type; unknown keys, wrong types and unknown words are errors."""
    try:
        return msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{name}{', ' + subject if subject else ''}: {error}") from None


def text_of(path: Path, root: Path) -> str:
    """A file's text; must be UTF-8."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path.relative_to(root)}: cannot be read as UTF-8 text: {error}") from None
