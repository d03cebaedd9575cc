"""What a Braintree connection is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """One key pair signs Braintree's webhooks and opens its API: it must belong to a user who may do nothing but disputes."""

    merchant_id: str = setting(
        "商户 ID",
        "Merchant id",
        help_zh="后台 API 页面上的 Merchant ID（不是 merchant account ID）。",
        help_en="On the API page of the Control Panel; not the merchant account id.",
    )
    public_key: str = setting(
        "公钥", "Public key", help_zh="专用用户的 API key 里的 Public Key。", help_en="Of the dedicated user's API key."
    )
    private_key: str = setting(
        "私钥",
        "Private key",
        help_zh="同一把 API key 的 Private Key。它既用来核对通知签名，也用来读取争议；能收款、退款的用户的密钥会被拒绝。",
        help_en="It both verifies webhooks and opens the API. A user's who may sell or refund is refused.",
        secret=True,
    )
    public_key_previous: str = setting(
        "旧的公钥",
        "Previous public key",
        help_zh="更换密钥期间填写，两对都有效；换完后清空。",
        help_en="Only while replacing the key: both pairs are accepted.",
        default="",
    )
    private_key_previous: str = setting(
        "旧的私钥",
        "Previous private key",
        help_zh="与旧公钥成对。",
        help_en="Belongs to the previous public key.",
        secret=True,
        default="",
    )
    environment: str = setting(
        "环境",
        "Environment",
        help_zh="正式环境选 production，沙盒选 sandbox。",
        default="production",
        choices=("production", "sandbox"),
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
    graphql_base: str = setting("GraphQL 地址", "GraphQL address", default="", hidden=True)

    @property
    def url(self) -> str:
        """Where the XML API is."""
        host = "api.sandbox.braintreegateway.com" if self.environment == "sandbox" else "api.braintreegateway.com"
        return (self.api_base or f"https://{host}").rstrip("/")

    @property
    def graphql_url(self) -> str:
        """Where the GraphQL API is, which tells a key's own rights."""
        host = "payments.sandbox.braintree-api.com" if self.environment == "sandbox" else "payments.braintree-api.com"
        return self.graphql_base or f"https://{host}/graphql"

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(public, private) of the key in use and of the one being replaced."""
        found = ((self.public_key, self.private_key), (self.public_key_previous, self.private_key_previous))
        return tuple(
            (public.strip(), private.strip()) for public, private in found if public.strip() and private.strip()
        )
