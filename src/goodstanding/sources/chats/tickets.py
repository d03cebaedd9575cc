"""Conversations exported by service desks: JSON of Zendesk and Gorgias, and their tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from goodstanding.contract import Unreadable
from goodstanding.tables import Table, guess, open_table

from .lines import Line

_TAG = re.compile(r"<[^>]{0,2000}>")
_COLUMNS = {
    "text": ("body", "message", "body text", "comment", "content", "text", "内容", "消息内容", "聊天内容", "消息"),
    "who": ("from", "sender", "author", "from name", "sender name", "user", "agent", "发送人", "发送者", "昵称", "姓名"),
    "when": ("created at", "created datetime", "sent at", "sent datetime", "date", "timestamp", "time", "时间", "发送时间"),
    "ticket": ("ticket id", "ticket", "conversation id", "id", "工单号", "会话编号"),
}  # fmt: skip
_MAX_LINES = 20_000
_MAX_DEPTH = 40


def json_tickets(content: bytes) -> list[Line]:
    """Messages of a JSON export: ``comments`` (Zendesk) or ``messages`` (Gorgias) of one ticket or many. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
        try:
            data: Any = json.loads(text)
        except ValueError:  # Zendesk's own export: one object a line
            data = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise Unreadable("the conversation is not JSON in UTF-8; export it again", code="not_json") from None
    return sorted(_messages(data), key=lambda line: line.at.isoformat() if line.at else line.when)[:_MAX_LINES]


def _messages(data: Any, depth: int = 0) -> Iterator[Line]:
    if depth > _MAX_DEPTH:
        raise Unreadable("the conversation is nested too deeply", code="too_deep")
    if isinstance(data, list):
        for item in data:
            yield from _messages(item, depth + 1)
    elif isinstance(data, dict):
        line = _message(data)
        if line:
            yield line
            return
        for name in ("comments", "messages", "tickets", "data", "results", "ticket", "conversation"):
            if isinstance(data.get(name), list | dict):
                yield from _messages(data[name], depth + 1)


def _message(item: dict[str, Any]) -> Line | None:
    words = next(
        (item[name] for name in ("plain_body", "body_text", "stripped_text", "body", "body_html", "text") if isinstance(item.get(name), str) and item[name].strip()),
        "",
    )  # fmt: skip
    if not words or isinstance(item.get("messages") or item.get("comments"), list):
        return None
    when = next(
        (
            str(item[name])
            for name in ("sent_datetime", "created_datetime", "created_at", "timestamp")
            if item.get(name)
        ),
        "",
    )
    at = _moment(when)
    hidden = item.get("public") is False
    return Line(
        who=_who(item) + (" (internal note)" if hidden else ""),
        text=_TAG.sub(" ", words).strip(),
        at=at,
        when="" if at else when[:60],
    )


def _who(item: dict[str, Any]) -> str:
    for name in ("sender", "author", "from", "user"):
        value = item.get(name)
        if isinstance(value, str) and value:
            return value[:120]
        if isinstance(value, dict):
            shown = value.get("name") or value.get("email") or value.get("address")
            if isinstance(shown, str) and shown:
                return shown[:120]
    number = item.get("author_id")
    return f"author {number}" if isinstance(number, int | str) and number else ""


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def table_tickets(content: bytes, filename: str) -> list[Line]:
    """Messages of a CSV or XLSX export. Raises TableError (no table) or Unreadable (no column with the words)."""
    table: Table = open_table(content, filename)
    rows = table.rows()
    header = next(rows)
    found = guess(header.cells, _COLUMNS)
    if "text" not in found:
        shown = ", ".join(cell for cell in header.cells[:20] if cell)
        raise Unreadable(f"no column of the table holds the messages; it has {shown}", code="no_messages")
    lines = []
    for row in rows:
        cells = {name: row.cells[index] for name, index in found.items() if index < len(row.cells)}
        if cells.get("text"):
            at = _moment(cells.get("when", ""))
            lines.append(
                Line(
                    who=cells.get("who", ""),
                    text=_TAG.sub(" ", cells["text"]),
                    at=at,
                    when="" if at else cells.get("when", ""),
                )
            )
        if len(lines) >= _MAX_LINES:
            break
    return lines
