"""What a Stripe connection is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """With the webhook secret alone the channel listens; a restricted key adds reading, and submitting where it may write."""

    webhook_secret: str = setting(
        "Webhook 签名密钥",
        "Webhook signing secret",
        help_zh="以 whsec_ 开头，在 Stripe 后台 Webhook 端点页面点「显示」即可复制。不填则收到的通知只能标为「未核实」。",
        help_en="Starts with whsec_. Without it, incoming events can only be shown as unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 Webhook 签名密钥",
        "Previous webhook signing secret",
        help_zh="轮换密钥期间填写，两把都有效；轮换结束后清空。",
        help_en="Only while rotating the secret: both are accepted.",
        secret=True,
        default="",
    )
    api_key: str = setting(
        "受限密钥",
        "Restricted API key",
        help_zh="以 rk_ 开头。只听通知可以不填。请不要填 sk_live_ 密钥：它能退款和提现，系统会拒绝保存。",
        help_en="Starts with rk_. Not needed for listening only. A key that can refund or pay out is refused.",
        secret=True,
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="https://api.stripe.com", hidden=True)
    files_base: str = setting("文件接口地址", "Files address", default="https://files.stripe.com", hidden=True)
