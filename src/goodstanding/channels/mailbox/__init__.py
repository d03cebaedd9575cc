"""The shop's mailbox: notices that come as letters. Reads by IMAP, marks nothing, deletes nothing, sends nothing."""

from goodstanding.contract import Channel, Limits, Permission

from .config import Config
from .imap import fetch, probe
from .parse import parse

channel = Channel(
    name="mailbox",
    label="邮箱（IMAP）",
    config=Config,
    parse=parse,
    fetch=fetch,
    probe=probe,
    reads=(
        Permission(
            name="imap.read",
            why_zh="以只读方式打开一个文件夹，读取新到的邮件；不标已读、不移动、不删除、不发信",
            why_en="Opens one folder read-only to read new mail; marks, moves, deletes and sends nothing",
        ),
    ),
    limits=Limits(source="No answer goes out by this channel; the seller replies from their own mailbox"),
    webhook=False,
)
