"""The work behind ``goodstanding drill``: signed samples through the door, and where each one got to."""

from __future__ import annotations

import time
from typing import Any

import httpx
from django.utils import timezone
from rich.table import Table

from goodstanding.home import home
from goodstanding.models import Connection, Delivery, Merchant, PluginType, acting_for, as_clock
from goodstanding.pipeline import posting
from goodstanding.pipeline.plugged import channel_of, config_of
from goodstanding.presence import serving_at

from . import codes
from .output import as_json, complain, console


def run(slug: str, wanted: list[str], seconds: int, *, json_wanted: bool) -> int:
    """Try each connected channel that has a sample; 1 when any did not get through."""
    address = serving_at(home())
    with as_clock():
        merchants = list(Merchant.objects.filter(**({"slug": slug} if slug else {})).order_by("pk"))
    if not merchants and slug:
        complain(f"没有网址名为 {slug} 的商户", json_wanted=json_wanted, code="no_merchant")
        return codes.USAGE
    if address is None:
        complain("网页服务没有运行。请先运行 make run", json_wanted=json_wanted, code="not_serving")
        return codes.UNAVAILABLE
    connections = [item for merchant in merchants for item in _connections(merchant, wanted)]
    results = [_try(address, connection, seconds) for connection in connections]
    if not results:
        complain(
            "没有可以试运行的渠道：先接入一个带样例的渠道，如 Stripe", json_wanted=json_wanted, code="nothing_to_try"
        )
        return codes.ATTENTION
    for result in results:
        as_json(result) if json_wanted else _show(result)
    return codes.OK if all(result["ok"] for result in results) else codes.ATTENTION


def _connections(merchant: Merchant, wanted: list[str]) -> list[Connection]:
    with acting_for(merchant.pk):
        rows = list(
            Connection.objects.filter(type=PluginType.CHANNEL, disabled_at__isnull=True).select_related("merchant")
        )
    return [row for row in rows if channel_of(row).drill is not None and (not wanted or row.plugin in wanted)]


def _try(address: str, connection: Connection, seconds: int) -> dict[str, Any]:
    began = time.monotonic()
    steps: list[dict[str, Any]] = []

    def note(step: str, *, ok: bool, what: str = "") -> None:
        steps.append({"step": step, "ok": ok, "what": what, "seconds": round(time.monotonic() - began, 2)})

    channel = channel_of(connection)
    sample = channel.drill(config_of(connection, channel), timezone.now())  # type: ignore[misc]
    try:
        posted = posting.post(address, connection, sample, drill=True)
    except httpx.HTTPError as error:
        note("送达入口", ok=False, what=f"{address} 没有应答（{error}）。检查网页服务、防火墙和公网地址")
        return _result(connection, steps)
    note("送达入口", ok=posted.status == 200, what=f"HTTP {posted.status}")
    if posted.status == 200:
        _follow(connection, seconds, note)
    return _result(connection, steps)


def _follow(connection: Connection, seconds: int, note: Any) -> None:
    """Wait for the worker and report each stage as it ends."""
    until = time.monotonic() + seconds
    seen: set[str] = set()
    while time.monotonic() < until:
        with acting_for(connection.merchant_id):
            delivery = Delivery.objects.filter(connection=connection, drill=True).order_by("-pk").first()
            if delivery is None:
                note("入库", ok=False, what="入口应答了，但没有找到来件")
                return
            done = list(delivery.steps.all())
        if delivery.trust == "untrusted":
            note("核验签名", ok=False, what=f"{delivery.trust_reason}。请核对 Webhook 签名密钥")
            return
        for step in done:
            if step.finished_at and step.stage not in seen:
                seen.add(step.stage)
                note(step.stage, ok=True)
            elif step.error and step.attempts > 2:
                note(step.stage, ok=False, what=step.error)
                return
        if "assemble" in seen:
            return
        time.sleep(0.2)
    last = "identify" if not seen else "后续步骤"
    note(last, ok=False, what=f"{seconds} 秒内没有完成。后台任务可能没有运行，请运行 goodstanding doctor")


def _result(connection: Connection, steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "channel": connection.plugin,
        "connection": connection.label,
        "ok": all(item["ok"] for item in steps),
        "steps": steps,
    }


def _show(result: dict[str, Any]) -> None:
    table = Table(title=f"试运行 {result['connection']}", title_justify="left", show_header=False)
    for step in result["steps"]:
        table.add_row("✓" if step["ok"] else "✗", step["step"], f"{step['seconds']} 秒", step["what"])
    console.print(table)
