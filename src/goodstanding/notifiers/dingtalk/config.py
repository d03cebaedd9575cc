"""What a robot of a DingTalk group needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one robot. README.md says where each is found."""

    webhook_url: str = setting(
        "Webhook 地址",
        "Webhook address",
        help_zh="以 https://oapi.dingtalk.com/robot/send?access_token= 开头",
        help_en="Starts with https://oapi.dingtalk.com/robot/send?access_token=",
        secret=True,
    )
    sign_secret: str = setting(
        "加签密钥",
        "Signing secret",
        help_zh="安全设置选“加签”时填，以 SEC 开头",
        help_en="For the security setting “sign”; starts with SEC",
        secret=True,
        default="",
    )
    keyword: str = setting(
        "关键词",
        "Keyword",
        help_zh="安全设置选“自定义关键词”时填其中一个",
        help_en="For the security setting “keyword”: one of them",
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
