"""What an SMTP server needs."""

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one mail account. README.md says where each is found."""

    host: str = setting("SMTP 服务器", "SMTP server", help_zh="如 smtp.exmail.qq.com", help_en="e.g. smtp.example.com")
    port: int = setting("端口", "Port", help_zh="TLS 465，STARTTLS 587", help_en="TLS 465, STARTTLS 587", default=465)
    tls: str = setting("加密", "Encryption", choices=("tls", "starttls"), default="tls")
    user: str = setting("账号", "User", default="")
    password: str = setting(
        "密码或授权码",
        "Password",
        help_zh="QQ、163、企业邮箱填授权码",
        help_en="An app password where there is one",
        secret=True,
        default="",
    )
    sender: str = setting("发件地址", "Sender address")
    recipients: str = setting("收件地址", "Recipients", help_zh="多个用逗号分开", help_en="Several with commas")
    plain: bool = setting("不加密", "Unencrypted", default=False, hidden=True)
