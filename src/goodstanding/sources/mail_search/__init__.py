"""Conversations with buyers, found in the shop's own mailbox."""

from goodstanding.contract import Permission, Source

from .config import Config
from .find import find, probe

source = Source(
    name="mail_search",
    label="店铺邮箱里的往来邮件",
    config=Config,
    find=find,
    probe=probe,
    reads=(
        Permission(
            name="imap.read",
            why_zh="只读打开指定的文件夹，按订单号和买家邮箱查找往来邮件；不标已读、不移动、不删除、不发信",
            why_en="Opens the named folders read-only and searches by order number and buyer address",
        ),
    ),
)

__all__ = ["Config", "source"]
