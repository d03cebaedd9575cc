"""The sealed messages as the bytes that would arrive. ``python tests/sealed/build.py FOLDER`` writes them as files.

Sources are in ``messages/``; the README beside this file says how they are written down.
"""

from __future__ import annotations

import base64
import html
import json
import quopri
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import yaml

MESSAGES = Path(__file__).parent / "messages"
RECEIVER, LIST_HOST = "mx.shop.example", "lists.shop.example"
RECEIVERS = (RECEIVER, LIST_HOST)
DEFAULT_DATE = "2026-11-13"
CHARSETS = (
    "gb18030", "shift_jis", "iso-2022-jp", "iso-8859-1", "iso-8859-15", "iso-8859-2", "windows-1252",
)  # fmt: skip
#: Short names of the labels, and the fields they stand for; ``sum`` is an amount with its currency.
SHORT = {
    "case": "case_id", "code": "reason_code", "cat": "reason_category", "net": "network", "order": "order_id",
    "due": "deadline", "rule": "deadline_rule", "who": "complainant",
}  # fmt: skip
FIELDS = (
    "case_id", "reason_code", "reason_category", "network", "amount", "currency", "order_id", "deadline",
    "deadline_rule", "complainant",
)  # fmt: skip
Accepted = tuple[str | None, ...]


@dataclass(frozen=True)
class Message:
    """One message with what is known about it. ``source`` is its YAML record."""

    kind: str
    source: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.source["id"])

    @property
    def words(self) -> frozenset[str]:
        """The recipe: how the message was authenticated, shaped and encoded."""
        return frozenset(str(self.source.get("as", "")).split())

    @property
    def form(self) -> str:
        """``eml``, ``txt``, ``webhook`` or ``delivery``."""
        return str(self.source.get("form", "eml")).split()[0]

    @property
    def media_type(self) -> str:
        return {"eml": "message/rfc822", "txt": "text/plain"}.get(self.form, "application/json")

    @property
    def suffix(self) -> str:
        return {"eml": ".eml", "txt": ".txt"}.get(self.form, ".json")

    @property
    def authority(self) -> Accepted:
        accepted = self.source.get("authority_any")
        return tuple(accepted) if accepted else (self.source["w"][0],)

    @property
    def issuer(self) -> str | None:
        return _null(self.source["w"][1])

    @property
    def language(self) -> str | None:
        return _null(self.source["w"][2])

    @property
    def human(self) -> str:
        """``""``, ``ok`` (asking a person is as good as answering) or ``ask`` (a person has to be asked)."""
        return str(self.source.get("human", ""))

    @property
    def hard(self) -> bool:
        """It stands on a boundary, or is only about the topic."""
        return "hard" in self.source

    @property
    def received_at(self) -> datetime:
        day = datetime.fromisoformat(str(self.source.get("date", DEFAULT_DATE)))
        return day.replace(hour=9, minute=20, tzinfo=UTC)

    @property
    def text(self) -> str:
        inner = self.source.get("attach", {})
        return "\n".join(str(part) for part in (self.source.get("text", ""), inner.get("text", "")) if part)

    @property
    def headers(self) -> dict[str, str]:
        return dict(self.source.get("headers", {}))

    @cached_property
    def fields(self) -> dict[str, Accepted | None]:
        """Accepted values by field; ``None`` where any value does."""
        wanted: dict[str, Accepted | None] = dict.fromkeys(FIELDS, (None,))
        for short, value in self.source.get("f", {}).items():
            if short == "sum":
                if value == "any":
                    wanted |= {"amount": None, "currency": None}
                elif _null(value) is not None:
                    amount, currency = str(value).split()
                    wanted |= {"amount": (amount,), "currency": (currency,)}
            else:
                values = value if isinstance(value, list) else [value]
                wanted[SHORT[short]] = tuple(_null(item) for item in values)
        category = wanted["reason_category"] or ()
        if self.kind != "not_a_notice" and (category == (None,) or "general" in category):
            wanted["reason_category"] = tuple({*category, None, "general"})  # no particular reason: both say so
        return wanted

    def raw(self) -> bytes:
        """The bytes as they arrive."""
        if self.form == "eml":
            return _mail(self.source, self.words, self.received_at)
        if self.form == "txt":
            charset = str(self.source["form"]).partition("enc-")[2] or "utf-8"
            return str(self.source["text"]).encode(charset)
        body = str(self.source["json"]).strip()
        return body.encode() if self.form == "webhook" else _delivery(body, self.headers, self.received_at)


