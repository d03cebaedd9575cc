"""HTML to text: what is shown, what is hidden, what is quoted, where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ..limits import MAX_LINKS, MAX_MARKUP, MAX_TEXT
from ..result import Link

_MAX_NESTING = 3_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b[^<>]{0,4000}?(/?)>")
_VOID = frozenset(
    {
        "br",
        "hr",
        "img",
        "meta",
        "link",
        "input",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "option",
    }
)
_SKIP = frozenset(
    {"script", "style", "head", "title", "meta", "link", "noscript", "template", "svg", "iframe", "object", "select"}
)
_BLOCK = frozenset({
    "p", "div", "br", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section",
    "article", "header", "footer", "hr", "center", "tbody", "thead", "dl", "dt", "dd", "address", "form", "fieldset", "body",
})  # fmt: skip
_CELL = frozenset({"td", "th"})
_WHITE = frozenset(
    {
        "#fff",
        "#ffffff",
        "white",
        "rgb(255,255,255)",
        "#fefefe",
        "rgba(255,255,255,1)",
        "rgba(255,255,255,0)",
        "transparent",
    }
)
_HIDING_RULE = re.compile(r"([^{}]{1,300})\{([^{}]{0,600})\}")
_QUOTING_CLASS = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|gmail_attr", re.ASCII
)


@dataclass
class Shown:
    """Lines of visible text with a flag "quoted by the mail program", hidden passages, links."""

    lines: list[tuple[str, bool]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    cut: bool = False


@dataclass(frozen=True)
class _State:
    hidden: bool
    quoted: bool
    colour: str
    ground: str
    pre: bool


def show(html: str) -> Shown:
    """What a reader of this HTML sees. Never raises on broken markup."""
    shown = Shown(cut=len(html) > MAX_MARKUP)
    if _too_deep(html[:MAX_MARKUP]):
        # The parser's time grows with the square of the depth; such markup is no letter. Its words are kept, bare.
        words = re.sub(r"<[^<>]{0,2000}>", "\n", html[:MAX_MARKUP])
        shown.lines.extend((" ".join(line.split()), False) for line in words.split("\n") if line.strip())
        shown.cut = True
        return shown
    tree = LexborHTMLParser(html[:MAX_MARKUP])
    root = tree.body or tree.root
    if root is None:
        return shown
    classes = _hiding_classes(html[:MAX_MARKUP])
    line: list[str] = []
    size = 0
    state_of_line = False
    for event, node, state in _events(root, classes):
        if event == "break":
            _flush(shown, line, state_of_line)
            state_of_line = state.quoted
        elif event == "cell":
            line.append(" \t ")
        elif event == "text" and node is not None:
            words = node.text(deep=False) or ""
            if state.hidden:
                if words.strip() and len(shown.hidden) < 200:
                    shown.hidden.append(" ".join(words.split())[:2_000])
                continue
            if state.quoted != state_of_line:
                _flush(shown, line, state_of_line)
                state_of_line = state.quoted
            size += len(words)
            if size > MAX_TEXT:
                shown.cut = True
                break
            line.append(words if state.pre else re.sub(r"[ \t\r\n]+", " ", words))
        elif event == "link" and node is not None and len(shown.links) < MAX_LINKS:
            target = (node.attributes.get("href") or "").strip()[:2_000]
            if target and not target.startswith("#"):
                shown.links.append(Link(shown=" ".join((node.text() or "")[:300].split()), target=target))
    _flush(shown, line, state_of_line)
    return shown


def _too_deep(html: str) -> bool:
    """More elements open at once than any mail program writes."""
    depth = 0
    for match in _TAG.finditer(html):
        if match[1]:
            depth = max(0, depth - 1)
        elif match[2].lower() not in _VOID and match[3] != "/":
            depth += 1
            if depth > _MAX_NESTING:
                return True
    return False


def _flush(shown: Shown, line: list[str], quoted: bool) -> None:
    text = "".join(line)
    line.clear()
    for piece in text.split("\n"):
        clean = re.sub(r"[ \t\u00a0]+", " ", piece).strip()
        if clean or (shown.lines and shown.lines[-1][0]):
            shown.lines.append((clean, quoted))


def _events(root: LexborNode, classes: frozenset[str]) -> Iterator[tuple[str, LexborNode | None, _State]]:
    """A walk without recursion: markup nests as deep as its writer likes."""
    state = _State(hidden=False, quoted=False, colour="", ground="", pre=False)
    stack: list[tuple[LexborNode | None, _State, str]] = [(root, state, "open")]
    while stack:
        node, state, what = stack.pop()
        if what != "open" or node is None:
            yield what, None, state
            continue
        tag = node.tag or ""
        if tag == "-text":
            yield "text", node, state
        elif tag.startswith(("-", "_", "!")) or tag in _SKIP:
            pass
        else:
            inner = _enter(node, tag, state, classes)
            if tag in _BLOCK:
                yield "break", None, inner
                stack_after = "break"
            elif tag in _CELL:
                yield "cell", None, inner
                stack_after = ""
            else:
                stack_after = ""
            if tag == "a":
                yield "link", node, inner
            if stack_after:
                stack.append((None, state, stack_after))
            children = []
            child = node.child
            while child is not None:
                children.append((child, inner, "open"))
                child = child.next
            stack.extend(reversed(children))


def _enter(node: LexborNode, tag: str, state: _State, classes: frozenset[str]) -> _State:
    attributes = node.attributes
    if not attributes and tag not in ("pre", "blockquote"):
        return state
    style = re.sub(r"\s+", "", (attributes.get("style") or "")[:2_000].lower())
    colour = _property(style, "color") or (attributes.get("color") or "").lower() or state.colour
    ground = (
        _property(style, "background-color")
        or _property(style, "background")
        or (attributes.get("bgcolor") or "").lower()
        or state.ground
    )
    hidden = state.hidden or "hidden" in attributes or _hides(style) or (colour != "" and _same(colour, ground))
    if not hidden and classes and (names := attributes.get("class")):
        hidden = not classes.isdisjoint(names.lower().split())
    quoted = state.quoted or _quotes(node, tag, attributes)
    return _State(hidden=hidden, quoted=quoted, colour=colour, ground=ground, pre=state.pre or tag == "pre")


def _property(style: str, name: str) -> str:
    match = re.search(rf"(?:^|;){name}:([^;!]+)", style)
    return match[1] if match else ""


def _hides(style: str) -> bool:
    if not style:
        return False
    return bool(
        re.search(
            r"display:none|visibility:hidden|mso-hide:all|(?:^|;)font-size:0?\.?[01](?:px|pt|em|%)?(?:;|!|$)|(?:^|;)opacity:0?(?:\.0+)?(?:;|!|$)|"
            r"(?:^|;)max-height:0(?:px)?(?:;|!|$)|text-indent:-\d{3,}|(?:left|top):-\d{3,}px",
            style,
        )
    )


def _same(colour: str, ground: str) -> bool:
    return colour == ground if ground else colour in _WHITE and colour != "transparent"


def _hiding_classes(html: str) -> frozenset[str]:
    """Class names that a style sheet of the message hides outside of @media blocks."""
    found: set[str] = set()
    for sheet in re.findall(r"<style[^>]{0,200}>(.{0,40000}?)</style", html[:120_000], re.S | re.I)[:5]:
        plain = re.sub(r"@media[^{]{0,300}\{(?:[^{}]{0,2000}\{[^{}]{0,2000}\})*[^{}]{0,2000}\}", "", sheet)
        for selectors, body in _HIDING_RULE.findall(plain):
            if _hides(re.sub(r"\s+", "", body.lower())):
                found.update(name.lower() for name in re.findall(r"(?:^|,)\s*[\w*]*\.([\w-]+)\s*(?=,|$)", selectors))
    return frozenset(found)


def _quotes(node: LexborNode, tag: str, attributes: dict[str, str | None]) -> bool:
    names = attributes.get("class") or ""
    if tag == "blockquote":
        return (attributes.get("type") or "") == "cite" or bool(_QUOTING_CLASS.search(names))
    if tag == "div" and "gmail_quote" in names.split():
        start = (node.text() or "")[:400]
        return not re.search(r"-{5,}\s*\S", start[:60])
    return False
