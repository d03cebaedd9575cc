"""What a connection to 马帮 ERP is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The developer's key and token."""

    app_key: str = setting(
        "AppKey", "AppKey", help_zh="马帮开放平台里应用的 AppKey（开发者编号）", help_en="Of the app in 马帮's platform"
    )
    app_token: str = setting(
        "App Token",
        "App token",
        help_zh="同一应用的密钥，用来签名，不会发送出去",
        help_en="Signs; never sent",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
