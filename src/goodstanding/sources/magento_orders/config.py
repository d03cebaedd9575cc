"""What a connection to a Magento or Adobe Commerce shop's orders is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The shop's https address and an integration's access token."""

    site: str = setting(
        "店铺网址", "Shop address", help_zh="如 https://shop.example.com", help_en="Such as https://shop.example.com"
    )
    access_token: str = setting(
        "集成的访问令牌",
        "Integration access token",
        help_zh="「系统 → 集成」里激活后显示的 Access Token；资源只勾销售（Sales）下的订单查看。",
        help_en="Shown when the integration is activated; allow Sales > Orders > View only.",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
