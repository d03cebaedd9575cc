"""E-mail providers: complaints about single messages, and alarms about the account, told by webhook."""

from goodstanding.contract import Channel

from .config import Config
from .parse import parse
from .verify import drill, verify

channel = Channel(
    name="esp",
    label="邮件服务商（SendGrid、Mailgun、SES 等）",
    config=Config,
    reads=(),
    parse=parse,
    verify=verify,
    drill=drill,
)

__all__ = ["Config", "channel"]