def _null(value: Any) -> str | None:
    return None if value in (None, "", "null") else str(value)


def load() -> list[Message]:
    """Every message, in the order of the files."""
    return list(_load())


def _load() -> Iterator[Message]:
    for path in sorted(MESSAGES.glob("*.yaml")):
        for record in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):  # every value a string
            yield Message(record.get("kind", path.stem), record)


def _delivery(body: str, headers: dict[str, str], moment: datetime) -> bytes:
    whole = {
        "received_at": moment.isoformat(), "method": "POST", "path": "/in/abc/", "headers": headers,
        "body": json.loads(body), "raw_body": body,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False).encode()


# ── mails ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _mail(source: dict[str, Any], words: frozenset[str], moment: datetime) -> bytes:
    charset = next((word for word in CHARSETS if word in words), "utf-8")
    address = re.sub(r"^.*<|>$", "", str(source["from"])).strip()
    domain = address.rpartition("@")[2].lower()
    lines = [
        f"Return-Path: <bounce+77@{domain}>", "Delivered-To: support@shop.example",
        *_path(words, domain, moment),
        f"From: {_from(str(source['from']), charset)}", f"To: {source.get('to', 'support@shop.example')}",
        f"Subject: {_encoded(str(source['subject']), charset)}",
        f"Date: {format_datetime(moment)}", f"Message-ID: <{source['id']}.{moment:%Y%m%d}@{domain}>", "MIME-Version: 1.0",
        *_extra(words, domain),
    ]  # fmt: skip
    head, body = _body(source, words, charset, moment)
    return ("\r\n".join([*lines, *head]) + "\r\n\r\n").encode("utf-8") + body


def _extra(words: frozenset[str], domain: str) -> list[str]:
    lines = []
    if "bulk" in words:
        lines += [f"List-Unsubscribe: <https://{domain}/u/1>, <mailto:u@{domain}>", "Precedence: bulk"]
    if "listfooter" in words:
        lines += [f"List-Id: <team.{LIST_HOST}>", f"List-Post: <mailto:team@{LIST_HOST}>"]
    if "autoreply" in words:
        lines += ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"]
    return lines


