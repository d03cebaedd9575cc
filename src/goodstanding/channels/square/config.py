"""What a Square connection is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """With the webhook's signature key and address the channel listens; an access token adds reading, and submitting."""

    webhook_secret: str = setting(
        "Webhook 签名密钥",
        "Webhook signature key",
        help_zh="在 Square 开发者后台的 Webhook 订阅里点「Show」可见。不填则收到的通知只能标为「未核实」。",
        help_en="The signature key of the webhook subscription. Without it, incoming events can only be shown as unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 Webhook 签名密钥",
        "Previous webhook signature key",
        help_zh="更换密钥期间填写，两把都有效；更换完成后清空。",
        help_en="Only while changing the key: both are accepted.",
        secret=True,
        default="",
    )
    notification_url: str = setting(
        "在 Square 填的通知地址",
        "Notification URL as entered at Square",
        help_zh="一字不差地照抄 Square 订阅里的 Notification URL：签名把这个地址也算进去，差一个斜杠就对不上。留空则用收到请求时的地址。",
        help_en="Exactly as in the subscription: the address is part of what is signed. Empty: the address of the request.",
        default="",
    )
    access_token: str = setting(
        "访问令牌",
        "Access token",
        help_zh="OAuth 令牌，只含争议权限。只听通知可以不填。不要填后台「Credentials」页的个人令牌：它什么都能做，系统会拒绝保存。",
        help_en="An OAuth token for disputes only. A personal access token can do everything and is refused.",
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
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
