"""What a mailbox connection needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.contract import setting

TLS = ("tls", "starttls", "none")


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one mailbox; the guide for each provider is in README.md."""

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
        choices=TLS,
    )
    folder: str = setting(
        "文件夹",
        "Folder",
        help_zh="建议建一个专用文件夹或专用邮箱",
        help_en="a folder or mailbox of its own is best",
        default="INBOX",
    )
    receiving_hosts: str = setting(
        "收件服务器名",
        "Receiving hosts",
        help_zh="收信方写在 Authentication-Results 开头的主机名，多个用逗号隔开，如 mx.google.com。只有这些主机写的验证结果才算数；留空则发件人一律显示为“未核实”",
        help_en="authserv-ids that your provider writes in Authentication-Results, comma-separated, e.g. mx.google.com; "
        "only results written by them count",
        default="",
    )
