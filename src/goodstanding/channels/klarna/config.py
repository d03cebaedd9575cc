"""What a connection to Klarna is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The signing key to listen; an API key adds reading and submitting."""

    webhook_secret: str = setting(
        "通知签名密钥",
        "Signing key",
        help_zh="在 Klarna 后台为通知创建的签名密钥（Signing key）。签名规则尚未证实，收到的通知一律标为「未核实」，照常处理。",
        help_en="The signing key of the webhook. The scheme is unconfirmed, so webhooks stay unverified.",
        secret=True,
        default="",
    )
    webhook_secret_previous: str = setting(
        "旧的签名密钥",
        "Previous signing key",
        help_zh="更换密钥期间填写；换完后清空。",
        help_en="Only while replacing the key.",
        secret=True,
        default="",
    )
    api_key: str = setting(
        "API 密钥",
        "API key",
        help_zh="以 klarna_live_api_ 或 klarna_test_api_ 开头。只听通知可以不填。",
        help_en="Starts with klarna_live_api_ or klarna_test_api_. Not needed for listening only.",
        secret=True,
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
