"""What a connection to 17TRACK is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The account's security key: it asks, and it signs what 17TRACK sends."""

    token: str = setting(
        "接口密钥",
        "Security key",
        help_zh="17TRACK 开放平台「设置 → 安全」里的密钥",
        help_en="17TRACK API: Settings > Security",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
