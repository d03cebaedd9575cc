"""Files named on the command line, as things that arrived."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from goodstanding.channels import channels
from goodstanding.contract import Incoming, Unreadable

MAX_BYTES = 64 * 1024 * 1024


class FileProblem(Exception):
    """A file that cannot be taken; the message names it, the reason and the next step."""


def incoming_of(path: Path) -> Incoming:
    """The file as it arrived. A ``.json`` brings its headers from a neighbouring ``.headers.json``, or is itself a whole
    delivery ``{received_at, method, path, headers, body, raw_body}``."""
    body = read(path)
    received = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.suffix.lower() != ".json":
        return Incoming(origin="upload", body=body, received_at=received, filename=path.name)
    whole = _whole_delivery(body)
    if whole is not None:
        return _from_delivery(whole, path, received)
    beside = path.with_suffix(".headers.json")
    headers: tuple[tuple[str, str], ...] = ()
    if beside.exists():
        headers = _pairs(_json(read(beside), beside), beside)
    return Incoming(origin="webhook", body=body, headers=headers, received_at=received, filename=path.name)


def read(path: Path) -> bytes:
    """The file's bytes. Raises FileProblem."""
    try:
        if path.is_dir():
            raise FileProblem(f"{path}：这是文件夹，请指定文件")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileProblem(f"{path}：{size // 2**20} MB，超过 {MAX_BYTES // 2**20} MB 上限，请只留相关部分")
        return path.read_bytes()
    except FileNotFoundError:
        raise FileProblem(f"{path}：找不到文件，请检查路径") from None
    except OSError as error:
        raise FileProblem(f"{path}：读不了（{error.strerror}），请检查权限") from None


def channel_for(incoming: Incoming) -> str:
    """The channel whose parser takes these bytes; ``byhand`` for what no channel claims."""
    if incoming.origin == "upload":
        return "byhand"
    named = _by_headers(incoming)
    if named:
        return named
    for name, channel in channels().items():
        if name in ("byhand", "mailbox"):
            continue
        try:
            if list(channel.parse(incoming)):
                return name
        except Unreadable:
            continue
    return "byhand"


_SIGNED_BY = (
    ("stripe-signature", "stripe"),
    ("paypal-transmission-sig", "paypal"),
    ("x-square-hmacsha256-signature", "square"),
    ("cko-signature", "checkout"),
    ("x-shopline-hmac-sha256", "shopline"),
    ("x-shopify-hmac-sha256", "shopify"),
    ("shopify-hmac-sha256", "shopify"),
    ("x-wc-webhook-signature", "woocommerce"),
)


def _by_headers(incoming: Incoming) -> str:
    known = channels()
    return next((name for header, name in _SIGNED_BY if incoming.header(header) and name in known), "")


def _whole_delivery(body: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    keys = {"received_at", "method", "path", "headers", "body", "raw_body"}
    is_delivery = isinstance(value, dict) and "headers" in value and ("raw_body" in value or "body" in value)
    return value if is_delivery and len(keys & set(value)) >= 3 else None


def _from_delivery(value: dict[str, Any], path: Path, received: datetime) -> Incoming:
    stated = value.get("received_at")
    try:
        moment = datetime.fromisoformat(stated) if isinstance(stated, str) else received
    except ValueError:
        raise FileProblem(f"{path}：received_at 不是 ISO 8601 时间") from None
    return Incoming(
        origin="webhook",
        method=str(value.get("method") or "POST"),
        url=str(value.get("path") or ""),
        headers=_pairs(value.get("headers"), path),
        body=_raw(value, path),
        received_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        filename=path.name,
    )


def _raw(value: dict[str, Any], path: Path) -> bytes:
    raw = value.get("raw_body")
    if isinstance(raw, str):
        encoding = str(value.get("raw_body_encoding") or "")
        if encoding == "base64":
            try:
                return base64.b64decode(raw, validate=True)
            except (binascii.Error, ValueError):
                raise FileProblem(f"{path}：raw_body 不是有效的 base64") from None
        return raw.encode("utf-8", "surrogateescape")
    body = value.get("body")
    if isinstance(body, str):
        return body.encode("utf-8", "surrogateescape")
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _json(body: bytes, path: Path) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise FileProblem(f"{path}：不是有效的 JSON") from None


def _pairs(value: Any, path: Path) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        items = [
            (key, item) for key, found in value.items() for item in (found if isinstance(found, list) else [found])
        ]
    elif isinstance(value, list) and all(isinstance(item, list) and len(item) == 2 for item in value):
        items = [(item[0], item[1]) for item in value]
    elif value is None:
        items = []
    else:
        raise FileProblem(f"{path}：headers 应是对象，或 [名称, 值] 的列表")
    return tuple((str(key), str(item)) for key, item in items)
