"""``goodstanding serve | worker | demo | drill | replay | doctor``: the parts that run."""

from __future__ import annotations

import argparse
import os
from dataclasses import asdict
from typing import Any

from rich.table import Table

from goodstanding.home import home

from . import codes
from .output import as_json, complain, console


def add(commands: Any) -> None:
    serve = commands.add_parser("serve", help="启动：数据库、网页、后台任务")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--demo", action="store_true", help="首次启动时放入示例商户，并走一遍真实流程")
    serve.add_argument("--reload", action="store_true", help="代码改动后重新加载（开发用）")
    serve.add_argument("--json", action="store_true", help="每一步输出一行 JSON")
    serve.set_defaults(run=_serve)

    worker = commands.add_parser("worker", help="只运行后台任务，可在多台机器上同时运行")
    worker.add_argument("--concurrency", type=int, default=2)
    worker.set_defaults(run=_worker)

    demo = commands.add_parser("demo", help="放入示例商户，经真实入口送进一份拒付和一封邮件")
    demo.add_argument("--json", action="store_true")
    demo.set_defaults(run=_demo)

    drill = commands.add_parser("drill", help="试运行：经真实入口发送签名样例，看每一步走到哪里")
    drill.add_argument("--merchant", default="", metavar="SLUG", help="只试这个商户（网址名，如 demo）；默认全部")
    drill.add_argument("--channel", action="append", default=[], help="只试这些渠道；可重复")
    drill.add_argument("--seconds", type=int, default=60, help="最多等多久")
    drill.add_argument("--json", action="store_true")
    drill.set_defaults(run=_drill)

    replay = commands.add_parser("replay", help="用存下的原文重新处理一份来件")
    replay.add_argument("delivery", type=int, metavar="ID")
    replay.add_argument("--json", action="store_true")
    replay.set_defaults(run=_replay)

    doctor = commands.add_parser("doctor", help="检查：什么在运行、缺什么、怎么办")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def setup_django() -> None:
    """Make models usable; the database must be running."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.settings")
    import django

    django.setup()


def _serve(arguments: argparse.Namespace) -> int:
    from goodstanding.serve import serve

    return serve(
        home(),
        host=arguments.host,
        port=arguments.port,
        reload=arguments.reload,
        once_up=[["demo", *(["--json"] if arguments.json else [])]] if arguments.demo else (),
        as_json=arguments.json,
    )


def _worker(arguments: argparse.Namespace) -> int:
    from goodstanding.worker import run

    run(arguments.concurrency)
    return codes.OK


def _doctor(arguments: argparse.Namespace) -> int:
    from goodstanding.doctor import examine, worst

    findings = examine(home())
    if arguments.json:
        as_json({"worst": worst(findings), "findings": [asdict(item) for item in findings]})
    else:
        marks = {"ok": "[green]✓[/]", "warn": "[yellow]![/]", "fail": "[red]✗[/]"}
        table = Table(show_header=False, box=None, pad_edge=False)
        for item in findings:
            table.add_row(
                marks[item.level], item.name, f"{item.what}\n[dim]{item.advice}[/]" if item.advice else item.what
            )
        console.print(table)
    return codes.ATTENTION if worst(findings) == "fail" else codes.OK


def needs_database(arguments: argparse.Namespace) -> bool:
    from goodstanding import database

    if database.running(home()):
        return True
    complain(
        "数据库没有运行。请先运行 make run（或 goodstanding serve），再执行本命令",
        json_wanted=getattr(arguments, "json", False),
        code="database_not_running",
    )
    return False


def _demo(arguments: argparse.Namespace) -> int:
    if not needs_database(arguments):
        return codes.UNAVAILABLE
    setup_django()
    from . import demo

    return demo.run(json_wanted=arguments.json)


def _drill(arguments: argparse.Namespace) -> int:
    if not needs_database(arguments):
        return codes.UNAVAILABLE
    setup_django()
    from . import drilling

    return drilling.run(arguments.merchant, arguments.channel, arguments.seconds, json_wanted=arguments.json)


def _replay(arguments: argparse.Namespace) -> int:
    if not needs_database(arguments):
        return codes.UNAVAILABLE
    setup_django()
    from . import replaying

    return replaying.run(arguments.delivery, json_wanted=arguments.json)