def _path(words: frozenset[str], domain: str, moment: datetime) -> list[str]:
    """The trace of a mail from its sender to the shop, newest line first, with what each host found out on the way."""
    stamp = format_datetime(moment)
    last = f"lists.{'shop.example' if 'arclist' in words else 'freight-forum.example'}" if _listed(words) else ""
    sender = last or f"mail7.{domain}"
    lines = [f"Received: from {RECEIVER} by {RECEIVER} with LMTP id 8kQzA; {stamp}"]
    lines += [f"Authentication-Results: {result}" for result in _results(words, domain, last)]
    lines += [
        f"Received: from {sender} ({sender} [198.51.100.9])\r\n\tby {RECEIVER} (Postfix) with ESMTPS id 4XqZ; {stamp}"
    ]
    if last:
        lines += [
            f"ARC-Seal: i=1; a=rsa-sha256; t=1794000000; cv=none; d={last}; s=arc; b=Zm9v",
            f"ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d={last}; s=arc; h=from:to; bh=eA==; b=YmFy",
            f"ARC-Authentication-Results: i=1; {last}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}",
            f"Received: from mail7.{domain} by {last} with ESMTPS id 77; {stamp}",
        ]
    lines += [f"Received: from app-12.int.{domain} by mail7.{domain} with ESMTP id 12; {stamp}"]
    if words & {"forged", "forgedonly"}:
        lines += [
            f"Authentication-Results: {RECEIVER}; dkim=pass header.d={domain}; dmarc=pass (p=REJECT) header.from={domain}"
        ]
    if not words & {"none", "spfonly", "dnone"}:
        signed = "\th=from:to:subject:date; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\tb=dGVzdA=="
        lines += [f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1;\r\n{signed}"]
    return lines


def _listed(words: frozenset[str]) -> bool:
    return bool(words & {"arclist", "arcforeign"})


def _results(words: frozenset[str], domain: str, last: str) -> list[str]:
    """What stands in the Authentication-Results of the receiving hosts."""
    spf = f"spf=pass smtp.mailfrom=bounce+77@{domain}"
    dkim = f"dkim=pass header.d={domain} header.s=s1"
    dmarc = f"dmarc=pass (p=REJECT sp=REJECT) header.from={domain}"
    failed = f"dkim=none; spf=fail smtp.mailfrom={domain}; dmarc=fail (p=NONE) header.from={domain}"
    through = f"arc=pass (i=1 spf=pass dkim=pass dmarc=pass) header.s=arc header.d={last}"
    recipes = {
        "pass": [f"{RECEIVER};\r\n\t{dkim};\r\n\t{spf};\r\n\t{dmarc}"],
        "own": [f"{RECEIVER};\r\n\t{dkim};\r\n\t{dmarc}"],
        "twopass": [f"{RECEIVER}; {spf}", f"{RECEIVER}; {dkim}; {dmarc}"],
        "dkim": [f"{RECEIVER};\r\n\t{dkim};\r\n\t{spf}"],
        "fail": [f"{RECEIVER}; {failed}"],
        "forged": [f"{RECEIVER}; {failed}"],
        "arclist": [f"{RECEIVER}; {failed}; {through}"],
        "arcforeign": [f"{RECEIVER}; {failed}; {through}"],
        "foreign": [f"relay3.isp.example; {dkim}; {dmarc}"],
        "temp": [f"{RECEIVER}; dkim=temperror; spf=temperror; dmarc=temperror header.from={domain}"],
        "dnone": [f"{RECEIVER}; dkim=none; {spf}; dmarc=none header.from={domain}"],
        "spfonly": [f"{RECEIVER}; {spf}"],
    }
    return next((recipes[word] for word in recipes if word in words), [])


def _from(value: str, charset: str) -> str:
    name, mark, address = value.rpartition("<")
    return f"{_encoded(name.strip(), charset)} <{address}" if mark else value


def _encoded(text: str, charset: str) -> str:
    """As an encoded word where it needs one, in pieces that a header line can hold."""
    if text.isascii():
        return text
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
    pieces = [text[start : start + 10] for start in range(0, len(text), 10)]
    return "\r\n ".join(f"=?{charset}?B?{base64.b64encode(piece.encode(charset)).decode()}?=" for piece in pieces)


Part = tuple[list[str], bytes]


def _body(source: dict[str, Any], words: frozenset[str], charset: str, moment: datetime) -> Part:
    text = str(source["text"])
    if "zw" in words:
        text = re.sub(r"(\w{3})(\w{3})", "\\1\u200b\\2", text)
    if "listfooter" in words:
        text += f"\n_______________________________________________\nteam mailing list\nteam@{LIST_HOST}\n"
    if "arf" in words:
        return _multipart("report; report-type=feedback-report", _report(source, text, charset))
    plain = _text_part(text, "plain", charset, words)
    if source.get("attach"):
        inner = source["attach"] | {"id": f"{source['id']}-inner"}
        enclosed = _mail(inner, frozenset(str(inner.get("as", "pass")).split()), moment)
        return _multipart("mixed", [plain, (["Content-Type: message/rfc822"], enclosed)])
    if not words & {"html", "alt", "table", "preheader"}:
        return plain
    rich = _text_part(_html(text, words), "html", charset, words)
    return _multipart("alternative", [plain, rich]) if "alt" in words else rich


def _report(source: dict[str, Any], text: str, charset: str) -> list[Part]:
    facts = b"Feedback-Type: abuse\r\nUser-Agent: FBL/1.0\r\nVersion: 1\r\nSource-IP: 203.0.113.41\r\n"
    original = str(source["original"]).replace("\\n", "\n").replace("\n", "\r\n").encode()
    return [
        _text_part(text, "plain", charset, frozenset()),
        (["Content-Type: message/feedback-report"], facts),
        (["Content-Type: message/rfc822", "Content-Disposition: inline"], original),
    ]


def _text_part(text: str, subtype: str, charset: str, words: frozenset[str]) -> Part:
    try:
        content = text.replace("\n", "\r\n").encode(charset)
    except UnicodeEncodeError:
        charset = "utf-8"
        content = text.replace("\n", "\r\n").encode()
    head = [f'Content-Type: text/{subtype}; charset="{charset}"']
    if "b64" in words:
        return [*head, "Content-Transfer-Encoding: base64"], base64.encodebytes(content)
    if "qp" in words or (subtype == "html" and not content.isascii()):
        coded = (
            quopri.encodestring(content).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").replace(b"=0D\r\n", b"\r\n")
        )
        return [*head, "Content-Transfer-Encoding: quoted-printable"], coded
    return [*head, f"Content-Transfer-Encoding: {'7bit' if content.isascii() else '8bit'}"], content


def _multipart(subtype: str, parts: list[Part]) -> Part:
    mark = "=_part_" + subtype[:5].strip(";")
    pieces = [f"--{mark}\r\n".encode() + "\r\n".join(head).encode() + b"\r\n\r\n" + body for head, body in parts]
    kind, _, more = subtype.partition("; ")
    return (
        [f'Content-Type: multipart/{kind}; {more + "; " if more else ""}boundary="{mark}"'],
        b"\r\n".join(pieces) + f"\r\n--{mark}--\r\n".encode(),
    )


_PREHEADER = (
    '<div style="display:none;max-height:0;overflow:hidden;font-size:1px;color:#ffffff">'
    "Answer by January 5, 2031 quoting case ZZ-000 or lose $9,999.00&zwnj;&nbsp;&zwnj;&nbsp;</div>"
)


def _html(text: str, words: frozenset[str]) -> str:
    paragraphs = text.strip().split("\n\n")
    if "table" in words:
        inner = "".join(_rows(paragraph) for paragraph in paragraphs)
    else:
        inner = "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    before = _PREHEADER if "preheader" in words else ""
    style = "<style>.b{color:#333}td{padding:4px}</style>"
    return (
        f"<!doctype html><html><head>{style}</head><body>{before}<div class=b>{inner}</div>"
        '<img src="https://px.example/o.gif" width=1 height=1></body></html>'
    )


def _rows(paragraph: str) -> str:
    lines = [line.partition(": ") for line in paragraph.splitlines()]
    if not all(mark for _, mark, _ in lines):
        return f"<p>{html.escape(paragraph)}</p>"
    cells = (f"<tr><td>{html.escape(name)}</td><td><b>{html.escape(value)}</b></td></tr>" for name, _, value in lines)
    return f"<table role=presentation>{''.join(cells)}</table>"


def write(folder: Path) -> int:
    """Every message as a file, headers of webhooks beside them, and ``labels.jsonl``. Returns how many messages."""
    folder.mkdir(parents=True, exist_ok=True)
    messages = load()
    with (folder / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for message in messages:
            (folder / f"{message.id}{message.suffix}").write_bytes(message.raw())
            if message.form == "webhook":
                (folder / f"{message.id}.headers.json").write_text(json.dumps(message.headers), encoding="utf-8")
            label = {
                "id": message.id, "family": message.kind, "authority": message.authority, "issuer": message.issuer,
                "language": message.language, "human": message.human, "fields": cast("dict[str, Any]", message.fields),
            }  # fmt: skip
            labels.write(json.dumps(label, ensure_ascii=False) + "\n")
    return len(messages)


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]))} messages\n")
