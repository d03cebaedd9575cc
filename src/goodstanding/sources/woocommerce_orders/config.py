"""What a connection to a WooCommerce shop's orders is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The shop's https address and a read-only key."""

    site: str = setting(
        "店铺网址",
        "Shop address",
        help_zh="WordPress 首页地址，如 https://shop.example.com；必须是 https。",
        help_en="Such as https://shop.example.com; https only.",
    )
    consumer_key: str = setting(
        "Consumer key",
        "Consumer key",
        help_zh="以 ck_ 开头，权限选「读取（Read）」。",
        help_en="Starts with ck_; permissions: Read.",
        secret=True,
    )
    consumer_secret: str = setting(
        "Consumer secret",
        "Consumer secret",
        help_zh="以 cs_ 开头，只显示一次。",
        help_en="Starts with cs_; shown once.",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
