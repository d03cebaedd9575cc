"""``goodstanding verify`` proves offline that a package was not changed; ``goodstanding check`` asks if its recipient takes it."""

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

    check = commands.add_parser("check", help="预检：收件方的规则、原因代码的要求、自相矛盾")
    check.add_argument("package", type=Path, metavar="PACKAGE", help="材料包 ZIP，或单个 PDF")
    check.add_argument(
        "--for", dest="target", required=True, metavar="TARGET", help="给谁，如 stripe:visa:13.1、paypal"
    )
    check.add_argument("--json", action="store_true", help="输出 JSON")
    check.set_defaults(run=_check)


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


def _check(arguments: argparse.Namespace) -> int:
    from goodstanding.pipeline.preflight import Target, UnknownTarget, preflight
    from goodstanding.reckoning.violations import violation_zh

    try:
        target = Target.of(arguments.target)
        done = preflight(read(arguments.package), target)
    except UnknownTarget as problem:
        complain(str(problem), json_wanted=arguments.json, code="unknown_target")
        return codes.USAGE
    except FileProblem as problem:
        complain(str(problem), json_wanted=arguments.json, code="unreadable", file=str(arguments.package))
        return codes.UNREADABLE
    if arguments.json:
        as_json({
            "file": str(arguments.package),
            "for": arguments.target,
            "passes": done.passes,
            "pages": done.pages,
            "bytes": done.bytes,
            "violations": [
                {"grade": item.grade, "code": item.code, "subject": item.subject, "message": item.message}
                for item in done.violations
            ],
            "requirements": [
                {"evidence": item.evidence, "need": item.need, "state": item.state} for item in done.checklist.items
            ],
        })  # fmt: skip
        return codes.OK if done.passes else codes.ATTENTION
    words = {"fatal": "必须解决", "serious": "请核对", "note": "提示"}
    for item in done.violations:
        console.print(f"{words[item.grade]}  {item.facts.get('zh') or violation_zh(item)}", markup=False)
    for line in done.checklist.missing:
        if line.need != "helpful":
            console.print(f"缺少  {line.label}：{line.how_zh}", markup=False)
    console.print("✓ 通过预检" if done.passes else "✗ 未通过预检", style="green" if done.passes else "red")
    return codes.OK if done.passes else codes.ATTENTION
