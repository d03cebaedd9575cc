"""``goodstanding export corrections``: what people set right, as JSON Lines for training and tests."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from . import codes, running
from .output import complain


def add(commands: Any) -> None:
    export = commands.add_parser("export", help="导出数据")
    what = export.add_subparsers(dest="what", metavar="内容", required=True)
    corrections = what.add_parser(
        "corrections", help="人工更正过的来件，逐行 JSON：原文、原来的读法、更正后的值（含客户资料，请妥善保管）"
    )
    corrections.add_argument("--merchant", required=True, metavar="SLUG", help="商户的网址名，如 demo")
    corrections.add_argument("--out", type=Path, metavar="FILE", help="写到这个文件；不填则输出到终端")
    corrections.set_defaults(run=_corrections, json=False)


def _corrections(arguments: argparse.Namespace) -> int:
    if not running.needs_database(arguments):
        return codes.UNAVAILABLE
    running.setup_django()
    return corrections(arguments.merchant, arguments.out)


def corrections(slug: str, out: Path | None) -> int:
    """Write the examples of one merchant; a file that is there already is kept."""
    from goodstanding.models import Merchant, acting_for, as_clock
    from goodstanding.queries.corrections import examples

    with as_clock():
        merchant = Merchant.objects.filter(slug=slug).first()
    if merchant is None:
        complain(f"没有网址名为 {slug} 的商户", json_wanted=False, code="no_merchant")
        return codes.USAGE
    with acting_for(merchant.pk):
        rows = examples(merchant)
        if out is None:
            _write(rows, sys.stdout)
            return codes.OK
        try:
            with out.open("x", encoding="utf-8") as file:
                count = _write(rows, file)
        except FileExistsError:
            complain(f"{out} 已存在，没有覆盖；请换一个文件名", json_wanted=False, code="exists")
            return codes.USAGE
        except OSError as problem:
            complain(f"写不了 {out}：{problem.strerror}", json_wanted=False, code="unwritable")
            return codes.UNREADABLE
    print(f"已导出 {count} 条到 {out}", file=sys.stderr)
    return codes.OK


def _write(rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    count = 0
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count
