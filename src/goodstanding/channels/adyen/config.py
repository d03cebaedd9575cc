"""What an Adyen connection is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """HMAC key, user name and password together make a notice proven: the key signs the amounts, the password the rest.

    ``api_key`` and ``merchant_account`` are needed only to ask for and supply defence documents.
    """

    webhook_hmac_key: str = setting(
        "Webhook HMAC 密钥",
        "Webhook HMAC key",
        help_zh="64 位十六进制。在 Adyen 后台该 Webhook 的「HMAC key」处生成，只显示一次。",
        help_en="64 hexadecimal digits, generated at the webhook in the Customer Area and shown once.",
        secret=True,
    )
    webhook_user: str = setting(
        "Webhook 用户名",
        "Webhook user name",
        help_zh="Webhook「Basic authentication」里的用户名。截止时间和原因代码不在 HMAC 签名之内，所以还需要它。",
        help_en="Of the webhook's basic authentication: deadline and reason code are not covered by the HMAC.",
    )
    webhook_password: str = setting(
        "Webhook 密码",
        "Webhook password",
        help_zh="同一处的密码，请用随机的长密码。",
        help_en="The password beside it; choose a long random one.",
        secret=True,
    )
    webhook_hmac_key_previous: str = setting(
        "旧的 HMAC 密钥",
        "Previous HMAC key",
        help_zh="更换密钥期间填写：排队中的旧通知仍用旧密钥签名。换完后清空。",
        help_en="Only while changing the key: queued events are still signed with the old one.",
        secret=True,
        default="",
    )
    webhook_password_previous: str = setting(
        "旧的 Webhook 密码",
        "Previous webhook password",
        help_zh="更换密码期间填写，两个都有效；换完后清空。",
        help_en="Only while changing the password: both are accepted.",
        secret=True,
        default="",
    )
    environment: str = setting(
        "环境", "Environment", help_zh="正式环境选 live，测试环境选 test。", default="live", choices=("live", "test")
    )
    merchant_account: str = setting(
        "商户账户代码",
        "Merchant account code",
        help_zh="后台右上角的商户账户名，例如 YourCompanyECOM。只听通知可以不填。",
        help_en="The merchant account's code. Not needed for listening only.",
        default="",
    )
    api_key: str = setting(
        "API 密钥",
        "API key",
        help_zh="只给「API dispute management」一个角色的 API 凭据的密钥。只听通知可以不填；能付款、退款、提现的密钥会被拒绝。",
        help_en="Of an API credential with the single role API dispute management. One that can pay or refund is refused.",
        secret=True,
        default="",
    )
    api_base: str = setting("争议接口地址", "Disputes API address", default="", hidden=True)
    management_base: str = setting("管理接口地址", "Management API address", default="", hidden=True)

    @property
    def disputes_url(self) -> str:
        """Where the Disputes API is: https://docs.adyen.com/risk-management/disputes-api"""
        return (self.api_base or f"https://ca-{self.environment}.adyen.com/ca/services/DisputeService/v30").rstrip("/")

    @property
    def management_url(self) -> str:
        """Where the Management API is: https://docs.adyen.com/api-explorer/Management/3/overview"""
        return (self.management_base or f"https://management-{self.environment}.adyen.com/v3").rstrip("/")
