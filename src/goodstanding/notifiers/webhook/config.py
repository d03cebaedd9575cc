"""What a webhook to a system of the merchant's own needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one address. README.md says what is sent to it."""

    webhook_url: str = setting(
        "接收地址", "Address", help_zh="https 开头的公网地址", help_en="A public https address", secret=True
    )
    sign_secret: str = setting(
        "签名密钥",
        "Signing secret",
        help_zh="自己定，至少 16 个字符；接收方用它核对签名",
        help_en="Your own, 16 characters or more; the receiver checks the signature with it",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
