"""What a connection to an e-mail provider is set up with. One secret does: a connection is of one provider."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Which secret is asked for where is told in README.md."""

    webhook_secret: str = setting(
        "Webhook 签名密钥",
        "Webhook signing key",
        help_zh="Mailgun、Resend、Mandrill 会签名，请填其密钥；其余服务商不签名，留空即可，靠接收地址本身保密。",
        help_en="Mailgun, Resend and Mandrill sign; leave empty for the others, whose secret is the address itself.",
        secret=True,
        default="",
    )
