"""What a connection to a Shopify shop's orders is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The shop and one of the two ways to a token: the Dev Dashboard's client id and secret, or an older app's token."""

    shop: str = setting(
        "店铺域名",
        "Shop domain",
        help_zh="形如 your-store.myshopify.com，不是自己的独立域名。",
        help_en="your-store.myshopify.com, not your own domain.",
    )
    client_id: str = setting(
        "应用的 Client ID",
        "The app's client ID",
        help_zh="2026 年起新建的应用填这一项和 Client secret；系统用它们换取 24 小时有效的令牌，不保存令牌。",
        help_en="With the client secret: exchanged for a token that lives 24 hours.",
        default="",
    )
    client_secret: str = setting("应用的 Client secret", "The app's client secret", secret=True, default="")
    access_token: str = setting(
        "Admin API 访问令牌",
        "Admin API access token",
        help_zh="2026 年以前在店铺后台建的自定义应用填这一项，以 shpat_ 开头。与 Client ID 二选一。",
        help_en="For custom apps made in the admin before 2026; starts with shpat_.",
        secret=True,
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
