"""``goodstanding read``: what is this, from whom, what does it say. Pure: no database, no network."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.progress import Progress
from rich.table import Table

from goodstanding import reading
from goodstanding.channels import channels
from goodstanding.contract import Incoming, Letter, Unreadable
from goodstanding.pipeline import recognise

from . import codes
from .files import FileProblem, incoming_of, secrets_of
from .output import as_json, complain, console, errors

_SUFFIXES = {".eml", ".txt", ".pdf", ".json", ".html", ".htm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"}


def add(commands: Any) -> None:
    parser = commands.add_parser("read", help="识别并读取通知（不用数据库）")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="文件或文件夹")
    parser.add_argument("--json", action="store_true", help="每个文件输出一行 JSON")
    parser.add_argument(
        "--receiver", action="append", default=[], metavar="HOST", help="自己的收信主机名，用来判断邮件真伪；可重复"
    )
    parser.add_argument(
        "--secrets", type=Path, metavar="FILE", help='各渠道签名密钥：{"stripe": {"webhook_secret": …}}'
    )
    parser.set_defaults(run=read_files)


def read_files(arguments: argparse.Namespace) -> int:
    try:
        lent = recognise.tools(secrets_of(arguments.secrets))
    except FileProblem as problem:
        complain(str(problem), json_wanted=arguments.json)
        return codes.USAGE
    files = list(_files(arguments.files))
    worst = codes.OK
    quiet = not errors.is_terminal or len(files) < 2
    with Progress(console=errors, disable=quiet, transient=True) as progress:
        for path in progress.track(files, description="正在读取"):
            try:
                found = _read(path, tuple(arguments.receiver), lent)
            except FileProblem as problem:
                complain(str(problem), json_wanted=arguments.json, code="unreadable", file=str(path))
                worst = max(worst, codes.UNREADABLE)
                continue
            if found["needs_human"]:
                worst = max(worst, codes.ATTENTION)
            if arguments.json:
                as_json(found)
            else:
                _show(found)
    return worst


def _read(path: Path, receivers: tuple[str, ...], lent: reading.Tools) -> dict[str, Any]:
    incoming = incoming_of(path)
    is_json = incoming.origin == "webhook"
    found = reading.read(
        incoming.body,
        media_type="application/json" if is_json else _media_type(incoming),
        receivers=receivers,
        received_at=incoming.received_at if is_json else None,  # a file's own time is not when it was received
        headers=incoming.headers,
        tools=lent,
    )
    return reading.to_json(found, str(path))


def _media_type(incoming: Incoming) -> str:
    try:
        first = next(iter(channels()["byhand"].parse(incoming)), None)
    except Unreadable as problem:
        raise FileProblem(str(problem)) from None
    if isinstance(first, Letter):
        return first.media_type
    raise FileProblem(f"{incoming.filename}：这是争议表格，请用 goodstanding handle 或在页面上导入")


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(
                item
                for item in path.rglob("*")
                if item.is_file() and item.suffix.lower() in _SUFFIXES and not item.name.endswith(".headers.json")
            )
        else:
            yield path


def _show(found: dict[str, Any]) -> None:
    table = Table(title=found["file"], show_header=False, title_justify="left", min_width=60)
    table.add_row("类型", found["family"])
    table.add_row("真伪", found["authority"])
    table.add_row("来自", found["issuer"] or "—")
    table.add_row("语言", found["language"] or "—")
    for name, value in found["fields"].items():
        if value is not None:
            table.add_row(name, str(value))
    for reason in found["reasons"]:
        table.add_row("说明", reason)
    if found["needs_human"]:
        table.add_row("需要人看", "是")
    console.print(table)
    sys.stdout.flush()
