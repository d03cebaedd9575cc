"""What a connection to AfterShip is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The API key asks; the webhook secret proves what AfterShip sends."""

    api_key: str = setting(
        "API 密钥",
        "API key",
        help_zh="AfterShip 后台「Settings → API keys」，权限只勾 Tracking 的读取",
        help_en="Settings > API keys; Tracking read only",
        secret=True,
    )
    webhook_secret: str = setting(
        "Webhook 密钥",
        "Webhook secret",
        help_zh="「Settings → Notifications → Webhooks」里显示的密钥；不用推送可以不填",
        help_en="Settings > Notifications > Webhooks; only for webhooks",
        secret=True,
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
