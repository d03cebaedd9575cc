"""What a connection to Acme Pay needs to know; the settings form is built from these fields."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one connection. README.md says where each is found."""

    webhook_secret: str = setting(
        "Webhook 密钥", "Webhook secret", help_zh="Acme 后台“通知设置”里的 Signing secret", secret=True
    )
    api_key: str = setting(
        "受限密钥", "Restricted key", help_zh="只收通知可以不填；以 ark_ 开头", secret=True, default=""
    )
    api_base: str = setting("接口地址", "API address", default="https://api.acme.example/v1")
