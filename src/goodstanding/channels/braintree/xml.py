"""Braintree's XML as nested dicts, and back. Bounded, and without document types: no entity is ever declared or expanded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.parsers import expat  # declared entities are refused below
from xml.sax.saxutils import escape

from goodstanding.contract import Unreadable

MAX_BYTES = 4 * 1024 * 1024  # a dispute is about 3 kB
_MAX_DEPTH = 32
_MAX_NODES = 50_000
_FORBIDDEN = re.compile("[\ud800-\udfff\ufffe\uffff]")


class _Node:
    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.attributes = name.replace("-", "_"), attributes
        self.children: list[tuple[str, Any]] = []
        self.text: list[str] = []

    def value(self) -> Any:
        """A list, a dict, a text, or None for ``nil``. Of repeated names in an object, a list."""
        if self.attributes.get("nil") == "true":
            return None
        if self.attributes.get("type") == "array":
            return [value for _, value in self.children]
        if not self.children:
            return "".join(self.text).strip()
        found: dict[str, Any] = {}
        for name, value in self.children:
            if self.attributes.get("type") == "collection" and name not in _COUNTS:
                found.setdefault("items", []).append(value)
            elif name in found:
                earlier = found[name]
                found[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
            else:
                found[name] = value
        return found


_COUNTS = ("current_page_number", "page_size", "total_items")


def read_xml(body: bytes) -> dict[str, Any]:
    """``{root name: value}``, hyphens in names written ``_``. Raises Unreadable saying what is wrong."""
    if not body.strip():
        raise Unreadable("Braintree XML: empty", code="empty")
    if len(body) > MAX_BYTES:
        raise Unreadable(f"Braintree XML: {len(body)} bytes, more than {MAX_BYTES}", code="too_large")
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.said
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        raise Unreadable(f"Braintree XML: not well formed: {str(error)[:120]}", code="not_xml") from None
    except (ValueError, LookupError) as error:  # an encoding that is not known, or of several bytes
        raise Unreadable(f"Braintree XML: {str(error)[:120]}", code="not_xml") from None
    return tree.result


class _Tree:
    def __init__(self) -> None:
        self.open: list[_Node] = []
        self.count = 0
        self.result: dict[str, Any] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= _MAX_DEPTH:
            raise Unreadable(f"Braintree XML: nested more than {_MAX_DEPTH} deep", code="too_deep")
        if self.count > _MAX_NODES:
            raise Unreadable(f"Braintree XML: more than {_MAX_NODES} elements", code="too_large")
        self.open.append(_Node(name, attributes))

    def end(self, _: str) -> None:
        node = self.open.pop()
        if self.open:
            self.open[-1].children.append((node.name, node.value()))
        else:
            self.result = {node.name: node.value()}

    def said(self, text: str) -> None:
        self.open[-1].text.append(text)


def _refuse(*_: Any) -> None:
    raise Unreadable(
        "Braintree XML: a document type or entity is declared; Braintree sends none", code="declares_entities"
    )


def write_xml(name: str, value: Any) -> str:
    """An element as Braintree's official libraries write it. None gives an empty element; characters XML forbids are left out."""
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(write_xml(key, item) for key, item in value.items())}</{name}>"
    if isinstance(value, tuple) and len(value) == 2:  # (type, text)
        return f'<{name} type="{value[0]}">{_text(value[1])}</{name}>'
    return f"<{name}>{'' if value is None else _text(value)}</{name}>"


def _text(value: object) -> str:
    allowed = "".join(char for char in str(value) if char in "\t\n\r" or (char >= " " and not _FORBIDDEN.match(char)))
    return escape(allowed).encode("ascii", "xmlcharrefreplace").decode()
