"""Text exhibits: e-mails, chats, logs and tables as paragraphs ready to be set."""

from __future__ import annotations

import email
import email.policy
import json
import re
from dataclasses import dataclass
from email.message import EmailMessage, Message

from selectolax.lexbor import LexborHTMLParser

#: Longest text of one exhibit that is printed, in characters (about 40 pages).
MAX_CHARS = 100_000
_HEADERS = (("from", "From"), ("recipient", "To"), ("cc", "Cc"), ("sent", "Date"), ("subject", "Subject"))
_MAX_PARTS = 200


@dataclass(frozen=True, kw_only=True)
class Written:
    """A text with its headers by name (``from``, ``recipient``, ``cc``, ``sent``, ``subject``, ``attachments``)."""

    text: str
    headers: tuple[tuple[str, str], ...] = ()
    shortened: bool = False


def written(content: bytes, media_type: str) -> Written:
    """Read a text, HTML, JSON or e-mail exhibit. Never fails: what cannot be decoded is shown as U+FFFD."""
    if media_type == "message/rfc822":
        return _mail(content)
    text = decoded(content)
    if media_type == "text/html":
        text = _of_html(text)
    elif media_type == "application/json":
        text = _indented(text)
    return _limited(text)


def decoded(content: bytes) -> str:
    """Bytes as text: by their mark, else UTF-8, else GB 18030, the encoding of Chinese exports."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def _limited(text: str, headers: tuple[tuple[str, str], ...] = ()) -> Written:
    return Written(text=text[:MAX_CHARS], headers=headers, shortened=len(text) > MAX_CHARS)


def _mail(content: bytes) -> Written:
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        headers = [(key, " ".join(str(message.get(name, "")).split())) for key, name in _HEADERS]
        body, attached = _parts(message)
    except Exception:  # noqa: BLE001 - the standard parser raises many kinds of error on broken mail
        return _limited(decoded(content))
    headers.append(("attachments", ", ".join(attached)))
    return _limited(body, tuple((key, value) for key, value in headers if value))


def _parts(message: Message) -> tuple[str, list[str]]:
    """The body, plain text preferred, and the names of what is attached."""
    plain, html, attached = "", "", []
    for number, part in enumerate(message.walk()):
        if number > _MAX_PARTS:
            break
        name = part.get_filename()
        if name or part.get_content_disposition() == "attachment":
            attached.append(str(name or part.get_content_type()))
        elif part.get_content_type() == "text/plain" and not plain:
            plain = _content(part)
        elif part.get_content_type() == "text/html" and not html:
            html = _content(part)
    return plain or _of_html(html), attached


def _content(part: Message) -> str:
    try:
        if isinstance(part, EmailMessage):
            return str(part.get_content())
    except (LookupError, ValueError, KeyError):
        pass
    payload = part.get_payload(decode=True)
    return decoded(payload) if isinstance(payload, bytes) else ""


def _of_html(html: str) -> str:
    tree = LexborHTMLParser(html[: 20 * MAX_CHARS])
    tree.strip_tags(["script", "style", "head", "template", "noscript"])
    text = tree.body.text(separator="\n", strip=True) if tree.body is not None else ""
    return re.sub(r"\n{3,}", "\n\n", text)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text
