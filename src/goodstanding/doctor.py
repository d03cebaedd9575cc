# ruff: noqa: S603 - asks one installed program for its languages
"""`goodstanding doctor`: what is running, what is missing, and what to do about it. Changes nothing."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg

from goodstanding import database, migrate
from goodstanding.presence import serving_at

Level = Literal["ok", "warn", "fail"]
HEARTBEAT = 30  # seconds; a worker gives a sign of life every 5
OLDEST_SERVER = 15
SCARCE, TOO_LITTLE = 1024, 200  # MiB free in the data folder
PORT = 8000
MINIMUM = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One check's result. `what` is what was seen, `advice` the next step (empty when there is none)."""

    name: str
    level: Level
    what: str
    advice: str = ""


Check = Callable[[Path], list[Finding]]


def examine(home: Path, more: Sequence[Check] = ()) -> list[Finding]:
    """Every check, in the order in which things depend on each other. Never raises."""
    findings: list[Finding] = []
    for check in (*CHECKS, *more):
        try:
            findings += check(home)
        except Exception as problem:  # noqa: BLE001 - the doctor reports what breaks, and goes on
            name = check.__name__.replace("_", " ")
            findings.append(Finding(name, "fail", f"检查未能完成：{problem}", "请把这一行发给维护者。"))
    return findings


def worst(findings: Sequence[Finding]) -> Level:
    """The level of the whole: `fail` when anything fails."""
    levels = {finding.level for finding in findings}
    return "fail" if "fail" in levels else "warn" if "warn" in levels else "ok"


def python(home: Path) -> list[Finding]:  # noqa: ARG001 - the shape of a check
    """Is the interpreter new enough?"""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < MINIMUM:
        return [Finding("Python", "fail", found, "需要 3.11 或更新版本；安装后重新运行 make setup。")]
    return [Finding("Python", "ok", found)]


def data_folder(home: Path) -> list[Finding]:
    """Can we write there, and is there room?"""
    if not home.exists():
        return [Finding("数据目录", "warn", f"{home} 尚未建立", "运行 make run，会自动建立。")]
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        advice = "换回原来的用户，或用 GOODSTANDING_HOME 指定另一个目录。"
        return [Finding("数据目录", "fail", f"当前用户无权读写 {home}", advice)]
    free = shutil.disk_usage(home).free // 2**20
    level: Level = "fail" if free < TOO_LITTLE else "warn" if free < SCARCE else "ok"
    advice = "" if level == "ok" else "请清理磁盘，或用 GOODSTANDING_HOME 换到更大的磁盘。"
    return [Finding("数据目录", "ok", str(home)), Finding("磁盘空间", level, f"剩余 {free / 1024:.1f} GiB", advice)]


