"""What an incoming webhook of Slack needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one webhook. README.md says where it is found."""

    webhook_url: str = setting(
        "Webhook 地址",
        "Webhook address",
        help_zh="以 https://hooks.slack.com/services/ 开头",
        help_en="Starts with https://hooks.slack.com/services/",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
