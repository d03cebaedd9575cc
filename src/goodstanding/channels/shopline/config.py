"""What a connection to a SHOPLINE store is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The app's secret; the store's domain keeps deliveries of several stores apart."""

    webhook_secret: str = setting(
        "应用的 App secret",
        "The app's secret",
        help_zh="在 SHOPLINE 开发者中心「应用 → 应用凭证」复制；SHOPLINE 用它给通知签名。不填则收到的通知只能标为「未核实」。",
        help_en="SHOPLINE signs webhooks with it. Without it, incoming webhooks can only be shown as unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 App secret",
        "Previous app secret",
        help_zh="重置密钥期间填写，两把都有效；换完后清空。",
        help_en="Only while resetting the secret: both are accepted.",
        secret=True,
        default="",
    )
    shop: str = setting(
        "店铺域名",
        "Store domain",
        help_zh="形如 your-store.myshopline.com。可以不填；填了之后，别的店铺发来的通知会被拒绝。",
        help_en="your-store.myshopline.com. Optional; once set, webhooks of other stores are refused.",
        default="",
    )
