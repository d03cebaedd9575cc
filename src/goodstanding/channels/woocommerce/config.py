"""What a connection to a WooCommerce shop is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """With site and a read-only key the channel asks for disputes; the webhook secret proves what the shop sends."""

    site: str = setting(
        "店铺网址",
        "Shop address",
        help_zh="WordPress 首页地址，如 https://shop.example.com；必须是 https。",
        help_en="The address of WordPress, such as https://shop.example.com; https only.",
        default="",
    )
    consumer_key: str = setting(
        "Consumer key",
        "Consumer key",
        help_zh="以 ck_ 开头。权限请选「读取（Read）」；能写的密钥可以退款，系统会拒绝保存。",
        help_en="Starts with ck_. Choose Read: a key that writes can refund and is refused.",
        secret=True,
        default="",
    )
    consumer_secret: str = setting(
        "Consumer secret",
        "Consumer secret",
        help_zh="以 cs_ 开头，与 Consumer key 一起生成，只显示一次。",
        help_en="Starts with cs_; shown once, with the consumer key.",
        secret=True,
        default="",
    )
    webhook_secret: str = setting(
        "Webhook 密钥",
        "Webhook secret",
        help_zh="在 WooCommerce 建 Webhook 时自己填的「密钥」。一定要自己填一个，只用字母和数字。",
        help_en="The secret entered when the webhook was made. Always set one; letters and digits only.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 Webhook 密钥",
        "Previous webhook secret",
        help_zh="更换密钥期间填写，两把都有效；更换完成后清空。",
        help_en="Only while changing the secret: both are accepted.",
        secret=True,
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
