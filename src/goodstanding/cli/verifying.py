"""``goodstanding verify``: prove offline that a package was not changed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import codes
from .files import FileProblem, read
from .output import as_json, complain, console


def add(commands: Any) -> None:
    parser = commands.add_parser("verify", help="离线核对材料包 ZIP 有没有被改动")
    parser.add_argument("package", type=Path, metavar="PACKAGE.zip")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(run=verify)


def verify(arguments: argparse.Namespace) -> int:
    from goodstanding.rendering.archive import verify_archive

    try:
        found = verify_archive(read(arguments.package))
    except FileProblem as problem:
        complain(str(problem), json_wanted=arguments.json, code="unreadable", file=str(arguments.package))
        return codes.UNREADABLE
    if arguments.json:
        as_json({
            "file": str(arguments.package),
            "unchanged": not found,
            "findings": [{"code": item.code, "subject": item.subject, "message": item.message} for item in found],
        })  # fmt: skip
    elif found:
        for item in found:
            console.print(f"✗ {item.message}", style="red", markup=False)
    else:
        console.print(f"✓ {arguments.package}：每个文件都与清单一致，没有改动", markup=False)
    return codes.ATTENTION if found else codes.OK
