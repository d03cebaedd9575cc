"""What a webhook of Microsoft Teams needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one webhook. README.md says where it is found."""

    webhook_url: str = setting(
        "Webhook 地址",
        "Webhook address",
        help_zh="由 Workflows 生成，域名是 …logic.azure.com、…api.powerplatform.com 或 …webhook.office.com",
        help_en="Made by Workflows; at …logic.azure.com, …api.powerplatform.com or …webhook.office.com",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
