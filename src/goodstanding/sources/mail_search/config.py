"""What a search in the shop's own mailbox needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting


@dataclass(frozen=True, kw_only=True)
class Config:
    """The mailbox in which the shop writes with its buyers."""

    host: str = setting("IMAP 服务器", "IMAP server", help_zh="如 imap.qiye.aliyun.com", help_en="e.g. imap.gmail.com")
    user: str = setting("邮箱账号", "User name", help_zh="一般是完整的邮箱地址", help_en="usually the full address")
    password: str = setting(
        "授权码或应用专用密码",
        "App password",
        help_zh="请用客户端授权码或应用专用密码，不要用登录密码",
        help_en="an app password, not the one you log in with",
        secret=True,
    )
    port: int = setting("端口", "Port", help_zh="TLS 一般是 993", help_en="993 for TLS", default=993)
    tls: str = setting(
        "加密方式",
        "Encryption",
        help_zh="tls：一开始就加密（推荐）；starttls：先连接再加密；none：不加密，只限本机测试",
        help_en="tls from the start (recommended), starttls, or none for a server on the same machine only",
        default="tls",
        choices=("tls", "starttls", "none"),
    )
    folders: str = setting(
        "要找的文件夹",
        "Folders",
        help_zh="多个用逗号隔开，如 INBOX, Sent；买家来信和你的回信都要找到",
        help_en="comma-separated, e.g. INBOX, Sent: the buyer's letters and your answers",
        default="INBOX",
    )
