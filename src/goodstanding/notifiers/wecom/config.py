"""What a robot of a WeCom group needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one robot. README.md says where each is found."""

    webhook_url: str = setting(
        "Webhook 地址",
        "Webhook address",
        help_zh="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…，地址等于密码",
        help_en="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…; the address is the secret",
        secret=True,
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
