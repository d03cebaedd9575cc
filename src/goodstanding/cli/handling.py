"""The work behind ``goodstanding handle``: one merchant of this machine, the same verbs as everywhere."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connections
from rich.progress import Progress

from goodstanding import jobs
from goodstanding.channels import channels
from goodstanding.models import Case, Connection, Delivery, Member, Merchant, Role, User, acting_for, signed_in
from goodstanding.pipeline import assemble, evidence, orders, rebuild, receive, recognise
from goodstanding.pipeline.refusals import Refusal
from goodstanding.tables import TableError

from . import case_files, codes
from .files import FileProblem, incoming_of, read, secrets_of
from .output import as_json, complain, console, errors

SLUG = "local"


@dataclass
class _Bench:
    merchant: Merchant
    member: Member
    secrets: dict[str, Any]
    receivers: str


def run(arguments: argparse.Namespace) -> int:
    """Handle each file; write the results; the worst exit code of all."""
    try:
        bench = _Bench(*_merchant(arguments.name), secrets_of(arguments.secrets), ",".join(arguments.receiver))
        proof = _proof(arguments.proof)
    except FileProblem as problem:
        complain(str(problem), json_wanted=arguments.json, code="unreadable")
        return codes.UNREADABLE
    worst = codes.OK
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        total = len(arguments.files) + (1 if arguments.orders else 0)
        task = progress.add_task("正在处理", total=total)
        if arguments.orders:
            progress.update(task, description="导入订单")
            worst = max(worst, _import(bench, arguments))
            progress.advance(task)
        for path in arguments.files:
            progress.update(task, description=path.name)
            worst = max(worst, _handle(bench, path, proof, arguments))
            progress.advance(task)
    connections.close_all()
    return worst


def _handle(bench: _Bench, path: Path, proof: list[tuple[str, bytes]], arguments: argparse.Namespace) -> int:
    try:
        incoming = incoming_of(path)
    except FileProblem as problem:
        complain(str(problem), json_wanted=arguments.json, code="unreadable", file=str(path))
        return codes.UNREADABLE
    name = recognise.channel_for(incoming) if incoming.origin == "webhook" else ""
    connection = _connection(bench, name or "byhand")
    delivery = receive.store(connection, replace(incoming, url=incoming.url or "handle"))
    jobs.work_until_idle()
    with acting_for(bench.merchant.pk):
        delivery = Delivery.objects.get(pk=delivery.pk)
        cases = list(Case.objects.filter(notices__delivery=delivery).distinct().order_by("number"))
    if not cases:
        return _no_case(delivery, path, arguments)
    worst = codes.OK
    for case in cases:
        refused = _add_proof(bench, case, proof)
        rebuild.rebuild(bench.merchant.pk, case.pk)
        assemble.assemble(bench.merchant.pk, case.pk, force=True)
        folder = (
            arguments.out if len(arguments.files) == 1 and len(cases) == 1 else arguments.out / f"case-{case.number}"
        )
        with acting_for(bench.merchant.pk):
            summary = case_files.write(Case.objects.get(pk=case.pk), folder, refused)
        worst = max(worst, codes.ATTENTION if summary["attention"] else codes.OK)
        _tell(summary, path, arguments)
    jobs.work_until_idle()
    return worst


def _no_case(delivery: Delivery, path: Path, arguments: argparse.Namespace) -> int:
    if delivery.problem:
        complain(
            f"{path}：读不懂（{delivery.problem}）。原文已留存",
            json_wanted=arguments.json,
            code="unreadable",
            file=str(path),
        )
        return codes.UNREADABLE
    if delivery.trust == "untrusted":
        message = f"{path}：未通过核验，不作处理（{delivery.trust_reason}）"
        complain(message, json_wanted=arguments.json, code="untrusted", file=str(path))
        return codes.ATTENTION
    text = "这份来件里没有需要处理的通知"
    if arguments.json:
        as_json({"file": str(path), "case": None, "message": text})
    else:
        console.print(f"· {path}：{text}", markup=False)
    return codes.OK


def _tell(summary: dict[str, Any], path: Path, arguments: argparse.Namespace) -> None:
    if arguments.json:
        as_json({"file": str(path), **summary})
        return
    console.print(f"✓ {path} → {summary['folder']}", markup=False)
    for line in summary["attention"]:
        console.print(f"  ! {line}", markup=False, style="yellow")


def _add_proof(bench: _Bench, case: Case, proof: list[tuple[str, bytes]]) -> list[str]:
    refused = []
    for name, content in proof:
        try:
            with acting_for(bench.merchant.pk):
                evidence.add(case, bench.member, name, content)
        except Refusal as refusal:
            refused.append(refusal.message_zh)
    return refused


def _import(bench: _Bench, arguments: argparse.Namespace) -> int:
    try:
        content = read(arguments.orders)
        done = orders.import_table(bench.merchant, bench.member, arguments.orders.name, content, None, arguments.zone)
    except (FileProblem, TableError) as problem:
        text = problem.message_zh if isinstance(problem, TableError) else str(problem)
        complain(f"{arguments.orders}：{text}", json_wanted=arguments.json, code="orders")
        return codes.UNREADABLE
    for error in done.errors[:20]:
        complain(
            f"{arguments.orders} 第 {error.row} 行：{error.message_zh}", json_wanted=arguments.json, code=error.code
        )
    return codes.ATTENTION if done.bad else codes.OK


def _merchant(name: str) -> tuple[Merchant, Member]:
    user, _ = User.objects.get_or_create(email="local@localhost", defaults={"name": "本机", "is_active": False})

    with signed_in(user.pk):
        merchant = Merchant.objects.filter(slug=SLUG).first()
    if merchant is None:
        merchant = Merchant.found("本机", SLUG, four_eyes=False)
    with acting_for(merchant.pk):
        member, _ = Member.objects.get_or_create(merchant=merchant, user=user, defaults={"role": Role.OWNER})
        if name and merchant.letterhead != name:
            merchant.letterhead = name
            merchant.save(update_fields=["letterhead"])
    return merchant, member


def _connection(bench: _Bench, name: str) -> Connection:
    with acting_for(bench.merchant.pk):
        connection = Connection.objects.filter(plugin=name).first()
        if connection is None:
            connection = Connection.open(bench.merchant, name, channels()[name].label)
        given = bench.secrets.get(name)
        if isinstance(given, dict) and connection.secrets != given:
            connection.secrets = {key: str(value) for key, value in given.items()}
        if bench.receivers:
            connection.settings = {**connection.settings, "receiving_hosts": bench.receivers}
        connection.save()
    return connection


def _proof(folder: Path | None) -> list[tuple[str, bytes]]:
    if folder is None:
        return []
    if not folder.is_dir():
        raise FileProblem(f"{folder}：不是文件夹，请用 --proof 指定放证据的文件夹")
    return [
        (path.name, read(path)) for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")
    ]
