"""What a Checkout.com connection is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """With the webhook's signature key alone the channel listens; an OAuth access key adds reading, and submitting."""

    webhook_secret: str = setting(
        "Webhook 签名密钥",
        "Webhook signature key",
        help_zh="在 Checkout.com 后台建 Webhook 时生成的 Signature key。不填则收到的通知只能标为「未核实」。",
        help_en="The signature key of the webhook. Without it, incoming events can only be shown as unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 Webhook 签名密钥",
        "Previous webhook signature key",
        help_zh="轮换密钥期间填写，两把都有效；轮换结束后清空。",
        help_en="Only while rotating the key: both are accepted.",
        secret=True,
        default="",
    )
    client_id: str = setting(
        "Access key ID",
        "Access key ID",
        help_zh="以 ack_ 开头，在「开发者 → Keys → Access keys」创建。只听通知可以不填。",
        help_en="Starts with ack_. Not needed for listening only.",
        default="",
    )
    client_secret: str = setting(
        "Access key 密钥",
        "Access key secret",
        help_zh="与 Access key 一起生成，只显示一次。不要填 sk_ 开头的密钥：它能退款和付款，系统会拒绝保存。",
        help_en="Shown once, with the access key. A secret key (sk_…) can refund and pay out and is refused.",
        secret=True,
        default="",
    )
    environment: str = setting(
        "环境",
        "Environment",
        help_zh="正式选 live，测试选 sandbox。",
        choices=("live", "sandbox"),
        default="live",
    )
    prefix: str = setting(
        "专属域名前缀",
        "Subdomain prefix",
        help_zh="接口地址 https://前缀.api.checkout.com 里的那一段，通常是 Client ID 去掉开头的 cli_；老账号没有就留空。",
        help_en="The part before .api.checkout.com, typically the client ID without cli_; empty for old accounts that have none.",
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
    access_base: str = setting("令牌地址", "Token address", default="", hidden=True)