def secrets(home: Path) -> list[Finding]:
    """Are the secret files closed to other users?"""
    folder = home / "secrets"
    if not folder.exists():
        return [Finding("密钥文件", "warn", "尚未生成", "运行 make run，会自动生成。")]
    paths = [folder, *folder.iterdir()]
    is_open = [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if is_open:
        fix = " && ".join(f"chmod {'700' if path.is_dir() else '600'} '{path}'" for path in is_open)
        return [
            Finding("密钥文件", "fail", f"其他用户可以读取：{'、'.join(path.name for path in is_open)}", f"执行：{fix}")
        ]
    return [Finding("密钥文件", "ok", f"{len(paths) - 1} 个，仅本用户可读")]


def server(home: Path) -> list[Finding]:
    """Does the database answer, and how does the application stand in it?"""
    kind = "内置" if database.embedded() else "DATABASE_URL"
    if not database.running(home):
        if database.embedded():
            return [Finding("数据库", "warn", "内置 PostgreSQL 未运行", "运行 make run，会自动启动。")]
        return [Finding("数据库", "fail", "连不上 DATABASE_URL", "请检查地址、用户、密码，以及数据库是否在运行。")]
    urls = database.urls(home)
    version = database.version(urls.app)
    if int(version.split(".")[0]) < OLDEST_SERVER:
        advice = f"请升级到 PostgreSQL {OLDEST_SERVER} 或更新版本。"
        return [Finding("数据库", "fail", f"{kind} PostgreSQL {version} 太旧", advice)]
    return [Finding("数据库", "ok", f"{kind} PostgreSQL {version}"), *_tables(urls)]


def _tables(urls: database.Urls) -> list[Finding]:
    with psycopg.connect(urls.owner, connect_timeout=10) as connection:
        made = connection.execute("select to_regclass('public.django_migrations') is not null").fetchone() == (True,)
    if not made:
        return [Finding("数据库结构", "warn", "尚未建立", "运行 make run，会自动建立。")]
    if migrate.recorded(urls.owner) == migrate.digest():
        structure = Finding("数据库结构", "ok", "已是最新")
    else:
        structure = Finding("数据库结构", "warn", "可能需要更新", "重新运行 make run，会自动更新。")
    with psycopg.connect(urls.app, connect_timeout=10) as connection:
        return [structure, isolation(connection), worker(connection)]


def isolation(connection: psycopg.Connection) -> Finding:
    """Is the application's login bound by row-level security, and is it forced on every merchant's table?"""
    name = "商家数据隔离"
    row = connection.execute(
        "select current_user, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    if row is None or row[1]:
        who = row[0] if row else "?"
        advice = "重新启动 goodstanding serve；仍不行，请参阅 docs/how-to/run-on-your-own-postgresql.md。"
        return Finding(name, "fail", f"数据库用户 {who} 不受行级安全约束", advice)
    bare = connection.execute(
        "select string_agg(c.relname, '、') from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'merchant_id'"
        " and not (c.relrowsecurity and c.relforcerowsecurity)"
    ).fetchone()
    if bare and bare[0]:
        return Finding(name, "fail", f"这些表没有强制行级安全：{bare[0]}", "重新运行 make run；仍不行，请联系维护者。")
    return Finding(name, "ok", f"以 {row[0]} 身份访问，行级安全已强制")


def worker(connection: psycopg.Connection) -> Finding:
    """Has a worker given a sign of life, and how much waits for it?"""
    name = "后台任务"
    row = connection.execute(
        "select (select extract(epoch from now() - max(last_heartbeat))::int from procrastinate_workers),"
        " (select count(*) from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, now()) <= now())"
    ).fetchone()
    silent, waiting = row or (None, 0)
    backlog = f"，{waiting} 项等待处理" if waiting else ""
    if silent is None or silent > HEARTBEAT:
        seen = "没有运行" if silent is None else f"已 {silent} 秒没有响应"
        return Finding(name, "warn", seen + backlog, "运行 make run，或单独运行 goodstanding worker。")
    return Finding(name, "ok", f"运行中{backlog}")


def pages(home: Path) -> list[Finding]:
    """Is the web served, or could it be?"""
    if address := serving_at(home):
        return [Finding("网页服务", "ok", f"运行中：{address}")]
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            what = f"未运行；端口 {PORT} 被其他程序占用"
            return [Finding("网页服务", "warn", what, "运行 make run 会自动改用下一个端口；也可用 --port 指定。")]
    return [Finding("网页服务", "warn", "未运行", "运行 make run。")]


def documents(home: Path) -> list[Finding]:  # noqa: ARG001 - the shape of a check
    """Can packages be set, in Chinese, and can scanned proof be read?"""
    findings = []
    try:
        import_module("typst")
        findings.append(Finding("PDF 排版", "ok", "Typst 可用"))
    except ImportError as problem:
        findings.append(Finding("PDF 排版", "fail", f"Typst 不可用：{problem}", "重新运行 make setup。"))
    folder = Path(__file__).parent / "rendering" / "fonts"
    fonts = [path for path in folder.rglob("*") if path.suffix in (".otf", ".ttf")]
    if fonts:
        findings.append(Finding("字体", "ok", f"随产品附带 {len(fonts)} 个"))
    else:
        findings.append(Finding("字体", "fail", f"{folder} 里没有字体", "请重新取得完整的程序文件。"))
    findings.append(_text_recognition())
    return findings


def _text_recognition() -> Finding:
    name = "图片文字识别（可选）"
    advice = "需要时安装：apt-get install tesseract-ocr tesseract-ocr-chi-sim"
    if not (program := shutil.which("tesseract")):
        return Finding(name, "ok", "未安装 tesseract；其他功能不受影响", advice)
    said = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False, timeout=30)
    if "chi_sim" not in said.stdout.split():
        return Finding(name, "ok", "tesseract 已安装，但没有中文", advice)
    return Finding(name, "ok", "tesseract，含中文")


def time_zones(home: Path) -> list[Finding]:  # noqa: ARG001 - the shape of a check
    """Deadlines are reckoned in the sender's zone; a bare system may know none."""
    try:
        for zone in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"):
            ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        return [Finding("时区数据", "fail", "系统缺少时区数据，无法推算期限", "安装：apt-get install tzdata")]
    return [Finding("时区数据", "ok", "可用")]


CHECKS: tuple[Check, ...] = (python, data_folder, secrets, server, pages, documents, time_zones)
