"""What a robot of a Feishu or Lark group needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one robot. README.md says where each is found."""

    webhook_url: str = setting(
        "Webhook 地址",
        "Webhook address",
        help_zh="https://open.feishu.cn/open-apis/bot/v2/hook/…，Lark 是 open.larksuite.com",
        help_en="https://open.feishu.cn/open-apis/bot/v2/hook/… or open.larksuite.com",
        secret=True,
    )
    sign_secret: str = setting(
        "签名密钥",
        "Signing secret",
        help_zh="安全设置勾选“签名校验”时填",
        help_en="For the security setting “signature verification”",
        secret=True,
        default="",
    )
    keyword: str = setting(
        "关键词",
        "Keyword",
        help_zh="安全设置勾选“自定义关键词”时填其中一个",
        help_en="For the security setting “keyword”: one of them",
        default="",
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
