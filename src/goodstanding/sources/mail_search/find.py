"""Mails about an order, found in the shop's own mailbox by order number and buyer address; read-only, nothing is marked."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

from goodstanding.contract import Finding, Grant, Http, Reference, Refused
from goodstanding.imap import body, opened, quoted, searched, since_day, sizes

from .config import Config

TIMEOUT_SECONDS = 30.0
MAX_MAILS = 60  # of one case
_MAX_BYTES = 25 * 2**20
_LONGEST = timedelta(days=730)
_MIN_NUMBER = 4  # a shorter number is found in every second mail
_ADDRESS = re.compile(r"[\x21-\x7e]{1,64}@[A-Za-z0-9.\-]{1,190}")
_TAG = re.compile(r"<(?:style|script)[^>]*>.*?</(?:style|script)>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class _Folder:
    """The account with one of its folders, as the IMAP client wants it."""

    host: str
    port: int
    user: str
    password: str
    tls: str
    folder: str


def find(references: tuple[Reference, ...], config: Config, http: Http | None) -> Iterator[Finding]:
    """Mails that name the order, or were written from or to the buyer; each once, oldest first.

    Servers search words as they like (some by substring, some by word): what comes back is looked at again here. Raises
    Refused or Unavailable.
    """
    del http
    numbers, addresses = _wanted(references)
    criteria = _criteria(numbers, addresses)
    if not criteria:
        return
    found: dict[bytes, tuple[datetime, EmailMessage]] = {}
    for folder in _folders(config):
        with opened(folder, TIMEOUT_SECONDS) as box:
            since = since_day(datetime.now(UTC) - _LONGEST)
            uids = sorted({uid for one in criteria for uid in searched(box, f"{since} {one}")}, key=int)
            for uid, size, arrived in sizes(box, uids[-4 * MAX_MAILS :]):
                content = body(box, uid) if size <= _MAX_BYTES else None
                if content is None or content in found:
                    continue
                message = email.message_from_bytes(content, policy=email.policy.default)
                if isinstance(message, EmailMessage) and _about(message, numbers, addresses):
                    found[content] = (_written(message) or arrived, message)
    for content, (at, message) in sorted(found.items(), key=lambda item: item[1][0])[:MAX_MAILS]:
        yield _finding(content, at, message)


def probe(config: Config, http: Http | None) -> Grant:
    """Log in and open each folder read-only. IMAP has no narrower permission than the mailbox."""
    del http
    for folder in _folders(config):
        with opened(folder, TIMEOUT_SECONDS):
            pass
    return Grant(permissions=("imap.read",), account=config.user)


def _folders(config: Config) -> list[_Folder]:
    names = [name.strip() for name in re.split(r"[,，]", config.folders) if name.strip()]
    if not names:
        raise Refused("no folder is named; enter at least INBOX", code="folder")
    given = {name: getattr(config, name) for name in ("host", "port", "user", "password", "tls")}
    return [_Folder(**given, folder=name) for name in names[:10]]


def _wanted(references: tuple[Reference, ...]) -> tuple[list[str], list[str]]:
    numbers = [item.value.strip().lstrip("#") for item in references if item.type in ("order", "tracking")]
    addresses = [item.value.strip().lower() for item in references if item.type == "customer"]
    return (
        list(dict.fromkeys(number for number in numbers if _MIN_NUMBER <= len(number) <= 60)),
        list(dict.fromkeys(address for address in addresses if _ADDRESS.fullmatch(address))),
    )


def _criteria(numbers: list[str], addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        found += [f"{field} {quoted(address)}" for field in ("FROM", "TO")]
    for number in numbers:
        try:
            found.append(f"TEXT {quoted(number)}")
        except ValueError:
            continue  # not ASCII: servers want a charset for it, and some refuse one
    return found


def _about(message: EmailMessage, numbers: list[str], addresses: list[str]) -> bool:
    people = {
        address.lower()
        for header in ("From", "To", "Cc", "Reply-To")
        for _, address in getaddresses([str(value) for value in message.get_all(header, [])])
    }
    if people & set(addresses):
        return True
    words = f"{_header(message, 'Subject')}\n{text_of(message)}".lower()
    return any(re.search(rf"(?<![0-9a-z]){re.escape(number.lower())}(?![0-9a-z])", words) for number in numbers)


def text_of(message: EmailMessage) -> str:
    """What the mail says; "" where it cannot be read."""
    try:
        part = message.get_body(preferencelist=("plain", "html"))
        content = str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError, KeyError, AttributeError, TypeError):
        return ""
    if part is not None and part.get_content_type() == "text/html":
        content = _TAG.sub(" ", content)
    return content[:200_000].replace("\0", "")


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))[:500]
    except (LookupError, ValueError, TypeError, AttributeError, IndexError):
        return ""


def _written(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _finding(content: bytes, at: datetime, message: EmailMessage) -> Finding:
    subject = re.sub(r"\s+", " ", _header(message, "Subject")).strip()
    return Finding(
        kind="ev.customer_comm",
        title=(subject or "Mail without subject")[:200],
        origin="mail_search",
        proves_at=at,
        content=content,
        media_type="message/rfc822",
        filename=f"mail-{at:%Y%m%d-%H%M%S}.eml",
        facts={"text": text_of(message), "from": _header(message, "From"), "to": _header(message, "To")},
    )
