"""What a connection to a Shopify shop is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """With the app's client secret alone the channel listens; shop and token (or client id) add reading and submitting."""

    webhook_secret: str = setting(
        "应用的 Client secret",
        "The app's client secret",
        help_zh="在应用的「设置」页复制，以 shpss_ 开头或为一串十六进制字符；Shopify 用它给通知签名。不填则收到的通知只能标为「未核实」。",
        help_en="Shopify signs webhooks with it. Without it, incoming webhooks can only be shown as unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 Client secret",
        "Previous client secret",
        help_zh="轮换密钥期间填写，两把都有效；轮换结束后清空。",
        help_en="Only while rotating the secret: both are accepted.",
        secret=True,
        default="",
    )
    shop: str = setting(
        "店铺域名",
        "Shop domain",
        help_zh="形如 your-store.myshopify.com，不是自己的独立域名。只听通知可以不填；填了之后，别的店铺发来的通知会被拒绝。",
        help_en="your-store.myshopify.com, not your own domain. Not needed for listening only.",
        default="",
    )
    client_id: str = setting(
        "应用的 Client ID",
        "The app's client ID",
        help_zh="2026 年起新建的应用（Dev Dashboard）填这一项：系统用它和 Client secret 临时换取访问令牌，令牌 24 小时失效、不保存。",
        help_en="For apps of the Dev Dashboard: exchanged with the client secret for a token that lives 24 hours.",
        default="",
    )
    access_token: str = setting(
        "Admin API 访问令牌",
        "Admin API access token",
        help_zh="2026 年以前在店铺后台建的自定义应用填这一项，以 shpat_ 开头。与 Client ID 二选一。",
        help_en="For custom apps made in the admin before 2026; starts with shpat_. Instead of the client ID.",
        secret=True,
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
