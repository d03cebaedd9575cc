"""``goodstanding handle``: the whole way of a notice without a browser."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import codes
from .output import complain


def add(commands: Any) -> None:
    parser = commands.add_parser("handle", help="处理通知：入库、识别、解读、取证、拟稿、打包")
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help=".json（可带 .headers.json）、.eml、.txt、.pdf"
    )
    parser.add_argument("--orders", type=Path, metavar="FILE", help="订单表格（CSV/XLSX）")
    parser.add_argument("--proof", type=Path, metavar="DIR", help="证据文件夹；文件名可提示类型，如 签收证明.pdf")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="结果写到这里")
    parser.add_argument("--name", default="", metavar="NAME", help="信头上的商户名称")
    parser.add_argument("--zone", default="Asia/Shanghai", help="订单表格里没有写时区的时间按此理解")
    parser.add_argument("--receiver", action="append", default=[], metavar="HOST", help="自己的收信主机名；可重复")
    parser.add_argument("--secrets", type=Path, metavar="FILE", help="各渠道签名密钥（JSON）")
    parser.add_argument("--json", action="store_true", help="每个案件输出一行 JSON")
    parser.set_defaults(run=handle)


def handle(arguments: argparse.Namespace) -> int:
    from goodstanding import database
    from goodstanding.home import HomeUnusable, ensure_home, home
    from goodstanding.migrate import MigrationFailed, migrate

    try:
        here = ensure_home(home())
        before = database.running(here)
        database.start(here, tied=True)
    except (HomeUnusable, database.DatabaseProblem) as problem:
        complain(str(problem), json_wanted=arguments.json, code="database")
        return codes.UNAVAILABLE
    try:
        migrate(here)
        from .running import setup_django

        setup_django()
        from . import handling

        return handling.run(arguments)
    except MigrationFailed as problem:
        complain(str(problem), json_wanted=arguments.json, code="database")
        return codes.UNAVAILABLE
    finally:
        if not before:
            database.stop(here)
