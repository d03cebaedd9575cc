"""``python -m goodstanding.channels`` prints what each channel can do, as docs/reference/channel-matrix.md."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from goodstanding.channels import channels
from goodstanding.contract import Channel, Limits

_HEAD = """# 各渠道能做什么

由 `python -m goodstanding.channels` 生成，请勿手改。✓ 支持；— 该渠道没有这项能力，系统会改用下载或手工步骤。

"""
_COLUMNS = (
    "渠道",
    "代码",
    "推送接收",
    "验签",
    "补收",
    "回查",
    "权限探测",
    "证据要求",
    "预检",
    "自动提交",
    "演练",
    "文件限制",
)


def matrix(found: Mapping[str, Channel]) -> str:
    """The table as Markdown, one row for each channel, by name."""
    rows = [_COLUMNS, (*(":--" if i < 2 else ":-:" for i in range(len(_COLUMNS) - 1)), ":--")]
    rows += [_row(channel) for _, channel in sorted(found.items())]
    return _HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(channel: Channel) -> tuple[str, ...]:
    can = (
        channel.webhook, channel.verify, channel.fetch, channel.lookup, channel.probe, channel.requirements, channel.rehearse,
        channel.submit, channel.drill,
    )  # fmt: skip
    return channel.label, f"`{channel.name}`", *("✓" if it else "—" for it in can), _limits(channel.limits)


def _limits(limits: Limits) -> str:
    parts = []
    if limits.max_file_bytes:
        parts.append(f"单个 {_size(limits.max_file_bytes)}")
    if limits.max_total_bytes:
        parts.append(f"合计 {_size(limits.max_total_bytes)}")
    if limits.max_pages:
        parts.append(f"{limits.max_pages} 页")
    if limits.max_files:
        parts.append(f"{limits.max_files} 个文件")
    if limits.max_text_chars:
        parts.append(f"文本 {limits.max_text_chars:,} 字符")
    return "，".join(parts) or "—"


def _size(count: int) -> str:
    return f"{count / 2**20:g} MB" if count % 2**19 == 0 else f"{count / 10**6:g} MB"


if __name__ == "__main__":
    sys.stdout.write(matrix(channels()))
