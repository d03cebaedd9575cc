"""Files named on the command line, as things that arrived."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from goodstanding.contract import Incoming
from goodstanding.reading.webhook import incoming_of as incoming_of_json

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
    beside = path.with_suffix(".headers.json")
    headers = _pairs(json_of(beside), beside) if beside.exists() else ()
    return replace(incoming_of_json(body, received, headers), origin="webhook", filename=path.name)


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


def json_of(path: Path) -> Any:
    """The file's JSON. Raises FileProblem."""
    try:
        return json.loads(read(path))
    except (ValueError, RecursionError):
        raise FileProblem(f"{path}：不是有效的 JSON") from None


def secrets_of(path: Path | None) -> dict[str, Any]:
    """Signing secrets per channel: ``{"stripe": {"webhook_secret": "whsec_…"}}``. Raises FileProblem."""
    if path is None:
        return {}
    value = json_of(path)
    if not isinstance(value, dict):
        raise FileProblem(f"{path}：密钥文件应是 {{渠道: {{设置: 值}}}} 的 JSON 对象")
    return value


def _pairs(value: Any, path: Path) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict):
        return tuple(
            (str(key), str(item))
            for key, found in value.items()
            for item in (found if isinstance(found, list) else [found])
        )
    if isinstance(value, list) and all(isinstance(item, list) and len(item) == 2 for item in value):
        return tuple((str(item[0]), str(item[1])) for item in value)
    raise FileProblem(f"{path}：应是请求头对象，或 [名称, 值] 的列表")
