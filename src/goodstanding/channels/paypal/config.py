"""What a PayPal connection is set up with."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The webhook's id proves deliveries; the app's id and secret read disputes, and provide evidence where its scopes allow."""

    client_id: str = setting(
        "应用 Client ID", "App client id", help_zh="PayPal 开发者后台该应用的 Client ID。", help_en="Of the REST app."
    )
    client_secret: str = setting(
        "应用 Secret",
        "App secret",
        help_zh="同一应用的 Secret key。请为本产品单独建一个只开「Disputes」的应用；能收款、退款、付款的会被拒绝。",
        help_en="Of an app of its own with the single feature Disputes. One that can pay or refund is refused.",
        secret=True,
    )
    webhook_id: str = setting(
        "Webhook ID",
        "Webhook id",
        help_zh="在该应用下添加 Webhook 后显示的 ID。不填则收到的通知只能标为「未核实」。",
        help_en="Shown once the webhook was added. Without it, deliveries can only be shown as unverified.",
        default="",
    )
    webhook_id_previous: str = setting(
        "旧的 Webhook ID",
        "Previous webhook id",
        help_zh="更换 Webhook 期间填写，两个都有效；换完后清空。",
        help_en="Only while replacing the webhook: both are accepted.",
        default="",
    )
    client_secret_previous: str = setting(
        "旧的应用 Secret",
        "Previous app secret",
        help_zh="轮换 Secret 期间填写；只用于核对用旧 Secret 签名的演练样例。",
        help_en="Only while rotating the secret.",
        secret=True,
        default="",
    )
    environment: str = setting(
        "环境", "Environment", help_zh="正式环境选 live，沙盒选 sandbox。", default="live", choices=("live", "sandbox")
    )
    api_base: str = setting("接口地址", "API address", default="", hidden=True)
    ca_file: str = setting("根证书文件", "File of root certificates", default="", hidden=True)

    @property
    def url(self) -> str:
        """Where the REST API is."""
        host = "api-m.sandbox.paypal.com" if self.environment == "sandbox" else "api-m.paypal.com"
        return (self.api_base or f"https://{host}").rstrip("/")
