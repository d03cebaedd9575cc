"""E-mail over an SMTP server of the merchant's own."""

from goodstanding.contract import Notifier

from .config import Config
from .send import send

notifier = Notifier(name="email", label="邮件（SMTP）", config=Config, send=send, per_minute=30)
