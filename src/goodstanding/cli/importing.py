"""``goodstanding import orders FILE``: a table of orders, with a progress bar; broken off, it goes on where it stopped."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from goodstanding.home import home

from . import codes, running
from .output import as_json, complain, console, errors

if TYPE_CHECKING:
    from goodstanding.models import Merchant
    from goodstanding.order_tables import ColumnMapping
    from goodstanding.pipeline.orders import Imported

_MAX_BYTES = 2 * 2**30
_SHOWN = 20


def add(commands: Any) -> None:
    importing = commands.add_parser("import", help="导入数据")
    what = importing.add_subparsers(dest="what", metavar="内容", required=True)
    orders = what.add_parser("orders", help="导入订单表格（CSV/XLSX）；Ctrl-C 可以中断，再次运行同一命令接着导入")
    orders.add_argument("file", type=Path, metavar="FILE")
    orders.add_argument("--merchant", required=True, metavar="SLUG", help="商户的网址名，如 demo")
    orders.add_argument(
        "--mapping", type=Path, metavar="FILE", help='列的对应（JSON）：{"columns": {"number": "订单号"}}'
    )
    orders.add_argument(
        "--zone", default="", metavar="ZONE", help="没写时区的时间属于哪里，如 Asia/Shanghai；默认用商户的时区"
    )
    orders.add_argument(
        "--from-start", action="store_true", help="不接着上次的位置，从头导入（重复的订单不会变成两份）"
    )
    orders.add_argument("--json", action="store_true")
    orders.set_defaults(run=_orders)


def _orders(arguments: argparse.Namespace) -> int:
    if not running.needs_database(arguments):
        return codes.UNAVAILABLE
    running.setup_django()
    return orders(arguments)


def orders(arguments: argparse.Namespace) -> int:
    """Import one table for one merchant; the exit code says whether all rows were taken."""
    from goodstanding.models import Merchant, as_clock
    from goodstanding.tables import TableError

    with as_clock():
        merchant = Merchant.objects.filter(slug=arguments.merchant).first()
    if merchant is None:
        return _refuse(
            arguments, codes.USAGE, "no_merchant", f"没有网址名为 {arguments.merchant} 的商户，请核对 --merchant"
        )
    try:
        content = _read(arguments.file)
        mapping, zone = _layout(arguments, merchant, content)
        return _import(arguments, merchant, content, mapping, zone)
    except TableError as problem:
        return _refuse(arguments, codes.UNREADABLE, problem.code, f"{arguments.file}：{problem.message_zh}")
    except ValueError as problem:
        return _refuse(arguments, codes.USAGE, "usage", str(problem))
    except OSError as problem:
        return _refuse(
            arguments,
            codes.UNREADABLE,
            "unreadable",
            f"打不开 {problem.filename or arguments.file}：{problem.strerror}",
        )


def _refuse(arguments: argparse.Namespace, code: int, name: str, message: str) -> int:
    complain(message, json_wanted=arguments.json, code=name, file=str(arguments.file))
    return code


def _read(path: Path) -> bytes:
    if path.stat().st_size > _MAX_BYTES:
        raise ValueError(f"{path} 超过 2 GB，请拆成几个文件")
    return path.read_bytes()


def _layout(arguments: argparse.Namespace, merchant: Merchant, content: bytes) -> tuple[ColumnMapping | None, str]:
    """The given mapping, else the one remembered for this header, else none; and the zone."""
    from goodstanding.models import acting_for
    from goodstanding.order_tables import preview
    from goodstanding.pipeline import orders as verbs

    if arguments.zone:
        try:
            ZoneInfo(arguments.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"没有名为 {arguments.zone} 的时区，请写成 Asia/Shanghai 这样的名字") from None
    if arguments.mapping:
        return _mapping(arguments.mapping), arguments.zone or merchant.zone
    columns = preview(content, arguments.file.name).columns
    with acting_for(merchant.pk):
        kept = verbs.remembered(merchant, columns)
    mapping, zone = kept or (None, merchant.zone)
    return mapping, arguments.zone or zone


def _mapping(path: Path) -> ColumnMapping:
    from goodstanding.order_tables import FIELDS, ColumnMapping

    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError(f'{path} 不是 JSON，请写成 {{"columns": {{"number": "订单号"}}}}') from None
    columns = data.get("columns") if isinstance(data, dict) else None
    rest = {name: data.get(name, "") for name in ("decimal_mark", "date_order", "currency")} if columns else {}
    if not isinstance(columns, dict) or not all(isinstance(item, str) for item in (*columns.values(), *rest.values())):
        raise ValueError(f'{path} 里要有 columns：字段名对应表头，如 {{"number": "订单号"}}')
    if unknown := [name for name in columns if name not in FIELDS]:
        raise ValueError(f"{path}：没有名为 {'、'.join(unknown[:5])} 的字段，可用：{'、'.join(FIELDS)}")
    return ColumnMapping(columns=columns, **rest)


def _import(arguments: argparse.Namespace, merchant: Merchant, content: bytes, mapping: Any, zone: str) -> int:
    from goodstanding.pipeline import orders as verbs

    place = _Place(merchant, content, mapping, zone)
    after = 0 if arguments.from_start else place.read()
    total = max(1, content.count(b"\n")) if not content.startswith(b"PK") else None
    if after and not arguments.json:
        console.print(f"接着上次导入：第 {after} 行以前的订单已经写入", markup=False)
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(), console=errors, disable=arguments.json or not errors.is_terminal,
    )  # fmt: skip
    last: Imported | None = None
    with bar:
        task = bar.add_task(arguments.file.name, total=total, told="")

        def tell(done: Imported) -> None:
            nonlocal last
            last = done
            place.write(done.row)
            bar.update(task, completed=done.read, told=f"{done.orders:,} 个订单")

        try:
            done = verbs.import_table(
                merchant, None, arguments.file.name, content, mapping, zone, after=after, progress=tell
            )
        except KeyboardInterrupt:
            bar.stop()
            kept = last.orders if last else 0
            _refuse(arguments, 130, "interrupted", f"已中断，前 {kept:,} 个订单已写入。再次运行同一命令会接着导入")
            return 130
    place.forget()
    return _tell(arguments, done)


def _tell(arguments: argparse.Namespace, done: Imported) -> int:
    if arguments.json:
        problems = [
            {"row": item.row, "column": item.column, "code": item.code, "message": item.message_zh}
            for item in done.errors
        ]
        as_json(
            {
                "file": str(arguments.file),
                "orders": done.orders,
                "changed": done.changed,
                "bad": done.bad,
                "errors": problems,
            }
        )
    else:
        console.print(f"✓ 读到 {done.orders:,} 个订单，新增或有变化 {done.changed:,} 个", markup=False)
        for item in done.errors[:_SHOWN]:
            console.print(f"  ! {item.message_zh}", markup=False, style="yellow")
        if done.bad > _SHOWN:
            console.print(f"  ! 共 {done.bad:,} 行没有导入，改好后整张表再导入一次即可", markup=False, style="yellow")
    return codes.ATTENTION if done.bad else codes.OK


class _Place:
    """Down to which row this very file was written, kept in the data folder until the import is through."""

    def __init__(self, merchant: Merchant, content: bytes, mapping: Any, zone: str) -> None:
        digest = hashlib.sha256(content)
        digest.update(repr((merchant.pk, mapping, zone)).encode())
        self._path = home() / "imports" / f"{digest.hexdigest()[:32]}.json"

    def read(self) -> int:
        try:
            return int(json.loads(self._path.read_text())["row"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def write(self, row: int) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps({"row": row}))
        new.replace(self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)
