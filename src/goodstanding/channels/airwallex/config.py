"""What a connection to an Airwallex account is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The webhook's secret to listen; client id and API key add reading and submitting."""

    webhook_secret: str = setting(
        "Webhook 密钥",
        "Webhook secret",
        help_zh="在「设置 → 开发者 → Webhooks」里这条订阅的密钥（Secret）。签名规则尚未证实，收到的通知一律标为「未核实」，照常处理。",
        help_en="The secret of the webhook subscription. The scheme is unconfirmed, so webhooks stay unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的 Webhook 密钥",
        "Previous webhook secret",
        help_zh="更换密钥期间填写；换完后清空。",
        help_en="Only while replacing the secret.",
        secret=True,
        default="",
    )
    client_id: str = setting(
        "Client ID",
        "Client ID",
        help_zh="在「设置 → 开发者 → API 密钥」复制。只听通知可以不填。",
        help_en="From the API keys page. Not needed for listening only.",
        default="",
    )
    api_key: str = setting(
        "受限 API 密钥",
        "Restricted API key",
        help_zh="请新建一把受限密钥，只勾选支付争议（和文件上传）。每次使用时临时换取令牌，不保存令牌。",
        help_en="A restricted key that allows payment disputes and file upload only.",
        secret=True,
        default="",
    )
    environment: str = setting(
        "环境",
        "Environment",
        help_zh="live 为正式环境，sandbox 为沙盒。",
        help_en="live or sandbox.",
        default="live",
        choices=("live", "sandbox"),
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
